"""Attainment, curve, scorecard: from measured values and targets to a score per assignment (spec: scores)."""

import numpy as np
import pandas as pd

from core import plan as plans
from core.metrics import METRICS
from core.periods import Period

READ = ["value", "numerator", "denominator", "n"]
AIMED = ["target", "floor", "benchmark", "_file", "_sheet", "_row"]


def attainment(value, target, floor):
    """(value − floor) ÷ (target − floor), for both directions; arrays or numbers."""
    return (value - floor) / (target - floor)


def curve_score(points: list, attained):
    """Score at an attainment: piecewise linear, flat outside; at a jump the upper point holds."""
    xs, ys = np.array(points, float).T
    attained = np.asarray(attained, float)
    exact = np.searchsorted(xs, attained, side="right") - 1
    scored = np.interp(attained, xs, ys)
    at_point = (exact >= 0) & (xs[np.clip(exact, 0, None)] == attained)
    return np.where(np.isnan(attained), np.nan, np.where(at_point, ys[np.clip(exact, 0, None)], scored))


def score(plan: dict, period: Period, people: pd.DataFrame, values: pd.DataFrame, targets: pd.DataFrame,
          parents: dict, last: pd.Series | None = None, releases: dict | None = None,
          bonus: pd.Series | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(one row per assignment with score, provisional, covered_weight, state, grade; one row per assignment × metric of
    its card with level, value, target, floor, attainment, score, weight, missing)."""
    cards = plans.weights(plan, period)
    people = people.reset_index(drop=True)
    company = [plan["roles"].get(r, {}).get("scorecard") == "company" and not plan.get("teams", {}).get(t)
               for r, t in zip(people["role"], people["team_id"], strict=True)]
    people = people.assign(scorecard=[plans.card_of(plan, r, t, period) for r, t in
                                      zip(people["role"], people["team_id"], strict=True)], on_company=company)
    lines = _lines(people, cards)
    lines = _read_values(lines, values, parents)
    lines = _read_targets(lines, targets, parents, period)
    lines = _scored(plan, lines)
    return _totals(plan, people, lines, last, releases or {}, bonus), lines


def _lines(people: pd.DataFrame, cards: dict) -> pd.DataFrame:
    weights = pd.DataFrame([(card, metric, weight, i) for card, metrics in cards.items()
                            for i, (metric, weight) in enumerate(metrics.items())],
                           columns=["scorecard", "metric", "weight", "place"])
    segments = people[["employee_id", "from_date", "role", "team_id", "scorecard", "on_company"]]
    lines = segments.rename_axis("segment").reset_index().merge(weights, on="scorecard")
    return lines.sort_values(["segment", "place"]).reset_index(drop=True)


def _read_values(lines: pd.DataFrame, values: pd.DataFrame, parents: dict) -> pd.DataFrame:
    """The first level that has the metric: an employee metric the person's own; others team, parents, company (additive
    ones never from the company); a company card the company's own figures."""
    found = values[values["value"].notna()]
    table = {(m, t, s): i for m, t, s, i in zip(found["metric"], found["subject_type"], found["subject_id"],
                                               found.index, strict=True)}
    rows = [_where(table, *line, parents) for line in zip(lines["metric"], lines["on_company"], lines["employee_id"],
                                                          lines["team_id"], strict=True)]
    lines["level"] = [level for level, _ in rows]
    picked = values.reindex([row for _, row in rows])
    for column in [*READ, "subject_type", "subject_id"]:
        lines[column] = picked[column].to_numpy()
    return lines


def _where(table: dict, metric: str, on_company: bool, employee: str, team: str, parents: dict) -> tuple:
    declared = METRICS[metric]
    if on_company:
        steps = [("company", "company", None)]
    elif "employee" in declared.grain:
        steps = [("employee", "employee", employee)]
    else:
        steps = [("team", "team", team), *(("parent", "team", above) for above in parents.get(team, []))]
        steps += [] if declared.additive else [("company", "company", None)]
    for level, kind, subject in steps:
        if (metric, kind, subject) in table:
            return level, table[metric, kind, subject]
    return None, None


