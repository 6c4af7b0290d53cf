"""One matched sheet → typed rows and the problems of its cells; nothing is dropped without being counted."""

from dataclasses import dataclass, field

import duckdb

from core import text
from core.datasets import Column, sql_type
from core.importing import values
from core.importing.match import Match
from core.importing.read import RawSheet

SHOWN = 200
TOTALS = ("合计", "小计", "总计", "total", "grandtotal", "subtotal")
EXAMPLES = ("示例", "example")


@dataclass(frozen=True)
class Problem:
    """Something the uploader can mend; `count` > 1 where one problem stands for many cells."""

    code: str
    severity: str
    cell: str
    column: str
    value: str
    message: str
    suggestion: str
    count: int = 1


@dataclass
class Typed:
    """A sheet's typed rows (table `name` of the connection, columns = the dataset's + _row, _part) and what was found."""

    name: str
    rows: int = 0
    skipped: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)


def letter(index: int) -> str:
    """The spreadsheet's name of a column: 0 → A, 26 → AA."""
    name = ""
    while index >= 0:
        name, index = chr(65 + index % 26) + name, index // 26 - 1
    return name


def address(sheet: str, index: int | None, row: int) -> str:
    return (f"{sheet}!" if sheet else "") + (letter(index) if index is not None else "") + str(row)


def problem(code: str, severity: str, lang: str, *, cell="", column="", value="", count=1, **places) -> Problem:
    """A problem in the user's language, its words from the catalogue."""
    said = {"cell": cell, "column": column, "value": value, "count": count} | places
    return Problem(code, severity, cell, column, value, text.say(f"problem.{code}", lang, **said),
                   text.say(f"suggestion.{code}", lang, **said), count)


def typed(con: duckdb.DuckDBPyConnection, name: str, raw: RawSheet, found: Match, given: dict, metrics: dict,
          roles: dict, lang: str) -> Typed:
    """Reads a matched sheet into table `name`; rows with an error are counted as rejected and left out."""
    result = Typed(name)
    cells = _cleaned(con, raw, found, given)
    con.execute("create or replace table bad (_row integer)")
    order = _date_order(con, found, given, raw, result, lang)
    result.skipped += _leave_out(con, found, raw, result, lang)
    fields = []
    for column in found.dataset.columns:
        fields.append(_field(con, column, found, order, metrics, roles, column.name in cells))
    con.execute(f"create or replace table {name} as select _row, '' as _part, {', '.join(fields)} from cells")
    for column in found.dataset.columns:
        if column.name in cells:
            _check_cells(con, name, column, found, given, raw, result, lang)
    for column in found.missing:
        label = found.dataset.column(column).zh if lang == "zh" else column
        result.problems.append(problem("missing_column", "error", lang, column=label, field=column,
                                       dataset=found.dataset.zh if lang == "zh" else found.dataset.en))
        con.execute("insert into bad select _row from cells")
    result.rows = con.execute("select count(*) from cells").fetchone()[0] + result.skipped
    return result


def reject(con, result: Typed) -> None:
    """Takes the rows with an error out of the typed table and counts them."""
    result.rejected = con.execute(f"select count(*) from {result.name} where _row in (from bad)").fetchone()[0]
    con.execute(f"delete from {result.name} where _row in (from bad)")


def _cleaned(con, raw: RawSheet, found: Match, given: dict) -> set[str]:
    """Table `cells`: cleaned text of each field under the header; the fields it has."""
    picked = {name: values.clean(f"c{i}") for name, i in found.columns.items() if i < raw.columns}
    for name in given:
        if any(c.name == name for c in found.dataset.columns) and name not in picked:
            picked[name] = "$" + name
    parameters = {name: str(given[name]) for name in picked if picked[name].startswith("$")}
    chosen = ", ".join(f"{sql} as {name}" for name, sql in picked.items())
    con.execute(f"create or replace table cells as select _row, c0 as _first, {chosen} from read_parquet($path)"
                " where _row > $header", parameters | {"path": str(raw.parquet), "header": found.header_row})
    return set(picked)


def _leave_out(con, found: Match, raw: RawSheet, result: Typed, lang: str) -> int:
    """Takes total rows, example rows and unpaid order lines out; each kind is counted in one note."""
    bare = "lower(regexp_replace(coalesce(_first, ''), '[\\s:：]', '', 'g'))"
    kinds = [("total_row", f"{bare} in {TOTALS}"),
             ("example_row", f"starts_with({bare}, '{EXAMPLES[0]}') or starts_with({bare}, '{EXAMPLES[1]}')")]
    if found.dataset.name == "orders" and {"paid_at", "order_id"} <= set(found.columns):
        kinds.append(("unpaid_line", "paid_at is null and order_id is not null"))
    left_out = 0
    for code, condition in kinds:
        first, count = con.execute(f"select min(_row), count(*) from cells where {condition}").fetchone()
        if count:
            con.execute(f"delete from cells where {condition}")
            left_out += count
            result.problems.append(problem(code, "note", lang, cell=address(raw.name, None, first), count=count))
    return left_out


