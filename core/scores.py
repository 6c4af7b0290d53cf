"""Attainment, curve, scorecard: from measured values and targets to a score per assignment (spec: scores)."""

import numpy as np
import pandas as pd

from core import lookup
from core import plan as plans
from core.columns import added, chosen
from core.lookup import unusable
from core.periods import Period

# How missing figures may be answered: covered weights as the whole, missing ones at 0, the quarter before.
ANSWERS = ("renormalise", "zero", "last")


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
    """(one row per assignment with score, provisional, covered_weight, state, and of the person person_score and grade; one
    row per assignment × metric of its card with level, value, target, floor, attainment, score, weight, missing). `placed`:
    what `place` answers for the same people, values and targets, where it is known."""
    cards = plans.weights(plan, period)
    people, lines, which = placed or place(*cards_of(plan, period, posts(people)), period, people, values, targets, parents)
    weights = np.array([weight for card in cards.values() for weight in card.values()], float)
    lines = _scored(plan, lines, {"weight": weights[which]})
    return _totals(plan, people, lines, last, releases or {}, bonus), lines


def place(held: tuple, cards: tuple, period: Period, people: pd.DataFrame, values: pd.DataFrame, targets: pd.DataFrame,
          parents: dict) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """`lookup.place` with the attainment of each line: all of a score that no weight and no curve changes."""
    people, lines, which = lookup.place(held, cards, period, people, values, targets, parents)
    return people, added(lines, _attained(lines)), which


def posts(people: pd.DataFrame) -> list[tuple[str, str]]:
    """The pairs of role and team in which anybody is."""
    return list(people[["role", "team_id"]].drop_duplicates().itertuples(index=False, name=None))


def cards_of(plan: dict, period: Period, filled: list[tuple[str, str]]) -> tuple[tuple, tuple]:
    """What `place` needs of a plan, no number in it: per post its role and team, its card and whether its figures are the
    company's; per card its metrics."""
    held = tuple((role, team, plans.card_of(plan, role, team, period),
                  plan["roles"].get(role, {}).get("scorecard") == "company" and not plan.get("teams", {}).get(team))
                 for role, team in filled)
    return held, tuple((card, tuple(metrics)) for card, metrics in plans.weights(plan, period).items())


def again(plan: dict, people: pd.DataFrame, lines: pd.DataFrame, releases: dict, bonus: pd.Series) -> pd.DataFrame:
    """The people of `score` with the scores that other values in their lines give; `segment` is the people's index."""
    return _totals(plan, people, _scored(plan, added(lines, _attained(lines))), None, releases, bonus)


def _attained(lines: pd.DataFrame) -> dict:
    """Columns: `missing`, why a line cannot be scored, '' where it can; `attainment`."""
    value, target, floor = (lines[name].to_numpy(float) for name in ("value", "target", "floor"))
    crossed = unusable(lines)
    why = ["no_value", "no_target", "target_is_floor", "floor_on_good_side"]
    missing = chosen([np.isnan(value), np.isnan(target), *(crossed == word for word in why[2:])], why, "")
    with np.errstate(divide="ignore", invalid="ignore"):
        attained = attainment(value, target, floor)
    return {"missing": missing, "attainment": np.where(missing == "", attained, np.nan)}


def _scored(plan: dict, lines: pd.DataFrame, columns: dict | None = None) -> pd.DataFrame:
    attained, score = lines["attainment"].to_numpy(float), np.full(len(lines), np.nan)
    own = {(card, metric): curve for card, said in plan["scorecards"].items() for metric, curve in said.get("curves", {}).items()}
    pairs = zip(lines["scorecard"], lines["metric"], strict=True) if own else ()
    curves = np.array([own.get(pair, "default") for pair in pairs] or ["default"] * len(lines), object)
    for curve in set(curves):
        score[curves == curve] = curve_score(plan["curves"][curve], attained[curves == curve])
    return added(lines, (columns or {}) | {"score": score.round(9)})


def _totals(plan: dict, people: pd.DataFrame, lines: pd.DataFrame, last, releases: dict, bonus) -> pd.DataFrame:
    segment, score = people.index.get_indexer(lines["segment"]), lines["score"].to_numpy(float)
    known = ~np.isnan(score)
    counted = np.where(known, lines["weight"].to_numpy(float), 0.0)
    covered = np.bincount(segment, counted, len(people)).round(9)
    points = np.bincount(segment, counted * np.where(known, score, 0.0), len(people))
    extra = _bonus(plan, people, bonus)
    whole, renormalised = _cut(plan, points + extra), _cut(plan, points / np.where(covered > 0, covered, np.nan) + extra)
    complete, held = covered >= 1, covered < plan["covered_minimum"]
    answers = _of_each(people["employee_id"], releases, object)
    released = np.where(complete | held, "", np.where(pd.isna(answers), plan["missing"], answers))
    answered = [released == answer for answer in ANSWERS]
    final = np.select([complete, held, *answered],
                      [whole, np.nan, renormalised, whole, _of_each(people["employee_id"], last, float)], np.nan)
    open_, mean = np.isnan(final), _means(people, final)
    return added(people, {
        "covered_weight": covered, "bonus_points": extra, "score": final,
        "provisional": np.where(open_ & ~held, renormalised, np.nan),
        "state": chosen([held, open_], ["held", "provisional"], "final"),
        "released": chosen([open_, *answered], ["", *ANSWERS], ""),
        "person_score": mean, "grade": pd.array(grades_of(plan, mean), dtype="str")})


def _of_each(employees: pd.Series, told, kind: type) -> np.ndarray:
    """What is told of each person (by employee_id); missing where nothing is."""
    if told is None or not len(told):
        return np.full(len(employees), np.nan, kind)
    return employees.map(told).to_numpy(kind, na_value=np.nan)


def _bonus(plan: dict, people: pd.DataFrame, bonus) -> np.ndarray:
    """Points of those on a card that gives some, at most the cap; 0 for all others."""
    cards = [card for card, said in plan["scorecards"].items() if said.get("bonus_points")]
    entitled, extra = people["scorecard"].isin(cards).to_numpy(bool), np.zeros(len(people))
    points = _of_each(people["employee_id"][entitled], bonus, float)
    extra[entitled] = np.nan_to_num(np.minimum(points, plan["bonus_points_cap"]))
    return extra


def _cut(plan: dict, scores: np.ndarray) -> np.ndarray:
    return np.clip(scores.round(9), 0, plan["score_cap"])


def grades_of(plan: dict, scores) -> np.ndarray:
    """The best grade whose bar each score reaches; None without a score."""
    scores = np.round(np.asarray(scores, float), 9)
    bars = sorted(plan["grades"].items(), key=lambda item: -item[1])
    return np.select([scores >= bar for _, bar in bars], [grade for grade, _ in bars], None)


def _means(people: pd.DataFrame, score: np.ndarray) -> np.ndarray:
    """Each person's score, which the grade is of: the mean of the assignments' scores by days, only when all are final."""
    person, names = pd.factorize(people["employee_id"])
    days = people["days"].to_numpy(float)
    return (np.bincount(person, score * days, len(names)) / np.bincount(person, days, len(names))).round(9)[person]


def against_targets(plan: dict, period: Period, values: pd.DataFrame, targets: pd.DataFrame,
                    belongs: pd.DataFrame) -> pd.DataFrame:
    """Every measured row with target, benchmark and score as the evaluation reads them (targets as `lookup.aim` finds
    them). Values never fall back to another level."""
    lines = lookup.aim(values, targets, belongs, period)
    return _scored(plan, added(lines, _attained(lines) | {"scorecard": ""}))
