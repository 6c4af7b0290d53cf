"""One matched sheet → typed rows and the problems of its cells; nothing is dropped without being counted."""

import re
from dataclasses import dataclass, field

import duckdb
from rapidfuzz import process

from core import text
from core.datasets import Column, sql_type
from core.importing import values
from core.importing.columns import date_orders, keys_alone, leave_out, unnamed
from core.importing.match import Decision, Match, like_ours, unit
from core.importing.read import RawSheet

SHOWN = 2000
RANGE = r"\d\s*[wW万千kK元%]?\s*[~～至到—-]+\s*\d"
DATE = r"^\s*\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}"
MONTH_RANGE = r"[~～至到—–]|年\s*\d+\s*-|\d[/.]\d{1,2}\s*-"


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
    """A sheet's typed rows (table `name` of the connection, columns = the dataset's + _row, _part) and what was found;
    `words` are cells that are none of a column's choices: field → {text: how many}, `unsure` dates of which day and month
    cannot be told apart (left empty), `plain` the fields that hold nothing but plain cells (`values.PLAIN`)."""

    name: str
    rows: int = 0
    skipped: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    words: dict[str, dict[str, int]] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    plain: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Vocabulary:
    """Words that are not in the declarations: every writing of a metric → its name, of a company's own role → the role."""

    metrics: dict[str, str]
    roles: dict[str, str]


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
    said = {"cell": cell, "column": column, "value": value, "count": count, "near": ""} | places
    return Problem(code, severity, cell, column, value, text.say(f"problem.{code}", lang, **said),
                   text.say(f"suggestion.{code}", lang, **said), count)


def label(column: Column, lang: str) -> str:
    """What a column is called in the reader's language."""
    return column.zh if lang == "zh" else column.name


def typed(con: duckdb.DuckDBPyConnection, name: str, raw: RawSheet, found: Match, decided: Decision, words: Vocabulary,
          lang: str) -> Typed:
    """Reads a matched sheet into table `name`. The view `cells` then has the cleaned texts, the table `bad` the rows with
    an error, which `reject` takes out."""
    result = Typed(name)
    plain = result.plain = _plain(con, raw, found)
    fields = _cells(con, raw, found, decided, plain)
    con.execute("create or replace table bad (_row integer)")
    kept = _left_out(con, found, raw, result, lang)
    orders = _date_orders(con, found, decided, raw, result, lang)
    columns = [c for c in found.dataset.columns if c.name in fields]
    said, joins = {}, ""
    scales = {c.name: one for c in columns if c.type == "number" and (one := _scale(found, c)) != 1}
    for column in columns:
        if column.type in values.BY_VALUE:
            result.words |= _lookup(con, column, decided, words, orders.get(column.name, "dmy"))
            joins += f" left join words_{column.name} on words_{column.name}.word = cells.{column.name}"
            said[column.name] = f"words_{column.name}.value"
        else:
            said[column.name] = values.expression(column, f"cells.{column.name}", orders.get(column.name, "dmy"),
                                                  column.name in plain)
            if column.name in scales:
                said[column.name] = values.scaled(said[column.name], f"cells.{column.name}", scales[column.name])
    wrong = " + ".join(["0", *(f"case when cells.{c.name} is not null and {c.name}_ is null then {1 << i}::bigint else 0 end"
                               for i, c in enumerate(columns))])
    typed_fields = "".join(f", cast({sql} as {sql_type(found.dataset.column(n))}) as {n}_" for n, sql in said.items())
    con.execute(f"create or replace table {name} as select _row, '' as _part,"
                f" {', '.join(_final(c, c.name in said, words) for c in found.dataset.columns)}, {wrong} as _wrong"
                f" from (select cells.*{typed_fields} from cells{joins} where {kept}) as cells")
    _look_at_wholes(con, columns, scales, found, raw, decided, result, lang)
    _check_cells(con, name, columns, found, raw, result, lang)
    for unsure in result.unsure:
        con.execute(f"update {name} set {unsure} = null")
    for missing in found.missing:
        result.problems.append(problem("missing_column", "error", lang, column=label(found.dataset.column(missing), lang),
                                       field=missing, dataset=getattr(found.dataset, lang)))
        con.execute(f"insert into bad select _row from {name}")
    result.rows = con.execute(f"select count(*) from {name}").fetchone()[0] + result.skipped
    return result


