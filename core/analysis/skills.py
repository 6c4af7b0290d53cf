"""Who can do what: skills against the standard of the post, growth, gaps, and learning beside it."""

import pandas as pd

from core import statistics
from core.analysis import roster
from core.periods import Period

LEARNING = ("teardown", "user_story", "training", "rotation", "trial_post", "learning_report", "knowledge", "experiment", "drill",
            "experience_tour")
COMPARED_FROM = 3  # skills assessed before and now: with fewer a person's growth says little
LEVELS = f"""
with staff as ({roster.STAFF}),
known as (
    select employee_id, skill, arg_max(level, date) as now, arg_max(coalesce(certified, false), date) as certified,
           arg_max(level, date) filter (where date < $start) as before, max(date) as assessed_on
    from skill_assessments where date <= $end and level is not null and skill is not null group by all),
asked as (
    select staff.employee_id, skill, required_level as required
    from staff join skill_standards as s on s.role = staff.role and s.stage = staff.level and coalesce(s.direction, '') = ''
    where required_level is not null)
select staff.employee_id, staff.name, staff.role, staff.level as post_level, staff.team_id,
       staff.leave_date is not null and staff.leave_date < $end as gone, skill, now as level, before, required, certified,
       assessed_on
from known full join asked using (employee_id, skill) join staff using (employee_id) order by employee_id, skill"""
ACTIVITIES = f"""
with staff as ({roster.STAFF})
select a.employee_id, a.kind, count(*) as activities, coalesce(sum(hours), 0)::double as hours,
       count(hours) as with_hours, coalesce(sum(cost), 0)::double as cost
from activities as a left join staff using (employee_id)
where date between $start and $end
  and case when a.employee_id is not null then staff.employee_id is not null
      else $team is null or a.team_id in (select team_id from team_tree where ancestor = $team) end
group by all order by a.employee_id nulls last, a.kind"""


def levels(con, period: Period, team: str | None = None) -> pd.DataFrame:
    """One row per person employed in the period and skill that was assessed or that the standard of the role and level of
    the last day employed asks for: employee_id, name, role, post_level, team_id, gone (left before the period's end), skill,
    level (the latest assessment by the period's end; NaN: never), before (the latest before its start), change (NaN where
    first assessed in the period), required (NaN: not asked for), met (None without both a standard and any assessment of
    the person; a skill asked for and never assessed is not met), certified, assessed_on. The heat map, and one person's
    radar."""
    frame = con.execute(LEVELS, {"start": period.start, "end": period.end, "team": team}).df()
    assessed = frame["level"].notna().groupby(frame["employee_id"]).transform("any")
    met = frame["level"].round(9).ge(frame["required"].round(9))
    return frame.assign(change=frame["level"] - frame["before"], certified=frame["certified"].astype(object).eq(True),
                        met=met.astype(object).where(frame["required"].notna() & assessed, None))


def radar(told: pd.DataFrame) -> pd.DataFrame:
    """Of some rows of `levels` (one person's, a team's) per skill that somebody is asked for: skill, level, before (means of
    the assessed), required (mean of those asked), assessed, asked (people)."""
    rows = told[told["required"].notna()]
    return rows.groupby("skill").agg(level=("level", "mean"), before=("before", "mean"), required=("required", "mean"),
                                     assessed=("level", "count"), asked=("required", "count")).reset_index()


def people(told: pd.DataFrame) -> pd.DataFrame:
    """Of `levels` one row per person: employee_id, name, role, post_level, team_id, gone, assessed (skills), certified,
    certification (÷ assessed) with certification_low and _high, before (Σ levels of skills assessed before), change (Σ),
    growth (÷ before), first_assessed, asked, met, coverage (÷ asked), coverage_low, coverage_high; NaN where no skill was
    assessed (before)."""
    who = ["employee_id", "name", "role", "post_level", "team_id", "gone"]
    rows = told.assign(base=told["before"].where(told["level"].notna()), known=told["level"].notna(),
                       fresh=told["level"].notna() & told["before"].isna(), judged=told["met"].notna(),
                       reached=told["met"].eq(True))
    sums = rows.groupby(who).agg(assessed=("known", "sum"), certified=("certified", "sum"), before=("base", "sum"),
                                 change=("change", "sum"), first_assessed=("fresh", "sum"), asked=("judged", "sum"),
                                 met=("reached", "sum")).reset_index()
    sums["growth"] = (sums["change"] / sums["before"].where(sums["before"] > 0)).astype(float)
    for name, part, whole in (("certification", "certified", "assessed"), ("coverage", "met", "asked")):
        sums[name] = (sums[part] / sums[whole].where(sums[whole] > 0)).astype(float)
        sums[f"{name}_low"], sums[f"{name}_high"] = statistics.wilson(sums[part], sums[whole])
    return sums


def gaps(told: pd.DataFrame) -> pd.DataFrame:
    """Of `levels`, of those still there at the period's end: one row per role, post_level and skill of a standard, the widest
    first: required, people (who need it), met, below (assessed under it), unassessed (people = met + below + unassessed),
    have (mean level of the assessed)."""
    rows = told[told["required"].notna() & ~told["gone"]]
    reached = rows["level"].round(9).ge(rows["required"].round(9))
    rows = rows.assign(reached=reached, under=rows["level"].notna() & ~reached, unknown=rows["level"].isna())
    sums = rows.groupby(["role", "post_level", "skill"]).agg(
        required=("required", "max"), people=("employee_id", "size"), met=("reached", "sum"), below=("under", "sum"),
        unassessed=("unknown", "sum"), have=("level", "mean")).reset_index()
    share = (sums["below"] + sums["unassessed"]) / sums["people"]
    return (sums.assign(share=share).sort_values(["share", "people", "role", "post_level", "skill"],
                                                 ascending=[False, False, True, True, True], ignore_index=True)
            .drop(columns="share"))


def activities(con, period: Period, team: str | None = None) -> pd.DataFrame:
    """Per person employed in the period and kind of activity: employee_id (None: a team's or nobody's), kind, activities,
    hours, with_hours (how many of them say hours), cost (yuan)."""
    return con.execute(ACTIVITIES, {"start": period.start, "end": period.end, "team": team}).df()


def learning(con, period: Period, team: str | None = None) -> pd.DataFrame:
    """Learning against growth, one row per person employed in the period: employee_id, name, role, team_id, learned
    (activities of LEARNING in the period), hours (of those that say theirs; 0 where nothing was learned, NaN where none says),
    before, change, growth (NaN without an earlier assessment)."""
    done = activities(con, period, team)
    done = done[done["kind"].isin(LEARNING)].groupby("employee_id")[["activities", "hours", "with_hours"]].sum()
    grown = people(levels(con, period, team)).set_index("employee_id")[["before", "change", "growth"]]
    who = roster.staff(con, period.start, period.end, team)[["employee_id", "name", "role", "team_id"]]
    told = who.join(done.rename(columns={"activities": "learned"}), on="employee_id").join(grown, on="employee_id")
    told = told.fillna({"learned": 0, "hours": 0.0, "with_hours": 0}).astype({"learned": int})
    return told.assign(hours=told["hours"].where(told["learned"].eq(0) | told["with_hours"].gt(0))).drop(columns="with_hours")
