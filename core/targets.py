"""A quarter's targets as a table that people write in: as stored, copied, checked like an upload, saved, tried out."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from core import importing, text
from core.datasets import DATASETS
from core.importing import Problem, Upload
from core.importing.type_rows import address, problem
from core.importing.values import MISSING
from core.metrics import METRICS
from core.periods import Period
from core.settlement import Settlement
from core.store import Store
from core.store.rows import Gone

BARS = ("target", "floor", "benchmark")
COLUMNS = ("subject", "metric", *BARS)
FIELDS = tuple(column.name for column in DATASETS["targets"].columns)
# An upload may hold such a row, which then counts as missing; who is just writing it can mend it at once.
BLOCKING = ("target_is_floor", "floor_on_good_side")
UNREAD = ("not_a_number", "range_not_number")


@dataclass(frozen=True)
class Checked:
    """A table that was checked and not yet saved: every problem, the typed rows without one that stops them (columns as
    `quarter.targets` answers them), how many rows are new, changed and the same, and what is stored but no longer there."""

    upload: Upload
    quarter: str
    problems: list[Problem]
    targets: pd.DataFrame
    inserted: int
    updated: int
    unchanged: int
    gone: Gone

    @property
    def errors(self) -> int:
        return sum(found.count for found in self.problems if found.severity == "error")

    @property
    def changes(self) -> int:
        return self.inserted + self.updated + self.gone.count


def table(con, period: Period) -> pd.DataFrame:
    """The quarter's stored targets as people write them, numbered from 1 in the order of subject and metric: subject
    (`company`, `team T1`), metric (its name), and target, floor and benchmark as texts, rates with their sign (30%)."""
    stored = con.execute("select subject_type, subject_id, metric, target, floor, benchmark from targets where quarter = ?"
                         " order by array_position(['company', 'role', 'team', 'employee'], subject_type), subject_id, metric",
                         [period.quarter().label]).fetchall()
    return numbered(pd.DataFrame([[subject(kind, name), metric, *(written(bar, metric) for bar in bars)]
                                  for kind, name, metric, *bars in stored], columns=list(COLUMNS), dtype=object))


def headings(lang: str) -> dict[str, str]:
    """field → what its column is called, in the table as in the messages."""
    return {column.name: column.zh if lang == "zh" else column.name.replace("_", " ").capitalize()
            for column in DATASETS["targets"].columns}


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its rows numbered from 1, an empty cell being None."""
    frame = frame.astype(object).where(frame.notna(), None)
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis=0)


def subject(kind: str, name: str | None) -> str:
    """Whom a target is for, as one word: `company`, `role operations`, `team T1`, `employee E1`."""
    return kind if name is None else f"{kind} {name}"


def written(value: float | None, metric: str) -> str | None:
    """A target as people write it, to the last digit: 1,000,000, and 30% where the metric is a rate."""
    if text.missing(value):
        return None
    said = Decimal(repr(value)) * (100 if METRICS[metric].unit == "percent" else 1)
    digits = f"{said:,f}"
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + ("%" if METRICS[metric].unit == "percent" else "")


