"""Sums over rows: the two sources, simple metrics, downtime, and which rows a figure came from."""

import pandas as pd

from core.datasets import DATASETS

# The source of each team's month: orders where a line is paid, else the report where it has the metric's columns.
SOURCES = """create or replace temp table sourced as
with paid as (select team_id, strftime(first, '%Y-%m') as month
              from (select distinct team_id, date_trunc('month', paid_at) as first from order_lines
                    where paid_amount > 0 and team_id is not null and paid_at >= $start and paid_at < $after))
select team_id, month, true as orders from paid
union all select team_id, month, false from (select distinct team_id, month from team_months
    where month between $first_month and $last_month) as reported anti join paid using (team_id, month)"""

# A line without a counted team has no month.
LINES = """create or replace temp table lines as
select order_lines.*, counted.month, counted.team_id as counted_team
from order_lines left join (select *, (month || '-01')::timestamp as first from sourced where orders) as counted
  on counted.team_id = order_lines.team_id and counted.first = date_trunc('month', paid_at)
where paid_at >= $start and paid_at < $after"""

REPORTS = """create or replace temp table reports as
select team_months.* from team_months join sourced using (team_id, month) where not sourced.orders"""

BELONGS = """create or replace temp table belongs as
select employees.employee_id, postings.role, postings.level, postings.team_id, employees.is_core, employees.hire_date,
       employees.leave_date,
       datediff('day', greatest(employees.hire_date, $start), least(coalesce(employees.leave_date, $end), $end)) + 1 as days
from employees join main.postings on postings.employee_id = employees.employee_id
 and least(coalesce(employees.leave_date, $end), $end) between postings.from_date and postings.to_date
where employees.hire_date <= $end and coalesce(employees.leave_date, $end) >= $start"""


MEASURED = "order_id, buyer_id, paid_at, paid_amount, refund_amount, sku_id, team_id"


def base(con, columns: str = MEASURED, teams: frozenset | None = None) -> None:
    """The order lines with their teams (only of these teams, where some are named) and the tree of all teams as temp tables
    of this cursor: the same for every period of one data version."""
    # Once a temp table is there, `main.` would name it and not the view.
    for name in ("order_lines", "team_tree"):
        con.execute(f"drop table if exists temp.{name}")
    con.execute(f"create temp table order_lines as select {columns} from main.order_lines where $teams is null"
                " or list_contains($teams::varchar[], team_id)", {"teams": None if teams is None else sorted(teams)})
    con.execute("create or replace temp table all_teams as from main.team_tree")


def prepare(con, places: dict, definitions: dict, teams: frozenset | None = None) -> None:
    """Temp tables of this cursor that all metrics of the period read beside `base`; of the teams only those named, each
    without its sub-teams, where some or none are named."""
    each = "select team_id as ancestor, team_id from (select unnest($teams::varchar[]) as team_id)"
    con.execute("create or replace temp table team_tree as " + ("from all_teams" if teams is None else each),
                {} if teams is None else {"teams": sorted(teams)})
    for sql in (SOURCES, LINES, REPORTS, BELONGS):
        con.execute(sql, used(sql, places))
    con.execute("create or replace temp table sla (priority varchar, sla_hours double)")
    con.executemany("insert into sla values (?, ?)", [[p, float(h)] for p, h in definitions["sla_hours"].items()])


def used(sql: str, places: dict) -> dict:
    """The places that an SQL text names."""
    return {name: value for name, value in places.items() if f"${name}" in sql}


def exact(amount: str) -> str:
    """SQL: the sum of an amount, the same in whatever order the rows come (doubles are not: a threshold could flip)."""
    return f"sum(({amount})::decimal(38, 12))::double"


def by_subject(con, facts: str, places: dict, extra: str = "") -> pd.DataFrame:
    """Sums `facts` (metric, team_id, employee_id, num, den, n) for company, teams with sub-teams, roles, employees."""
    sums = f"{exact('num')} as numerator, {exact('den')} as denominator, sum(n) as n {extra}"
    sql = f"""with facts as materialized ({facts})
    select metric, 'company' as subject_type, null::varchar as subject_id, {sums} from facts group by metric
    union all select metric, 'team', ancestor, {sums} from facts join team_tree using (team_id) group by all
    union all select metric, 'role', role, {sums} from facts join belongs using (employee_id) group by all
    union all select metric, 'employee', employee_id, {sums} from facts where employee_id is not null group by all"""
    return con.execute(sql, used(sql, places)).df()


