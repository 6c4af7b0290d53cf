"""Cells that can be read and still look wrong: dates and numbers out of this world, texts that a program might obey."""

from datetime import date, timedelta

from core import periods
from core.importing.rows import Rows, label, place, rule, tell
from core.importing.type_rows import SHOWN
from core.importing.values import INVISIBLE

FIRST_DAY = date(2000, 1, 1)
DAYS_AHEAD = 400
MOST = 1e12
# A value like this breaks none of the text rules; most columns hold no other, so that nothing more is looked at.
PLAIN = r"[0-9A-Za-z_\p{Han}][0-9A-Za-z_\p{Han}-]{0,49}"
FORMULA = r"^[=+\-@\t\r＝＋－＠]"
UNUSUAL = r"[\x22\x27`<>;\\\x00-\x1f\x7f]|\.\.|--|//|^/|/\s|\s/"
LONGEST_ID = 100


def plausible(rows: Rows, today: date) -> None:
    """Adds warnings for dates before 2000 or more than 400 days ahead (stored as they are: they fall in no quarter that
    is settled), errors for numbers from 10¹², notes and warnings for texts and ids that look like code."""
    columns = [c for c in rows.found.dataset.columns if c.name in rows.found.columns]
    _limits(rows, columns, today)
    for column in columns:
        # A buyer is stored as a hash only, and nicknames hold every sign there is.
        if column.type in ("id", "text") and column.name != "buyer_id":
            _texts(rows, column)


def _limits(rows: Rows, columns: list, today: date) -> None:
    """One pass for the smallest and largest of all columns; only what exceeds its limits is looked at again."""
    last = today + timedelta(days=DAYS_AHEAD)
    dated = {"date": (f"'{FIRST_DAY}'", f"'{last + timedelta(days=1)}'"), "month": ("'2000-01'", f"'{last:%Y-%m}~'"),
             "quarter": ("'2000Q1'", f"'{periods.quarter_of(last).label}~'")}
    dated["datetime"] = dated["date"]
    limits = {c.name: dated.get(c.type, (str(-MOST), str(MOST))) for c in columns
              if c.type in (*dated, "number", "integer")}
    if not limits:
        return
    outside = {name: f"{name} < {low} or {name} >= {high}" for name, (low, high) in limits.items()}
    passes = ", ".join(f"min({n}) < {low} or max({n}) >= {high}" for n, (low, high) in limits.items())
    for (name, broken), found in zip(outside.items(), rows.con.execute(f"select {passes} from {rows.table}").fetchone(),
                                     strict=True):
        if found and rows.found.dataset.column(name).type in dated:
            rule(rows, "implausible_date", f"({broken})", name, "warning", low=str(FIRST_DAY), high=str(last))
        elif found:
            rule(rows, "implausible_number", f"({broken})", name)


def _texts(rows: Rows, column) -> None:
    """One problem a distinct value, with the first cell and the number of rows."""
    odd = f"not regexp_full_match({column.name}, '{PLAIN}')"
    # The values of a key hardly repeat: grouping all of them first would cost more than looking at each.
    before, after = (f"where {odd}", "") if column.name in rows.found.dataset.key else ("", f"having {odd}")
    rows.con.execute(f"create or replace table odd as select {column.name} as value, min(_row) as first_row,"
                     f" count(*) as times from {rows.table} {before} group by 1 {after}")
    if rows.con.execute("select count(*) from odd").fetchone()[0]:
        _distinct(rows, column.name, "formula_like_text", "note", f"regexp_matches(value, '{FORMULA}')")
        if column.type == "id":
            _distinct(rows, column.name, "unusual_id", "warning",
                      f"regexp_matches(value, '{UNUSUAL}') or length(value) > {LONGEST_ID}")
    if column.type == "id":
        _invisible(rows, column.name)


def _distinct(rows: Rows, column: str, code: str, severity: str, condition: str) -> None:
    found = rows.con.execute(f"select value, first_row, times, count(*) over () from odd where {condition}"
                             f" order by first_row limit {SHOWN}").fetchall()
    for value, row, times, _ in found:
        tell(rows, code, severity, cell=place(rows, column, row), column=label(rows, column), value=value, count=times)
    if found and found[0][3] > len(found):
        tell(rows, "more_of_the_same", severity, column=label(rows, column), count=found[0][3] - len(found))


def _invisible(rows: Rows, column: str) -> None:
    """Signs that nobody sees were taken out of ids; plain ASCII, where both lengths agree, holds none."""
    row, times = rows.con.execute(f"select min(_row), count(*) from cells where strlen({column}) <> length({column})"
                                  f" and regexp_matches({column}, '{INVISIBLE}')").fetchone()
    if times:
        tell(rows, "invisible_characters", "note", cell=place(rows, column, row), column=label(rows, column), count=times)
