"""What reading and saving said, as data for the shell and as rows that go back to whoever sent them."""

import re
from dataclasses import asdict

import pandas as pd
import pyarrow.parquet as pq

from core import text
from core.importing import Sheet, Upload

KEPT = ("file", "sheet", "dataset", "encoding", "header_row", "rows", "inserted", "updated", "unchanged", "skipped",
        "rejected", "ignored_columns", "dropped_personal_columns")


def as_json(upload: Upload, batch: int | None) -> dict:
    """The upload as the shell prints it."""
    return {"batch": batch, "files": [{name: getattr(sheet, name) for name in KEPT}
                                      | {"issues": [asdict(issue) for issue in sheet.issues]} for sheet in upload.sheets]}


def rejected_rows(upload: Upload, lang: str) -> dict[str, pd.DataFrame]:
    """Per sheet with rejected rows, under its own headers and as text, those rows with their number in the file and the
    reasons; personal and unused columns are not in it."""
    answer = {}
    for sheet in upload.sheets:
        if sheet.rejects:
            answer[" ".join(filter(None, (sheet.sheet, sheet.file)))[:28]] = _rows(sheet, lang)
    return answer


def _rows(sheet: Sheet, lang: str) -> pd.DataFrame:
    rows = pd.concat([pq.read_table(path).to_pandas() for path in sheet.rejects], ignore_index=True).sort_values("_row")
    reasons: dict[int, list[str]] = {}
    for issue in sheet.issues:
        place = re.search(r"(\d+)$", issue.cell)
        if place and issue.severity == "error":
            reasons.setdefault(int(place[1]), []).append(f"{issue.message}{issue.suggestion}")
    headers = {name: header for header, name in sheet.mapping.items()}
    said = [text.say("rejected.join", lang).join(reasons.get(row, [text.say("rejected.same", lang)])) for row in rows["_row"]]
    frame = rows.drop(columns="_row").rename(columns=headers).astype(object)
    frame.insert(0, text.say("rejected.row", lang), rows["_row"])
    frame.insert(1, text.say("rejected.reason", lang), said)
    return frame.where(frame.notna(), None)
