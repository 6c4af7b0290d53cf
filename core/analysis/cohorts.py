"""What customers are worth over time: retention and LTV by month of first order."""

from datetime import date, timedelta

import pandas as pd

from core import periods

# Months are counted as year × 12 + month − 1. `over` is the last month that is over by the last day that the data know.
COHORTS = """
with bought as (
    select buyer_id, year(paid_at) * 12 + month(paid_at) - 1 as month, sum(paid_amount - refund_amount) as net,
           bool_or(paid_amount > 0) as paid
    from order_lines where buyer_id is not null and paid_at < $after
      and ($teams is null or list_contains($teams, team_id))
    group by all),
begun as (select buyer_id, min(month) as cohort from bought where paid group by buyer_id),
cells as (
    select cohort, month - cohort as age, count(*) filter (where paid) as retained, sum(net) as net
    from begun join bought using (buyer_id) where month >= cohort and cohort > $last - $months group by all),
grid as (
    select cohort, retained as buyers, unnest(range($last - cohort + 1)) as age from cells where age = 0),
told as (
    select cohort, age, buyers, coalesce(retained, 0) as retained,
           sum(net) over (partition by cohort order by age) as net
    from grid left join cells using (cohort, age))
select printf('%04d-%02d', cohort // 12, cohort % 12 + 1) as cohort, cohort = (select min(cohort) from begun) as oldest,
       age::int as age, buyers,
       case when cohort + age <= $over then retained end as retained,
       case when cohort + age <= $over then retained / buyers end as share,
       case when cohort + age <= $over then net end as net, case when cohort + age <= $over then net / buyers end as ltv
from told order by cohort, age"""


def cohorts(con, team: str | None = None, as_of: date | None = None, months: int = 24) -> pd.DataFrame:
    """One row per month of first paid order (`cohort`, the last `months` of them that have buyers) and age in months: oldest
    (the first month of all with buyers: it holds those who bought before the data begin as well), buyers of the cohort,
    retained (those who buy in the month of that age), share (÷ buyers), net (Σ paid − refund of the cohort's lines up to that
    age), ltv (÷ buyers). A month that is not over by `as_of` or by the last day of any order is missing (NaN), a month
    without a purchase is 0. Of a team with its sub-teams, or the company with all its orders."""
    known = con.execute("select max(paid_at)::date from order_lines").fetchone()[0]
    day = min(as_of or known, known) if known else date(1, 1, 1)
    last = day.year * 12 + day.month - 1
    over = last if day == periods.month_of(day).end else last - 1
    # A list is searched in half the time that a join on the tree of teams takes.
    members = None if team is None else con.execute(
        "select coalesce(list(team_id), []) from team_tree where ancestor = ?", [team]).fetchone()[0]
    return con.execute(COHORTS, {"after": day + timedelta(days=1), "teams": members, "last": last, "months": months,
                                 "over": over}).df()
