"""What depends on distinct buyers and orders: repurchase, order value, LTV, loyal buyers, retention."""

import pandas as pd

from core.metrics.facts import exact, used

# An order counts in a subject and period if it has a line there with a paid amount above 0.
SUBJECTS = """
select 'company' as subject_type, null::varchar as subject_id, {columns} from ({source})
union all select 'team', ancestor, {columns} from ({source}) join team_tree on team_tree.team_id = of_team"""

# Numerator and denominator of a buyer in a cut, and what is counted of the buyer's lines for them.
DEFINITIONS = {
    "buyers_twice": ("(orders >= 2)::int", "1", "count(distinct order_id) as orders"),
    "buyers_two_days": ("(days >= 2)::int", "1", "count(distinct paid_at::date) as days"),
    "orders": ("orders - 1", "orders", "count(distinct order_id) as orders"),
    "returning": ("(first_ever < cut_start)::int", "1", "any_value(first_ever) as first_ever"),
}


# The period's lines per subject; cut = the month for teams with both sources, else one cut.
SCOPED = f"""
select *, case when cut = '' then $start::timestamp else (cut || '-01')::timestamp end as cut_start
from (select lines_of.*, case when mixed.ancestor is null then '' else month end as cut
      from ({SUBJECTS.format(columns="order_id, buyer_id, paid_at, paid_amount, month",
                             source="select *, counted_team as of_team from lines")}) as lines_of
      left join mixed on subject_type = 'team' and ancestor = subject_id)"""

# Each buyer's first paid time per subject over all history.
FIRST_ORDERS = f"""create or replace temp table first_orders as select subject_type, subject_id, buyer_id,
min(paid_at) as first_ever from ({SUBJECTS.format(columns="buyer_id, paid_at", source="select *, team_id as of_team"
                                 " from order_lines where paid_amount > 0 and buyer_id is not null")}) group by all"""


def repurchase(con, places: dict, definitions: dict) -> pd.DataFrame:
    """repurchase_rate under the definition in force. A team with both sources in the period gets the sum of its
    months; the company distinct buyers over all lines plus the reports."""
    con.execute("""create or replace temp table mixed as select ancestor from sourced join team_tree using (team_id)
        group by ancestor having count(distinct orders) = 2""")
    numerator, denominator, counted = DEFINITIONS[definitions["repurchase_rate"]]
    ever = ""
    if definitions["repurchase_rate"] == "returning":
        con.execute(FIRST_ORDERS)
        ever = """join first_orders as ever on ever.buyer_id = here.buyer_id and ever.subject_type = here.subject_type
               and ever.subject_id is not distinct from here.subject_id"""
    bought = f"""select subject_type, subject_id, sum({numerator})::double as num, sum({denominator})::double as den
        from (select here.subject_type, here.subject_id, any_value(cut_start) as cut_start, {counted}
              from ({SCOPED}) as here {ever}
              where paid_amount > 0 and here.buyer_id is not null group by here.subject_type, here.subject_id, cut, here.buyer_id)
        group by subject_type, subject_id"""
    reported = SUBJECTS.format(columns="repeat_buyers as num, buyers as den",
                               source="select *, team_id as of_team from reports where buyers is not null"
                                      " and repeat_buyers is not null")
    sql = f"""select 'repurchase_rate' as metric, subject_type, subject_id, sum(num) as numerator,
        sum(den) as denominator, sum(den) as n, case when count(distinct kind) = 2 then 'both_sources' end as note
        from (select *, 1 as kind from ({bought}) union all select *, 2 from ({reported})) group by all"""
    return pd.concat([con.execute(sql, used(sql, places)).df(), _nobody(con, places)])


def order_value(con) -> pd.DataFrame:
    """aov: payments ÷ paid orders of each subject."""
    lines = SUBJECTS.format(columns="order_id, paid_amount", source="select *, counted_team as of_team from lines")
    return con.execute(f"""select 'aov' as metric, subject_type, subject_id, {exact("paid_amount")} as numerator,
        count(distinct order_id) filter (where paid_amount > 0)::double as denominator,
        count(distinct order_id) filter (where paid_amount > 0) as n from ({lines}) group by all""").df()


