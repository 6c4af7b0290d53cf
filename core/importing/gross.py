"""Amounts that are already net of refunds: one real export's 总金额 = 买家实际支付金额 + 退款金额 on every paid row."""

from core.importing import values
from core.importing.match import Decision, Match, normal
from core.importing.read import RawSheet


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
