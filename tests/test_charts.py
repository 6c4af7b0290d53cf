"""What every kind of chart promises: one unit, gaps for what is missing, user text as text, readable without colour."""

import dataclasses
import json

import pytest

from core.charts import Chart, Series, at_risk, decimals, figure, shown, subtitle, table
from core.charts.axes import wrapped
from core.charts.description import KINDS, cell_words, floats, steps, written
from core.charts.looks import ON_DARK, PAPERS, REST, SERIES, contrast, looks, shade
from core.charts.points import roomy

NAMES = ("用户洞察", "<b>直播</b>", "=cmd|' /C calc'!A0")
ROWS = (Series("王芳", (4.0, None, 3.0)), Series("<i>标准</i>", (4.0, 3.0, 2.5), "target"))
CURVE = Series("运营", (1.0, 0.9, None, 0.7), low=(1.0, 0.8, None, 0.5), high=(1.0, 0.95, None, 0.9), x=(0, 30, 60, 90),
               at_risk=(58, None))
DOTS = Series("NPS", (62.5, None, -14.0), low=(50.0, None, None), high=(71.0, None, None))
POINTS = Series("设计", (1.0, None, 2.0), x=(3.0, 4.0, 9.0), labels=("<b>钱</b>", "何", "=1+1"))


def chart(kind: str, series: tuple = ROWS, categories: tuple = NAMES, unit: str = "score", **more) -> Chart:
    return Chart(kind, "直播最缺 <script>", "技能等级，2026Q3，n = 5", categories, series, unit, "直播最缺", **more)


CHARTS = {kind: chart(kind) for kind in KINDS if kind not in ("step", "scatter", "point", "waterfall")} | {
    "step": chart("step", (CURVE,), (0, 90), "percent", x_title="入职天数"),
    "point": chart("point", (DOTS,), unit="points"),
    "scatter": chart("scatter", (POINTS,), (), x_title="学习小时", y_title="成长"),
    "waterfall": chart("waterfall", (Series("贡献", (82.0, -1.5, None, 3.0, 83.5)),), ("Q2", "流失率", "<b>", "满意度", "Q3"))}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_is_drawn_and_no_user_text_is_read_as_html(kind, dark):
    drawn = json.loads(figure(CHARTS[kind], "zh", dark).to_json())
    assert drawn["data"] and drawn["layout"]["title"]["text"].startswith("<b>直播最缺 ‹script›")
    said = json.dumps(drawn, ensure_ascii=False)
    assert [tag for tag in ("<script", "<i>", "</i>", "<b>直播</b>", "<b>钱", "<b><") if tag in said] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_data_of_a_chart_is_all_that_it_shows_at_full_precision(kind, lang):
    frame = table(CHARTS[kind], lang)
    numbers = [v for column in frame.columns for v in frame[column].tolist() if isinstance(v, float) and v == v]
    for series in CHARTS[kind].series:
        for row in (series.values, series.low, series.high):
            assert all(v in numbers for v in row if v is not None)
    assert frame.isna().to_numpy().sum() >= sum(v is None for s in CHARTS[kind].series for v in s.values)
    assert len(set(frame.columns)) == len(frame.columns)


def test_a_heat_map_writes_each_number_on_its_cell_and_leaves_the_missing_one_empty():
    cells, *inks = figure(CHARTS["heatmap"], "zh").data
    assert [list(row) for row in cells.z] == shown(CHARTS["heatmap"], "zh") and cells.z[0][1] is None
    assert sorted(label for trace in inks for label in trace.text) == ["2.50", "3.00", "3.00", "4.00", "4.00"]


def test_a_cell_of_a_heat_map_says_its_label_instead_also_where_the_value_is_missing():
    rows = (Series("a", (2.0, None, None), labels=("2/3", "—/<b>", None)), Series("b", (3.0, 1.0, 2.5)))
    for dark in (False, True):
        _, *inks = figure(chart("heatmap", rows), "zh", dark).data
        assert sorted(label for trace in inks for label in trace.text) == ["1.00", "2.50", "2/3", "3.00", "—/‹b›"]
    assert cell_words(chart("heatmap", rows), "zh") == [["2/3", "—/<b>", ""], ["3.00", "1.00", "2.50"]]


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_written_on_a_cell_is_readable_on_every_shade(dark):
    assert all(contrast(*shade(share / 50, dark)) >= 4.5 for share in range(51))


