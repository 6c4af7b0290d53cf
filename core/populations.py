"""What each kind of rule is about, read from the stored tables: one frame a population, every row with where it came from.

Depends on the data, the period and the measuring parameters only, never on a weight or an amount of the plan."""

from datetime import date

import numpy as np
import pandas as pd

from core import people
from core.columns import added
from core.periods import Period

MILESTONES = """
select m.project_id, p.name as project, p.bonus_pool, m.milestone, m.share, m.target, m.actual, m.better, m.due_date,
       'milestones' as _dataset, m._file, m._sheet, m._row, p._file as _project_file, p._sheet as _project_sheet,
       p._row as _project_row
from milestones as m join projects as p using (project_id) where m.due_date between $start and $end
order by m.due_date, m.project_id, m.milestone"""

MEMBERS = "select project_id, employee_id, share as member_share, duty, _file, _sheet, _row from project_members order by all"

# A squad's figures of a SKU are those of its reports; a reported month that lacks one leaves none for the quarter (the rank
# is the last month's that reports one): a sum of the others would pay what the whole quarter may not have earned.
SKUS = """
select team_id, sku_id, any_value(s.name) as sku, sum(gmv) as gmv,
       case when count(gmv_target) = count(*) then sum(gmv_target) end as gmv_target,
       case when count(buyers) = count(*) then sum(buyers) end as buyers,
       case when count(repeat_buyers) = count(*) then sum(repeat_buyers) end as repeat_buyers,
       arg_max(category_rank, month) filter (where category_rank is not null) as category_rank,
       case when count(profit) = count(*) then sum(profit) end as profit, count(distinct month) as months,
       'sku_months' as _dataset, arg_min(s._file, s._row) as _file, arg_min(s._sheet, s._row) as _sheet, min(s._row) as _row,
       max(s._row) as _last_row, count(*) as _rows
from sku_months as s join teams using (team_id)
where teams.kind = 'squad' and month between $first_month and $last_month group by all order by all"""

GRANTS = """
select grant_id, g.employee_id, instrument, units, grant_date, coalesce(years, 4) as years, ltv_growth_min,
       repurchase_lift_min, hire_date, leave_date, 'equity_grants' as _dataset, g._file, g._sheet, g._row
from equity_grants as g left join employees as e using (employee_id) where grant_date <= $end order by grant_id"""

POINTS = """
select date, employee_id, kind, points, reason as note, 'collaboration_points' as _dataset, _file, _sheet, _row
from collaboration_points where date <= $end and employee_id in (select employee_id from collaboration_points
    where kind <> 'earned' and date between $start and $end)
order by employee_id, date, kind <> 'earned', points, _file, _sheet, _row"""

CHOICES = """
select employee_id, benefit, amount as choice_amount, (row_number() over (partition by employee_id
       order by position nulls last, _file, _sheet, _row) - 1)::int as place,
       'benefit_choices' as _dataset, _file, _sheet, _row
from benefit_choices where quarter = $quarter order by employee_id, place"""

APPLICATIONS = """
select application_id, team_id, topic, approved, approved_date, status as application_status,
       'innovation_projects' as _dataset, _file, _sheet, _row
from innovation_projects
where status in ('approved', 'closed') and coalesce(approved_date, date) between $start and $end order by application_id"""

ADJUSTMENTS = """
select adjustment_id, employee_id, amount as given, reason as note, 'adjustments' as _dataset, _file, _sheet, _row
from adjustments where quarter = $quarter order by adjustment_id"""

VOTES = """
select $year as year, nominee_type, nominee_id, sum(votes)::double as votes, any_value(story) as story
from votes where date_part('year', date) = $year::int and $fourth group by all order by all"""

QUERIES = {"milestones": MILESTONES, "project_members": MEMBERS, "squad_skus": SKUS, "choices": CHOICES,
           "applications": APPLICATIONS, "adjustments": ADJUSTMENTS, "votes": VOTES}


def read(con, period: Period) -> dict[str, pd.DataFrame]:
    """The populations of a quarter that are rows of the stored tables (amounts in yuan, shares as fractions)."""
    places = {"start": period.start, "end": period.end, "quarter": period.label, "year": str(period.start.year),
              "fourth": period.label.endswith("Q4"), "first_month": f"{period.start:%Y-%m}", "last_month": f"{period.end:%Y-%m}"}
    found = {name: rows(con, sql, places) for name, sql in QUERIES.items()}
    found["tranches"] = _tranches(rows(con, GRANTS, places), period)
    found["redemptions"] = _redemptions(rows(con, POINTS, places), period)
    segments = people.segments(con, period)
    found["person_days"] = person_days(segments)
    found["at_end"] = segments[segments["to_date"].eq(pd.Timestamp(period.end))].reset_index(drop=True)
    found["squads"] = con.execute("select team_id from teams where kind = 'squad'").df()
    return found


def rows(con, sql: str, places: dict) -> pd.DataFrame:
    """The rows of a query; what is missing in a number is NaN, also where all of it is, which DuckDB answers as nullable
    integers: those compare to a third truth value that no rule knows."""
    frame = con.execute(sql, {name: value for name, value in places.items() if f"${name}" in sql}).df()
    return frame.astype({name: float for name, kind in frame.dtypes.items() if isinstance(kind, pd.Int64Dtype | pd.Int32Dtype)})


def person_days(segments: pd.DataFrame) -> pd.DataFrame:
    """Days of the quarter that each person was assigned to each team itself."""
    covered = segments[segments["covered"]]
    first = covered.drop_duplicates(["team_id", "employee_id"])
    days = covered.groupby(["team_id", "employee_id"], as_index=False)["days"].sum().rename(columns={"days": "person_days"})
    return days.merge(first[["team_id", "employee_id", "_file", "_sheet", "_row"]], on=["team_id", "employee_id"])


