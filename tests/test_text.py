import string

import pytest

from core import text


def test_every_word_has_both_languages_with_the_same_places():
    for key, words in text.catalogue().items():
        assert all(words[lang].strip() for lang in text.LANGUAGES), key
        places = {lang: {name for _, name, *_ in string.Formatter().parse(words[lang]) if name}
                  for lang in text.LANGUAGES}
        assert places["zh"] == places["en"], key


@pytest.mark.parametrize(("value", "unit", "zh", "en"), [
    (12_345_678, "yuan", "¥1,234.6万", "¥12.35M"), (123_000_000, "yuan", "¥1.23亿", "¥123.00M"),
    (9_999, "count", "9,999", "10.0K"), (10_000, "count", "1.0万", "10.0K"), (0.27, "percent", "27.0%", "27.0%"),
    (-4_500.5, "yuan", "-¥4,500.50", "-¥4.5K"), (None, "yuan", "—", "—"), (float("nan"), "score", "—", "—"),
    (-35.897436, "points", "-35.9", "-35.9"), (0, "yuan", "¥0", "¥0"), (72, "minutes", "72 分钟", "72 min")])
def test_figures_are_written_as_each_language_says_them(value, unit, zh, en):
    assert (text.number(value, unit, "zh"), text.number(value, unit, "en")) == (zh, en)


@pytest.mark.parametrize(("value", "unit", "zh", "en"), [
    (72, "minutes", "72 分钟", "72 min"), (0.0505, "percent", "5.05 个百分点", "5.05 percentage points"),
    (1234.5, "yuan", "¥1,234.50", "¥1,234.50"),
    (float("nan"), "percent", "—", "—")])
def test_a_distance_between_rates_is_in_points_and_a_time_has_its_unit(value, unit, zh, en):
    assert (text.distance(value, unit, "zh"), text.distance(value, unit, "en")) == (zh, en)
