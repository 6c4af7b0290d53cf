"""The typed rows of one sheet under check, and how rows that break a rule become problems."""

from dataclasses import dataclass

import duckdb

from core.importing.match import Match
from core.importing.read import RawSheet
from core.importing.type_rows import SHOWN, Typed, address, problem


@dataclass(frozen=True)
class Rows:
    """Where a check is: the connection with tables `typed.name`, `cells` (their text) and `bad` (rows with an error)."""

    con: duckdb.DuckDBPyConnection
    typed: Typed
    found: Match
    raw: RawSheet
    lang: str

    @property
    def table(self) -> str:
        return self.typed.name


def label(rows: Rows, column: str) -> str:
    """The column as the file calls it; as the template does where the file lacks it."""
    declared = rows.found.dataset.column(column)
    return rows.found.headers.get(rows.found.columns.get(column), declared.zh if rows.lang == "zh" else column)


def place(rows: Rows, column: str | None, row: int) -> str:
    return address(rows.raw.name, rows.found.columns.get(column), row)


def tell(rows: Rows, code: str, severity: str, **said) -> None:
    """Adds one problem of the sheet."""
    rows.typed.problems.append(problem(code, severity, rows.lang, **said))


def rule(rows: Rows, code: str, broken: str, column: str, severity: str = "error", **said) -> None:
    """A problem for each row for which the SQL `broken` is true; an error takes the row out."""
    times = count(rows, broken)
    if not times:
        return
    words = f"cells.{column}" if column in rows.found.columns else f"typed.{column}::varchar"
    wrong = rows.con.execute(f"select _row, {words} from (select * from {rows.table} where {broken}) as typed"
                             f" join cells using (_row) order by _row limit {SHOWN}").fetchall()
    for row, value in wrong:
        tell(rows, code, severity, cell=place(rows, column, row), column=label(rows, column), value=value or "", **said)
    if times > len(wrong):
        tell(rows, "more_of_the_same", severity, column=label(rows, column), count=times - len(wrong))
    if severity == "error":
        rows.con.execute(f"insert into bad select _row from {rows.table} where {broken}")


def count(rows: Rows, condition: str) -> int:
    return rows.con.execute(f"select count(*) from {rows.table} where {condition}").fetchone()[0]
