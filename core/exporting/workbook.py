"""Frames as a workbook: strings stay strings, numbers keep their precision."""

import io

import pandas as pd
import xlsxwriter

FORMATS = {"yuan": "#,##0.00", "percent": "0.00%", "score": "0.00", "count": "#,##0", "date": "yyyy-mm-dd", "text": "@"}


def workbook(sheets: dict[str, pd.DataFrame], formats: dict[str, str] | None = None, lang: str = "zh") -> bytes:
    """An .xlsx with one sheet a frame, header frozen and filtered; a text never becomes a formula or a link, a missing
    value is an empty cell."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True,
                                         "nan_inf_to_errors": False})
    header = book.add_format({"bold": True, "bg_color": "#DCE9F3", "text_wrap": True})
    styles = {kind: book.add_format({"num_format": said}) for kind, said in FORMATS.items()}
    for number, (name, frame) in enumerate(sheets.items()):
        sheet = book.add_worksheet(_sheet_name(name, number))
        for column, label in enumerate(frame.columns):
            style = styles.get((formats or {}).get(label, ""))
            sheet.set_column(column, column, _width(label, frame[label]), style)
            sheet.write_string(0, column, str(label), header)
            for row, value in enumerate(frame[label].tolist(), 1):
                _write(sheet, row, column, value, style, styles["date"])
        sheet.freeze_panes(1, 0)
        if len(frame.columns):
            sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    book.close()
    return written.getvalue()


def _write(sheet, row: int, column: int, value, style, date_style) -> None:
    if isinstance(value, (bool, str)):
        sheet.write_string(row, column, str(value), style)
    elif isinstance(value, pd.Timestamp) and not pd.isna(value):
        sheet.write_datetime(row, column, value.to_pydatetime(), date_style)
    elif isinstance(value, (int, float)) and not pd.isna(value):
        sheet.write_number(row, column, value, style)
    elif value is not None and not pd.isna(value):
        sheet.write_string(row, column, str(value), style)


def _width(label, values: pd.Series) -> int:
    longest = max([_cells(label), *(_cells(v) for v in values.head(200))])
    return min(48, longest + 3)


def _cells(value) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in ("" if value is None else str(value)))


def _sheet_name(name: str, number: int) -> str:
    kept = "".join(letter for letter in str(name) if letter not in "[]:*?/\\'")[:28]
    return kept or f"Sheet{number + 1}"
