"""Amounts that are not what they seem: net of refunds (one real export's 总金额 = 买家实际支付金额 + 退款金额 on every paid
row), or of a whole order on each of its lines."""

import re

from core.importing import values
from core.importing.match import Decision, Match, normal
from core.importing.read import RawSheet
from core.importing.type_rows import Problem, address, problem

OF_ORDER = r"(?i)订单|整单|总|order|total"
NEARLY_ALL = 0.9


def gross_column(con, result, found: Match, raw: RawSheet, decided: Decision) -> str:
    """The header of the column that is paid + refunded on every paid line of an order sheet, so that the amount taken as
    paid must be what is left after refunds; "" where there is none or the user chose the amount already."""
    paid = found.columns.get("paid_amount")
    if found.dataset.name != "orders" or paid is None or "refund_amount" not in found.columns:
        return ""
    if normal(found.headers[paid]) in {normal(header) for header in decided.columns}:
        return ""
    if not con.execute(f"select count(*) from {result.name} where refund_amount > 0 and paid_amount > 0").fetchone()[0]:
        return ""
    for index in (i for i, header in found.headers.items() if header in found.ignored):
        amount = values.number(values.clean(f"c{index}"))
        same, lines = con.execute(
            f"select bool_and(coalesce(abs(({amount}) - paid_amount - refund_amount) < 0.005, false)), count(*)"
            f" from {result.name} join read_parquet(?) as raw using (_row) where paid_amount > 0",
            [str(raw.parquet)]).fetchone()
        if same and lines > 1:
            return found.headers[index]
    return ""


def order_amounts(con, result, found: Match, raw: RawSheet, decided: Decision, lang: str) -> list[Problem]:
    """A warning where (nearly) every order of several lines has one amount on all of them, under a header that speaks of
    the order; where the user said `order_amount` = once, each such order keeps it on its first line, and a note says so."""
    paid, answer = found.columns.get("paid_amount"), decided.values.get("order_amount")
    if found.dataset.name != "orders" or paid is None or "order_id" not in found.columns or answer == "each":
        return []
    if answer != "once" and not re.search(OF_ORDER, found.headers[paid]):
        return []
    con.execute("create or replace table alike as select order_id, arg_min(paid_amount, _row) as amount, min(_row) as first,"
                f" count(*) as lines, min(paid_amount) = max(paid_amount) as same from {result.name} where order_id is not null"
                " and paid_amount <> 0 and _row not in (from bad) group by order_id having count(*) > 1")
    orders, same, row, lines = con.execute("select count(*), count(*) filter (same), min(first) filter (same),"
                                           " sum(lines - 1) filter (same) from alike").fetchone()
    if not same or answer != "once" and same < NEARLY_ALL * orders:
        return []
    if answer == "once":
        con.execute(f"update {result.name} as typed set paid_amount = 0 from alike where same"
                    " and typed.order_id = alike.order_id and _row <> first and _row not in (from bad)")
    return [problem("order_amount_once" if answer else "order_amount_repeated", "note" if answer else "warning", lang,
                    cell=address(raw.name, paid, row), column=found.headers[paid], count=int(lines), orders=same)]
