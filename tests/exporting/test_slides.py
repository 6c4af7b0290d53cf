"""Every kind of chart on a slide: native, editable, with the scaled numbers of the screen, and texts that stay texts."""

import dataclasses
import io

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE

from core.charts import Chart, Series, figure, shown
from core.charts.description import KINDS
from core.charts.looks import shade
from core.exporting import slides

WILD = ("=cmd|' /C calc'!A0", "<b>设计</b>", "http://example.com")


def opened(chart: Chart, lang: str = "zh") -> list:
    return list(Presentation(io.BytesIO(slides.deck([chart], lang))).slides)


def native(chart: Chart):
    return next(shape.chart for shape in opened(chart)[0].shapes if shape.has_chart)


def tables(slide) -> list:
    return [[[cell.text for cell in row.cells] for row in shape.table.rows] for shape in slide.shapes if shape.has_table]


def over(kind: str, *series: Series, categories: tuple = WILD, unit: str = "score", **more) -> Chart:
    return Chart(kind, "=发现 <b>", "指标，2026Q3，n = 5", categories, series, unit, "发现", **more)


HEAT = over("heatmap", Series("=甲", (0.5, None, 1.0)), Series("乙", (0.0, 0.25, 0.333)), unit="percent")
RADAR = over("radar", Series("=王芳", (4.0, None, 3.0)), Series("标准", (4.0, 3.0, 2.5), "target"))
CURVE = Series("=运营", (1.0, 0.9, None, 0.7), low=(1.0, 0.8, None, 0.5), high=(1.0, 0.95, None, 0.9), x=(0, 30, 60, 90),
               at_risk=(58, None))
STEP = over("step", CURVE, categories=(0, 90), unit="percent", x_title="入职天数")
DOTS = over("point", Series("=NPS", (62.5, None, -14.0), low=(50.0, None, None), high=(71.0, None, None)),
            Series("目标", (50.0,) * 3, "target"), unit="points")
FALL = over("waterfall", Series("贡献", (82.0, -1.5, None, 3.0, 83.5)), categories=("Q2", *WILD, "Q3"))
CLOUD = over("scatter", Series("=设计", (1.0, None, 2.0), x=(3.0, 4.0, 9.0), labels=WILD), categories=(), x_title="学习小时")
BARS = over("bar", Series("=现行", (1.0, None, -3.0)))
ALL = {c.kind: c for c in (HEAT, RADAR, STEP, DOTS, FALL, CLOUD, BARS)} | {
    kind: dataclasses.replace(BARS, kind=kind) for kind in ("barh", "line", "stacked")}


def test_every_kind_is_tried_here():
    assert set(ALL) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_is_native_on_the_slide_says_its_finding_and_has_alt_text(kind, lang):
    slide = opened(ALL[kind], lang)[0]
    assert slide.shapes.title.text_frame.text == "=发现 <b>"
    shape = next(s for s in slide.shapes if s.has_chart or s.has_table)
    assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == "发现"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "heatmap"])
def test_the_workbook_inside_a_slide_has_no_formula_and_no_link(kind):
    book = openpyxl.load_workbook(io.BytesIO(native(ALL[kind]).part.chart_workbook.xlsx_part.blob))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    known = {str(v) for s in ALL[kind].series for v in (s.name, *s.labels)} | {str(c) for c in ALL[kind].categories}
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert texts and (kind == "waterfall" or all(any(name in said for name in known) for said in texts))


def test_a_heat_map_is_a_table_of_the_screens_numbers_shaded_by_them():
    slide = opened(HEAT)[0]
    assert tables(slide) == [[["", *WILD], ["=甲", "50.0", "", "100.0"], ["乙", "0.0", "25.0", "33.3"]]]
    table = next(s.table for s in slide.shapes if s.has_table)
    assert "#" + str(table.cell(1, 3).fill.fore_color.rgb) == shade(1.0)[0]
    assert "#" + str(table.cell(1, 1).fill.fore_color.rgb) == shade(0.5)[0]
    assert str(table.cell(1, 2).fill.fore_color.rgb) == "FFFFFF"


def test_a_heat_maps_slide_says_the_labels_of_the_screen():
    marked = over("heatmap", Series("甲", (2.0, None, 1.0), labels=("2/3", "—/3", None)))
    assert tables(opened(marked)[0])[0][1] == ["甲", "2/3", "—/3", "1"]