def test_series_colours_are_three_to_one_on_their_paper_and_the_sixth_is_grey():
    for colours, paper, grey in ((SERIES, PAPERS[0], REST[0]), (ON_DARK, PAPERS[1], REST[1])):
        assert len(colours) == 5 and all(contrast(colour, paper) >= 3 for colour in (*colours, grey))
    six = looks(chart("line", tuple(Series(str(i), (1, 2, 3)) for i in range(6))))
    assert [look.colour for look in six] == [*SERIES, REST[0]]


@pytest.mark.parametrize("dark", [False, True])
def test_no_two_series_differ_by_colour_alone(dark):
    five = looks(chart("line", tuple(Series(str(i), (1, 2, 3)) for i in range(5))), dark)
    for part in ("dash", "marker", "pattern"):
        assert len({getattr(look, part) for look in five}) == 5
    styles = looks(chart("line", tuple(Series(s, (1, 2, 3), s) for s in ("actual", "previous", "target", "scenario"))), dark)
    assert len({look.dash for look in styles}) == len({look.marker for look in styles}) == 4


def test_a_radar_closes_and_a_missing_value_breaks_it():
    person, standard = figure(CHARTS["radar"], "zh").data
    assert list(person.r) == [4.0, None, 3.0, 4.0] and not person.connectgaps
    assert (list(standard.r), standard.line.dash) == ([4.0, 3.0, 2.5, 4.0], "dot")


def test_a_step_holds_until_the_next_one_and_breaks_where_nothing_is_known():
    assert steps((0, 30, 60, 90), [1.0, 0.9, None, 0.7]) == [
        (0, 1.0), (30, 1.0), (30, 0.9), (60, 0.9), (60, None), (90, 0.7)]
    low, high, curve = figure(CHARTS["step"], "zh").data
    assert list(curve.y) == [100, 100, 90, 90, None, 70] and not curve.connectgaps
    assert (high.fill, low.y[-1], high.y[-1]) == ("tonexty", 50, 90)


def test_numbers_at_risk_stand_under_the_axis_and_an_unknown_one_is_a_dash():
    assert at_risk(CHARTS["step"], "zh") == [["仍在观察", "0", "90"], ["运营", "58", "—"]]
    said = [note.text for note in figure(CHARTS["step"], "zh").layout.annotations]
    assert said == ["<b>运营</b>", "仍在观察", "运营", "58", "—"]
    assert at_risk(CHARTS["bar"], "zh") == []


def test_names_at_the_ends_of_curves_do_not_touch():
    near = tuple(Series(name, (1.0, end), x=(0, 90)) for name, end in (("a", 0.500), ("b", 0.501), ("c", 0.502)))
    drawn = figure(chart("step", near, (0, 90), "percent", x_title="天"), "zh")
    heights = sorted(note.y for note in drawn.layout.annotations)
    assert heights[1] - heights[0] >= 5 and heights[2] - heights[1] >= 5
    full = tuple(Series(name, (1.0, 1.0), x=(0, 90)) for name in "abc")
    heights = sorted(note.y for note in figure(chart("step", full, (0, 90), "percent", x_title="天"), "zh").layout.annotations)
    assert heights[2] <= 100 and heights[1] - heights[0] >= 5 and heights[2] - heights[1] >= 5


def test_an_interval_reaches_from_its_low_to_its_high_end():
    dots = figure(CHARTS["point"], "zh").data[0]
    assert list(dots.x) == [62.5, None, -14.0] and list(dots.text) == ["62.5", "", "-14.0"]
    assert (list(dots.error_x.array), list(dots.error_x.arrayminus)) == ([8.5, 0, 0], [12.5, 0, 0])
    assert list(dots.hovertext) == ["62.5 [50.0, 71.0]", "", "-14.0"]