def _nobody(con, places: dict) -> pd.DataFrame:
    """Subjects whose lines name no buyer: repurchase and LTV are not available, with that reason."""
    sql = f"""select metric, subject_type, subject_id, 0.0 as numerator, 0.0 as denominator, 0 as n, 'no_buyers' as note
        from (select subject_type, subject_id from ({SCOPED}) where paid_amount > 0 and cut = '' group by all
              having count(buyer_id) = 0), (select unnest(['repurchase_rate', 'ltv']) as metric)"""
    return con.execute(sql, used(sql, places)).df()


def ltv(con, places: dict) -> pd.DataFrame:
    """Net payments of the days up to the period's end ÷ buyers of those days, marked where history is shorter."""
    told = SUBJECTS.format(columns="buyer_id, paid_at, paid_amount, refund_amount",
                           source="select *, team_id as of_team from order_lines where paid_at < $after")
    recent = "paid_at >= $ltv_start and buyer_id is not null"
    sql = f"""select 'ltv' as metric, subject_type, subject_id,
        {exact(f"case when {recent} then paid_amount - refund_amount end")} as numerator,
        count(distinct buyer_id) filter (where {recent} and paid_amount > 0)::double as denominator,
        count(distinct buyer_id) filter (where {recent} and paid_amount > 0) as n,
        case when min(paid_at::date) > $ltv_start
             then 'short_history:' || (datediff('day', min(paid_at::date), $after::date)) end as note
        from ({told}) group by all having denominator > 0"""
    return con.execute(sql, used(sql, places)).df()


def loyal(con, places: dict) -> pd.DataFrame:
    """loyal_buyers: those whose 6th paid order falls in the period: at most five lie before it, at least six by its end."""
    paid = "paid_at < $after and paid_amount > 0 and buyer_id is not null"
    orders = SUBJECTS.format(columns="buyer_id, order_id, bought_at", source="from bought")
    # All other lines lie before the period and are of buyers with fewer than six orders: they decide nothing.
    sql = f"""with bought as materialized (select team_id as of_team, buyer_id, order_id, min(paid_at) as bought_at
        from order_lines where {paid} and (order_id in (select order_id from order_lines where {paid} and paid_at >= $start)
         or buyer_id in (select buyer_id from order_lines where {paid} group by buyer_id having count(*) >= 6)) group by all)
    select 'loyal_buyers' as metric, subject_type, subject_id,
        count(*) filter (where earlier < 6 and earlier + now >= 6)::double as numerator, 1.0 as denominator, sum(now) as n
        from (select subject_type, subject_id, buyer_id, count(*) filter (where bought_at < $start) as earlier,
              count(*) filter (where bought_at >= $start) as now
              from (select subject_type, subject_id, buyer_id, order_id, min(bought_at) as bought_at from ({orders})
                    group by all) group by subject_type, subject_id, buyer_id)
        group by subject_type, subject_id having sum(now) > 0"""
    return con.execute(sql, used(sql, places)).df()


def retention(con, places: dict) -> pd.DataFrame:
    """user_retention: each team from its own report where a month has both columns, else from its own orders (buyers
    of the period before who buy again); parents and the company add their teams, lines without team are one more."""
    sql = """create or replace temp table kept as
    with reported as (select team_id, sum(retained_users)::double as num, sum(opening_users)::double as den
        from team_months where month between $first_month and $last_month and retained_users is not null
        and opening_users is not null group by team_id),
    bought as (select team_id, buyer_id, max(paid_at) >= $start as now, min(paid_at) < $start as before from order_lines
        where paid_amount > 0 and buyer_id is not null and paid_at >= $before_start and paid_at < $after group by all),
    ordered as (select team_id, count(*) filter (where before and now)::double as num,
        count(*) filter (where before)::double as den from bought group by team_id)
    select team_id, num, den from reported
    union all select team_id, num, den from ordered where team_id is null or team_id not in (select team_id from reported)"""
    con.execute(sql, used(sql, places))
    subjects = SUBJECTS.format(columns="num, den", source="select *, team_id as of_team from kept")
    return con.execute(f"""select 'user_retention' as metric, subject_type, subject_id, sum(num) as numerator,
        sum(den) as denominator, sum(den) as n from ({subjects}) group by all having sum(den) > 0""").df()