def _scale(found: Match, column: Column) -> float:
    """What a bare number of the column counts in, as its header says; a point is a point, also under a %."""
    one = unit(found.headers.get(found.columns.get(column.name), ""))
    return 1 if column.points and one == 0.01 else one


def _left_out(con, found: Match, raw: RawSheet, result: Typed, lang: str) -> str:
    """The SQL condition of the rows to read; each kind of the others is counted in a note."""
    kept, counted = leave_out(con, found, raw, result.plain)
    for code, row, count in counted:
        result.skipped += count
        result.problems.append(problem(code, "note", lang, cell=address(raw.name, None, row), count=count))
    return kept


def _date_orders(con, found: Match, decided: Decision, raw: RawSheet, result: Typed, lang: str) -> dict[str, str]:
    """Field → whether day or month comes first; a column that does not say is an error of each row that has a cell in it."""
    orders, doubts = date_orders(con, found, decided, result.plain)
    for name, code, row, value, other, count in doubts:
        index = found.columns[name]
        result.problems.append(problem(code, "error", lang, column=found.headers[index], count=count, value=value, other=other,
                                       cell=address(raw.name, index, row)))
        con.execute(f"insert into bad select _row from cells where {name} is not null")
        result.unsure.append(name)
    return orders


def _look_at_wholes(con, columns: list[Column], scales: dict, found: Match, raw: RawSheet, decided: Decision, result: Typed,
                    lang: str) -> None:
    """What columns and rows as wholes give reason to say: units of headers, refunds with a minus, rows of a key alone."""
    def place(column: Column) -> dict:
        index = found.columns[column.name]
        return {"column": found.headers[index], "cell": address(raw.name, index, found.header_row)}
    for column in (c for c in columns if c.name in found.columns):
        if column.name in scales:
            result.problems.append(problem("unit_scaled", "note", lang, value=f"{scales[column.name]:g}", **place(column)))
        if scales.get(column.name) == 0.01 and con.execute(
                f"select max(abs(typed.{column.name})) <= 0.01 from {result.name} as typed join cells using (_row)"
                f" where not contains(cells.{column.name}, '%')").fetchone()[0]:
            result.problems.append(problem("percent_of_percent", "warning", lang, **place(column)))
        if column.empty and column.name not in result.plain:
            count = con.execute("select count(*) from read_parquet(?) where _row > ? and "
                                + values.says(f"c{found.columns[column.name]}", column.empty),
                                [str(raw.parquet), found.header_row]).fetchone()[0]
            if count:
                result.problems.append(problem("read_as_empty", "note", lang, count=count, value="、".join(column.empty[:2]),
                                               **place(column)))
        if column.flips:
            below, above = con.execute(f"select count(*) filter ({column.name} < 0), count(*) filter ({column.name} > 0)"
                                       f" from {result.name}").fetchone()
            if below > 1 and not above:
                con.execute(f"update {result.name} set {column.name} = -{column.name} where {column.name} < 0")
                result.problems.append(problem("minus_dropped", "warning", lang, count=below, **place(column)))


    _look_at_left_out(con, found, raw, decided, result, lang)


def _look_at_left_out(con, found: Match, raw: RawSheet, decided: Decision, result: Typed, lang: str) -> None:
    """Columns that nobody reads though they look like ours or have no header, and rows that hold nothing but their key."""
    for index, name in like_ours(found, decided):
        result.problems.append(problem("like_ours", "warning", lang, value=found.headers[index], column=found.headers[index],
                                       field=label(found.dataset.column(name), lang),
                                       cell=address(raw.name, index, found.header_row)))
    for index, count in unnamed(con, found, raw):
        result.problems.append(problem("unnamed_columns", "warning", lang, count=count,
                                       cell=address(raw.name, index, found.header_row)))
    row, count = keys_alone(con, found, result.name)
    if count:
        key = text.say("page.comma", lang).join(label(found.dataset.column(name), lang) for name in found.dataset.key)
        result.problems.append(problem("nothing_but_key", "warning", lang, column=key, count=count,
                                       cell=address(raw.name, None, row)))


