from datetime import date

import pytest

from core import periods


def test_a_quarter_contains_its_first_and_last_day_and_knows_its_days():
    q3 = periods.quarter("2026Q3")
    assert (q3.start, q3.end, q3.days) == (date(2026, 7, 1), date(2026, 9, 30), 92)
    assert periods.quarter("2024Q1").days == 91 and periods.quarter("2026Q1").days == 90


def test_the_period_before_crosses_the_year():
    assert periods.quarter("2026Q1").previous().label == "2025Q4"
    assert periods.month("2026-01").previous().label == "2025-12"


def test_the_same_period_a_year_before_handles_leap_days():
    assert periods.month("2025-02").year_before().end == date(2024, 2, 29)


def test_a_quarter_has_its_three_months():
    assert [m.label for m in periods.months_of(periods.quarter("2026Q4"))] == ["2026-10", "2026-11", "2026-12"]
    assert periods.month("2026-11").quarter().label == "2026Q4"


@pytest.mark.parametrize("label", ["2026Q5", "2026-Q3", "26Q3", "", "2026Q3 "])
def test_anything_else_is_no_quarter(label):
    with pytest.raises(ValueError, match="2026Q3"):
        periods.quarter(label)
