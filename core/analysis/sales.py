"""GMV as the metric reads it (orders, else the team's report), by month, team, SKU and channel, beside before and target."""

from datetime import timedelta

import pandas as pd

from core import lookup, people, periods, quarter
from core.metrics import facts
from core.periods import Period

AMOUNT = {"paid": "paid", "net": "paid - refund"}
# Added up before teams are: a line counts in every team above its own.
SOLD = """
select strftime(paid_at, '%Y-%m') as month, sourced.team_id, sku_id, channel, 'orders' as source, sum(paid_amount) as paid,
       sum(refund_amount) as refund, bool_or(paid_amount > 0) as live
from order_lines left join sourced on sourced.orders and sourced.team_id = order_lines.team_id
 and sourced.month = strftime(paid_at, '%Y-%m')
where paid_at >= $start and paid_at < $after group by all
union all select month, team_id, null, null, 'reports', gmv, refund_amount, true from reports where gmv is not null"""
# A SKU's month is read from orders where one of its lines is paid, else from its report.
SKUS = """
select month, team_id, sku_id, source, paid, refund from sold
where source = 'orders' and (sku_id is null or (month, sku_id) in (select (month, sku_id) from sold where live))
union all select month, team_id, sku_id, 'reports', gmv, null from sku_months where month between $first_month and $last_month
 and (month, sku_id) not in (select (month, sku_id) from sold where live and sku_id is not null)"""
INSIDE = "($team is null or {team} in (select team_id from team_tree where ancestor = $team))"
OWN = INSIDE.format(team="team_id")
FROM = {"company": ("'company'", f"sold where {OWN}"), "month": ("month", f"sold where {OWN}"),
        "team": ("ancestor", f"sold join team_tree using (team_id) where {INSIDE.format(team='ancestor')}"),
        "sku": ("sku_id", f"({SKUS}) where {OWN}"), "channel": ("channel", f"sold where source = 'orders' and {OWN}")}
REPORTED = f"""select sku_id as "group", any_value(name) as name, sum(gmv) as reported,
    case when count(gmv_target) = count(*) then sum(gmv_target) end as target from sku_months
    where month between $first_month and $last_month and {OWN} group by all"""


def _sums(con, start, end, by: str, definition: str, team: str | None) -> pd.DataFrame:
    """group, amount, source (orders, reports, both) of the days from `start` to `end`."""
    places = {"start": start, "end": end, "after": end + timedelta(days=1), "first_month": f"{start:%Y-%m}",
              "last_month": f"{end:%Y-%m}", "team": team}
    for sql in (facts.SOURCES, facts.REPORTS):
        con.execute(sql, facts.used(sql, places))
    group, rows = FROM[by]
    sql = f"""with sold as materialized ({SOLD})
        select {group} as "group", sum({AMOUNT[definition]})::double as amount,
        case when count(distinct source) = 2 then 'both' else any_value(source) end as source
        from {rows} and ({AMOUNT[definition]}) is not null group by 1"""
    return con.execute(sql, facts.used(sql, places)).df()


def gmv(con, period: Period, plan: dict, by: str = "team", team: str | None = None) -> pd.DataFrame:
    """One row per group, the largest first: group, actual, previous (the period before), year_before, target (yuan, NaN
    where there is none), source (orders, reports, both; of the period). `by`:
    company - one row, the company or `team`; team - each with its sub-teams, so that they overlap;
    sku - also name and `reported` (its own reports, which the rocket is paid by); channel - orders only, reports name none.
    A group None: lines that name no SKU or channel. With the definition `net` reports of SKUs, which know no refunds, do
    not count. Targets are the quarter's (a month has its share of days), of SKUs the sum of their months'."""
    spans = {"actual": period, "previous": period.previous(), "year_before": period.year_before()}
    frame = pd.DataFrame({"group": pd.Series(dtype=object)})
    for column, span in spans.items():
        found = _sums(con, span.start, span.end, by, plan["definitions"]["gmv"], team).rename(columns={"amount": column})
        frame = frame.merge(found if column == "actual" else found[["group", column]], on="group", how="outer")
    if by == "sku":
        places = {"first_month": f"{period.start:%Y-%m}", "last_month": f"{period.end:%Y-%m}", "team": team}
        frame = frame.merge(con.execute(REPORTED, places).df(), on="group", how="outer")
    elif by == "channel":
        frame["target"] = float("nan")
    else:
        frame = _with_targets(con, frame, period, by, team)
    return frame.sort_values(["actual", "group"], ascending=[False, True], ignore_index=True)


def _with_targets(con, frame: pd.DataFrame, period: Period, by: str, team: str | None) -> pd.DataFrame:
    """The frame with `target`, and a row of each group that has nothing but a target."""
    aims = _aims(con, period)
    if by == "company":
        whole = pd.DataFrame({"group": ["company"], "target": [aims.get(team)]}).astype({"target": float})
        return frame.merge(whole, on="group", how="outer")
    inside = con.execute("select distinct team_id from team_tree where $team is null or ancestor = $team", {"team": team})
    teams = {row[0] for row in inside.fetchall()} & set(aims)
    aimed = pd.DataFrame({"group": sorted(teams), "target": [aims[name] for name in sorted(teams)]})
    return frame.merge(aimed.astype({"group": object, "target": float}), on="group", how="outer")


def _aims(con, period: Period) -> dict:
    """Team (None: the company) → its GMV target of the period, where it has one, as the evaluation looks it up."""
    told = quarter.targets(con, period)
    told = told[told["metric"].eq("gmv") & told["subject_type"].isin(["company", "team"])]
    rows = told[["metric", "subject_type", "subject_id"]].assign(value=float("nan"))
    aimed = lookup.aim(rows, told, people.belongs(con, period), period)
    subjects = aimed["subject_id"].where(aimed["subject_type"].eq("team"), None)
    return {None if pd.isna(subject) else subject: target for subject, target in zip(subjects, aimed["target"], strict=True)}


def gmv_months(con, first: Period, last: Period, plan: dict, team: str | None = None) -> pd.DataFrame:
    """One row per calendar month from the period `first` to the end of `last`: month, actual, previous (three months before,
    the same month of the quarter before), year_before, target (yuan, NaN where there is none), source."""
    months, day = [], first.start
    while day <= last.end:
        months.append(periods.month_of(day))
        day = months[-1].end + timedelta(days=1)
    sums = _sums(con, first.year_before().start, last.end, "month", plan["definitions"]["gmv"], team).set_index("group")
    aims = {label: _aims(con, periods.quarter(label)).get(team)
            for label in dict.fromkeys(m.quarter().label for m in months)}
    return pd.DataFrame([{
        "month": m.label, "actual": sums["amount"].get(m.label), "source": sums["source"].get(m.label),
        "previous": sums["amount"].get(_earlier(m, 3)), "year_before": sums["amount"].get(_earlier(m, 12)),
        "target": None if (aim := aims[m.quarter().label]) is None else aim * m.days / m.quarter().days} for m in months]
    ).astype({"actual": float, "previous": float, "year_before": float, "target": float})


def _earlier(month: Period, count: int) -> str:
    place = month.start.year * 12 + month.start.month - 1 - count
    return f"{place // 12}-{place % 12 + 1:02d}"
