"""Boards of a quarter as frames: projects, squads, groups, honours, from the settlement and the stored rows."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core import lookup, people, periods, populations, quarter, scores
from core import plan as plans
from core.periods import Period
from core.rules import cents
from core.settlement import Settlement
from core.store import Store

PROJECTS = """
select project_id, name, kind, gmv_target, bonus_pool, start_date, end_date, retrospective,
       case when start_date > least($today, $end) then 'before' when end_date < least($today, $after) then 'over'
            else 'running' end as stage
from projects order by start_date desc, project_id"""

MILESTONES = """
select project_id, milestone, m.share, m.target, m.actual, m.better, m.due_date, m.share * p.bonus_pool as pool
from milestones as m join projects as p using (project_id) order by m.due_date, m.milestone"""

SQUADS = """
select team_id, coalesce(name, team_id) as name, coalesce(start_date <= $end, true) and coalesce(end_date >= $start, true) as live
from teams where kind = 'squad' order by team_id"""

STANDING = """
select team_id, coalesce(name, team_id) as name, lifecycle from teams where coalesce(kind, 'standing') = 'standing'
and coalesce(end_date >= $start, true) and coalesce(start_date <= $end, true) order by team_id"""

VOTES = """
select nominee_type, nominee_id, sum(votes)::double as votes,
       list(distinct story order by story) filter (where trim(story) <> '') as stories