def _date_order(con, found: Match, given: dict, raw: RawSheet, result: Typed, lang: str) -> str:
    """dmy or mdy for the sheet's dates that begin with day or month, decided by whole columns."""
    if given.get("date_order") in ("dmy", "mdy"):
        return given["date_order"]
    order = "dmy"
    for column in found.dataset.columns:
        if column.type not in values.DATED | {"month"} or column.name not in found.columns:
            continue
        first, second, n, row, sample = con.execute(
            f"select max(regexp_extract({column.name}, '^(\\d+)', 1)::int), max(regexp_extract({column.name},"
            f" '^\\d+[-/.](\\d+)', 1)::int), count(*), min(_row), min({column.name}) from cells"
            f" where regexp_matches({column.name}, '{values.ENDS_FIRST}')").fetchone()
        if not n:
            continue
        if first <= 12 and second <= 12:
            result.problems.append(problem("ambiguous_dates", "error", lang, column=found.headers[found.columns[column.name]],
                                           cell=address(raw.name, found.columns[column.name], row), value=sample, count=n))
            con.execute(f"insert into bad select _row from cells where {column.name} is not null")
        order = "mdy" if second > 12 else "dmy"
    return order


def _field(con, column: Column, found: Match, order: str, metrics: dict, roles: dict, present: bool) -> str:
    """SQL of one typed field, its default filled in where the cell is empty."""
    if not present:
        default = values.read_value(column, column.default, metrics) if column.type in values.BY_VALUE \
            and column.default else column.default or None
        return f"cast({_quoted(default)} as {sql_type(column)}) as {column.name}"
    if column.type not in values.BY_VALUE:
        sql = values.expression(column, column.name, order)
        filled = f"case when {column.name} is null then {_quoted(column.default or None)} else {sql} end"
        return f"cast({filled} as {sql_type(column)}) as {column.name}"
    distinct = con.execute(f"select distinct {column.name} from cells where {column.name} is not null").fetchall()
    read = {word: values.read_value(column, word, metrics, order) for (word,) in distinct}
    if column.name == "role" and roles:
        read = {w: r or roles.get(values.folded(w)) for w, r in read.items()}
    known = {word: value for word, value in read.items() if value is not None}
    default = values.read_value(column, column.default, metrics) if column.default else None
    table = f"words_{column.name}"
    con.execute(f"create or replace table {table} (word varchar, value {sql_type(column)})")
    if known:
        con.executemany(f"insert into {table} values (?, ?)", [[w, v] for w, v in known.items()])
    looked_up = f"(select any_value(value) from {table} where word = cells.{column.name})"
    return (f"cast(case when {column.name} is null then {_quoted(default)} else {looked_up} end"
            f" as {sql_type(column)}) as {column.name}")


def _quoted(value) -> str:
    """A default of a declaration (never a user's text) as an SQL literal."""
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def _check_cells(con, name: str, column: Column, found: Match, given: dict, raw: RawSheet, result: Typed,
                 lang: str) -> None:
    """Adds a problem for each cell that is empty though required, unreadable, or outside the column's limits."""
    joined = f"cells join {name} as typed using (_row)"
    limits = [f"typed.{column.name} < {column.min}"] if column.min is not None else []
    limits += [f"typed.{column.name} > {column.max}"] if column.max is not None else []
    rules = [(_unreadable(column), f"cells.{column.name} is not null and typed.{column.name} is null")]
    if column.required:
        rules.append(("missing_value", f"cells.{column.name} is null"))
    if limits:
        rules.append(("out_of_range", " or ".join(limits)))
    if column.type == "number":
        rules.append(("not_a_number", f"not isfinite(typed.{column.name})"))
    for code, condition in rules:
        bad = con.execute(f"select _row, cells.{column.name}, count(*) over () from {joined} where {condition}"
                          f" order by _row limit {SHOWN}").fetchall()
        if bad:
            con.execute(f"insert into bad select _row from {joined} where {condition}")
            result.problems += _cell_problems(code, bad, column, found, raw, lang)


def _unreadable(column: Column) -> str:
    return {"number": "not_a_number", "integer": "not_a_number", "date": "not_a_date", "datetime": "not_a_date",
            "month": "not_a_month", "quarter": "not_a_quarter", "id": "precision_lost",
            "metric": "unknown_metric"}.get(column.type, "unknown_choice")


def _cell_problems(code: str, bad: list, column: Column, found: Match, raw: RawSheet, lang: str) -> list[Problem]:
    index = found.columns.get(column.name)
    header = found.headers.get(index, column.zh if lang == "zh" else column.name)
    choices = "、".join(c[lang] for c in (column.choices or {}).values())
    rule = {"choices": choices, "low": _plain(column.min), "high": _plain(column.max), "field": column.name}
    said = [problem(code, "error", lang, cell=address(raw.name, index, row), column=header, value=value or "", **rule)
            for row, value, _ in bad]
    if bad[0][2] > len(bad):
        said.append(problem("more_of_the_same", "error", lang, column=header, count=bad[0][2] - len(bad)))
    return said


def _plain(limit: float | None) -> str:
    return "∞" if limit is None else f"{limit:g}"