def reject(con, result: Typed) -> None:
    """Takes the rows with an error out of the typed table and counts them."""
    if con.execute("select count(*) from bad").fetchone()[0]:
        result.rejected = con.execute(f"select count(*) from {result.name} where _row in (from bad)").fetchone()[0]
        con.execute(f"delete from {result.name} where _row in (from bad)")


def _plain(con, raw: RawSheet, found: Match) -> set[str]:
    """The fields whose every cell reads the same by a plain cast: found in one quick pass, they save the slow ones."""
    asked = {c.name: values.all_plain(c, f"c{found.columns[c.name]}") for c in found.dataset.columns
             if c.name in found.columns}
    if not asked:
        return set()
    said = con.execute(f"select {', '.join(asked.values())} from read_parquet(?) where _row > ?",
                       [str(raw.parquet), found.header_row]).fetchone()
    return {name for name, plain in zip(asked, said, strict=True) if plain}


def _cells(con, raw: RawSheet, found: Match, decided: Decision, plain: set[str]) -> set[str]:
    """View `cells`: cleaned text of each field under the header, and of the first columns where totals say so."""
    names = {c.name: c for c in found.dataset.columns}
    picked = {name: f"c{i}" if name in plain else values.clean(f"c{i}", names[name].type != "text")
              for name, i in found.columns.items()}
    for name in [n for n in picked if names[n].empty and n not in plain]:
        picked[name] = f"case when {values.says(f'c{found.columns[name]}', names[name].empty)} then null else {picked[name]} end"
    told = {name: value for name, value in decided.values.items() if name in names and name not in picked}
    for name, value in told.items():
        con.execute(f"set variable told_{name} = $value", {"value": str(value)})
        picked[name] = f"getvariable('told_{name}')"
    first = ", ".join(f"c{i} as _first{i}" for i in range(min(3, raw.columns)))
    path = str(raw.parquet).replace("'", "''")
    chosen = ", ".join(["_row", first, *(f"{sql} as {name}" for name, sql in picked.items())])
    con.execute(f"create or replace view cells as select {chosen} from read_parquet('{path}')"
                f" where _row > {int(found.header_row)}")
    return set(picked)


def _lookup(con, column: Column, decided: Decision, words: Vocabulary, order: str) -> dict[str, dict[str, int]]:
    """Table `words_FIELD`: each distinct cell of a low-cardinality column as it is stored; answers the unread ones."""
    distinct = con.execute(f"select {column.name}, count(*) from cells where {column.name} is not null"
                           " group by 1 order by 2 desc, 1").fetchall()
    doubtful = values.tenth_or_first({word for word, _ in distinct}) if column.type == "month" else set()
    known, unread = [], {}
    for word, count in distinct:
        value = decided.words.get(column.name, {}).get(word)
        value = values.read_value(column, word, words.metrics, order) if value is None and word not in doubtful else value
        if value is None and column.name == "role":
            value = words.roles.get(values.folded(word))
        if value is None:
            unread[word] = count
        else:
            known.append([word, value])
    con.execute(f"create or replace table words_{column.name} (word varchar, value {sql_type(column)})")
    if known:
        con.executemany(f"insert into words_{column.name} values (?, ?)", known)
    return {column.name: unread} if unread and column.choices else {}


def _final(column: Column, present: bool, words: Vocabulary) -> str:
    """SQL of a stored field: what was read, else the declared default where the cell is empty."""
    default = column.default or None
    if default and column.type in values.BY_VALUE:
        default = values.read_value(column, default, words.metrics)
    filled = f"cast({_quoted(default)} as {sql_type(column)})"
    if not present:
        return f"{filled} as {column.name}"
    return f"{column.name}_ as {column.name}" if default is None else \
        f"case when cells.{column.name} is null then {filled} else {column.name}_ end as {column.name}"


