"""An upload and the stored tables as people read them: frames with visible column names."""

import pandas as pd

from core.datasets import DATASETS
from core.importing import Upload
from pages.frame.session import Session

COUNTS = ("rows", "inserted", "updated", "unchanged", "skipped", "rejected")


def found(look: Session, upload: Upload) -> pd.DataFrame:
    """One row per sheet: what it was taken for and what saving would do with its rows."""
    return pd.DataFrame([{
        look.say("column.file"): sheet.file, look.say("column.sheet"): sheet.sheet or "—",
        look.say("column.dataset"): look.dataset(sheet.dataset) if sheet.dataset else look.say("data.unknown"),
        **{look.say(f"column.{name}"): getattr(sheet, name) for name in COUNTS},
        look.say("column.ignored"): look.say("comma").join(sheet.ignored_columns) or "—",
        look.say("column.dropped"): look.say("comma").join(sheet.dropped_personal_columns) or "—"}
        for sheet in upload.sheets])


def notes(upload: Upload) -> int:
    """How many of the problems block nothing."""
    return sum(issue.severity != "error" for sheet in upload.sheets for issue in sheet.issues)


def problems(look: Session, upload: Upload) -> pd.DataFrame:
    """Every problem with its cell, errors first."""
    order = ("error", "warning", "note")
    issues = sorted(((sheet, issue) for sheet in upload.sheets for issue in sheet.issues),
                    key=lambda pair: order.index(pair[1].severity))
    return pd.DataFrame([{
        look.say("column.severity"): look.say(f"severity.{issue.severity}"), look.say("column.file"): sheet.file,
        look.say("column.cell"): issue.cell or "—", look.say("column.message"): issue.message,
        look.say("column.suggestion"): issue.suggestion or "—", look.say("column.count"): issue.count}
        for sheet, issue in issues], columns=[look.say(f"column.{name}") for name in (
            "severity", "file", "cell", "message", "suggestion", "count")])


def counted(look: Session) -> dict[str, str]:
    """The columns of these tables that count rows."""
    return {look.say(f"column.{name}"): "count" for name in (*COUNTS, "count")}


def stored(look: Session, counts: dict[str, int]) -> pd.DataFrame:
    """Rows stored per dataset, and what the empty ones would add."""
    return pd.DataFrame([{
        look.say("column.dataset"): look.dataset(name), look.say("column.rows"): count,
        look.say("column.state"): look.say("data.there" if count else "data.absent"),
        look.say("column.adds"): DATASETS[name].adds[look.lang]} for name, count in counts.items()])
