"""One's own workbook back: the uploaded file with its bad cells coloured, a comment in each, and a list of the problems."""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from core import text
from core.importing.read import read
from core.importing.type_rows import Problem

ROOT = Path(__file__).parent.parent.parent
# As a module of its own: the child starts in a fraction of the time when it does not import the rest of the product.
CHILD = ("import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from core.exporting.marking import child;"
         " child.main(*map(Path, sys.argv[2:]))")
SECONDS = 120
TOO_LARGE = 3
LIST_SHEETS = {lang: text.say("corrected.sheet", lang) for lang in text.LANGUAGES}
COLUMNS = {"severity": 10, "sheet": 18, "cell": 10, "column": 18, "value": 24, "message": 56, "suggestion": 48}
SEVERITIES = ("error", "warning", "note")


class Refused(Exception):
    """The file cannot be given back marked; the message is the code of the problem."""


class TooLarge(Refused):
    """The file is too large to be given back marked: above about four million cells."""


def corrected(name: str, source: Path, problems: list[tuple[str, Problem]], lang: str, encoding: str = "") -> bytes:
    """The upload as .xlsx with errors red and warnings orange, a comment in each such cell, and a last sheet that lists
    all problems; marks of an earlier round are replaced. An .xlsx keeps everything else byte for byte; of a CSV, an .xls
    or an unusual package it is a new workbook of the same cells. `problems` = (sheet, "" for a CSV; problem). Raises
    TooLarge, or Refused where nothing can be read."""
    with tempfile.TemporaryDirectory() as folder:
        target, stem = Path(folder) / "marked.xlsx", _sheet_name(Path(name).stem)
        job = _job([(sheet or stem, issue) for sheet, issue in problems], lang)
        if zipfile.is_zipfile(source) and _child(source, job, target):
            return target.read_bytes()
        raw = [[sheet or stem, str(rows)] for sheet, rows in _raw_rows(source, Path(folder) / "raw", encoding)
               if sheet not in LIST_SHEETS.values()]
        if not _child(Path(folder) / "plain.xlsx", job | {"raw": raw}, target):
            raise Refused("reader_stopped")
        return target.read_bytes()


def _raw_rows(source: Path, folder: Path, encoding: str) -> list[tuple[str, Path]]:
    """The sheets of raw text rows; raises for what cannot be read."""
    found = read(source, folder, encoding or None)
    files = found if isinstance(found, list) else [found]
    for file in files:
        if file.problem:
            raise (TooLarge if file.problem in ("oversized_file", "reader_stopped") else Refused)(file.problem)
    return [(sheet.name, sheet.parquet) for file in files for sheet in file.sheets]


def _child(source: Path, job: dict, target: Path) -> bool:
    """Whether the child marked the workbook; raises TooLarge where it says so."""
    said = target.with_suffix(".json")
    said.write_text(json.dumps(job), "utf-8")
    command = [sys.executable, "-I", "-c", CHILD, str(ROOT), str(source), str(said), str(target)]
    try:
        ended = subprocess.run(command, timeout=SECONDS, capture_output=True, check=False)
    except subprocess.TimeoutExpired as error:
        raise TooLarge("reader_stopped") from error
    if ended.returncode == TOO_LARGE:
        raise TooLarge("oversized_file")
    return ended.returncode == 0 and target.exists()


def _job(problems: list[tuple[str, Problem]], lang: str) -> dict:
    """What the child is told: the marks of each sheet, and the list from the worst to the least."""
    ordered = sorted(problems, key=lambda pair: SEVERITIES.index(pair[1].severity))
    sheets: dict[str, list] = {}
    for sheet, issue in ordered:
        if issue.severity != "note" and issue.cell:
            sheets.setdefault(sheet, []).append([_address(issue), issue.severity, _said(issue, lang)])
    rows = [[issue.severity, [text.say(f"page.severity.{issue.severity}", lang), sheet, _address(issue), issue.column,
                              issue.value, issue.message, issue.suggestion], _location(sheet, issue)]
            for sheet, issue in ordered]
    header = [text.say(f"corrected.column.{column}", lang) for column in COLUMNS]
    listed = {"name": LIST_SHEETS[lang], "names": list(LIST_SHEETS.values()), "widths": list(COLUMNS.values()),
              "header": header, "rows": rows}
    return {"sheets": sheets, "list": listed, "raw": []}


def _said(issue: Problem, lang: str) -> str:
    return f"{text.say(f'page.severity.{issue.severity}', lang)}：{issue.message} {issue.suggestion}".strip()


def _address(issue: Problem) -> str:
    """C17 of Sheet1!C17; a sheet's own name may hold an exclamation mark."""
    return issue.cell.rpartition("!")[2]


def _location(sheet: str, issue: Problem) -> str:
    """Where a link leads: a whole row as A17, which every program understands."""
    said = _address(issue)
    if not said:
        return ""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!" + (f"A{said}" if said.isdecimal() else said)


def _sheet_name(said: str) -> str:
    """A file's name as the name of a sheet, without what Excel does not allow in one."""
    return "".join(sign for sign in said if sign not in "[]:*?/\\" and sign.isprintable())[:31].strip("'") or "Sheet1"
