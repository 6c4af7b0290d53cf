"""What must hold within a row and within a file; every problem at once, each with its place."""

import re
from datetime import date

from core import lookup, text
from core.datasets import DATASETS, IDENTIFYING, IDENTIFYING_ALONE, PERSONAL
from core.importing.match import Match, normal
from core.importing.mend import mend
from core.importing.plausible import plausible
from core.importing.read import RawSheet
from core.importing.rows import Rows, label, place, rule, tell
from core.importing.type_rows import SHOWN, Typed, address
from core.importing.values import folded, read_value
from core.metrics import METRICS

PROPORTIONS = tuple(name for name, metric in METRICS.items() if metric.proportion)


def check(con, result: Typed, found: Match, raw: RawSheet, roles: dict, lang: str) -> None:
    """Adds the problems of rows as wholes, and puts amounts, days and signs right; notes say what was done. A sheet that
    must be anonymous and is not is refused as a whole."""
    rows, dataset = Rows(con, result, found, raw, lang), found.dataset
    if dataset.anonymous and (named := _identifying(found)):
        _refuse(rows, named)
        return
    mend(rows)
    for declared in dataset.rules:
        rule(rows, declared.code, declared.broken, declared.column, declared.severity)
    if dataset.name == "targets":
        _roles_aimed_at(rows, roles)
        for bar in ("target", "floor", "benchmark"):
            rule(rows, "rate_above_one", f"metric in {PROPORTIONS} and {bar} > 1", bar)
        _unusable(rows)
    if dataset.name == "teams":
        _circles(rows)
    plausible(rows, date.today())
    if dataset.key and (dataset.name != "orders" or dataset.numbered in found.columns):
        _duplicates(rows)
    if dataset.total:
        _totals(rows)


def _identifying(found: Match) -> str | None:
    """The first header that tells who answered."""
    people = DATASETS["employees"]
    known = {normal(word) for c in ("employee_id", "name", "email")
             for word in (people.column(c).zh, c, *people.column(c).also)}
    known |= {normal(word) for word in (*PERSONAL, *IDENTIFYING, *IDENTIFYING_ALONE)}
    held = [normal(word) for word in IDENTIFYING if not word.isascii() or len(normal(word)) >= 5]
    inside = re.compile("(" + "|".join(re.escape(word) for word in held) + ")(?!数)")  # 评分人数 is a number, 评分人 a person
    return next((h for _, h in sorted(found.headers.items()) if normal(h) in known or inside.search(normal(h))), None)


def _refuse(rows: Rows, named: str) -> None:
    """Nothing of the sheet is stored, and nothing that it says is repeated."""
    rows.typed.problems.clear()
    index = next(i for i, header in rows.found.headers.items() if header == named)
    tell(rows, "survey_not_anonymous", "error", cell=address(rows.raw.name, index, rows.found.header_row), column=named)
    rows.con.execute(f"insert into bad select _row from {rows.table}")


def _roles_aimed_at(rows: Rows, roles: dict) -> None:
    """A target's role is stored as the plan names it, whatever the file calls it; an unknown one is a problem."""
    role = DATASETS["employees"].column("role")
    said = rows.con.execute(f"select _row, subject_id from {rows.table} where subject_type = 'role' and subject_id is not"
                            " null order by _row").fetchall()
    known = {word: read_value(role, word, {}) or roles.get(folded(word)) for _, word in said}
    choices = "、".join(names[rows.lang] for names in role.choices.values())
    for row, word in said:
        if known[word]:
            rows.con.execute(f"update {rows.table} set subject_id = ? where _row = ?", [known[word], row])
        else:
            tell(rows, "unknown_choice", "error", cell=place(rows, "subject_id", row), column=label(rows, "subject_id"),
                 value=word, choices=choices)
            rows.con.execute("insert into bad values (?)", [row])


def _unusable(rows: Rows) -> None:
    """A warning for each target that no score can be computed with: it is stored, and counts as missing."""
    aims = rows.con.execute(f"select _row as row, metric, target, floor from {rows.table} where target is not null and"
                            " metric is not null and _row not in (from bad) order by _row").df()
    whole = aims.assign(floor=lookup.floors(aims))
    wrong = whole.assign(reason=lookup.unusable(whole), column=aims["floor"].notna().map({True: "floor", False: "target"}))
    wrong = wrong[wrong["reason"] != ""]
    for aim in wrong.head(SHOWN).itertuples():
        tell(rows, aim.reason, "warning", cell=place(rows, aim.column, aim.row), column=label(rows, aim.column),
             **{bar: text.full(getattr(aim, bar), METRICS[aim.metric].unit, rows.lang) for bar in ("target", "floor")})
    if len(wrong) > SHOWN:
        tell(rows, "more_of_the_same", "warning", column=label(rows, "floor"), count=len(wrong) - SHOWN)


