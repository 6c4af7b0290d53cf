"""Risks of who stays, what they can do and how they meet."""

import math
from datetime import timedelta

import pandas as pd

from core import periods
from core.risks.evidence import Facts, risen, row, subject

AMBASSADORS = """select count(distinct employee_id) from culture_ambassadors join employees using (employee_id)
where from_date <= $day and coalesce(to_date, $day) >= $day and hire_date <= $day and coalesce(leave_date, $day) >= $day"""

# Skills of the standard of somebody's role and level that nobody assessed to reach it: team, skill, how many people.
LACKING = """with home as (select employee_id, role, level, team_id from postings where $end between from_date and to_date),
latest as (select employee_id, skill, arg_max(level, date) as reached from skill_assessments where date <= $end group by all)
select ancestor, standard.skill, count(*) as people
from skill_standards as standard join home on standard.role = home.role and standard.stage = home.level
 and coalesce(standard.direction, '') = ''
join team_tree on team_tree.team_id = home.team_id
left join latest on latest.employee_id = home.employee_id and latest.skill = standard.skill
where coalesce(reached, 0) < required_level and home.employee_id in (select employee_id from latest)
group by all order by ancestor, people desc, standard.skill"""

# A meeting belongs to the group that is named, else to the group of the person who held it.
MEETINGS = """select distinct coalesce(activities.team_id, postings.team_id) as team_id, activities.kind, date
from activities left join postings on activities.team_id is null and postings.employee_id = activities.employee_id
 and date between postings.from_date and postings.to_date where date <= $last"""

GROUPS = """select team_id, start_date, end_date from teams
where kind = 'standing' and coalesce(start_date, $end) <= $end and coalesce(end_date, $start) >= $start
  and team_id in (select team_id from postings where from_date <= $end and to_date >= $start) order by team_id"""


def culture_dilution(facts: Facts, limits: dict) -> list:
    """Headcount up by the share within four quarters (in a younger company since its first one), and either satisfaction lower
    than then or too few ambassadors; it cannot be judged where headcount is up and neither of them is known."""
    then = facts.period
    earlier = [then := then.previous() for _ in range(4)]
    before = next((count for quarter in reversed(earlier) if (count := facts.headcount(quarter.end))), 0)
    now = facts.headcount(facts.period.end)
    if not now or not before:
        return []
    grown = risen(now, before, limits["growth"])
    found = [row("headcount", grown, now, before * (1 + limits["growth"]), "count", before=before)]
    survey, year = facts.rows("collaboration_satisfaction", ("company",)), facts.year_before("collaboration_satisfaction")
    arms = []
    if survey and not math.isnan(year):
        lower = round(year - survey[0].value, 9) > 0
        arms.append(row("satisfaction_lower", grown and lower, survey[0].value, year, "score", before=year, n=survey[0].n))
    if facts.con.execute("select count(*) from culture_ambassadors").fetchone()[0]:
        held = facts.con.execute(AMBASSADORS, {"day": facts.period.end}).fetchone()[0]
        few = held * limits["people_per_ambassador"] < now
        needed = math.ceil(now / limits["people_per_ambassador"])
        arms.append(row("ambassadors", grown and few, held, needed, "count"))
    drills = facts.con.execute("select count(*) from activities where kind = 'drill' and date between ? and ?",
                               [facts.period.start, facts.period.end]).fetchone()[0]
    fires = any(arm[-1] for arm in arms)
    found[0] = (*found[0][:-1], fires)
    return [*found, *arms, row("drills", False, drills, None, "count")] if arms or not grown else []


def skill_gap(facts: Facts, limits: dict) -> list:
    """Skill coverage of a team below the bar, or repurchase below the industry mean (else the target) by the share in a
    team that lacks a required skill; with the skills that most people lack."""
    lacking: dict[str, list] = {}
    for team, skill, people in facts.con.execute(LACKING, {"end": facts.last_day}).fetchall():
        lacking.setdefault(team, []).append(f"{skill} ({people})")
    named = {team: ", ".join(skills[:3]) for team, skills in lacking.items()}
    found = [row("coverage", round(limits["coverage"] - measured.value, 9) > 0, measured.value, limits["coverage"], "percent",
                 subject(measured), n=measured.n, detail=named.get(measured.subject_id, ""))
             for measured in facts.rows("skill_coverage", ("team",))]
    for measured in facts.rows("repurchase_rate", ("team",)):
        bar = measured.benchmark if pd.notna(measured.benchmark) else measured.target
        if pd.isna(bar) or measured.subject_id not in named:
            continue
        bar = bar * (1 - limits["below"])
        found.append(row("repurchase_below", round(bar - measured.value, 9) >= 0, measured.value, bar, "percent",
                         subject(measured), n=measured.n, detail=named[measured.subject_id]))
    return found


