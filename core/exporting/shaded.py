"""Native tables of a slide: a heat map as shaded cells, on as many slides as it needs to be readable; a plain small table."""

from typing import NamedTuple

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from core.charts.description import Chart, cell_words, shown, span
from core.charts.looks import INKS, PAPERS, shade

MOST_ROWS, MOST_COLUMNS = 14, 16
WIDTH, HEADS = 12.1, 2.3


class Part(NamedTuple):
    """The rows and columns of a heat map that one slide holds."""

    rows: slice
    columns: slice


def parts(chart: Chart) -> list[Part]:
    """Every value of the heat map once, in parts that a slide can hold; a part without any is left out."""
    every = [Part(slice(row, row + MOST_ROWS), slice(column, column + MOST_COLUMNS))
             for row in range(0, len(chart.series), MOST_ROWS) for column in range(0, len(chart.categories), MOST_COLUMNS)]
    return [part for part in every if any(value is not None for series in chart.series[part.rows]
                                          for value in series.values[part.columns])] or every[:1]


def heatmap(slide, chart: Chart, part: Part, lang: str) -> None:
    """A part as a table: columns' names above, rows' names left, shades on one scale of the whole chart; empty is empty."""
    low, high = span(chart, lang)
    rows = [row[part.columns] for row in shown(chart, lang)[part.rows]]
    names = [series.name for series in chart.series[part.rows]]
    said = [["", *map(str, chart.categories[part.columns])],
            *([name, *row[part.columns]] for name, row in zip(names, cell_words(chart, lang)[part.rows], strict=True))]
    table = ruled(slide, said, 1.75, alt=chart.alt)
    for y, row in enumerate(rows, 1):
        for x, value in enumerate(row, 1):
            if value is not None:
                _paint(table.cell(y, x), *shade((value - low) / (high - low)))


def ruled(slide, said: list[list[str]], top: float, alt: str = ""):
    """A native table of texts: first column left, the others centred."""
    columns = len(said[0])
    frame = slide.shapes.add_table(len(said), columns, Inches(0.6), Inches(top), Inches(WIDTH), Inches(0.34 * len(said)))
    if alt:
        frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    table = frame.table
    table.horz_banding = False
    table.columns[0].width = Inches(HEADS)
    wide = min((WIDTH - HEADS) / max(columns - 1, 1), 1.6)
    for column in list(table.columns)[1:]:
        column.width = Inches(wide)
    for y, row in enumerate(said):
        for x, words in enumerate(row):
            _write(table.cell(y, x), words, PP_ALIGN.CENTER if x else PP_ALIGN.LEFT, 14 if wide > 0.7 else 12)
    return table


def _write(cell, words: str, align, size: int) -> None:
    cell.margin_left = cell.margin_right = Inches(0.04)
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.text_frame.text = words
    cell.text_frame.paragraphs[0].alignment = align
    cell.text_frame.paragraphs[0].font.size = Pt(size)
    _paint(cell, PAPERS[0], INKS[0])


def _paint(cell, colour: str, ink: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
    font = cell.text_frame.paragraphs[0].font
    font.bold, font.color.rgb = False, RGBColor.from_string(ink.lstrip("#"))