def test_a_heat_map_too_large_for_a_slide_goes_on_and_loses_no_value():
    chart = over("heatmap", *(Series(f"r{i}", tuple(i * 20 + j for j in range(17))) for i in range(15)),
                 categories=tuple(f"c{j}" for j in range(17)))
    pages = opened(chart)
    assert [page.shapes.title.text_frame.text[-5:] for page in pages] == ["（1/4）", "（2/4）", "（3/4）", "（4/4）"]
    numbers = sorted(int(v) for page in pages for row in tables(page)[0][1:] for v in row[1:])
    assert numbers == sorted(v for series in chart.series for v in series.values)
    fits = dataclasses.replace(chart, categories=chart.categories[:16],
                               series=tuple(dataclasses.replace(s, values=s.values[:16]) for s in chart.series[:14]))
    assert len(opened(fits)) == 1


def test_the_part_of_a_cohort_table_that_is_still_to_come_has_no_slide():
    rows = (Series(f"r{i}", tuple(1 if i + j < 17 else None for j in range(17))) for i in range(15))
    assert len(opened(over("heatmap", *rows, categories=tuple(range(17))))) == 3


def test_a_radar_is_native_and_a_missing_value_stays_a_gap():
    drawn = native(RADAR)
    assert drawn.chart_type == XL_CHART_TYPE.RADAR_MARKERS
    assert [list(s.values) for s in drawn.plots[0].series] == shown(RADAR, "zh") and shown(RADAR, "zh")[0][1] is None


def test_a_curve_and_its_band_have_the_corners_of_the_screen():
    drawn, screen = native(STEP), {len(t.y): t for t in figure(STEP, "zh").data}
    curve, low, high = drawn.plots[0].series
    assert [s.name for s in (curve, low, high)] == ["=运营", "=运营 · 95% 下限", "=运营 · 95% 上限"]
    assert list(curve.values) == [100, 100, 90, 90, None, 70] == list(screen[6].y)
    assert [list(s.values)[-1] for s in (low, high)] == [50, 90]
    assert tables(opened(STEP)[0]) == [[["仍在观察", "0", "90"], ["=运营", "58", "—"]]]


def test_whiskers_on_a_slide_are_those_of_the_screen():
    series = native(DOTS).plots[0].series[0]
    assert list(series.values) == [62.5, None, -14.0] == list(figure(DOTS, "zh").data[0].x)
    ends = {end: [(p.get("idx"), float(p[0].text)) for p in series._element.xpath(f"c:errBars/c:{end}//c:pt")]
            for end in ("plus", "minus")}
    assert ends == {"plus": [("0", 8.5)], "minus": [("0", 12.5)]}
    order = [child.tag.split("}")[1] for child in series._element]
    assert order.index("errBars") < order.index("cat") < order.index("val")


def test_several_series_of_intervals_stand_side_by_side():
    both = dataclasses.replace(DOTS, series=(DOTS.series[0], dataclasses.replace(DOTS.series[0], name="Q2", style="previous")))
    drawn = native(both)
    assert drawn.chart_type == XL_CHART_TYPE.COLUMN_CLUSTERED
    assert all(s._element.xpath("c:errBars") for s in drawn.plots[0].series)


def test_a_waterfall_stands_on_an_invisible_base_and_a_part_that_crosses_zero_is_drawn_on_both_sides():
    drawn = native(FALL)
    base, above, below = ([*s.values] for s in drawn.plots[0].series)
    assert base == [0, 0, None, 0, 0] and above == [0, 0, None, 1.5, 1.5] and below == [0, -1.5, None, -1.5, 0]
    lengths = [None if a is None else a - b for a, b in zip(above, below, strict=True)]
    assert lengths == [None if v is None else abs(v) for v in figure(FALL, "zh").data[0].x]
    assert [str(c).split("  ")[1] for c in drawn.plots[0].categories] == ["82.00", "-1.50", "—", "+3.00", "83.50"]
    assert drawn.plots[0].series[0]._element.xpath("c:spPr/a:noFill")


def test_points_of_a_slide_are_those_of_the_screen_without_the_missing_one():
    series = native(CLOUD).plots[0].series[0]
    assert (list(series.iter_values()), [float(x.text) for x in series._element.xpath("c:xVal//c:v")]) == ([1, 2], [3, 9])
    assert [t.text for t in series._element.xpath("c:dLbls//a:t")] == [WILD[0], WILD[2]]