def test_the_parts_of_a_waterfall_float_from_the_start_to_the_end():
    assert floats(CHARTS["waterfall"], "zh") == [(0, 0), (0, -1.5), None, (-1.5, 1.5), (0, 1.5)]
    assert written(CHARTS["waterfall"], "zh") == ["82.00", "-1.50", "—", "+3.00", "83.50"]
    trace = figure(CHARTS["waterfall"], "zh").data[0]
    assert (list(trace.base), list(trace.x)) == ([0, 0, 0, -1.5, 0], [0, -1.5, None, 3.0, 1.5])
    assert trace.marker.color[1] == SERIES[1] and trace.marker.color[3] == SERIES[0]


def test_parts_that_do_not_add_up_to_the_change_are_refused():
    with pytest.raises(ValueError, match="do not lead from 82 to 84"):
        chart("waterfall", (Series("贡献", (82, 1.5, 84)),))


@pytest.mark.parametrize("wrong", [{"kind": "pie"}, {"series": (Series("a", (1,)),)}, {"kind": "step"},
                                   {"series": (Series("a", (1, 2, 3), low=(1,)),)}])
def test_a_description_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError):
        dataclasses.replace(chart("bar"), **wrong)


def test_points_keep_their_names_and_crowded_ones_only_under_the_mouse():
    trace = figure(CHARTS["scatter"], "zh").data[0]
    assert list(trace.text) == ["‹b›钱‹/b›", "", "=1+1"] and list(trace.hovertext) == ["‹b›钱‹/b›", "何", "=1+1"]
    crowd = Series("a", (1.0,) * 40, x=tuple(range(40)), labels=("很长的名字",) * 40)
    crowded = chart("scatter", (crowd,), (), x_title="x")
    assert roomy(crowded, "zh") == {(0, 39)}


def test_long_titles_are_wrapped_at_blanks_and_between_chinese_letters_and_lose_nothing():
    assert wrapped("one two three", 8) == "one two<br>three"
    assert wrapped("一二三四，五六", 8) == "一二三四，<br>五六"
    assert wrapped("一二三（四）", 8) == "一二三<br>（四）"
    assert wrapped("a<br>b", 20) == "a‹br›b"


def test_a_percentage_in_a_wide_heat_map_has_no_decimals_and_its_unit_stands_in_the_subtitle():
    wide = chart("heatmap", (Series("1月", tuple(i / 30 for i in range(9))),), tuple(range(9)), "percent")
    assert decimals(wide, "zh") == 0 and subtitle(wide, "zh").endswith("（%）")
    assert decimals(chart("heatmap", (Series("1月", (0.5, 0.333, 1.0)),), unit="percent"), "zh") == 1
    assert decimals(chart("heatmap", (Series("a", (1, 3, None)),)), "zh") == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_without_any_figure_can_still_be_drawn(kind):
    empty = CHARTS[kind]
    if kind != "waterfall":
        series = tuple(dataclasses.replace(s, values=(None,) * len(s.values), low=(), high=()) for s in empty.series)
        empty = dataclasses.replace(empty, series=series)
    assert figure(empty, "zh").data


def test_a_small_value_beside_large_ones_is_never_labelled_as_none():
    def places(*values):
        return decimals(Chart("bar", "T", "S", ("a", "b"), (Series("x", values),), "yuan", "A"), "zh")
    assert (places(300_000, 600), places(300_000, 400), places(300_000, -400), places(300_000, 0)) == (1, 2, 2, 1)


@pytest.mark.parametrize(("places", "labelled"), [(4, [True, True, True]), (6, [True, False, False])])
def test_figures_of_crowded_bars_are_written_for_the_first_series_only(places, labelled):
    of = [Series(name, (12.3,) * places, style) for name, style in (("a", "actual"), ("b", "previous"), ("c", "target"))]
    drawn = figure(Chart("bar", "t", "s", tuple(map(str, range(places))), tuple(of), "score", "alt"), "zh")
    assert [trace.text is not None for trace in drawn.data] == labelled


def test_whole_minutes_are_written_whole():
    assert decimals(Chart("barh", "t", "s", ("P1", "P2"), (Series("n", (312, 94)),), "minutes", "alt"), "zh") == 0
    assert decimals(Chart("barh", "t", "s", ("P1", "P2"), (Series("n", (312, 94.5)),), "minutes", "alt"), "zh") == 1
