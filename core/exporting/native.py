"""Charts over named places as native charts of a slide: bars, lines, radar, waterfall."""

import io
import math

import openpyxl
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.util import Inches, Pt

from core import text
from core.charts.description import Chart, decimals, floats, shown, written
from core.charts.looks import INKS, PAPERS, Look, looks, loss

KINDS = {"bar": XL_CHART_TYPE.COLUMN_CLUSTERED, "barh": XL_CHART_TYPE.BAR_CLUSTERED, "line": XL_CHART_TYPE.LINE_MARKERS,
         "stacked": XL_CHART_TYPE.COLUMN_STACKED}
DASHES = {"solid": MSO_LINE.SOLID, "dash": MSO_LINE.DASH, "dot": MSO_LINE.ROUND_DOT, "dashdot": MSO_LINE.DASH_DOT,
          "longdash": MSO_LINE.LONG_DASH}
MARKERS = {"circle": XL_MARKER_STYLE.CIRCLE, "square": XL_MARKER_STYLE.SQUARE, "diamond": XL_MARKER_STYLE.DIAMOND,
           "triangle-up": XL_MARKER_STYLE.TRIANGLE, "x": XL_MARKER_STYLE.X}
PATTERNS = {"/": MSO_PATTERN.WIDE_UPWARD_DIAGONAL, "\\": MSO_PATTERN.WIDE_DOWNWARD_DIAGONAL, "x": MSO_PATTERN.DIAGONAL_CROSS,
            ".": MSO_PATTERN.PERCENT_25, "-": MSO_PATTERN.LIGHT_HORIZONTAL}
GRID = "D0D7DE"
ROOM = 5.25


def rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#"))


def placed(slide, chart: Chart, kind, data, height: float = ROOM):
    """The native chart on its slide, with its alt text; its workbook holds texts as texts."""
    frame = slide.shapes.add_chart(kind, Inches(0.6), Inches(1.65), Inches(12.1), Inches(height), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.alt)
    book = frame.chart.part.chart_workbook
    book.update_from_xlsx_blob(_texts(book.xlsx_part.blob))
    frame.chart.has_title = False
    frame.chart.font.size = Pt(16)
    return frame.chart


def _texts(blob: bytes) -> bytes:
    """The workbook with every formula or link that a name would have become as the text it is."""
    book, changed = openpyxl.load_workbook(io.BytesIO(blob)), io.BytesIO()
    for row in book.active.iter_rows():
        for cell in row:
            cell.hyperlink = None
            if cell.data_type == "f":
                cell.data_type, cell.quotePrefix = "s", True
    book.save(changed)
    return changed.getvalue()


def form(chart: Chart, lang: str) -> str:
    """The chart's number format."""
    places = decimals(chart, lang)
    return "#,##0" + ("." + "0" * places if places else "")


def legend(drawn, wanted: bool) -> None:
    drawn.has_legend = wanted
    if wanted:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False


def ends(axis, found: list[float], room: float = 0.0) -> None:
    """Sets the axis to round ends that hold every figure, and room for labels beyond what is not zero."""
    least, most = min(found), max(found)
    unit = 10 ** math.floor(math.log10(most - least or 1)) / 2
    least, most = (end and end + sign * room * (most - least) for end, sign in ((least, -1), (most, 1)))
    axis.minimum_scale, axis.maximum_scale = math.floor(least / unit) * unit, math.ceil(most / unit) * unit or unit


def grid(axis) -> None:
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb(GRID)


def values(chart: Chart, lang: str) -> CategoryChartData:
    """The categories and each series' values in the unit of the screen."""
    data = CategoryChartData(number_format=form(chart, lang))
    data.categories = [str(c) for c in chart.categories]
    for series, row in zip(chart.series, shown(chart, lang), strict=True):
        data.add_series(series.name, row)
    return data


def bars(slide, chart: Chart, lang: str) -> None:
    """Bars, stacked bars or lines."""
    drawn = placed(slide, chart, KINDS[chart.kind], values(chart, lang))
    legend(drawn, len(chart.series) > 1)
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    grid(drawn.value_axis)
    if chart.kind == "barh":
        drawn.category_axis.reverse_order = True
        drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        ends(drawn.value_axis, [0, *(v for row in shown(chart, lang) for v in row if v is not None)], room=0.15)
    plot = drawn.plots[0]
    plot.has_data_labels = len(chart.categories) <= 16 and chart.kind != "line"
    if plot.has_data_labels:
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = form(chart, lang), False
    for series, look, shape in zip(chart.series, looks(chart), plot.series, strict=True):
        if chart.kind == "line":
            stroke(shape, look)
        else:
            bar(chart, series, look, shape)


