"""What must hold within a row and a file, and the sign rules of order lines."""

from core.datasets import DATASETS
from core.importing.match import Match
from core.importing.read import RawSheet
from core.importing.type_rows import SHOWN, Typed, address, problem
from core.importing.values import folded, read_value
from core.metrics import METRICS

# What counts a part of something cannot exceed the whole.
PARTS = {"team_months": (("repeat_buyers", "buyers"), ("retained_users", "opening_users"), ("shipment_errors", "shipments"),
                         ("community_active", "community_members")),
         "member_months": (("clicks", "impressions"), ("innovative_designs", "designs"))}


def check(con, result: Typed, found: Match, raw: RawSheet, roles: dict, lang: str) -> None:
    """Adds the problems of rows as wholes, and puts amounts, days and signs right; notes say what was done."""
    name = found.dataset.name
    if name == "orders":
        _amounts(con, result, found, raw, lang)
    if name == "team_months" and "month" in found.columns:
        _daily(con, result, found)
    if name == "employees":
        _rule(con, result, raw, lang, "leave_before_hire", "leave_date < hire_date", "leave_date", found)
    if name == "nps_responses":
        counted = "promoters is not null and passives is not null and detractors is not null"
        _rule(con, result, raw, lang, "no_answer", f"score is null and not ({counted})", "score", found)
    if name == "ownership":
        _rule(con, result, raw, lang, "no_owner_key", "coalesce(shop, channel, sku_id) is null", "shop", found)
    if name == "targets":
        _rule(con, result, raw, lang, "no_subject", "subject_type <> 'company' and subject_id is null", "subject_id",
              found)
        con.execute(f"update {result.name} set subject_id = null where subject_type = 'company'")
        _roles_aimed_at(con, result, raw, roles, lang, found)
        proportions = tuple(name for name, metric in METRICS.items() if metric.proportion)
        for bar in ("target", "floor", "benchmark"):
            _rule(con, result, raw, lang, "rate_above_one", f"metric in {proportions} and {bar} > 1", bar, found)
    for part, whole in PARTS.get(name, ()):
        _rule(con, result, raw, lang, "part_above_whole", f"{part} > {whole}", part, found, "warning")
    if found.dataset.key and name != "orders":
        _duplicates(con, result, found, raw, lang)


def _rule(con, result: Typed, raw: RawSheet, lang: str, code: str, broken: str, column: str, found: Match,
          severity: str = "error") -> None:
    index = found.columns.get(column)
    rows = con.execute(f"select _row, {column}::varchar from {result.name} where {broken} and _row not in (from bad)"
                       f" order by _row").fetchall()
    label = found.headers.get(index, column)
    result.problems += [problem(code, severity, lang, cell=address(raw.name, index, row), column=label, value=value or "")
                        for row, value in rows[:SHOWN]]
    if len(rows) > SHOWN:
        result.problems.append(problem("more_of_the_same", severity, lang, column=label, count=len(rows) - SHOWN))
    if severity == "error":
        con.execute(f"insert into bad select _row from {result.name} where {broken}")


def _roles_aimed_at(con, result: Typed, raw: RawSheet, roles: dict, lang: str, found: Match) -> None:
    """A target's role is stored as the plan names it, whatever the file calls it; an unknown one is a problem."""
    role = DATASETS["employees"].column("role")
    index = found.columns.get("subject_id")
    said = con.execute(f"select _row, subject_id from {result.name} where subject_type = 'role' and subject_id is not"
                       " null order by _row").fetchall()
    known = {word: read_value(role, word, {}) or roles.get(folded(word)) for _, word in said}
    choices = "、".join(names[lang] for names in role.choices.values())
    for row, word in said:
        if known[word]:
            con.execute(f"update {result.name} set subject_id = ? where _row = ?", [known[word], row])
        else:
            result.problems.append(problem("unknown_choice", "error", lang, cell=address(raw.name, index, row),
                                           column=found.headers.get(index, "subject_id"), value=word, choices=choices))
            con.execute("insert into bad values (?)", [row])


def _amounts(con, result: Typed, found: Match, raw: RawSheet, lang: str) -> None:
    """Quantity × price where no amount is there; negative amounts become refunds unless the file says refunds itself."""
    if "paid_amount" not in found.columns and {"quantity", "unit_price"} <= set(found.columns):
        con.execute(f"update {result.name} set paid_amount = round(quantity * unit_price, 6)")
        result.problems.append(problem("amount_computed", "note", lang, count=_count(con, result.name, "true")))
    negative, buyerless = _count(con, result.name, "paid_amount < 0"), _count(con, result.name, "buyer_id is null")
    stated = "refund_amount" in found.columns and _count(con, result.name, "refund_amount <> 0") > 0
    if negative:
        if not stated:
            con.execute(f"update {result.name} set refund_amount = -paid_amount where paid_amount < 0")
        con.execute(f"update {result.name} set paid_amount = 0 where paid_amount < 0")
        code = "negative_noted" if stated else "negative_refunded"
        result.problems.append(problem(code, "note", lang, count=negative))
    if buyerless:
        result.problems.append(problem("no_buyer", "note", lang, count=buyerless))


def _daily(con, result: Typed, found: Match) -> None:
    """Daily rows of a month live beside each other: each keeps its day where a month has several."""
    day = "regexp_extract(cells.month, '^(\\d{4}[-/.年]\\d{1,2}[-/.月]\\d{1,2})', 1)"
    con.execute(f"create or replace table days as select _row, {day} as day, count(distinct {day}) over"
                f" (partition by typed.month, typed.team_id) as several from cells join {result.name} as typed"
                " using (_row)")
    con.execute(f"update {result.name} as typed set _part = day from days where days._row = typed._row"
                " and several > 1")


def _duplicates(con, result: Typed, found: Match, raw: RawSheet, lang: str) -> None:
    """A key that comes twice: an equal row is skipped, a different one is an error that names the first."""
    key = ", ".join((*found.dataset.key, "_part"))
    content = "hash(row(" + ", ".join(c.name for c in found.dataset.columns) + "))"
    con.execute(f"create or replace table twice as select _row, first_row, {content} = first_hash as same from"
                f" (select *, first_value(_row) over w as first_row, first_value({content}) over w as first_hash"
                f" from {result.name} where _row not in (from bad) window w as (partition by {key} order by _row))"
                " where _row <> first_row")
    same = con.execute("select min(_row), count(*) from twice where same").fetchone()
    if same[1]:
        con.execute(f"delete from {result.name} where _row in (select _row from twice where same)")
        result.skipped += same[1]
        result.problems.append(problem("repeated_row", "warning", lang, cell=address(raw.name, None, same[0]),
                                       count=same[1]))
    index = found.columns.get(found.dataset.key[0])
    label = " + ".join(found.headers.get(found.columns.get(name), name) for name in found.dataset.key)
    for row, first in con.execute("select _row, first_row from twice where not same order by _row").fetchall()[:SHOWN]:
        result.problems.append(problem("duplicate_key", "error", lang, cell=address(raw.name, index, row), column=label,
                                       first=address(raw.name, index, first)))
    con.execute("insert into bad select _row from twice where not same")


def _count(con, table: str, condition: str) -> int:
    return con.execute(f"select count(*) from {table} where {condition}").fetchone()[0]