def rows_of(metric) -> str:
    """SQL: the rows a simple metric counts, with the team and employee they belong to."""
    filled = f"({metric.numerator}) is not null and ({metric.denominator}) is not null and ({metric.where})"
    if metric.table == "team_months":
        return (f"select *, null::varchar as employee_id from (select * from team_months) where {filled}"
                " and month between $first_month and $last_month")
    if metric.table == "member_months":
        return (f"select member_months.*, belongs.team_id from member_months left join belongs using (employee_id)"
                f" where {filled} and month between $first_month and $last_month")
    return (f"select requests.*, sla_hours, from_team as team_id, owner_id as employee_id from requests"
            f" left join sla using (priority) where {filled} and {metric.day} >= $start and {metric.day} < $after")


def simple(con, wanted: list, places: dict) -> pd.DataFrame:
    """The metrics that are each a sum over the rows of one dataset; an additive one is divided by 1."""
    facts = " union all ".join(
        f"select '{metric.name}' as metric, team_id, employee_id, ({metric.numerator})::double as num,"
        f" ({metric.denominator})::double as den, 1 as n from ({rows_of(metric)})" for metric in wanted)
    frame = by_subject(con, facts, places)
    additive = frame["metric"].isin([metric.name for metric in wanted if metric.additive])
    return frame.assign(denominator=frame["denominator"].mask(additive, 1.0))


def amounts(con, places: dict, definitions: dict) -> pd.DataFrame:
    """gmv and refund_rate from both sources, and NPS; company = all lines + the report-sourced team months."""
    net = definitions["gmv"] == "net"
    gmv, needed = ("paid_amount - refund_amount", "gmv - refund_amount") if net else ("paid_amount", "gmv")
    facts = f"""
    select 'gmv' as metric, counted_team as team_id, null::varchar as employee_id, {gmv} as num, 1.0 as den, 1 as n, 1 as kind
        from lines
    union all select 'gmv', team_id, null, {needed}, 1.0, 1, 2 from reports where ({needed}) is not null
    union all select 'refund_rate', counted_team, null, refund_amount, paid_amount, 1, 1 from lines
    union all select 'refund_rate', team_id, null, refund_amount, gmv, 1, 2 from reports
        where refund_amount is not null and gmv is not null"""
    frame = by_subject(con, facts, {}, ", count(distinct kind) as kinds")
    frame["note"] = frame.pop("kinds").map({2: "both_sources"})
    frame.loc[frame["metric"].eq("gmv"), "denominator"] = 1.0
    return pd.concat([frame, _nps(con, places)])


def _nps(con, places: dict) -> pd.DataFrame:
    facts = """select 'nps' as metric, team_id, null::varchar as employee_id, up - down as num, answers as den, answers as n,
        up + down as extreme from (select team_id,
        case when score is not null then (score >= 9)::int else promoters end as up,
        case when score is not null then (score <= 6)::int else detractors end as down,
        case when score is not null then 1 else promoters + passives + detractors end as answers
        from nps_responses where date >= $start and date < $after) where answers is not null"""
    return by_subject(con, facts, places, ", sum(extreme) as extremes")


def downtime(con, places: dict) -> pd.DataFrame:
    """Minutes of incidents cut to the period; once any incident was ever uploaded, nobody's silence is missing."""
    known = con.execute("select min(started_at) < $after from incidents", {"after": places["after"]}).fetchone()[0]
    if not known:
        return pd.DataFrame()
    cut = "epoch(least(coalesce(resolved_at, $after), $after) - greatest(started_at, $start)) / 60"
    facts = f"""select 'downtime_minutes' as metric, belongs.team_id, employee_id, coalesce(minutes, 0) as num,
        1.0 as den, coalesce(incidents, 0) as n from belongs full join (select owner_id as employee_id,
        {exact(cut)} as minutes,
        count(*) as incidents from incidents where started_at < $after and coalesce(resolved_at, $after) > $start
        group by owner_id) as owned using (employee_id)"""
    return by_subject(con, facts, places).assign(denominator=1.0)