def copied(frame: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The table with those of an earlier quarter's rows below it whose subject and metric it lacks."""
    held = set(zip(frame["subject"], frame["metric"], strict=True))
    lacking = [pair not in held for pair in zip(earlier["subject"], earlier["metric"], strict=True)]
    kept = frame[frame.notna().any(axis=1)]
    return numbered(pd.concat([kept, earlier[lacking]], ignore_index=True))


def check(store: Store, period: Period, frame: pd.DataFrame, lang: str) -> Checked:
    """The table checked by the rules of an upload, nothing saved: messages name the row's number and the field. Beyond them
    a rate needs its sign, nothing else may have one, and a target must leave room for a score. The rows of `upload` are
    staged until `importing.discard`."""
    dataset, label = DATASETS["targets"], period.quarter().label
    sheet = getattr(dataset, lang)
    heads = headings(lang)
    rows = {int(number): [label, *_row(row)] for number, row in zip(frame.index, frame.to_dict("records"), strict=True)
            if any(_said(cell) for cell in row.values())}
    upload = importing.prepare_table(store, text.say("targets.file", lang), sheet,
                                     {0: list(heads.values())} | rows, lang)
    unread = {found.cell for found in upload.sheets[0].issues if found.code in UNREAD}
    signs = {found.cell: found for number, row in rows.items()
             for found in _signs(number, row, heads, sheet, lang) if found.cell not in unread}
    issues = [*signs.values(), *(found for found in upload.sheets[0].issues if found.cell not in signs)]
    stopped = {_number(found) for found in signs.values()}
    typed = store.cursor().execute("select * from read_parquet(?) order by _row", [str(upload.staged["targets"])]).df()
    counts = upload.sheets[0]
    return Checked(upload, label, [_worded(found, sheet, lang) for found in sorted(issues, key=_number)],
                   typed[~typed["_row"].isin(stopped)].drop(columns="_part"), counts.inserted, counts.updated,
                   counts.unchanged, store.gone(upload.staged, [label])["targets"])


def _row(row: dict) -> list[str | None]:
    """The cells of a row in the order of FIELDS, but for the quarter."""
    kind, _, name = (_said(row["subject"]) or "").partition(" ")
    said = {"subject_type": kind or None, "subject_id": name or None} | {name: _said(row[name]) for name in ("metric", *BARS)}
    return [said[field] for field in FIELDS[1:]]


def _said(cell) -> str | None:
    return None if text.missing(cell) or not str(cell).strip() else str(cell)


def _signs(number: int, row: list, heads: dict[str, str], sheet: str, lang: str) -> list[Problem]:
    """A rate without its sign, which could be 30 % as well as 0.3 %, and a sign where the metric is no rate."""
    said = dict(zip(FIELDS, row, strict=True))
    metric, found = METRICS.get(said["metric"]), []
    for bar in BARS if metric else ():
        value = unicodedata.normalize("NFKC", said[bar] or "").strip()
        rate = metric.unit == "percent"
        if value.casefold() not in MISSING and ("%" in value) != rate:
            found.append(problem("percent_unsaid" if rate else "percent_unasked", "error", lang, column=heads[bar],
                                 cell=address(sheet, FIELDS.index(bar), number), value=said[bar],
                                 metric=getattr(metric, lang), bare=value.replace("%", "").strip()))
    return found


def _number(found: Problem) -> int:
    place = re.search(r"(\d+)$", found.cell)
    return int(place[1]) if place else 0


def _worded(found: Problem, sheet: str, lang: str) -> Problem:
    """The problem with the table's row instead of a spreadsheet's cell; what must be mended here is an error."""
    message = re.sub(rf"{re.escape(sheet)}![A-Z]*(\d+)", lambda place: text.say("targets.row", lang, row=place[1]),
                     found.message)
    severity = "error" if found.code in BLOCKING else found.severity
    return replace(found, message=message, severity=severity, cell=str(_number(found) or ""))


def save(store: Store, checked: Checked) -> int | None:
    """Saves the checked table as one batch, which ends the quarter's targets that it no longer holds; None, with nothing
    changed, where a row has an error."""
    if checked.errors:
        return None
    return importing.save(store, checked.upload, replace=frozenset({"targets"}), months=[checked.quarter])


def lacking(settled: Settlement) -> pd.DataFrame:
    """Metrics of scorecards in use that somebody has no target for, the most people first: metric, scorecards, people."""
    without = settled.metrics[settled.metrics["target"].isna()]
    found = without.groupby("metric", sort=False).agg(scorecards=("scorecard", lambda cards: tuple(dict.fromkeys(cards))),
                                                      people=("employee_id", "nunique")).reset_index()
    return found.sort_values("people", ascending=False, kind="stable", ignore_index=True)
