"""A statement as a workbook that computes: every step a cell, every amount a live formula on the cells above it."""

import io

import xlsxwriter

from core import explanation, text, wording
from core.statement import Line

FORMATS = {"yuan": "#,##0.00", "CNY": "#,##0.00", "percent": "0.00##%", "score": "0.00####", "points": "0.00##", "count": "#,##0",
           "factor": "0.00####", "days": "0.00", "shares": "#,##0"}
COLUMNS = ("step", "value", "unit", "how")


def statement(lines: list[Line], title: str, about: str, lang: str) -> bytes:
    """An .xlsx of two sheets: every ledger row with its amount, and below each other the steps of every row. An input cell
    that is changed changes the amounts; a user's text is always a text, never a formula."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True,
                                         "nan_inf_to_errors": False})
    styles = _styles(book)
    front, sheet = (book.add_worksheet(_say(f"sheet.{name}", lang)) for name in ("rows", "steps"))
    sheet.set_column(0, 0, 34), sheet.set_column(1, 1, 16), sheet.set_column(2, 2, 10), sheet.set_column(3, 3, 90)
    sheet.write_string(0, 0, _say("sheet.hint", lang), styles["grey"])
    top, amounts = 2, []
    for line in lines:
        amounts.append(_block(sheet, line, top, styles, lang)["amount"])
        top += len(line.steps) + 4
    _front(front, lines, amounts, sheet.get_name(), title, about, styles, lang)
    for each in (front, sheet):
        each.set_landscape(), each.set_paper(9), each.fit_to_pages(1, 0)
    book.close()
    return written.getvalue()


def _styles(book) -> dict:
    pale, grey = {"bg_color": "#FFF8DC"}, {"font_color": "#666666"}
    units = {unit: {"num_format": said} for unit, said in FORMATS.items()}
    named = {"bold": {"bold": True}, "title": {"bold": True, "font_size": 14}, "grey": grey, "free": pale,
             "head": {"bold": True, "bg_color": "#DCE9F3", "text_wrap": True}}
    made = {name: book.add_format(said) for name, said in (units | named).items()}
    return made | {"input": {unit: book.add_format(said | pale) for unit, said in units.items()}}


def _block(sheet, line: Line, top: int, styles: dict, lang: str) -> dict[str, str]:
    """Writes a row's steps; answers the cell of each step."""
    sheet.write_string(top, 0, f"{line.title} · {line.item}", styles["title"])
    sheet.write_string(top, 3, " · ".join(filter(None, (line.clause, line.reason))), styles["grey"])
    for column, name in enumerate(COLUMNS):
        sheet.write_string(top + 1, column, _say(f"column.{name}", lang), styles["head"])
    cells = {step.name: f"B{top + 3 + place}" for place, step in enumerate(line.steps)}
    for place, step in enumerate(line.steps):
        row, unit = top + 2 + place, explanation.unit_of(step)
        sheet.write_string(row, 0, wording.label(step, lang), styles["bold"] if step.name == "amount" else None)
        _value(sheet, row, step, cells, styles, unit)
        sheet.write_string(row, 2, _unit(step, unit, lang))
        sheet.write_string(row, 3, wording.how(step, line.steps, lang), styles["grey"])
    return cells


def _value(sheet, row: int, step, cells: dict, styles: dict, unit: str) -> None:
    """A computed step as a formula on the cells of the others, an input as it is; nothing where it is missing."""
    if text.missing(step.value):
        return
    if step.formula:
        formula = explanation.NAME.sub(lambda name: cells.get(name[0], name[0]), step.formula)
        sheet.write_formula(row, 1, f"={formula}", styles.get(unit), float(step.value))
    elif isinstance(step.value, str):
        sheet.write_string(row, 1, step.value, styles["free"])
    else:
        sheet.write_number(row, 1, float(step.value), styles["input"].get(unit, styles["free"]))


def _unit(step, unit: str, lang: str) -> str:
    if unit == "status" and isinstance(step.value, str):
        return text.say(f"page.status.{step.value}", lang)
    return _say(f"unit.{unit}", lang) if text.has(f"statement.unit.{unit}") else ""


def _front(sheet, lines: list[Line], amounts: list[str], steps: str, title: str, about: str, styles: dict, lang: str) -> None:
    for column, width in enumerate((16, 40, 18, 16, 10, 70, 22)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, about, styles["grey"])
    for column, name in enumerate(("rule", "item", "status", "amount", "unit", "reason", "clause")):
        sheet.write_string(3, column, _say(f"column.{name}", lang), styles["head"])
    for place, (line, cell) in enumerate(zip(lines, amounts, strict=True), 4):
        entry = line.entry
        sheet.write_string(place, 0, line.title)
        sheet.write_string(place, 1, line.item)
        sheet.write_string(place, 2, text.say(f"page.status.{entry['status']}", lang))
        sheet.write_formula(place, 3, f"='{steps}'!{cell}", styles.get(entry["unit"]), float(entry["amount"]))
        sheet.write_string(place, 4, _say(f"unit.{entry['unit']}", lang))
        sheet.write_string(place, 5, line.reason, styles["grey"])
        sheet.write_string(place, 6, line.clause)
    last = 4 + len(lines)
    counted = [f"D{place}" for place, line in enumerate(lines, 5) if line.counted]
    total = sum(line.entry["amount"] for line in lines if line.counted)
    sheet.write_string(last, 0, _say("total", lang), styles["bold"])
    sheet.write_formula(last, 3, f"=ROUND({'+'.join(counted) or '0'},2)", styles["CNY"], round(float(total), 2))
    sheet.write_string(last, 4, _say("unit.CNY", lang))


def _say(key: str, lang: str, **values) -> str:
    return text.say(f"statement.{key}", lang, **values)
