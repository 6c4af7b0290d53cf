"""Charts as native, editable PowerPoint charts and tables: 16:9, a Chinese face in the theme, the numbers of the screen."""

import io
import re

from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.opc.package import Part
from pptx.util import Inches, Pt

from core import text
from core.charts.axes import cells
from core.charts.description import Chart, subtitle
from core.exporting import native, native_points, shaded

CHINESE = "Microsoft YaHei"
DRAWN = {"bar": native.bars, "barh": native.bars, "stacked": native.bars, "line": native.bars, "radar": native.radar,
         "waterfall": native.waterfall, "step": native_points.step, "point": native_points.point,
         "scatter": native_points.scatter}


def deck(charts: list[Chart], lang: str) -> bytes:
    """A .pptx of one slide a chart, a heat map that is too large for one slide on several. Each chart embeds only its own
    figures, in the unit that the screen shows; texts stay texts."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    _chinese_theme(show)
    for chart in charts:
        if chart.kind != "heatmap":
            DRAWN[chart.kind](_slide(show, chart, chart.title, lang), chart, lang)
            continue
        parts = shaded.parts(chart)
        for number, part in enumerate(parts, 1):
            of = text.say("drawn.part", lang, part=number, parts=len(parts)) if len(parts) > 1 else ""
            shaded.heatmap(_slide(show, chart, f"{chart.title} {of}".strip(), lang), chart, part, lang)
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


def _chinese_theme(show) -> None:
    """Names the East Asian face in the theme: a run's font name would set the Latin one only."""
    for relation in show.slide_masters[0].part.rels.values():
        part: Part = relation.target_part
        if part.partname.startswith("/ppt/theme/"):
            part._blob = re.sub(rb'<a:ea typeface="[^"]*"', b'<a:ea typeface="' + CHINESE.encode() + b'"', part.blob)


def _slide(show, chart: Chart, words: str, lang: str):
    """A slide with the finding as its title, what is measured below it, the note at its foot, and room between."""
    slide = show.slides.add_slide(show.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Inches(0.6), Inches(0.35), Inches(12.1), Inches(0.8)
    title.text_frame.text = words
    finding = title.text_frame.paragraphs[0]
    finding.alignment, finding.font.size, finding.font.bold = PP_ALIGN.LEFT, Pt(28 if cells(words) <= 52 else 22), True
    measured = subtitle(chart, lang)
    for line, top, size in ((measured, 1.15, 18 if cells(measured) <= 90 else 14), (chart.note, 6.95, 12)):
        if line:
            box = slide.shapes.add_textbox(Inches(0.6), Inches(top), Inches(12.1), Inches(0.45)).text_frame
            box.text = line
            box.word_wrap = True
            box.paragraphs[0].font.size = Pt(size)
    return slide
