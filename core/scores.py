"""Attainment, curve, scorecard: from measured values and targets to a score per assignment (spec: scores)."""

import numpy as np
import pandas as pd

from core import plan as plans
from core.lookup import aim, place, unusable
from core.periods import Period


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
          bonus: pd.Series | None = None, placed: tuple | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(one row per assignment with score, provisional, covered_weight, state, grade; one row per assignment × metric of
    its card with level, value, target, floor, attainment, score, weight, missing). `placed`: what `place` answers for the
    same people, values and targets, where it is known."""
    cards = plans.weights(plan, period)
    people, lines, which = placed or place(*cards_of(plan, period, people), period, people, values, targets, parents)
    weights = np.array([weight for card in cards.values() for weight in card.values()], float)
    lines = _scored(plan, lines.assign(weight=weights[which]))
    return _totals(plan, people.copy(), lines, last, releases or {}, bonus), lines


def cards_of(plan: dict, period: Period, people: pd.DataFrame) -> tuple[tuple, tuple]:
    """What `place` needs of a plan, no number in it: per pair of role and team its card and whether its figures are the
    company's; per card its metrics."""
    held = tuple((role, team, plans.card_of(plan, role, team, period),
                  plan["roles"].get(role, {}).get("scorecard") == "company" and not plan.get("teams", {}).get(team))
                 for role, team in people[["role", "team_id"]].drop_duplicates().itertuples(index=False))
    return held, tuple((card, tuple(metrics)) for card, metrics in plans.weights(plan, period).items())


def again(plan: dict, people: pd.DataFrame, lines: pd.DataFrame, releases: dict, bonus: pd.Series) -> pd.DataFrame:
    """The people of `score` with the scores that other values in their lines give; `segment` is the people's index."""
    return _totals(plan, people.copy(), _scored(plan, lines.copy()), None, releases, bonus)


def _scored(plan: dict, lines: pd.DataFrame) -> pd.DataFrame:
    lines["missing"] = np.select([lines["value"].isna(), lines["target"].isna()], ["no_value", "no_target"], unusable(lines))
    held = lines["missing"] == ""
    with np.errstate(divide="ignore", invalid="ignore"):
        lines["attainment"] = attainment(lines["value"], lines["target"], lines["floor"]).where(held)
    curves, attained, score = _curve_names(plan, lines), lines["attainment"].to_numpy(), np.full(len(lines), np.nan)
    for curve in set(curves):
        score[curves == curve] = curve_score(plan["curves"][curve], attained[curves == curve])
    lines["score"] = score.round(9)
    return lines


def _curve_names(plan: dict, lines: pd.DataFrame) -> np.ndarray:
    own = {(card, metric): curve for card, said in plan["scorecards"].items() for metric, curve in said.get("curves", {}).items()}
    if not own:
        return np.full(len(lines), "default", object)
    return np.array([own.get(pair, "default") for pair in zip(lines["scorecard"], lines["metric"], strict=True)], object)


def _totals(plan: dict, people: pd.DataFrame, lines: pd.DataFrame, last, releases: dict, bonus) -> pd.DataFrame:
    counted = lines["weight"].where(lines["score"].notna(), 0.0)
    by_segment = pd.DataFrame({"covered_weight": counted, "points": (counted * lines["score"].fillna(0))}
                              ).groupby(lines["segment"]).sum().reindex(people.index)
    covered = by_segment["covered_weight"].fillna(0).round(9)
    points = by_segment["points"].fillna(0)
    support = people["employee_id"].map(bonus).astype(float) if bonus is not None and len(bonus) else 0.0
    with_bonus = people["scorecard"].isin([card for card, said in plan["scorecards"].items() if said.get("bonus_points")])
    extra = pd.Series(support, index=people.index).fillna(0).clip(upper=plan["bonus_points_cap"]).where(with_bonus, 0.0)
    whole = _cut(plan, points + extra)
    renormalised = _cut(plan, points / covered.where(covered > 0) + extra)
    complete, held = covered >= 1, covered < plan["covered_minimum"]
    answers = people["employee_id"].map(releases) if releases else pd.Series(None, people.index, dtype="str")
    released = answers.fillna(plan["missing"]).where(~complete & ~held, "")
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


def grades_of(plan: dict, scores) -> np.ndarray:
    """The best grade whose bar each score reaches; None without a score."""
    scores = np.round(np.asarray(scores, float), 9)
    bars = sorted(plan["grades"].items(), key=lambda item: -item[1])
    return np.select([scores >= bar for _, bar in bars], [grade for grade, _ in bars], None)


def _grades(plan: dict, people: pd.DataFrame) -> np.ndarray:
    """A person's grade: of the mean of the assignments' scores by days, only when all of them are final."""
    by_person = people["employee_id"]
    weighted = (people["score"] * people["days"]).groupby(by_person).transform("sum", min_count=1)
    complete = people["score"].notna().groupby(by_person).transform("all")
    return grades_of(plan, (weighted / people["days"].groupby(by_person).transform("sum")).where(complete))


def against_targets(plan: dict, period: Period, values: pd.DataFrame, targets: pd.DataFrame,
                    belongs: pd.DataFrame) -> pd.DataFrame:
    """Every measured row with target, benchmark and score as the evaluation reads them (targets as `lookup.aim` finds
    them). Values never fall back to another level."""
    return _scored(plan, aim(values, targets, belongs, period).assign(scorecard=""))
