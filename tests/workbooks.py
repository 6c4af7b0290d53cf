"""Workbooks as people make them, for the tests that upload one."""

from pathlib import Path

import openpyxl


def written(path: Path, sheets: dict[str, list]) -> Path:
    """Writes {sheet name: rows} as .xlsx and answers the path."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
