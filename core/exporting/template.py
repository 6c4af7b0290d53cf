"""The empty workbook that people fill in: a page of explanations, one sheet a dataset, drop-downs for every choice."""

import io

import xlsxwriter

from core import text
from core.datasets import DATASETS, Column, Dataset

ROWS = 1000
# What a dataset adds to, in the order in which people should fill in, with the colour of its sheets' tabs.
THEMES = {"main": "#D55E00", "metrics": "#0072B2", "belonging": "#56B4E9", "projects": "#009E73", "growth": "#F0E442",
          "collaboration": "#CC79A7", "rewards": "#E69F00"}


def template(lang: str) -> bytes:
    """An .xlsx driven by the dataset declarations; the grey example row begins with 示例 / Example and is not imported."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False})
    styles = {"needed": book.add_format({"bold": True, "bg_color": "#F7D9C4"}),
              "header": book.add_format({"bold": True, "bg_color": "#DCE9F3"}),
              "example": book.add_format({"font_color": "#808080", "italic": True}),
              "text": book.add_format({"num_format": "@"}), "title": book.add_format({"bold": True, "font_size": 16}),
              "theme": book.add_format({"bold": True, "top": 1})}
    _explain(book.add_worksheet(text.say("template.explanations", lang)), styles, lang)
    for dataset in DATASETS.values():
        sheet = book.add_worksheet(getattr(dataset, lang))
        sheet.set_tab_color(THEMES[dataset.theme])
        _sheet(sheet, dataset, styles, lang)
    book.close()
    return written.getvalue()


def _label(column: Column, lang: str) -> str:
    return column.zh if lang == "zh" else column.name


def _explain(sheet, styles: dict, lang: str) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, text.say("template.title", lang), styles["title"])
    for row, key in enumerate(("how", "required", "example_note", "dates"), 2):
        sheet.write_string(row, 1, text.say(f"template.{key}", lang))
    row = 7
    for theme in THEMES:
        sheet.write_string(row, 0, text.say(f"template.theme.{theme}", lang), styles["theme"])
        sheet.write_string(row, 1, text.say(f"template.about.{theme}", lang), styles["theme"])
        for dataset in (d for d in DATASETS.values() if d.theme == theme):
            row += 1
            link = f"internal:'{getattr(dataset, lang)}'!A1"
            sheet.write_url(row, 0, link, styles["header"], getattr(dataset, lang))
            sheet.write_string(row, 1, dataset.adds[lang])
        row += 2


def _sheet(sheet, dataset: Dataset, styles: dict, lang: str) -> None:
    sheet.freeze_panes(1, 0)
    for i, column in enumerate(dataset.columns):
        label = _label(column, lang)
        sheet.set_column(i, i, max(14, 2 * len(label) + 4), styles["text"] if column.type in ("id", "text") else None)
        sheet.write_string(0, i, label, styles["needed" if column.required else "header"])
        example = f"{text.say('template.example', lang)} {column.example}".strip() if i == 0 else column.example
        sheet.write_string(1, i, _translated(column, example, lang), styles["example"])
        choices = _choices(column, lang)
        if choices:
            sheet.data_validation(1, i, ROWS, i, {"validate": "list", "source": choices, "error_type": "warning"})


def _choices(column: Column, lang: str) -> list[str]:
    if column.type == "boolean":
        return ["是", "否"] if lang == "zh" else ["yes", "no"]
    return [names[lang] for names in (column.choices or {}).values()]


def _translated(column: Column, example: str, lang: str) -> str:
    if lang == "en":
        for names in (column.choices or {}).values():
            if names["zh"] == example:
                return names["en"]
        return {"是": "yes", "否": "no"}.get(example, example)
    return example