def _target_table(targets: pd.DataFrame) -> dict:
    subjects = [None if pd.isna(s) else s for s in targets["subject_id"]]
    return {(m, t, s): i for m, t, s, i in zip(targets["metric"], targets["subject_type"], subjects, targets.index,
                                              strict=True)}


def _read_targets(lines: pd.DataFrame, targets: pd.DataFrame, parents: dict, period: Period) -> pd.DataFrame:
    """The most specific target: employee, team, parents, role, company; a company card skips the teams, and a company
    target of an additive metric holds for the company only."""
    targets = targets.reset_index(drop=True)
    table, rows = _target_table(targets), []
    for metric, on_company, employee, team, role in zip(lines["metric"], lines["on_company"], lines["employee_id"],
                                                       lines["team_id"], lines["role"], strict=True):
        steps = [("employee", employee)]
        steps += [] if on_company else [("team", team), *(("team", above) for above in parents.get(team, []))]
        steps += [("role", role)]
        steps += [("company", None)] if on_company or not METRICS[metric].additive else []
        rows.append(next((table[metric, *step] for step in steps if (metric, *step) in table), None))
    return _aimed(lines, targets, rows, period)


def _aimed(frame: pd.DataFrame, targets: pd.DataFrame, rows: list, period: Period) -> pd.DataFrame:
    picked = targets.reindex(rows)
    for column in AIMED:
        frame[column] = picked[column].to_numpy()
    frame["target_level"] = picked["subject_type"].to_numpy()
    frame["target_subject"] = picked["subject_id"].to_numpy()
    additive = frame["metric"].map(lambda m: METRICS[m].additive).astype(bool)
    share = np.where(additive & (period.kind == "month"), period.days / period.quarter().days, 1.0)
    for column in ("target", "floor", "benchmark"):
        frame[column] = pd.to_numeric(frame[column])
    frame["target"], frame["floor"] = frame["target"] * share, frame["floor"] * share
    frame["floor"] = floors(frame)
    return frame


def floors(aims: pd.DataFrame) -> pd.Series:
    """The floor of each row of metric, target and floor: the given one, else 0, where lower is better twice the target; NaN
    without a target."""
    given = aims["floor"].where(aims["floor"].notna(), np.where(_lower(aims), 2 * aims["target"], 0.0))
    return given.where(aims["target"].notna())


def unusable(aims: pd.DataFrame) -> np.ndarray:
    """Why no score can be computed with each row of metric, target and (whole) floor: target_is_floor, floor_on_good_side;
    "" where one can, or where there is no target."""
    good_side = np.where(_lower(aims), aims["floor"] < aims["target"], aims["floor"] > aims["target"])
    return np.select([aims["floor"] == aims["target"], good_side], ["target_is_floor", "floor_on_good_side"], "")


def _lower(aims: pd.DataFrame) -> pd.Series:
    return aims["metric"].map(lambda m: METRICS[m].better == "lower").astype(bool)


def _scored(plan: dict, lines: pd.DataFrame) -> pd.DataFrame:
    lines["missing"] = np.select([lines["value"].isna(), lines["target"].isna()], ["no_value", "no_target"], unusable(lines))
    held = lines["missing"] == ""
    with np.errstate(divide="ignore", invalid="ignore"):
        lines["attainment"] = attainment(lines["value"], lines["target"], lines["floor"]).where(held)
    lines["score"] = np.nan
    for curve, which in lines.groupby(_curve_names(plan, lines)).groups.items():
        points = plan["curves"][curve]
        lines.loc[which, "score"] = curve_score(points, lines.loc[which, "attainment"])
    lines["score"] = lines["score"].round(9)
    return lines


def _curve_names(plan: dict, lines: pd.DataFrame) -> list[str]:
    cards = plan["scorecards"]
    return [cards.get(card, {}).get("curves", {}).get(metric, "default")
            for card, metric in zip(lines["scorecard"], lines["metric"], strict=True)]


