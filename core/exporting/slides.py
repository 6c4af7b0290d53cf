"""Charts as native, editable PowerPoint charts: 16:9, a Chinese face in the theme, the numbers of the screen."""

import io
import re

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.opc.package import Part
from pptx.util import Inches, Pt

from core.charts import LOSS, STYLES, Chart, decimals, shown, subtitle

KINDS = {"bar": XL_CHART_TYPE.COLUMN_CLUSTERED, "barh": XL_CHART_TYPE.BAR_CLUSTERED, "line": XL_CHART_TYPE.LINE_MARKERS,
         "stacked": XL_CHART_TYPE.COLUMN_STACKED}
CHINESE = "Microsoft YaHei"
GRID = "D0D7DE"


def deck(charts: list[Chart], lang: str) -> bytes:
    """A .pptx of one slide a chart. Each chart embeds only its own figures, in the unit that the screen shows."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    _chinese_theme(show)
    for chart in charts:
        _slide(show, chart, lang)
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


def _chinese_theme(show) -> None:
    """Names the East Asian face in the theme: a run's font name would set the Latin one only."""
    for relation in show.slide_masters[0].part.rels.values():
        part: Part = relation.target_part
        if part.partname.startswith("/ppt/theme/"):
            part._blob = re.sub(rb'<a:ea typeface="[^"]*"', b'<a:ea typeface="' + CHINESE.encode() + b'"', part.blob)


def _slide(show, chart: Chart, lang: str) -> None:
    slide = show.slides.add_slide(show.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Inches(0.6), Inches(0.35), Inches(12.1), Inches(0.8)
    title.text_frame.text = chart.title
    title.text_frame.paragraphs[0].font.size, title.text_frame.paragraphs[0].font.bold = Pt(28), True
    for words, top, size in ((subtitle(chart, lang), 1.15, 18), (chart.note, 6.95, 12)):
        box = slide.shapes.add_textbox(Inches(0.6), Inches(top), Inches(12.1), Inches(0.45)).text_frame
        box.text = words
        box.paragraphs[0].font.size = Pt(size)
    frame = slide.shapes.add_chart(KINDS[chart.kind], Inches(0.6), Inches(1.65), Inches(12.1), Inches(5.25),
                                   _data(chart, lang))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.alt)
    _look(frame.chart, chart, lang)


def _data(chart: Chart, lang: str) -> CategoryChartData:
    data = CategoryChartData(number_format=_format(chart, lang))
    data.categories = [str(c) for c in chart.categories]
    for series, values in zip(chart.series, shown(chart, lang), strict=True):
        data.add_series(series.name, values)
    return data


def _format(chart: Chart, lang: str) -> str:
    places = decimals(chart, lang)
    return "#,##0" + ("." + "0" * places if places else "")


def _look(drawn, chart: Chart, lang: str) -> None:
    drawn.has_title = False
    drawn.font.size = Pt(16)
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    drawn.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(GRID)
    if chart.kind == "barh":
        drawn.category_axis.reverse_order = True
        drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    plot = drawn.plots[0]
    plot.has_data_labels = len(chart.categories) <= 16 and chart.kind != "line"
    if plot.has_data_labels:
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = _format(chart, lang), False
    for series, drawn_series in zip(chart.series, plot.series, strict=True):
        _colour(chart, series, drawn_series)


def _colour(chart: Chart, series, drawn) -> None:
    """The series' colour, losses in the screen's second colour."""
    colour = RGBColor.from_string((STYLES[series.style][0] if series.style != "target" else "#555555").lstrip("#"))
    if chart.kind == "line":
        drawn.format.line.color.rgb, drawn.smooth = colour, False
        return
    drawn.invert_if_negative = False
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = colour
    for place, value in enumerate(series.values):
        if value is not None and value < 0:
            point = drawn.points[place].format.fill
            point.solid()
            point.fore_color.rgb = RGBColor.from_string(LOSS.lstrip("#"))