def _circles(rows: Rows) -> None:
    """A team that would be its own ancestor; every team of the circle is named."""
    parent = dict(rows.con.execute(f"select team_id, parent_team from {rows.table} where parent_team is not null"
                                   " and _row not in (from bad) order by _row desc").fetchall())
    seen: dict[str, str] = {}
    circles = []
    for start in parent:
        team = start
        while team in parent and team not in seen:
            seen[team] = start
            team = parent[team]
        if team in parent and seen[team] == start:
            circles.append(team)
    for first in circles:
        circle = [first]
        while parent[circle[-1]] != first:
            circle.append(parent[circle[-1]])
        _circle(rows, circle)


def _circle(rows: Rows, circle: list[str]) -> None:
    wrong = rows.con.execute(f"select _row from {rows.table} where team_id in (select unnest(?)) and _row not in (from bad)"
                             " order by _row", [circle]).fetchall()
    way = " → ".join([*circle[:5], *(["…"] if len(circle) > 5 else []), circle[0]])
    tell(rows, "team_circle", "error", cell=place(rows, "parent_team", wrong[0][0]), column=label(rows, "parent_team"),
         value=way, count=len(wrong))
    rows.con.executemany("insert into bad values (?)", wrong)


def _duplicates(rows: Rows) -> None:
    """A key that comes twice: an equal row is skipped, a different one is an error that names the first. A row without
    its number takes its position later and repeats nothing."""
    dataset, con = rows.found.dataset, rows.con
    key = ", ".join((*dataset.key, "_part"))
    if not con.execute(f"select 1 from {rows.table} group by {key} having count(*) > 1 limit 1").fetchone():
        return
    content = "hash(row(" + ", ".join(c.name for c in dataset.columns) + "))"
    numbered = f" and {dataset.numbered} is not null" if dataset.numbered else ""
    said = f"concat_ws(' + ', {', '.join(dataset.key)}) as said"
    con.execute(f"create or replace table twice as select _row, first_row, {said}, {content} = first_hash as same from"
                f" (select *, first_value(_row) over w as first_row, first_value({content}) over w as first_hash"
                f" from {rows.table} where _row not in (from bad){numbered} window w as (partition by {key} order by _row))"
                " where _row <> first_row")
    first, same = con.execute("select min(_row), count(*) from twice where same").fetchone()
    if same:
        con.execute(f"delete from {rows.table} where _row in (select _row from twice where same)")
        rows.typed.skipped += same
        tell(rows, "repeated_row", "warning", cell=place(rows, None, first), count=same)
    named = " + ".join(label(rows, name) for name in dataset.key)
    shown = next((name for name in dataset.key if name in rows.found.columns), None)
    others = con.execute("select _row, first_row, count(*) over (), said from twice where not same order by _row"
                         f" limit {SHOWN}").fetchall()
    for row, first, _, value in others:
        tell(rows, "duplicate_key", "error", cell=place(rows, shown, row), column=named, value=value,
             first=place(rows, shown, first))
    if others and others[0][2] > len(others):
        tell(rows, "more_of_the_same", "error", column=named, count=others[0][2] - len(others))
    con.execute("insert into bad select _row from twice where not same")


def _totals(rows: Rows) -> None:
    """A warning for each group whose parts do not add up to 100 %; not where one of its rows is refused anyway."""
    part, whole = rows.found.dataset.total["column"], rows.found.dataset.total["of"]
    wrong = rows.con.execute(f"select {whole}, min(_row), sum({part}), count(*) from {rows.table} group by {whole}"
                             f" having round(sum({part}), 6) <> 1 and not bool_or(_row in (from bad))"
                             f" order by 2 limit {SHOWN}").fetchall()
    for value, row, total, times in wrong:
        code = "shares_not_whole" if total > 0 else "shares_of_nothing"
        tell(rows, code, "warning", cell=place(rows, part, row), column=label(rows, part), value=value,
             sum=f"{total * 100:.4f}".rstrip("0").rstrip(".") + "%", count=times)
