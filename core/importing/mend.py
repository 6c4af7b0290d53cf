"""What is put right before rows are checked: amounts and signs of orders, defaults, days of a month; notes say so."""

from core.datasets import DATASETS
from core.importing import values
from core.importing.rows import Rows, count, rule, tell

# A month without a day; no writing of a day looks like it.
MONTH_ALONE = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*(?:月份?)?"


def mend(rows: Rows) -> None:
    """Fills in and corrects what the declarations and the sign rules of order lines say."""
    name = rows.found.dataset.name
    for column in rows.found.dataset.columns:
        if column.defaults:
            _fill(rows, column)
    if name == "orders":
        _amounts(rows)
    if name == "team_months" and "month" in rows.found.columns:
        _days(rows)
    if name == "targets":
        rows.con.execute(f"update {rows.table} set subject_id = null where subject_type = 'company'")


def _fill(rows: Rows, column) -> None:
    """An empty cell takes the value that the declarations give for the other column's."""
    by = column.defaults["by"]
    cases = " ".join(f"when '{word}' then '{value}'" for word, value in column.defaults.items() if word != "by")
    rows.con.execute(f"update {rows.table} set {column.name} = case {by} {cases} end where {column.name} is null")


def _amounts(rows: Rows) -> None:
    """Quantity × price where no amount is there; negative amounts become refunds unless the file says refunds itself."""
    columns = rows.found.columns
    if "paid_amount" not in columns and {"quantity", "unit_price"} <= set(columns):
        rows.con.execute(f"update {rows.table} set paid_amount = round(quantity * unit_price, 6)")
        tell(rows, "amount_computed", "note", count=count(rows, "true"))
    negative, buyerless = count(rows, "paid_amount < 0"), count(rows, "buyer_id is null")
    if negative:
        stated = "refund_amount" in columns and count(rows, "refund_amount <> 0 and _row not in (from bad)") > 0
        if not stated:
            rows.con.execute(f"update {rows.table} set refund_amount = -paid_amount where paid_amount < 0")
        rows.con.execute(f"update {rows.table} set paid_amount = 0 where paid_amount < 0")
        tell(rows, "negative_noted" if stated else "negative_refunded", "note", count=negative)
    if buyerless:
        tell(rows, "no_buyer", "note", count=buyerless)


def _days(rows: Rows) -> None:
    """Daily rows of a month live beside each other, each with its day."""
    if not rows.con.execute(f"select 1 from cells where not regexp_full_match(month, '{MONTH_ALONE}') limit 1").fetchone():
        return
    first, second = (f"cast({values.moment('cells.month', order)} as date)" for order in ("dmy", "mdy"))
    day = f"case when strftime({first}, '%Y-%m') = typed.month then {first} else {second} end::varchar"
    # The long expression is bound once: written out at each use it took longer than all else that is done to a small sheet.
    rows.con.execute(f"create or replace table daily as select _row, day, count(distinct day) over"
                     f" (partition by month, team_id) as several from (select _row, typed.month, typed.team_id, {day} as day"
                     f" from cells join {rows.table} as typed using (_row))")
    rows.con.execute(f"update {rows.table} as typed set _part = day from daily where daily._row = typed._row"
                     " and several > 1 and day is not null")
    daily = count(rows, "_part <> ''")
    if not daily:
        return
    rule(rows, "month_beside_days", f"_part = '' and (month, team_id) in (select (month, team_id) from {rows.table}"
                                    " where _part <> '')", "month")
    tell(rows, "daily_rows", "note", count=daily)


def keep_stocks(con, tables: list[str]) -> None:
    """Of the daily rows of a month, in however many sheets and without those that were rejected, each stock stays on the
    one day that holds for the month."""
    if not tables:
        return
    con.execute("create or replace view days as " + " union all ".join(
        f"select *, {i} as _nth from {table} where _part <> ''" for i, table in enumerate(tables)))
    if not con.execute("select 1 from days limit 1").fetchone():
        return
    for column in DATASETS["team_months"].columns:
        if column.daily:
            chosen = "arg_max" if column.daily == "last" else "arg_min"
            con.execute(f"create or replace table held as select {chosen}(struct_pack(nth := _nth, line := _row), _part) as kept"
                        f" from days where {column.name} is not null group by month, team_id")
            for i, table in enumerate(tables):
                con.execute(f"update {table} set {column.name} = null where _part <> '' and _row not in"
                            f" (select kept.line from held where kept.nth = {i})")