def _quoted(value) -> str:
    """A default of a declaration (never a user's text) as an SQL literal."""
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def _check_cells(con, name: str, columns: list[Column], found: Match, raw: RawSheet, result: Typed, lang: str) -> None:
    """Adds a problem for each cell that is empty though required, unreadable, or outside the column's limits; the
    numbers of each are counted in one pass."""
    rules = [(code, column, rule) for i, column in enumerate(columns) for code, rule in _rules(column, i)]
    if not rules:
        return
    counts = con.execute("select " + ", ".join(f"count(*) filter ({rule})" for _, _, rule in rules)
                         + f" from {name}").fetchone()
    for (code, column, rule), count in zip(rules, counts, strict=True):
        if count:
            con.execute(f"insert into bad select _row from {name} where {rule}")
            bad = con.execute(f"select _row, {column.name} from cells where _row in (select _row from {name} where {rule})"
                              f" order by _row limit {SHOWN}").fetchall()
            result.problems += _cell_problems(code, bad, count, column, found, raw, lang)


def _rules(column: Column, place: int) -> list[tuple[str, str]]:
    """(code, SQL condition of a typed row that breaks it) for a column whose unreadable cells are bit `place`."""
    unread = f"(_wrong & {1 << place}) <> 0"
    rules = [(_unreadable(column), unread)]
    if column.required:
        rules.append(("missing_value", f"{column.name} is null and not {unread}"))
    limits = [f"{column.name} < {column.min}"] if column.min is not None else []
    limits += [f"{column.name} > {column.max}"] if column.max is not None else []
    if limits:
        rules.append(("out_of_range", " or ".join(limits)))
    if column.type == "number":
        rules.append(("not_a_number", f"not isfinite({column.name})"))
    return rules


def _unreadable(column: Column) -> str:
    return {"number": "not_a_number", "integer": "not_a_number", "date": "not_a_date", "datetime": "not_a_date",
            "month": "not_a_month", "quarter": "not_a_quarter", "id": "precision_lost",
            "metric": "unknown_metric"}.get(column.type, "unknown_choice")


def _cell_problems(code: str, bad: list, count: int, column: Column, found: Match, raw: RawSheet, lang: str) -> list[Problem]:
    index = found.columns.get(column.name)
    header = found.headers.get(index, label(column, lang))
    choices = "、".join(c[lang] for c in (column.choices or {}).values())
    choices = choices or (text.say("suggestion.yes_no", lang) if column.type == "boolean" else "")
    blank = "" if column.required else text.say("suggestion.or_blank", lang)
    rule = {"choices": choices, "blank": blank, "low": _plainly(column.min), "high": _plainly(column.max), "field": column.name}
    said = [problem(_reason(code, value or "", column, header), "error", lang, cell=address(raw.name, index, row), column=header,
                    value=value or "", near=_near(column, value, lang), **rule) for row, value in bad]
    if count > len(bad):
        said.append(problem("more_of_the_same", "error", lang, column=header, count=count - len(bad)))
    return said


def _reason(code: str, value: str, column: Column, header: str) -> str:
    """Why a cell cannot be taken, more closely where its text tells: a range is never paid on, 2026.1 may be October."""
    if code == "not_a_month":
        doubtful = "month_or_tenth" if values.tenth_or_first({value}) else "range_not_month"
        return doubtful if doubtful == "month_or_tenth" or re.search(MONTH_RANGE, value) else code
    if code == "out_of_range":
        return "negative_refund" if column.flips else "too_small" if column.max is None else code
    if code != "not_a_number":
        return code
    seen = (("date_not_number", DATE), ("range_not_number", RANGE),
            ("percent_misplaced", "" if column.percent or column.points else r"\d\s*%\s*$"),
            ("not_whole", r"^-?\d+\.\d+$" if column.type == "integer" else ""),
            ("currency_or_unit", values.CURRENCY if unit(header) != 1 else ""))
    return next((reason for reason, pattern in seen if pattern and re.search(pattern, value)), code)


def _near(column: Column, value: str | None, lang: str) -> str:
    """The choice that an unknown word most resembles, as a question; empty where none does."""
    options = {names[lang]: names[lang] for names in (column.choices or {}).values()}
    best = process.extractOne(value or "", options, score_cutoff=50) if options and value else None
    return text.say("suggestion.perhaps", lang, value=best[0]) if best else ""


def _plainly(limit: float | None) -> str:
    return "∞" if limit is None else f"{limit:g}"
