"""Where work gets stuck: who asks whom and how it goes, answers within their time, incidents."""

from datetime import timedelta

import pandas as pd

from core import statistics
from core.metrics import facts
from core.periods import Period

# A request belongs to the period for each figure on another day, as the metrics have it: raised, delivered, due.
# The owner's team is that of the day the request was raised.
ROWS = """
select r.from_team, p.team_id as to_team, r.priority, coalesce(created_at >= $start and created_at < $after, false) as raised,
       coalesce(delivered_at >= $start and delivered_at < $after, false) as delivered,
       coalesce(due_at >= $start and due_at < $after, false) as due, epoch(delivered_at - created_at) / 86400 as days, revisions,
       coalesce(delivered_at <= due_at, false) as on_time, created_at, responded_at,
       to_seconds(cast(sla.hours * 3600 as bigint)) as limit_, sla.hours
from requests as r left join postings as p on p.employee_id = r.owner_id and r.created_at::date between p.from_date and p.to_date
left join (select unnest($priorities) as priority, unnest($hours) as hours) as sla on sla.priority = r.priority"""
SUMS = """count(*) filter (where raised) as raised, count(*) filter (where raised and priority = 'urgent') as urgent,
       count(*) filter (where delivered) as delivered,
       coalesce(sum(days) filter (where delivered), 0)::double as days_sum,
       count(revisions) filter (where delivered) as revised,
       coalesce(sum(revisions) filter (where delivered), 0)::int as revisions,
       count(*) filter (where due) as due, count(*) filter (where due and on_time) as on_time"""
INSIDE = "select team_id from team_tree where ancestor = $team"
FLOW = f"""select from_team, to_team, {SUMS} from ({ROWS}) where (raised or delivered or due)
    and ($team is null or from_team in ({INSIDE}) or to_team in ({INSIDE})) group by all
    order by raised desc, delivered desc, from_team, to_team"""
ASKING = f"""select ancestor as team_id, {SUMS} from ({ROWS}) join team_tree on team_tree.team_id = from_team
    where (raised or delivered or due) and ($team is null or ancestor in ({INSIDE})) group by all order by team_id"""
TOTAL = f"""select {SUMS} from ({ROWS}) where (raised or delivered or due) and ($team is null or from_team in ({INSIDE}))"""
SLA = f"""select priority, any_value(hours) as hours, count(*) filter (where judged) as judged,
    count(*) filter (where judged and in_time) as in_time, count(responded_at) as answered,
    coalesce(sum(epoch(responded_at - created_at)) / 3600, 0)::double as hours_sum
    from (select *, coalesce(responded_at <= created_at + limit_, false) as in_time,
          limit_ is not null and (responded_at is not null or created_at + limit_ <= $after) as judged from ({ROWS})
          where raised and ($team is null or from_team in ({INSIDE}) or to_team in ({INSIDE})))
    group by priority order by any_value(hours) nulls last, priority"""

INCIDENTS = f"""
select severity, count(*) as incidents, count(*) filter (where resolved_at is null or resolved_at > $after) as open,
       sum(minutes)::double as minutes, max(minutes)::double as longest
from (select severity, resolved_at,
             epoch(least(coalesce(resolved_at, $after), $after) - greatest(started_at, $start)) / 60 as minutes
      from incidents left join postings as p on p.employee_id = owner_id and started_at::date between p.from_date and p.to_date
      where started_at < $after and coalesce(resolved_at, $after) > $start and ($team is null or p.team_id in ({INSIDE})))
group by severity order by minutes desc, severity"""


def _read(con, sql: str, period: Period, sla_hours: dict, team: str | None) -> pd.DataFrame:
    places = {"start": period.start, "after": period.end + timedelta(days=1), "team": team,
              "priorities": list(sla_hours), "hours": [float(hours) for hours in sla_hours.values()]}
    return con.execute(sql, facts.used(sql, places)).df()


def _rates(frame: pd.DataFrame) -> pd.DataFrame:
    """With cycle_days (days ÷ delivered), revisions_per_request, and urgent_share, on_time_share with _low and _high."""
    frame = frame.assign(cycle_days=_ratio(frame["days_sum"], frame["delivered"]),
                         revisions_per_request=_ratio(frame["revisions"], frame["revised"]))
    return _share(_share(frame, "urgent", "raised"), "on_time", "due")


def _ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    return (numerator / denominator.where(denominator > 0)).astype(float)


def _share(frame: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """With {part}_share of the whole and its Wilson interval; NaN without observations."""
    low, high = statistics.wilson(frame[part], frame[whole])
    return frame.assign(**{f"{part}_share": _ratio(frame[part], frame[whole]), f"{part}_low": low, f"{part}_high": high})


def flow(con, period: Period, sla_hours: dict, team: str | None = None) -> pd.DataFrame:
    """Who asks whom, one row per pair of teams themselves (of a team: every pair in which it or a sub-team of it asks or
    answers), the busiest first: from_team (asks), to_team (the owner's on the day it was raised; None: not employed then),
    raised, urgent, delivered, days_sum, revisions, due, on_time as counted by the metrics of requests on the day raised,
    delivered, due; urgent_share, cycle_days, revisions_per_request, on_time_share with intervals."""
    return _rates(_read(con, FLOW, period, sla_hours, team))


def asking(con, period: Period, sla_hours: dict, team: str | None = None) -> pd.DataFrame:
    """The columns of `flow` per asking team with its sub-teams (team_id): the figures that the metrics give the team."""
    return _rates(_read(con, ASKING, period, sla_hours, team))


def total(con, period: Period, sla_hours: dict, team: str | None = None) -> pd.DataFrame:
    """One row with the columns of `flow` over everything that the company, or a team with its sub-teams, asked."""
    return _rates(_read(con, TOTAL, period, sla_hours, team))


def sla(con, period: Period, sla_hours: dict, team: str | None = None) -> pd.DataFrame:
    """Requests raised in the period by priority, the shortest time first: priority, hours (allowed), judged (answered, or
    their time is over), in_time, in_time_share with _low and _high, answered, response_hours (mean of the answered). Of a
    team: what it asked or answered."""
    frame = _share(_read(con, SLA, period, sla_hours, team), "in_time", "judged")
    return frame.assign(response_hours=_ratio(frame["hours_sum"], frame["answered"]))


def incidents(con, period: Period, team: str | None = None) -> pd.DataFrame:
    """Per severity (None where none is given), the most minutes first: incidents, open at the period's end, minutes within
    the period (overlapping ones add up), longest. A team's are those whose owner was in it on the day they began."""
    return _read(con, INCIDENTS, period, {}, team)
