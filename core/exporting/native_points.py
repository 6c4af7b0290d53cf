"""Charts of single points as native charts of a slide: step lines, dots with whiskers, scatter."""

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.util import Pt

from core import text
from core.charts.description import Chart, at_risk, shown, steps
from core.charts.looks import INKS, looks
from core.charts.points import roomy
from core.exporting.native import DASHES, axis_title, bar, dots, ends, form, grid, legend, placed, rgb, values
from core.exporting.shaded import ruled

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def step(slide, chart: Chart, lang: str) -> None:
    """Step lines as XY points, their bands as two thin lines each, named at their ends; the numbers at risk as a table."""
    lines, counted = list(_lines(chart, lang)), at_risk(chart, lang)
    data = XyChartData(number_format=form(chart, lang))
    for name, _, corners, _ in lines:
        added = data.add_series(name)
        for x, y in corners:
            added.add_data_point(x, y)
    drawn = placed(slide, chart, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, 5.2 - 0.36 * len(counted))
    legend(drawn, False)
    _axes(drawn, chart, lang)
    drawn.value_axis.minimum_scale = drawn.category_axis.minimum_scale = 0
    drawn.category_axis.maximum_scale = 1.15 * max(x for series in chart.series for x in series.x)
    if len(chart.categories) > 1:
        drawn.category_axis.major_unit = chart.categories[1] - chart.categories[0]
    if chart.unit == "percent":
        drawn.value_axis.maximum_scale = 100
    for (name, look, corners, curve), shape in zip(lines, drawn.plots[0].series, strict=True):
        line = shape.format.line
        line.color.rgb, line.width, line.dash_style = rgb(look.colour), Pt(2.75 if curve else 0.75), DASHES[look.dash]
        held = [place for place, (_, y) in enumerate(corners) if y is not None]
        if curve and held:
            _label(shape, held[-1], name, look.colour)
    if counted:
        ruled(slide, counted, 6.85 - 0.36 * len(counted))


def _lines(chart: Chart, lang: str):
    """(name, look, corners, whether it is the curve itself) of every line."""
    rows, lows, highs = (shown(chart, lang, of) for of in ("values", "low", "high"))
    for series, row, low, high, look in zip(chart.series, rows, lows, highs, looks(chart), strict=True):
        yield series.name, look, steps(series.x, row), True
        for end, edge in (("low", low), ("high", high)):
            if edge:
                yield f"{series.name} · {text.say(f'drawn.{end}', lang)}", look, steps(series.x, edge), False


def _axes(drawn, chart: Chart, lang: str) -> None:
    grid(drawn.value_axis)
    drawn.value_axis.tick_labels.number_format, drawn.value_axis.tick_labels.number_format_is_linked = "#,##0.##", False
    drawn.category_axis.tick_labels.number_format, drawn.category_axis.tick_labels.number_format_is_linked = "#,##0.##", False
    drawn.category_axis.tick_label_position = drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis_title(drawn.category_axis, chart.x_title)
    axis_title(drawn.value_axis, chart.y_title)


def _label(shape, place: int, words: str, colour: str) -> None:
    label = shape.points[place].data_label
    label.text_frame.text = words
    label.text_frame.word_wrap = False
    label.position = XL_LABEL_POSITION.RIGHT
    run = label.text_frame.paragraphs[0].runs[0].font
    run.size, run.color.rgb = Pt(16), rgb(colour)


def point(slide, chart: Chart, lang: str) -> None:
    """Dots over the categories with custom error bars: a native line chart without its lines. Where several series have
    intervals they are bars side by side, for dots would lie on each other."""
    beside = sum(bool(series.low) for series in chart.series) > 1
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if beside else XL_CHART_TYPE.LINE_MARKERS
    drawn = placed(slide, chart, kind, values(chart, lang))
    legend(drawn, len(chart.series) > 1)
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    grid(drawn.value_axis)
    rows = [shown(chart, lang, of) for of in ("values", "low", "high")]
    ends(drawn.value_axis, [v for of in rows for row in of for v in row if v is not None] + [0])
    for place, (look, shape, row, low, high) in enumerate(zip(looks(chart), drawn.plots[0].series, *rows, strict=True)):
        if beside:
            bar(chart, chart.series[place], look, shape)
        else:
            shape.format.line.fill.background()
            dots(shape, look, 11)
        if low and high:
            _whiskers(shape, row, low, high, INKS[0] if beside else look.colour)
        if place == 0 and not beside:
            labels = shape.data_labels
            labels.show_value, labels.position, labels.font.size = True, XL_LABEL_POSITION.RIGHT, Pt(16)
            labels.number_format, labels.number_format_is_linked = form(chart, lang), False


def _whiskers(shape, row: list, low: list, high: list, colour: str) -> None:
    """Error bars from `low` to `high`: python-pptx has no call for them."""
    plus, minus = ("".join(f'<c:pt idx="{i}"><c:v>{round(abs(end - value), 6)}</c:v></c:pt>'
                           for i, (value, end) in enumerate(zip(row, ends, strict=True)) if None not in (value, end))
                   for ends in (high, low))
    count = f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(row)}"/>'
    shape._element.insert_element_before(parse_xml(
        f'<c:errBars xmlns:c="{CHART}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:errDir val="y"/>'
        f'<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/><c:plus><c:numLit>{count}{plus}'
        f'</c:numLit></c:plus><c:minus><c:numLit>{count}{minus}</c:numLit></c:minus><c:spPr><a:ln w="22225"><a:solidFill>'
        f'<a:srgbClr val="{colour.lstrip("#")}"/></a:solidFill></a:ln></c:spPr></c:errBars>'), "c:cat", "c:val", "c:smooth")


def scatter(slide, chart: Chart, lang: str) -> None:
    """XY markers; a point without both figures is left out, the names that have room stand beside their points."""
    data, kept = XyChartData(number_format=form(chart, lang)), []
    for series, row in zip(chart.series, shown(chart, lang), strict=True):
        added = data.add_series(series.name)
        kept.append([place for place, y in enumerate(row) if y is not None and series.x[place] is not None])
        for place in kept[-1]:
            added.add_data_point(series.x[place], row[place])
    drawn = placed(slide, chart, XL_CHART_TYPE.XY_SCATTER, data)
    legend(drawn, len(chart.series) > 1)
    _axes(drawn, chart, lang)
    room = roomy(chart, lang)
    for at, (series, look, shape) in enumerate(zip(chart.series, looks(chart), drawn.plots[0].series, strict=True)):
        shape.format.line.fill.background()
        dots(shape, look, 10)
        for number, place in enumerate(kept[at]):
            if (at, place) in room:
                _label(shape, number, series.labels[place], look.colour)