BEHIND = {"orders": "select counted_team as team_id, null::varchar as employee_id, _file, _sheet, _row from lines",
          "team_months": "select team_id, null::varchar as employee_id, _file, _sheet, _row from reports",
          "nps_responses": "select team_id, null::varchar as employee_id, _file, _sheet, _row from nps_responses"
                           " where date >= $start and date < $after",
          "incidents": "select null::varchar as team_id, owner_id as employee_id, _file, _sheet, _row from incidents"
                       " where started_at < $after and coalesce(resolved_at, $after) > $start",
          "employees": "select employees.team_id, employee_id, employees._file, employees._sheet, employees._row"
                       " from employees semi join belongs using (employee_id)",
          "skill_assessments": "select belongs.team_id, employee_id, _file, _sheet, _row from skill_assessments"
                               " join belongs using (employee_id) where date <= $end",
          "skill_standards": "select belongs.team_id, employee_id, _file, _sheet, _row from skill_standards join belongs"
                             " on skill_standards.role = belongs.role and stage = belongs.level and coalesce(direction, '') = ''",
          "milestones": "select belongs.team_id, employee_id, milestones._file, milestones._sheet, milestones._row"
                        " from milestones join project_members using (project_id) join belongs using (employee_id)"
                        " where due_date between $start and $end and actual is not null",
          "project_members": "select belongs.team_id, employee_id, project_members._file, project_members._sheet,"
                             " project_members._row from project_members join belongs using (employee_id) where project_id in"
                             " (select project_id from milestones where due_date between $start and $end and actual is not null)"}

# What a metric reads of a table where that is not every row of the period.
USED = {("gmv", "team_months"): "gmv is not null",
        ("refund_rate", "team_months"): "gmv is not null and refund_amount is not null",
        ("repurchase_rate", "team_months"): "buyers is not null and repeat_buyers is not null",
        ("repurchase_rate", "orders"): "paid_amount > 0 and buyer_id is not null"}
SHARED = ("skill_standards", "milestones")  # one row stands behind several people's figures
TRACE = "select team_id, null::varchar as employee_id, _file, _sheet, _row from"
LONGER = {("ltv", "orders"): f"{TRACE} order_lines where buyer_id is not null and paid_at >= $ltv_start and paid_at < $after",
          ("loyal_buyers", "orders"): f"{TRACE} order_lines where buyer_id is not null and paid_amount > 0 and paid_at < $after",
          ("user_retention", "orders"): f"{TRACE} order_lines where buyer_id is not null and paid_amount > 0"
                                        " and paid_at >= $before_start and paid_at < $after and (team_id is null or team_id"
                                        " not in (select team_id from reporting))",
          ("user_retention", "team_months"): f"{TRACE} team_months where month between $first_month and $last_month"
                                             " and team_id in (select team_id from reporting)"
                                             " and retained_users is not null and opening_users is not null",
          ("ramp_up_days", "employees"): "select employees.team_id, employee_id, employees._file, employees._sheet,"
                                         " employees._row from employees semi join belongs using (employee_id)"
                                         " where employees.hire_date >= $year_start",
          **{(f"{kind}s", "feedback"): f"{TRACE} feedback where date between $start and $end and kind = '{kind}'"
             for kind in ("incentive_complaint", "negative_review")}}
REPORTING = """create or replace temp table reporting as select distinct team_id from team_months
where month between $first_month and $last_month and retained_users is not null and opening_users is not null"""


def _behind(metric: str, need: str) -> str:
    """SQL: the rows of a table that a figure of the metric was computed from."""
    if (metric, need) in LONGER:
        return LONGER[metric, need]
    condition = USED.get((metric, need))
    return BEHIND[need] + (f" where {condition}" if condition else "")


def rows_behind(con, metric, places: dict) -> pd.DataFrame:
    """Per subject, dataset, file and sheet the first and last row and how many rows a figure of the metric used."""
    con.execute(REPORTING, used(REPORTING, places))
    parts = [(metric.table, rows_of(metric))] if metric.table else [(need, _behind(metric.name, need)) for need in metric.needs
                                                                             if not DATASETS[need].anonymous]
    frames = []
    for dataset, rows in parts:
        facts = f"select '{metric.name}' as metric, team_id, employee_id, _file, _sheet, _row from ({rows})"
        span = "_file as file, _sheet as sheet, min(_row) as first_row, max(_row) as last_row," \
               f" count({'distinct _row' if dataset in SHARED else '*'}) as rows"
        sql = f"""with facts as materialized ({facts})
        select metric, 'company' as subject_type, null::varchar as subject_id, {span} from facts group by all
        union all select metric, 'team', ancestor, {span} from facts join team_tree using (team_id) group by all
        union all select metric, 'employee', employee_id, {span} from facts where employee_id is not null group by all"""
        frames.append(con.execute(sql, used(sql, places)).df().assign(dataset=dataset))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