def _anniversary(day: date, years: int) -> date:
    last = 28 if (day.month, day.day) == (2, 29) and (day.year + years) % 4 else day.day
    return date(day.year + years, day.month, last)


def _tranches(grants: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The tranches whose date is in the period: units ÷ years in whole units, what is left goes to the later ones."""
    rows = []
    for grant in grants.to_dict("records"):
        years, granted = int(grant["years"]), pd.Timestamp(grant["grant_date"]).date()
        number = next((n for n in range(1, years + 1) if period.start <= _anniversary(granted, n) <= period.end), None)
        if number:
            day, each, left = _anniversary(granted, number), *divmod(grant["units"], years)
            last = grant["units"] - each * years - np.floor(left) if number == years else 0.0
            joined, gone, when = grant["hire_date"], grant["leave_date"], pd.Timestamp(day)
            employed = pd.notna(joined) and joined <= when and (pd.isna(gone) or gone >= when)
            rows.append(grant | {"number": number, "date": when, "employed": bool(employed),
                                 "tranche_units": each + (number > years - int(left)) + last})
    frame = pd.DataFrame(rows, columns=[*grants.columns, "number", "date", "employed", "tranche_units"])
    growth, lift = frame["ltv_growth_min"].astype(float), frame["repurchase_lift_min"].astype(float)
    # `10` and `10%` both mean ten per cent, `2` and `2%` both two points: no grant asks for a growth of 100 % or more,
    # none for a lift below a fifth of a point.
    return frame.assign(ltv_growth_min=growth.where(growth.abs() < 1, growth / 100),
                        repurchase_lift_min=lift.where(lift.abs() >= 0.2, lift * 100),
                        employed=frame["employed"].astype(bool), tranche_units=frame["tranche_units"].astype(float))


def _redemptions(history: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The redemptions of the period with the balance before each: all history counts, within a day earnings first, then
    redemptions, smallest first; one beyond the balance takes nothing."""
    balances: dict[str, float] = {}
    before, accepted = [], []
    for person, kind, points in zip(*(history[name].tolist() for name in ("employee_id", "kind", "points")), strict=True):
        balance = balances.get(person, 0.0)
        takes = kind != "earned"
        fits = not takes or round(points, 9) <= round(balance, 9)
        before.append(balance)
        accepted.append(fits)
        balances[person] = balance + (-points if takes and fits else 0.0 if takes else points)
    told = history.assign(balance=np.array(before, float), accepted=np.array(accepted, bool))
    inside = pd.to_datetime(told["date"]).between(pd.Timestamp(period.start), pd.Timestamp(period.end))
    return told[inside & told["kind"].ne("earned")].reset_index(drop=True)


def own_teams(con, values: pd.DataFrame, additive: frozenset, measure_alone) -> pd.DataFrame:
    """metric, team_id, value of each team itself, its sub-teams left out; `measure_alone` measures the teams that have
    some, where one of them sells itself."""
    teams = values[values["subject_type"].eq("team") & values["metric"].isin(additive)]
    parents = {row[0] for row in con.execute("select distinct ancestor from team_tree where ancestor <> team_id").fetchall()}
    selling = {row[0] for row in con.execute("select team_id from orders union select team_id from team_months"
                                             " union select team_id from ownership").fetchall()}
    leaves = _by_team(teams[~teams["subject_id"].isin(parents)])
    if not teams["subject_id"].isin(parents & selling).any():
        return leaves
    alone = measure_alone(frozenset(parents))
    return pd.concat([leaves, _by_team(alone[alone["metric"].isin(additive)])], ignore_index=True)


def _by_team(values: pd.DataFrame) -> pd.DataFrame:
    return values.rename(columns={"subject_id": "team_id"})[["metric", "team_id", "value"]].reset_index(drop=True)


def graded(choices: pd.DataFrame, grades: pd.DataFrame) -> pd.DataFrame:
    """The chosen benefits with the person's grade of the quarter before, whether it is open, and where it was uploaded."""
    before = grades[grades["back"].eq(1)].drop_duplicates("employee_id").set_index("employee_id")
    told, places = before.reindex(choices["employee_id"]), [name for name in ("_file", "_sheet", "_row") if name in before]
    return added(choices, {"grade_before": told["grade"].to_numpy(object), "grade_open": told["open"].eq(True).to_numpy(bool),
                           **{f"_grade_before{place}": told[place].array for place in places}})


def growth(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """One row: the company's ltv and repurchase now and the year before, ltv_growth (fraction) and repurchase_lift (points)
    between them; NaN where one is unknown."""
    def row(values: pd.DataFrame, metric: str) -> dict:
        found = values[values["metric"].eq(metric) & values["subject_type"].eq("company")]
        return found.iloc[0].to_dict() if len(found) else {}

    def company(values: pd.DataFrame, metric: str) -> float:
        return float(row(values, metric).get("value", np.nan))

    def history(values: pd.DataFrame) -> float:
        said = str(row(values, "ltv").get("note", "")).removeprefix("short_history:")
        return float(said) if said.isdigit() else np.nan
    ltv, ltv_before = company(now, "ltv"), company(before, "ltv")
    bought, bought_before = company(now, "repurchase_rate"), company(before, "repurchase_rate")
    return pd.DataFrame([{"ltv": ltv, "ltv_days": history(now), "ltv_before": ltv_before, "ltv_before_days": history(before),
                          "ltv_growth": ltv / ltv_before - 1 if ltv_before else np.nan,
                          "repurchase": bought, "repurchase_before": bought_before,
                          "repurchase_lift": (bought - bought_before) * 100}])
