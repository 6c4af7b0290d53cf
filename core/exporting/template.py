"""The empty workbook that people fill in: a page of explanations, one sheet a dataset, drop-downs for every choice."""

import io

import xlsxwriter

from core import text
from core.datasets import DATASETS, Column, Dataset

ROWS = 1000


def template(lang: str) -> bytes:
    """An .xlsx driven by the dataset declarations; the grey example row begins with 示例 / Example and is not imported."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False})
    styles = {"needed": book.add_format({"bold": True, "bg_color": "#F7D9C4"}),
              "header": book.add_format({"bold": True, "bg_color": "#DCE9F3"}),
              "example": book.add_format({"font_color": "#808080", "italic": True}),
              "text": book.add_format({"num_format": "@"}), "title": book.add_format({"bold": True, "font_size": 16})}
    _explain(book.add_worksheet(text.say("template.explanations", lang)), styles, lang)
    for dataset in DATASETS.values():
        _sheet(book.add_worksheet(dataset.zh if lang == "zh" else dataset.en), dataset, styles, lang)
    book.close()
    return written.getvalue()


def _label(column: Column, lang: str) -> str:
    return column.zh if lang == "zh" else column.name


def _explain(sheet, styles: dict, lang: str) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, text.say("template.title", lang), styles["title"])
    for row, key in enumerate(("template.how", "template.required", "template.example_note", "template.dates"), 2):
        sheet.write_string(row, 1, text.say(key, lang))
    for row, dataset in enumerate(DATASETS.values(), 8):
        sheet.write_string(row, 0, dataset.zh if lang == "zh" else dataset.en, styles["header"])
        sheet.write_string(row, 1, dataset.adds[lang])


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