def _totals(plan: dict, people: pd.DataFrame, lines: pd.DataFrame, last, releases: dict, bonus) -> pd.DataFrame:
    counted = lines["weight"].where(lines["score"].notna(), 0.0)
    by_segment = pd.DataFrame({"covered_weight": counted, "points": (counted * lines["score"].fillna(0))}
                              ).groupby(lines["segment"]).sum().reindex(people.index)
    covered = by_segment["covered_weight"].fillna(0).round(9)
    points = by_segment["points"].fillna(0)
    support = people["employee_id"].map(bonus).astype(float) if bonus is not None and len(bonus) else 0.0
    with_bonus = people["scorecard"].map(lambda c: bool(plan["scorecards"].get(c, {}).get("bonus_points"))).astype(bool)
    extra = pd.Series(support, index=people.index).fillna(0).clip(upper=plan["bonus_points_cap"]).where(with_bonus, 0.0)
    whole = _cut(plan, points + extra)
    renormalised = _cut(plan, points / covered.where(covered > 0) + extra)
    complete, held = covered >= 1, covered < plan["covered_minimum"]
    released = people["employee_id"].map(lambda e: releases.get(e, plan["missing"])).where(~complete & ~held, "")
    before = people["employee_id"].map(last).astype(float) if last is not None and len(last) else np.nan
    final = np.select([complete, held, released.eq("renormalise"), released.eq("zero"), released.eq("last")],
                      [whole, np.nan, renormalised, whole, before], np.nan)
    people["covered_weight"], people["bonus_points"], people["score"] = covered, extra, final
    people["provisional"] = renormalised.where(people["score"].isna() & ~held)
    people["state"] = np.select([held, people["score"].isna()], ["held", "provisional"], "final")
    people["released"] = released.where(people["score"].notna(), "")
    return people.assign(grade=_grades(plan, people))


def _cut(plan: dict, scores: pd.Series) -> pd.Series:
    return scores.round(9).clip(0, plan["score_cap"])


def grade_of(plan: dict, score: float) -> str | None:
    """The best grade whose bar the score reaches; None without a score."""
    if score is None or np.isnan(score):
        return None
    return max((bar, grade) for grade, bar in plan["grades"].items() if round(score, 9) >= bar)[1]


def _grades(plan: dict, people: pd.DataFrame) -> list:
    """A person's grade: of the mean of the assignments' scores by days, only when all of them are final."""
    weighted = (people["score"] * people["days"]).groupby(people["employee_id"]).sum(min_count=1)
    complete = people["score"].notna().groupby(people["employee_id"]).all()
    mean = (weighted / people.groupby("employee_id")["days"].sum()).where(complete).round(9)
    return [grade_of(plan, mean[employee]) for employee in people["employee_id"]]


def against_targets(plan: dict, period: Period, values: pd.DataFrame, targets: pd.DataFrame, parents: dict,
                    belongs: pd.DataFrame) -> pd.DataFrame:
    """Every measured row with target, benchmark and score as the evaluation reads them: a team's target is the team's or
    the company's, a person's their own, the team's, the role's or the company's; an additive company target holds for the
    company only. Values never fall back to another level."""
    targets, frame = targets.reset_index(drop=True), values.reset_index(drop=True).copy()
    table = _target_table(targets)
    home = {e: (t, r) for e, t, r in zip(belongs["employee_id"], belongs["team_id"], belongs["role"], strict=True)}
    rows = []
    for metric, kind, subject in zip(frame["metric"], frame["subject_type"], frame["subject_id"], strict=True):
        steps = [(kind, None if kind == "company" else subject)]
        if kind == "employee" and subject in home:
            steps += [("team", home[subject][0]), ("role", home[subject][1])]
        if kind != "company" and not METRICS[metric].additive:
            steps.append(("company", None))
        rows.append(next((table[metric, *step] for step in steps if (metric, *step) in table), None))
    frame = _aimed(frame, targets, rows, period).assign(scorecard="")
    scored = _scored(plan, frame)
    return scored
