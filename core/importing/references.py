"""Ids that name a team, an employee or a project that nobody has told us of: neither stored nor in this upload."""

import re

from rapidfuzz import fuzz, process

from core.datasets import DATASETS
from core.importing.match import Match
from core.importing.type_rows import SHOWN, Problem, address, problem
from core.importing.values import folded

CODES = {"teams": "unknown_team", "employees": "unknown_employee", "projects": "unknown_project"}
NONE_YET = {"teams": "no_teams_yet", "employees": "no_employees_yet", "projects": "no_projects_yet"}
NEAR = 85


def check_references(con, tables: dict[str, list[tuple[str, str, Match]]], known: dict[str, set[str]], lang: str,
                     refused: dict[str, set[str]] | None = None) -> tuple[dict[str, list[Problem]], dict[str, list[int]]]:
    """Problems by typed table, and by table the rows that cannot be saved: milestones and members of no known project.
    `tables` = dataset → (typed table of `con`, sheet name, Match) of the upload, rejected rows already out; `known` =
    stored keys by dataset, `refused` = keys of rows that the upload holds but that have errors of their own: they are not
    unknown, though what must exist does not by them. One problem a distinct id, with its first cell and number of rows;
    one note in all where nothing of the referred dataset is there at all."""
    problems: dict[str, list[Problem]] = {table: [] for parts in tables.values() for table, _, _ in parts}
    rejected: dict[str, list[int]] = {}
    names = {target: _names(con, target, tables, known) for target in CODES}
    told = set()
    for table, sheet, found, column, target, condition in _referring(tables):
        mended_later = set() if column.must_exist else (refused or {}).get(target, set())
        unknown = _unknown(con, table, column.name, condition, names[target].keys() | mended_later)
        if unknown and not names[target] and not column.must_exist:
            problems[table] += [_none_yet(target, unknown, column.name, sheet, found, lang)] if target not in told else []
            told.add(target)
        elif unknown:
            problems[table] += _problems(unknown, column, target, sheet, found, names[target], lang)
            if column.must_exist:
                rejected.setdefault(table, []).extend(_rows(con, table, column.name, unknown))
    _outside_employment(con, tables, problems, lang)
    return problems, rejected


def _referring(tables: dict):
    """Every column of the upload that names something of another dataset, with the condition of its rows."""
    for dataset, parts in tables.items():
        for table, sheet, found in parts:
            for column in DATASETS[dataset].columns:
                for target, condition in (column.refers or {}).items():
                    yield table, sheet, found, column, target, condition


def _names(con, target: str, tables: dict, known: dict) -> dict[str, str]:
    """Every known id of a dataset → its name where the upload says one."""
    key = DATASETS[target].key[0]
    names = dict.fromkeys(known.get(target, ()), "")
    for table, _, _ in tables.get(target, ()):
        names |= con.execute(f"select {key}, coalesce(name, '') from {table} where {key} is not null").fetchall()
    return names


def _unknown(con, table: str, column: str, condition: str, names: set[str]) -> list[tuple[str, int, int]]:
    """(id, first row, rows) of each id that is not among the known ones, by first row."""
    found = con.execute(f"select {column}, min(_row), count(*) from {table} where {column} is not null and ({condition})"
                        " group by 1").fetchall()
    return sorted((row for row in found if row[0] not in names), key=lambda row: row[1])


def _rows(con, table: str, column: str, unknown: list) -> list[int]:
    found = con.execute(f"select _row from {table} where {column} in (select unnest(?)) order by _row",
                        [[value for value, _, _ in unknown]])
    return [row for (row,) in found.fetchall()]


def _label(found: Match, column: str, lang: str) -> str:
    declared = found.dataset.column(column)
    return found.headers.get(found.columns.get(column), declared.zh if lang == "zh" else column)


def _none_yet(target: str, unknown: list, column: str, sheet: str, found: Match, lang: str) -> Problem:
    value, row, _ = unknown[0]
    return problem(NONE_YET[target], "note", lang, cell=address(sheet, found.columns.get(column), row), value=value,
                   column=_label(found, column, lang), count=sum(times for _, _, times in unknown), ids=len(unknown))


def _problems(unknown: list, column, target: str, sheet: str, found: Match, names: dict, lang: str) -> list[Problem]:
    severity, label = "error" if column.must_exist else "warning", _label(found, column.name, lang)
    spellings = _spellings(names)
    said = []
    for value, row, times in unknown[:SHOWN]:
        near = _near(value, spellings)
        code = CODES[target] + ("_near" if near else "")
        said.append(problem(code, severity, lang, cell=address(sheet, found.columns.get(column.name), row), column=label,
                            value=value, count=times, near=near))
    if len(unknown) > SHOWN:
        rest = sum(times for _, _, times in unknown[SHOWN:])
        said.append(problem("more_of_the_same", severity, lang, column=label, count=rest))
    return said


def _spelling(value: str) -> str:
    """An id without what people write one way or another: case, width, blanks, dashes, leading zeros of a number."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[-./]", "", folded(value)))


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _spellings(names: dict[str, str]) -> dict[str, dict[str, str]]:
    """By the digits they hold, the spellings of known ids and names → the id."""
    spellings: dict[str, dict[str, str]] = {}
    for said, known in [*((name, known) for known, name in names.items() if name), *((known, known) for known in names)]:
        written = _spelling(said)
        spellings.setdefault(_digits(written), {})[written] = known
    return spellings


def _near(value: str, spellings: dict[str, dict[str, str]]) -> str:
    """The known id that was probably meant: the same but for its writing, the one so named, or one letter off; two ids
    whose digits differ are two ids."""
    written = _spelling(value)
    alike = spellings.get(_digits(written), {})
    if written in alike:
        return alike[written]
    found = process.extractOne(written, alike.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    return alike[found[0]] if found else ""


def _outside_employment(con, tables: dict, problems: dict, lang: str) -> None:
    """Assignments that begin before the hire date or reach beyond the leave date of the roster in the same upload."""
    roster = " union all ".join(f"select employee_id, hire_date, leave_date from {table}"
                                for table, _, _ in tables.get("employees", ()))
    for table, sheet, found in tables.get("assignments", ()) if roster else ():
        for column, wrong in (("from_date", "from_date < hire_date"),
                              ("to_date", "coalesce(to_date, from_date) > leave_date")):
            rows = con.execute(f"select typed._row, {column}::varchar, hire_date::varchar, coalesce(leave_date::varchar, '…')"
                               f" from {table} as typed join ({roster}) as roster using (employee_id) where {wrong}"
                               f" order by 1 limit {SHOWN}").fetchall()
            problems[table] += [problem("outside_employment", "warning", lang, value=value or "", first=hired, last=left,
                                        cell=address(sheet, found.columns.get(column), row),
                                        column=_label(found, column, lang)) for row, value, hired, left in rows]