from votes where date between $first and $end group by all order by votes desc, nominee_type, nominee_id"""

STATES = {"payable": "met", "held": "held", "pending": "waiting", "not_met": "missed"}
SUBJECT = ["metric", "subject_type", "subject_id"]
LIFECYCLE = ("acquisition", "retention", "repurchase", "referral")


def of_kind(settled: Settlement, kind: str) -> pd.DataFrame:
    """What the rules of a kind wrote, under the rule's name; empty where none is on in the quarter."""
    found = [frame.assign(rule=name) for name, frame in settled.results.items()
             if settled.plan["rules"][name]["kind"] == kind and len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def projects(con, period: Period, today: date) -> pd.DataFrame:
    """Every project, newest first; `stage` before | running | over as it was at the end of the quarter, or is today in one
    that is not over."""
    return con.execute(PROJECTS, {"today": today, "end": period.end, "after": period.end + timedelta(days=1)}).df()


def only(plan: dict, kind: str) -> dict:
    """The changes that leave only the rules of a kind on: what they write does not depend on the others."""
    return {f"rules.{name}.on": False for name, rule in plan["rules"].items() if rule["kind"] != kind and rule.get("on")}


def milestones(con, period: Period, settle: Callable[[Period], Settlement]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(one row per milestone of every project with `state`, `pool`, `paid` in yuan; project_id, employee_id, milestone,
    `received` of everybody paid up to the quarter). state: met, held (met, nobody to pay), waiting (no actual yet), missed,
    as the rule of the quarter said in which it is due; open (due after the quarter); off (no such rule was on then)."""
    known = con.execute(MILESTONES).df()
    due = pd.to_datetime(known["due_date"])
    past = sorted({periods.quarter_of(day.date()).label for day in due if day <= pd.Timestamp(period.end)})
    told = [rows for label in past if len(rows := of_kind(settle(periods.quarter(label)), "milestones"))]
    rows = pd.concat(told, ignore_index=True) if told else pd.DataFrame(
        columns=["project_id", "milestone", "employee_id", "rule", "row", "status", "pool", "amount"])
    key = ["project_id", "milestone"]
    said = rows.drop_duplicates([*key, "rule"]).groupby(key).agg(status=("status", "first"), settled=("pool", "sum"))
    said["paid"] = rows.groupby(key)["amount"].sum()
    known = known.join(said, on=key)
    state = known["status"].map(STATES).where(due <= pd.Timestamp(period.end), "open")
    known = known.assign(state=state.astype(object).where(state.notna(), "off"), paid=known["paid"].fillna(0.0).astype(float),
                         pool=known["settled"].astype(float).where(known["settled"].notna(), cents(known["pool"])))
    paid = rows[rows["status"].eq("payable")]
    received = paid.groupby([*key, "employee_id"], as_index=False)["amount"].sum().rename(columns={"amount": "received"})
    return known.drop(columns=["status", "settled"]), received


def money(found: pd.DataFrame) -> pd.DataFrame:
    """Per project_id: released, waiting (no figure or nobody to pay yet, or not yet due) and missed yuan of its milestones."""
    kinds = found["state"].map({"met": "released", "missed": "missed"} | dict.fromkeys(("waiting", "held", "open"), "waiting"))
    yuan = found["pool"].where(found["state"].ne("met"), found["paid"])
    sums = yuan.groupby([found["project_id"], kinds]).sum().unstack(fill_value=0.0)
    return sums.reindex(columns=["released", "waiting", "missed"], fill_value=0.0)


def members(con, received: pd.DataFrame) -> pd.DataFrame:
    """project_id, employee_id, team_id (the roster's), duty, share, received (yuan), the largest share first."""
    frame = con.execute("select project_id, employee_id, team_id, duty, share from project_members left join employees"
                        " using (employee_id) order by project_id, share desc, employee_id").df()
    sums = received.groupby(["project_id", "employee_id"])["received"].sum()
    return frame.join(sums, on=["project_id", "employee_id"]).fillna({"received": 0.0})


def _skus(con, period: Period) -> pd.DataFrame:
    return populations.rows(con, populations.SKUS, {"first_month": f"{period.start:%Y-%m}",
                                                    "last_month": f"{period.end:%Y-%m}"})


def ranking(con, period: Period) -> pd.DataFrame:
    """The squads by GMV of their SKUs, as the rocket reads them: team_id, name, gmv, gmv_target (NaN where a SKU has
    none), previous (the quarter before), attainment, place (equal GMV, equal place; NaN without figures)."""
    whole = {"gmv": lambda s: s.sum(skipna=False), "gmv_target": lambda s: s.sum(skipna=False)}
    now = _skus(con, period).groupby("team_id").agg(whole)
    before = _skus(con, period.previous()).groupby("team_id")["gmv"].sum().rename("previous")
    squads = con.execute(SQUADS, {"start": period.start, "end": period.end}).df()
    squads = squads.join(now, on="team_id").join(before, on="team_id")
    squads = squads[squads["live"] | squads["gmv"].notna()]
    reached = squads["gmv"] / squads["gmv_target"].where(squads["gmv_target"] > 0)
    squads = squads.assign(attainment=reached, place=squads["gmv"].round(2).rank(method="min", ascending=False))
    return squads.sort_values(["place", "team_id"], ignore_index=True)


def rocket(settled: Settlement) -> pd.DataFrame:
    """One row per squad, SKU and stage: figure, sign, needed, status, reason, pool (yuan), profit, `passes`: whether its own
    figure meets its own bar, whatever the stages before; None without a figure."""
    rows = of_kind(settled, "stages")
    if rows.empty:
        return rows
    stages = rows.drop_duplicates(["rule", "row"]).reset_index(drop=True)
    figure, needed = stages["figure"].astype(float).round(9), stages["needed"].astype(float).round(9)
    met = np.select([stages["sign"].eq("≥"), stages["sign"].eq(">")], [figure >= needed, figure > needed], figure <= needed)
    known = figure.notna() & needed.notna()
    return stages.assign(passes=pd.Series(met.astype(bool), stages.index).astype(object).where(known, None))


def shares(settled: Settlement) -> pd.DataFrame:
    """Who has what of the rocket: rule, team_id, sku_id, employee_id, person_days, a column per stage 1, 2, 3 and `total`."""
    rows = of_kind(settled, "stages")
    rows = rows[rows["status"].eq("payable")] if len(rows) else rows
    key = ["rule", "team_id", "sku_id", "employee_id", "person_days"]
    if rows.empty:
        return pd.DataFrame(columns=[*key, 1, 2, 3, "total"])
    wide = rows.pivot_table(index=key, columns="stage", values="amount", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=[1, 2, 3], fill_value=0.0)
    return wide.assign(total=wide.sum(axis=1).round(2)).reset_index()


def groups(store: Store, period: Period, plan: dict) -> pd.DataFrame:
    """What each standing team answers for: one row per team, card (its own, else one a role of its people, else of its
    sub-teams') and metric, scored as the plan scores a post whose own figures are the team's: lifecycle, team_id, name,
    scorecard, metric, value, level, target, score, missing, previous (NaN where the level changed). The company's card is
    nobody's here."""
    con = store.cursor()
    teams = con.execute(STANDING, {"start": period.start, "end": period.end}).df()
    tree = con.execute("select ancestor, team_id from team_tree").df()
    values = _of_teams(con, quarter.measured(store, period, plan["definitions"]), period, tree)
    _, lines = scores.score(plan, period, _posts(con, period, plan, teams, tree), values,
                            quarter.targets(con, period)[lambda t: t["subject_type"].ne("employee")], people.team_parents(con))
    before = period.previous()
    earlier = _of_teams(con, quarter.measured(store, before, plan["definitions"]), before, tree)
    lines = lines.merge(earlier[[*SUBJECT, "value"]].rename(columns={"value": "previous"}), on=SUBJECT, how="left")
    lines = _without_a_posts_target(lines, set(tree.loc[tree["ancestor"] != tree["team_id"], "ancestor"]))
    lines = lines.drop_duplicates(["team_id", "scorecard", "metric"]).merge(teams, on="team_id")
    lines["level"] = lines["level"].replace("employee", "team")
    columns = ["lifecycle", "team_id", "name", "scorecard", "metric", "value", "level", "target", "score", "missing", "previous"]
    return lines[columns].reset_index(drop=True)


def _of_teams(con, values: pd.DataFrame, period: Period, tree: pd.DataFrame) -> pd.DataFrame:
    """The measured values with each team in the place of a person: Σ numerators ÷ Σ denominators of its people, sub-teams
    included (a request counts for the team that a person is in, not for the team that asked)."""
    home = people.belongs(con, period)[["employee_id", "team_id"]].merge(tree, on="team_id")
    own = values[values["subject_type"].eq("employee") & values["value"].notna()].merge(
        home[["employee_id", "ancestor"]], left_on="subject_id", right_on="employee_id")
    sums = own.groupby(["metric", "ancestor"], as_index=False)[["numerator", "denominator", "n"]].sum()
    additive = sums["metric"].map(lookup.ADDITIVE).eq(True)
    sums["denominator"] = sums["denominator"].mask(additive, 1.0)
    sums = sums.assign(value=sums["numerator"] / sums["denominator"].where(sums["denominator"] != 0), subject_type="employee")
    others = values[values["subject_type"].ne("employee")]
    return pd.concat([others, sums.rename(columns={"ancestor": "subject_id"})], ignore_index=True).drop_duplicates(SUBJECT)


def _without_a_posts_target(lines: pd.DataFrame, parents: set) -> pd.DataFrame:
    """A role's target of an additive figure is one post's: no bar for the sum of several people or of a team's sub-teams."""
    summed = lines["metric"].map(lookup.OWN).eq(True) | lines["team_id"].isin(parents)
    post = lines["metric"].map(lookup.ADDITIVE).eq(True) & lines["target_level"].isin(["role", "company"]) & summed
    lines.loc[post, ["target", "score"]] = np.nan
    lines["missing"] = lines["missing"].mask(post & lines["missing"].eq(""), "no_target")
    return lines


def _posts(con, period: Period, plan: dict, teams: pd.DataFrame, tree: pd.DataFrame) -> pd.DataFrame:
    """team_id × role of the people assigned to it in the quarter; of all below it where it has nobody of its own."""
    roles = people.segments(con, period)[lambda s: s["covered"]][["team_id", "role"]].drop_duplicates()
    below = tree.merge(roles, on="team_id")[["ancestor", "role"]].rename(columns={"ancestor": "team_id"}).drop_duplicates()
    own_card = {team for team, said in plan.get("teams", {}).items() if said.get("scorecard")}
    everyone = pd.concat([roles, below[~below["team_id"].isin(roles["team_id"])],
                          pd.DataFrame({"team_id": sorted(own_card - set(roles["team_id"])), "role": ""})])
    shared = everyone["role"].map(lambda role: plan["roles"].get(role, {}).get("scorecard") == "company")
    everyone = everyone[everyone["team_id"].isin(teams["team_id"]) & (~shared | everyone["team_id"].isin(own_card))]
    everyone = everyone.sort_values(["team_id", "role"]).drop_duplicates(ignore_index=True)
    return everyone.assign(employee_id=everyone["team_id"], from_date=pd.Timestamp(period.start), days=period.days)


def monthly(store: Store, period: Period, settled: Settlement) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(the month's winners of the quarter: month, award, winner, figure, team_id; the lines of their scores: month, winner,
    metric, value, target, score, weight, and `bonus_points` of the month, as they won)."""
    won = settled.awards[settled.awards["month"].str.len().gt(4)]
    plan, con, told = quarter.plan_for(store, period), store.cursor(), []
    for month in periods.months_of(period):
        winners = set(won.loc[won["month"].eq(month.label), "winner"])
        if winners:
            last = people.segments(con, month).sort_values("to_date").drop_duplicates("employee_id", keep="last")
            last = last[last["employee_id"].isin(winners)]
            cards = {plans.card_of(plan, role, team, month) for role, team in zip(last["role"], last["team_id"], strict=True)}
            asked = frozenset(metric for card in cards for metric in plans.weights(plan, month).get(card, {}))
            scored, lines = scores.score(
                plan, month, last, quarter.measured(store, month, plan["definitions"], asked),
                quarter.targets(con, month), people.team_parents(con), bonus=quarter.bonus_points(con, month))
            told.append(lines.join(scored["bonus_points"], on="segment").assign(month=month.label))
    columns = ["month", "employee_id", "team_id", "metric", "value", "target", "score", "weight", "bonus_points"]
    lines = pd.concat(told, ignore_index=True)[columns] if told else pd.DataFrame(columns=columns)
    lines = lines.rename(columns={"employee_id": "winner"})
    homes = lines.drop_duplicates(["month", "winner"])[["month", "winner", "team_id"]]
    return won.merge(homes, on=["month", "winner"], how="left"), lines


def votes(con, period: Period) -> pd.DataFrame:
    """The year's votes up to the quarter's end: nominee_type, nominee_id, votes, stories (list), team_id, place (joint)."""
    frame = con.execute(VOTES, {"first": period.start.replace(month=1, day=1), "end": period.end}).df()
    home = dict(con.execute("select employee_id, team_id from employees").fetchall())
    team = frame["nominee_id"].where(frame["nominee_type"].eq("team"), frame["nominee_id"].map(home))
    stories = [list(told) if told is not None and np.ndim(told) else [] for told in frame["stories"]]
    return frame.assign(team_id=team, stories=stories, place=frame["votes"].rank(method="min", ascending=False))

