"""What reading and saving said, as data for the shell and as rows that go back to whoever sent them."""

import re
from dataclasses import asdict

import pandas as pd
import pyarrow.parquet as pq

from core import text
from core.importing import Sheet, Upload

LONGEST = 28
KEPT = ("file", "sheet", "dataset", "encoding", "header_row", "rows", "inserted", "updated", "unchanged", "skipped",
        "rejected", "ignored_columns", "dropped_personal_columns")


def as_json(upload: Upload, batch: int | None) -> dict:
    """The upload as the shell prints it."""
    return {"batch": batch, "files": [{name: getattr(sheet, name) for name in KEPT}
                                      | {"issues": [asdict(issue) for issue in sheet.issues]} for sheet in upload.sheets]}


def rejected_rows(upload: Upload, lang: str) -> dict[str, pd.DataFrame]:
    """Per sheet with rejected rows, under its own headers and as text, those rows with their number in the file and the
    reasons; personal and unused columns are not in it."""
    answer: dict[str, pd.DataFrame] = {}
    for sheet in upload.sheets:
        if sheet.rejects:
            answer[_name(sheet, {name.casefold() for name in answer})] = _rows(sheet, lang)
    return answer


def _name(sheet: Sheet, taken: set[str]) -> str:
    """A name that Excel takes for a sheet and that no other sheet has, also where the names begin alike."""
    said = re.sub(r"[\[\]:*?/\\']", "", " ".join(filter(None, (sheet.sheet, sheet.file))))
    name, number = said[:LONGEST], 2
    while name.casefold() in taken:
        name, number = f"{said[:LONGEST - 5]} ({number})", number + 1
    return name


def _rows(sheet: Sheet, lang: str) -> pd.DataFrame:
    rows = pd.concat([pq.read_table(path).to_pandas() for path in sheet.rejects], ignore_index=True).sort_values("_row")
    reasons: dict[int, list[str]] = {}
    whole = []
    for issue in (issue for issue in sheet.issues if issue.severity == "error" and issue.code != "more_of_the_same"):
        place = re.search(r"(\d+)$", issue.cell)
        row = int(place[1]) if place else 0
        (reasons.setdefault(row, []) if row > (sheet.header_row or 0) else whole).append(f"{issue.message}{issue.suggestion}")
    headers = {name: header for header, name in sheet.mapping.items()}
    same = [] if whole else [text.say("rejected.same", lang)]
    said = [text.say("rejected.join", lang).join(whole + reasons.get(row, same)) for row in rows["_row"]]
    frame = rows.drop(columns="_row").rename(columns=headers).astype(object)
    frame.insert(0, text.say("rejected.row", lang), rows["_row"])
    frame.insert(1, text.say("rejected.reason", lang), said)
    return frame.where(frame.notna(), None)