def loose_culture(facts: Facts, limits: dict) -> list:
    """Shipment errors at the bar, a team's satisfaction below the company's by the share, new hires who leave early, of the
    company or a role, where enough were hired for a rate."""
    found = [row("shipment_errors", round(m.value - limits["shipment_errors"], 9) >= 0, m.value, limits["shipment_errors"],
                 "percent", subject(m), n=m.n) for m in facts.rows("shipment_error_rate")]
    for whole in facts.rows("collaboration_satisfaction", ("company",)):
        bar = whole.value * (1 - limits["survey_below"])
        found += [row("survey_below", round(bar - m.value, 9) >= 0, m.value, bar, "score", subject(m), n=m.n)
                  for m in facts.rows("collaboration_satisfaction", ("team",))]
    least = facts.plan["evaluation"]["smallest_group"]
    found += [row("early_attrition", round(m.value - limits["early_attrition"], 9) >= 0, m.value, limits["early_attrition"],
                  "percent", subject(m), n=m.n) for m in facts.rows("early_attrition_rate", ("company", "role")) if m.n >= least]
    return found


def talent_loss(facts: Facts, limits: dict) -> list:
    """Core attrition a year above the bar where the group has enough core people for a rate, else so many who left; with
    the median tenure of who left, in months."""
    found = []
    for measured in facts.rows("core_attrition_rate"):
        tenure = _tenure(facts, measured.subject_id)
        if measured.n >= limits["group"]:
            yearly = measured.value * 365 / facts.period.days
            found.append(row("core_rate", round(yearly - limits["rate"], 9) > 0, yearly, limits["rate"], "percent",
                             subject(measured), n=measured.n, detail=tenure))
        else:
            left = measured.numerator
            found.append(row("core_leavers", left >= limits["people"], left, limits["people"], "count", subject(measured),
                             n=measured.n, detail=tenure))
    return found


def _tenure(facts: Facts, team: str | None) -> str:
    months = facts.con.execute(
        "select median(datediff('day', hire_date, leave_date)) / 30.4375 from postings"
        " where is_core and leave_date between $start and $end and leave_date between from_date and to_date and ($team is null or"
        " team_id in (select team_id from team_tree where ancestor = $team))",
        {"start": facts.period.start, "end": facts.period.end, "team": team}).fetchone()[0]
    return "" if months is None else f"{months:.0f}"


def rhythm(facts: Facts, limits: dict) -> list:
    """Standing groups with people: the longest time without a user-insight meeting that reaches into the quarter, and the
    months without a teardown or a review retro. Counted from the first activity ever uploaded, to the last day known."""
    meetings = facts.con.execute(MEETINGS, {"last": facts.last_day}).df()
    if meetings.empty:
        return []
    meetings["date"] = pd.to_datetime(meetings["date"]).dt.date
    begun, found = meetings["date"].min(), []
    for team, start, end in facts.con.execute(GROUPS, {"start": facts.period.start, "end": facts.period.end}).fetchall():
        own = meetings[meetings["team_id"].eq(team)]
        first, last = max(filter(None, (begun, start))), min(filter(None, (facts.last_day, end)))
        days = _longest_gap(own.loc[own["kind"].eq("insight_meeting"), "date"], first, last, facts.period.start)
        found.append(row("insight_gap", days >= 7 * limits["weeks"], days, 7 * limits["weeks"], "count", ("team", team)))
        for kind in ("teardown", "review_retro"):
            held = set(own.loc[own["kind"].eq(kind), "date"].map(lambda day: day.replace(day=1)))
            whole = [month for month in periods.months_of(facts.period) if first <= month.start and month.end <= last]
            without = [month.label for month in whole if month.start not in held]
            if whole:
                found.append(row(f"no_{kind}", bool(without), len(without), 1, "count", ("team", team),
                                 detail=", ".join(without)))
    return found


def _longest_gap(days, first, last, start) -> int:
    """The most days in a row without a meeting between two days (both inclusive) of which any lies on or after `start`."""
    edges = [first - timedelta(days=1), *sorted(day for day in days if first <= day <= last), last + timedelta(days=1)]
    gaps = [(after - before).days - 1 for before, after in zip(edges, edges[1:], strict=False) if after > start]
    return max([0, *gaps])
