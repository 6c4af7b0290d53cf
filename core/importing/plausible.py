"""Cells that can be read and still look wrong: dates and numbers out of this world, texts that a program might obey."""

from datetime import date, timedelta

from core import periods
from core.importing.match import unit
from core.importing.rows import Rows, label, place, rule, tell
from core.importing.type_rows import SHOWN
from core.importing.values import INVISIBLE
from core.metrics import METRICS

FIRST_DAY = date(1970, 1, 1)
DAYS_AHEAD = 400
MOST = 1e12
# A value like this breaks none of the text rules; most columns hold no other, so that nothing more is looked at.
PLAIN = r"[0-9A-Za-z_\p{Han}][0-9A-Za-z_\p{Han}-]*"
FORMULA = r"^[=+\-@\t\r＝＋－＠]"
UNUSUAL = r"[\x22\x27`<>;\\\x00-\x1f\x7f]|\.\.|--|//|^/|/\s|\s/"
LONGEST_ID = 100


def plausible(rows: Rows, today: date) -> None:
    """Adds warnings for dates before 1970 or more than 400 days ahead (stored as they are: they fall in no quarter that
    is settled), errors for numbers from 10¹², notes and warnings for texts and ids that look like code."""
    _limits(rows, today)
    if rows.found.dataset.name == "targets":
        _per_cents(rows)
    for column in rows.found.dataset.columns:
        if column.name in rows.found.columns and (column.refers or rows.found.dataset.key == (column.name,)):
            _cases(rows, column.name)
        if column.type == "id" and column.name in rows.typed.plain:
            continue
        # A buyer is stored as a hash only, and nicknames hold every sign there is.
        if column.type in ("id", "text") and column.name in rows.found.columns and column.name != "buyer_id":
            _texts(rows, column)
        if column.type == "id" and column.name in rows.found.columns:
            _invisible(rows, column.name)


def _limits(rows: Rows, today: date) -> None:
    first, last = FIRST_DAY, today + timedelta(days=DAYS_AHEAD)
    dated = {"date": (first, last + timedelta(days=1)), "datetime": (first, last + timedelta(days=1)),
             "month": (f"{first:%Y-%m}", f"{last:%Y-%m}~"),
             "quarter": (periods.quarter_of(first).label, f"{periods.quarter_of(last).label}~")}
    for column in rows.found.dataset.columns:
        if column.type in dated:
            low, after = dated[column.type]
            rule(rows, "implausible_date", f"({column.name} < '{low}' or {column.name} >= '{after}')", column.name, "warning",
                 low=str(first), high=str(last))
        elif column.type in ("number", "integer"):
            rule(rows, "implausible_number", f"({column.name} <= -{MOST} or {column.name} >= {MOST})", column.name)


def _per_cents(rows: Rows) -> None:
    """A bar in per cent belongs to a metric that is one: 50% of an NPS or a GMV was read as 0.5."""
    shares = tuple(name for name, metric in METRICS.items() if metric.unit == "percent")
    for name in (c.name for c in rows.found.dataset.columns if c.percent and c.name in rows.found.columns):
        whole = unit(rows.found.headers[rows.found.columns[name]]) == 0.01
        said = "true" if whole else f"_row in (select _row from cells where contains({name}, '%'))"
        rule(rows, "percent_misplaced", f"metric not in {shares} and {name} is not null and {said}", name)


def _texts(rows: Rows, column) -> None:
    """One problem a distinct value, with the first cell and the number of rows."""
    odd = f"(not regexp_full_match(value, '{PLAIN}') or length(value) > {LONGEST_ID})"
    if column.name in rows.found.dataset.key:
        # The values of a key hardly repeat: looking at each is cheaper than first finding the distinct ones.
        rows.con.execute(f"create or replace table odd as select distinct value from (select {column.name} as value from"
                         f" {rows.table}) where {odd}")
    else:
        # In two statements, as one would have the condition moved back before the distinct.
        rows.con.execute(f"create or replace table odd as select distinct {column.name} as value from {rows.table}")
        rows.con.execute(f"delete from odd where value is null or not {odd}")
    if not rows.con.execute("select count(*) from odd").fetchone()[0]:
        return
    _distinct(rows, column.name, "formula_like_text", "note", f"regexp_matches(value, '{FORMULA}')")
    if column.type == "id":
        _distinct(rows, column.name, "unusual_id", "warning",
                  f"regexp_matches(value, '{UNUSUAL}') or length(value) > {LONGEST_ID}")


def _distinct(rows: Rows, column: str, code: str, severity: str, condition: str) -> None:
    found = rows.con.execute(f"select value, min(_row) as first_row, count(*), count(*) over () from odd join {rows.table}"
                             f" on {column} = value where {condition} group by value order by first_row"
                             f" limit {SHOWN}").fetchall()
    for value, row, times, _ in found:
        tell(rows, code, severity, cell=place(rows, column, row), column=label(rows, column), value=value, count=times)
    if found and found[0][3] > len(found):
        tell(rows, "more_of_the_same", severity, column=label(rows, column), count=found[0][3] - len(found))


def _cases(rows: Rows, column: str) -> None:
    """A warning for each id that another one of the column equals but for its letters' case."""
    found = rows.con.execute(
        f"select value, other, row from (select value, row, first_value(value) over same as other from (select {column} as"
        f" value, min(_row) as row from {rows.table} where {column} is not null group by 1) window same as (partition by"
        f" lower(value) order by row)) where value <> other order by row limit {SHOWN}").fetchall()
    for value, other, row in found:
        tell(rows, "differs_by_case", "warning", cell=place(rows, column, row), column=label(rows, column), value=value,
             other=other)


def _invisible(rows: Rows, column: str) -> None:
    """Signs that nobody sees were taken out of ids; plain ASCII, where both lengths agree, holds none."""
    row, times = rows.con.execute(f"select min(_row), count(*) from cells where strlen({column}) <> length({column})"
                                  f" and regexp_matches({column}, '{INVISIBLE}')").fetchone()
    if times:
        tell(rows, "invisible_characters", "note", cell=place(rows, column, row), column=label(rows, column), count=times)
