"""The metrics of people computed a second time in plain pandas over random small companies: every subject, month, quarter."""

import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from core import metrics, periods
from core import plan as plans

PARENTS = {"T1": None, "T2": "T1", "T3": "T2", "T4": None}
PERIODS = [periods.month("2026-06"), periods.month("2026-08"), periods.quarter("2026Q2"), periods.quarter("2026Q3")]
SKILLS, LEVELS, ROLES = ("甲", "乙", "丙"), ("junior", "middle"), ("design", "operations")


def days(rng, first=date(2026, 4, 1), last=date(2026, 10, 1)):
    edges = [p.start for p in PERIODS] + [p.end for p in PERIODS]
    return rng.choice(edges) if rng.random() < 0.4 else first + timedelta(rng.randrange((last - first).days))


def company(seed: int) -> dict[str, pd.DataFrame]:
    """Tables of a random company; half of the people change team once."""
    rng = random.Random(seed)
    staff, moves = [], []
    for number in range(8):
        name, leaves = f"E{number}", days(rng) if rng.random() < 0.3 else None
        staff.append([name, name, rng.choice(ROLES), rng.choice(LEVELS), rng.choice(list(PARENTS)), date(2026, 1, 1), leaves])
        if rng.random() < 0.5:
            for start in sorted({date(2026, 1, 1), days(rng)}):
                moves.append([name, start, rng.choice(ROLES), rng.choice(LEVELS), rng.choice(list(PARENTS))])
    people = [row[0] for row in staff]
    assessed = {(days(rng), rng.choice(people), rng.choice(SKILLS)): [rng.choice((0, 1, 1.5, 2, 3)), rng.choice(("yes", "no"))]
                for _ in range(40)}
    standard = {(role, level, skill): rng.choice((1, 1.5, 2)) for role in ROLES for level in LEVELS for skill in SKILLS
                if rng.random() < 0.7}
    due = [[f"P{p}", m, rng.choice((1, 2)), rng.choice((1, 2, None)), rng.choice(("higher", "lower")), days(rng)]
           for p in range(3) for m in ("presale", "final_payment", "after_sales")]
    return {
        "teams": pd.DataFrame([(t, t, p) for t, p in PARENTS.items()], columns=["team_id", "name", "parent_team"]),
        "employees": pd.DataFrame(staff, columns=["employee_id", "name", "role", "level", "team_id", "hire_date", "leave_date"]),
        "assignments": pd.DataFrame(moves, columns=["employee_id", "from_date", "role", "level", "team_id"]),
        "skill_assessments": pd.DataFrame([[*key, *rest] for key, rest in assessed.items()],
                                          columns=["date", "employee_id", "skill", "level", "certified"]),
        "skill_standards": pd.DataFrame([[*key, need] for key, need in standard.items()],
                                        columns=["role", "stage", "skill", "required_level"]),
        "milestones": pd.DataFrame(due, columns=["project_id", "milestone", "target", "actual", "better", "due_date"]),
        "project_members": pd.DataFrame([[f"P{p}", who, 0.5] for p in range(3) for who in rng.sample(people, 3)],
                                        columns=["project_id", "employee_id", "share"]),
        "feedback": pd.DataFrame([[days(rng), rng.choice(list(PARENTS)), rng.choice(("incentive_complaint", "negative_review")),
                                   rng.randint(0, 3)] for _ in range(12)], columns=["date", "team_id", "kind", "count"])}


def home(tables, period) -> pd.DataFrame:
    """employee_id → role, level, team_id on the last day employed in the period."""
    rows = {}
    for person in tables["employees"].itertuples():
        last = min(person.leave_date or period.end, period.end)
        if last >= period.start:
            posts = tables["assignments"].query("employee_id == @person.employee_id and from_date <= @last")
            post = posts.sort_values("from_date").iloc[-1] if len(posts) else person
            rows[person.employee_id] = (post.role, post.level, post.team_id)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["role", "level", "team_id"])


def personal(tables, period) -> list[tuple]:
    """(metric, employee, numerator, denominator) of everybody employed in the period who has the metric."""
    told, where = [], home(tables, period)
    for who in where.index:
        role, level, _ = where.loc[who]
        mine = tables["skill_assessments"].query("employee_id == @who").sort_values("date")
        now, before = ({row.skill: row for row in mine[mine["date"] <= end].itertuples()}
                       for end in (period.end, period.start - timedelta(1)))
        if before:
            grown = sum(now[s].level - before[s].level for s in before)
            told.append(("skill_growth", who, grown, sum(row.level for row in before.values())))
        if now:
            told.append(("certification_rate", who, sum(row.certified == "yes" for row in now.values()), len(now)))
            standard = tables["skill_standards"]
            asked = standard[standard["role"].eq(role) & standard["stage"].eq(level)]
            met = [s.skill in now and now[s.skill].level >= s.required_level for s in asked.itertuples()]
            told.append(("skill_coverage", who, sum(met), len(met)))
        joined = set(tables["project_members"].query("employee_id == @who")["project_id"])
        results = [row.actual >= row.target if row.better == "higher" else row.actual < row.target
                   for row in tables["milestones"].itertuples()
                   if row.project_id in joined and period.start <= row.due_date <= period.end and pd.notna(row.actual)]
        told.append(("project_success", who, sum(results), len(results)))
    return told


def above(team) -> list:
    return [team, *above(PARENTS[team])] if team else []


def expected(tables, period) -> dict:
    """(metric, subject_type, subject_id) → [numerator, denominator], summed over the people of each subject."""
    where, sums = home(tables, period), {}
    for metric, who, numerator, denominator in personal(tables, period):
        post = where.loc[who]
        for subject in [("company", None), ("role", post.role), ("employee", who), *(("team", t) for t in above(post.team_id))]:
            held = sums.setdefault((metric, *subject), [0.0, 0.0])
            held[0], held[1] = held[0] + numerator, held[1] + denominator
    if tables["feedback"]["date"].min() <= period.end:
        for metric in ("incentive_complaint", "negative_review"):
            for team in (None, *PARENTS):
                inside = tables["feedback"][tables["feedback"]["date"].between(period.start, period.end)]
                those = [not team or team in above(t) for t in inside["team_id"]]
                inside = inside[inside["kind"].eq(metric).to_numpy() & np.array(those, bool)]
                sums[f"{metric}s", "team" if team else "company", team] = [inside["count"].sum(), 1.0]
    return {key: held for key, held in sums.items() if held[1]}


@pytest.mark.parametrize("seed", range(4))
def test_every_figure_of_people_is_what_pandas_makes_of_the_same_rows(stored, seed):
    tables = company(seed)
    store = stored(**{name: frame.to_csv(index=False) for name, frame in tables.items()})
    for period in PERIODS:
        wanted = expected(tables, period)
        names = {"skill_growth", "skill_coverage", "certification_rate", "project_success", "incentive_complaints",
                 "negative_reviews"}
        found = metrics.measure(store.cursor(), period, plans.default()["definitions"], names)
        found = found[found["metric"].isin(names)]
        told = {(row.metric, row.subject_type, row.subject_id): [row.numerator, row.denominator] for row in found.itertuples()}
        assert len(wanted) > 20 and {key: pytest.approx(value) for key, value in wanted.items()} == told, (seed, period.label)
