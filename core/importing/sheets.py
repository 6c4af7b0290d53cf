"""One sheet of an upload: decided, matched, typed, checked; its problems collected and its rejected rows set aside."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from core import text
from core.importing import values
from core.importing.check import check
from core.importing.gross import gross_column, order_amounts
from core.importing.match import SHEET_NAMES, Decision, Match, headers_key, labels, match, normal, resembling
from core.importing.read import SEVERITY, RawFile, RawSheet
from core.importing.references import CODES
from core.importing.type_rows import SHOWN, Problem, Vocabulary, address, label, letter, problem, reject, typed
from core.importing.upload import Sheet
from core.store import Store

# Beyond the last header no more columns than these are looked at.
MOST_BESIDE = 50


@dataclass
class Reading:
    """What the steps of one `prepare` share."""

    con: duckdb.DuckDBPyConnection
    store: Store
    folder: Path
    lang: str
    words: Vocabulary
    decide: Callable[[str, str, str], tuple[Decision, bool]]
    tables: dict[str, list] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=dict)
    parts: dict[str, tuple[Sheet, Match]] = field(default_factory=dict)


def read_sheet(shared: Reading, file: str, raw_file: RawFile, raw: RawSheet) -> Sheet:
    """One raw sheet matched, typed and checked: its rows are a table of the connection, named in `shared.tables`."""
    head = shared.con.execute("select * from read_parquet(?) order by _row limit 30", [str(raw.parquet)]).fetchall()
    rows = [(row[0], list(row[1:])) for row in head]
    stem = raw.name or Path(file).stem
    sheet = Sheet(file, raw.name, encoding=raw_file.encoding)
    first = match(rows, stem, Decision())
    sheet.key = headers_key(first.headers if first else labels(rows[0][1])) if rows else ""
    sheet.decided, sheet.remembered = shared.decide(file, raw.name, sheet.key)
    found = match(rows, stem, sheet.decided) if sheet.decided.dataset != "" else None
    _seen(sheet, rows, found)
    if found is None:
        near = resembling(rows, stem, sheet.decided)
        sheet.issues.append(_not_ours(sheet, raw, near, normal(stem) in SHEET_NAMES, shared.lang))
    else:
        _typed(shared, sheet, raw, found)
    return sheet


def _not_ours(sheet: Sheet, raw: RawSheet, near: Match | None, named: bool, lang: str) -> Problem:
    """Why a sheet is not imported: left out by choice, without a header, like one of ours but for some columns, or none."""
    said = raw.name or sheet.file
    if sheet.decided.dataset == "":
        return problem("left_out", "note", lang, value=said)
    if named:
        return problem("no_header", "error", lang, value=said)
    if near and len(near.columns) >= 3:
        lacking = text.say("page.comma", lang).join(label(near.dataset.column(name), lang) for name in near.missing)
        return problem("looks_like", "note", lang, value=said, dataset=getattr(near.dataset, lang), column=lacking,
                       name=near.dataset.name)
    return problem("plan_file" if said.casefold().endswith(".toml") else "unknown_sheet", "note", lang, value=said)


def _seen(sheet: Sheet, rows: list, found: Match | None) -> None:
    """What the user sees of a sheet when matching: its headers with a few of their cells."""
    headers = found.headers if found else labels(rows[0][1]) if rows else {}
    below = [cells for number, cells in rows if number > (found.header_row if found else rows[0][0])]
    sheet.samples = {header: [str(cells[i])[:40] for cells in below if cells[i]][:3] for i, header in headers.items()}


def _typed(shared: Reading, sheet: Sheet, raw: RawSheet, found: Match) -> None:
    con, lang, dataset = shared.con, shared.lang, found.dataset
    parts = shared.tables.setdefault(dataset.name, [])
    result = typed(con, f"{dataset.name}_{len(parts)}", raw, found, sheet.decided, shared.words, lang)
    result.problems += _facts(con, raw, found, lang) + _headers(con, raw, found, lang) + _beside(con, result, raw, found, lang)
    result.problems += order_amounts(con, result, found, raw, sheet.decided, lang)
    check(con, result, found, raw, shared.words.roles, lang)
    sheet.gross = gross_column(con, result, found, raw, sheet.decided)
    if sheet.gross:
        result.problems.append(problem("net_amount", "warning", lang, column=found.headers[found.columns["paid_amount"]],
                                       value=sheet.gross))
    parts.append((result.name, sheet.file, sheet.sheet))
    shared.parts[result.name] = (sheet, found)
    sheet.dataset, sheet.header_row, sheet.rows = dataset.name, found.header_row, result.rows
    sheet.skipped, sheet.issues, sheet.words = result.skipped, result.problems, result.words
    sheet.ignored_columns, sheet.dropped_personal_columns = list(found.ignored), list(found.personal)
    sheet.mapping = {found.headers[i]: name for name, i in found.columns.items()}
    sheet.how = {found.headers[found.columns[name]]: how for name, how in found.how.items()}
    sheet.missing_columns, sheet.confidence = list(found.missing), found.confidence
    _set_aside(shared, sheet, result, found)


def _set_aside(shared: Reading, sheet: Sheet, result, found: Match) -> None:
    """Takes the rows with an error out; what was read of them is kept beside the staged rows, to be given back."""
    rejected = f"from {result.name} where _row in (from bad)"
    if shared.con.execute(f"select 1 {rejected} limit 1").fetchone():
        keep_rejected(shared, sheet, f"select {', '.join(['_row', *in_file(found)])} from cells"
                                     f" where _row in (select _row {rejected})")
    if found.dataset.name in CODES:
        keys = f"select {found.dataset.key[0]}::varchar from {result.name} where _row in (from bad)"
        shared.refused.setdefault(found.dataset.name, set()).update(k for (k,) in shared.con.execute(keys).fetchall())
    reject(shared.con, result)
    sheet.rejected = result.rejected


def in_file(found: Match) -> list[str]:
    """The fields in the order of their columns in the file."""
    return sorted(found.columns, key=found.columns.get)


def keep_rejected(shared: Reading, sheet: Sheet, rows: str) -> None:
    """Lays the rows of a query beside the staged ones, to be given back with their reasons."""
    path = shared.folder / f"rejected_{secrets.token_hex(8)}.parquet"
    shared.con.execute(f"copy ({rows} order by _row) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)")
    sheet.rejects.append(path)


def _facts(con, raw: RawSheet, found: Match, lang: str) -> list[Problem]:
    """What the reader saw in cells that are used: as problems of the sheet; a row with an error cell is not saved."""
    letters = {letter(i): i for i in found.columns.values()}
    said = []
    for fact in raw.facts:
        place = re.match(r"([A-Z]*)(\d+)", fact.cell)
        if place and (int(place[2]) <= found.header_row or place[1] and place[1] not in letters and ":" not in fact.cell):
            continue
        column = found.headers.get(letters.get(place[1], -1), "") if place else ""
        severity = SEVERITY[fact.code]
        said.append(problem(fact.code, severity, lang, cell=f"{raw.name}!{fact.cell}" if raw.name and fact.cell else fact.cell,
                            column=column, value=fact.value, count=fact.count))
        if severity == "error" and place:
            con.execute("insert into bad values (?)", [int(place[2])])
    return said


def _headers(con, raw: RawSheet, found: Match, lang: str) -> list[Problem]:
    """What the user should know of the headers: near spellings, and two columns of one name."""
    said = []
    for name, how in found.how.items():
        if how == "near":
            index, column = found.columns[name], found.dataset.column(name)
            said.append(problem("near_header", "warning", lang, cell=address(raw.name, index, found.header_row),
                                column=found.headers[index], value=found.headers[index],
                                field=column.zh if lang == "zh" else column.name))
    for used, other in found.twice:
        differ = con.execute(f"select count(*) from read_parquet(?) where _row > ? and c{used} is distinct from c{other}",
                             [str(raw.parquet), found.header_row]).fetchone()[0]
        said.append(problem("duplicate_header" if differ else "repeated_header", "error" if differ else "note", lang,
                            cell=address(raw.name, other, found.header_row), column=found.headers[other],
                            value=found.headers[used], first=address(raw.name, used, found.header_row)))
        if differ:
            con.execute("insert into bad select _row from cells")
    return said


def _beside(con, result, raw: RawSheet, found: Match, lang: str) -> list[Problem]:
    """Cells right of a workbook's last header: a number beside the table may be half of one that was torn apart, so that
    its row is refused; anything else is named in one warning."""
    last = max(found.headers, default=raw.columns)
    right = range(last + 1, min(raw.columns, last + 1 + MOST_BESIDE))
    if not raw.name or not right:
        return []
    filled = {i: values.clean(f"c{i}") for i in right}
    number = f"({values.number(filled[right[0]])}) is not null"
    cases = " ".join(f"when {cell} is not null then {i}" for i, cell in filled.items())
    cells = con.execute(f"select _row, index, value, torn from (select _row, case {cases} end as index, coalesce("
                        f"{', '.join(filled.values())}) as value, {number} as torn from read_parquet(?)) where index is not null"
                        f" and _row in (select _row from {result.name}) order by _row", [str(raw.parquet)]).fetchall()
    torn, others = [cell for cell in cells if cell[3]], [cell for cell in cells if not cell[3]]
    if torn:
        con.executemany("insert into bad values (?)", [[row] for row, *_ in torn])
    said = [problem("beyond_header", "error", lang, cell=address(raw.name, index, row), value=value)
            for row, index, value, _ in torn[:SHOWN]]
    if len(torn) > SHOWN:
        said.append(problem("more_of_the_same", "error", lang, column=letter(right[0]), count=len(torn) - SHOWN))
    return said + [problem("beside_table", "warning", lang, cell=address(raw.name, index, row), value=value[:40],
                           count=len(others)) for row, index, value, _ in others[:1]]