def stroke(shape, look: Look, width: float = 2.5) -> None:
    """A series as a line with its dash and its marker."""
    line = shape.format.line
    line.color.rgb, line.width, line.dash_style = rgb(look.colour), Pt(width), DASHES[look.dash]
    shape.smooth = False
    dots(shape, look)


def dots(shape, look: Look, size: int = 9) -> None:
    marker = shape.marker
    marker.style, marker.size = MARKERS[look.marker.removesuffix("-open")], size
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = rgb(look.colour)
    marker.format.line.color.rgb = rgb(look.colour)


def bar(chart: Chart, series, look: Look, shape) -> None:
    """A series' bars with fill and pattern, one series' losses in the second colour."""
    shape.invert_if_negative = False
    paint(shape.format.fill, look.fill, look.pattern)
    if series.style in ("target", "previous"):
        shape.format.line.color.rgb = rgb(look.colour)
    for place, value in enumerate(series.values):
        if len(chart.series) == 1 and value is not None and value < 0:
            paint(shape.points[place].format.fill, loss())


def paint(fill, colour: str, pattern: str = "") -> None:
    if pattern:
        fill.patterned()
        fill.pattern, fill.fore_color.rgb, fill.back_color.rgb = PATTERNS[pattern], rgb(PAPERS[0]), rgb(colour)
    else:
        fill.solid()
        fill.fore_color.rgb = rgb(colour)


def radar(slide, chart: Chart, lang: str) -> None:
    """A native radar with markers from zero; a missing value is a gap."""
    drawn = placed(slide, chart, XL_CHART_TYPE.RADAR_MARKERS, values(chart, lang))
    legend(drawn, len(chart.series) > 1)
    drawn.value_axis.minimum_scale = 0
    grid(drawn.value_axis)
    for look, shape in zip(looks(chart), drawn.plots[0].series, strict=True):
        stroke(shape, look)


def waterfall(slide, chart: Chart, lang: str) -> None:
    """Stacked bars on an invisible base; what crosses zero is one bar on either side of it. The figures stand with the names:
    a floating bar has no place for them that is always readable."""
    found = floats(chart, lang)
    data = CategoryChartData(number_format=form(chart, lang))
    data.categories = [f"{name}  {said}" for name, said in zip(chart.categories, written(chart, lang), strict=True)]
    for name, row in zip(("base", "above", "below"), zip(*map(_stacked, found), strict=True), strict=True):
        data.add_series(text.say(f"drawn.{name}", lang), row)
    drawn = placed(slide, chart, XL_CHART_TYPE.BAR_STACKED, data)
    legend(drawn, False)
    drawn.category_axis.reverse_order, drawn.category_axis.tick_label_position = True, XL_TICK_LABEL_POSITION.LOW
    drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    grid(drawn.value_axis)
    axis_title(drawn.value_axis, text.say("drawn.against_start", lang))
    base, above, below = drawn.plots[0].series
    base.format.fill.background()
    for place, part in enumerate(found):
        falling = part is not None and part[1] < part[0] and place < len(found) - 1
        for shape in (above, below):
            shape.invert_if_negative = False
            colour = INKS[0] if place == len(found) - 1 else loss() if falling else looks(chart)[0].fill
            paint(shape.points[place].format.fill, colour, "/" if falling else "")


def _stacked(part: tuple[float, float] | None) -> tuple[float | None, float | None, float | None]:
    """(base, above, below): what is invisible, what is drawn above zero and below it."""
    if part is None:
        return None, None, None
    low, high = min(part), max(part)
    return max(low, 0) + min(high, 0), round(max(high, 0) - max(low, 0), 6), round(min(low, 0) - min(high, 0), 6)


def axis_title(axis, words: str) -> None:
    axis.has_title = bool(words)
    if words:
        axis.axis_title.text_frame.text = words
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(16)
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
