"""The three dimensions: what each metric, dimension and the overall come to, and what moved them (方案 四（二）)."""

import numpy as np
import pandas as pd

SUBJECT = ["subject_type", "subject_id"]
OVERALL = "overall"
INDIVIDUAL = "individual"


def lines(plan: dict, evaluated: pd.DataFrame) -> pd.DataFrame:
    """One row per subject × dimension × metric, measured or not, in the order of the plan: the company and each team in
    all dimensions, each person in the individual one. Beside what `quarter.evaluate` says of the metric:
    `weight`; `missing`, why it does not count ("" where it does: no_value, hidden, no_target, …); `part`, the points it gives
    to its dimension's index = weight × score ÷ the covered weight (NaN where it does not count); `covered_weight`."""
    subjects = evaluated[SUBJECT].drop_duplicates()
    subjects = subjects[subjects["subject_type"].isin(["company", "team", "employee"])]
    weighed = pd.DataFrame([(dimension, metric, weight) for dimension, said in plan["dimensions"].items()
                            for metric, weight in said["weights"].items()], columns=["dimension", "metric", "weight"])
    grid = subjects.merge(weighed, how="cross")
    grid = grid[grid["subject_type"].ne("employee") | grid["dimension"].eq(INDIVIDUAL)]
    grid["place"] = range(len(grid))
    found = grid.merge(evaluated, on=[*SUBJECT, "metric"], how="left").sort_values("place", ignore_index=True)
    found["hidden"] = found["hidden"].eq(True)
    found["missing"] = found["missing"].where(found["missing"].notna(), "no_value").mask(found["hidden"], "hidden")
    counted = found["weight"].where(found["score"].notna() & ~found["hidden"], 0.0)
    found["covered_weight"] = counted.groupby([found[name] for name in [*SUBJECT, "dimension"]], dropna=False
                                              ).transform("sum").round(9)
    found["part"] = (counted * found["score"] / found["covered_weight"]).where(counted > 0)
    return found.drop(columns="place")


def indices(plan: dict, told: pd.DataFrame) -> pd.DataFrame:
    """One row per subject × dimension, and one `overall` per company and team: `index` (0–120 points, NaN where nothing
    counts), `covered_weight` (share of the weights that count), `counted` (whether it reaches the plan's minimum: below it the
    index is shown grey and left out of the overall). The overall is renormalised over the dimensions that count."""
    grouped = told.groupby([*SUBJECT, "dimension"], dropna=False, sort=False)
    own = pd.DataFrame({"index": grouped["part"].sum(min_count=1), "covered_weight": grouped["covered_weight"].first()})
    own = own.reset_index()
    own["index"] = own["index"].round(9)
    own["counted"] = own["index"].notna() & (own["covered_weight"] >= plan["covered_minimum"])
    shared = own[own["subject_type"].ne("employee")]
    weight = shared["dimension"].map(plan["evaluation"]["weights"]).astype(float).where(shared["counted"], 0.0)
    sums = pd.DataFrame({"weight": weight, "points": weight * shared["index"].fillna(0)}).groupby(
        [shared[name] for name in SUBJECT], dropna=False, sort=False).sum()
    overall = pd.DataFrame({"index": (sums["points"] / sums["weight"].where(sums["weight"] > 0)).round(9),
                            "covered_weight": sums["weight"].round(9)}).reset_index()
    overall = overall.assign(dimension=OVERALL, counted=overall["index"].notna())
    frame = pd.concat([own, overall], ignore_index=True)
    return frame[[*SUBJECT, "dimension", "index", "covered_weight", "counted"]]


def contributions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What each metric moved its dimension's index by, in points, from one quarter's `lines` to another's: columns of the
    subject, dimension, metric, `before`, `after` (its parts, 0 where it does not count), `change`, and `reason`, why a metric
    counts in one of them only ("appeared", "gone", else ""). The changes of a dimension add up to the change of its index.
    Only dimensions with an index in both quarters are there."""
    key = [*SUBJECT, "dimension", "metric"]
    both = after[[*key, "part", "missing"]].merge(before[[*key, "part", "missing"]], on=key, how="outer",
                                                  suffixes=("_after", "_before"), sort=False)
    dimension = [both[name] for name in key[:3]]
    known = np.logical_and(*(both[side].notna().groupby(dimension, dropna=False).transform("any")
                             for side in ("part_before", "part_after")))
    both = both[known].copy()
    both["reason"] = np.select([both["part_before"].isna() & both["part_after"].notna(),
                                both["part_before"].notna() & both["part_after"].isna()], ["appeared", "gone"], "")
    both["before"], both["after"] = both["part_before"].fillna(0.0), both["part_after"].fillna(0.0)
    both["change"] = both["after"] - both["before"]
    return both[[*key, "before", "after", "change", "reason"]].reset_index(drop=True)


def overall_contributions(plan: dict, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What each dimension moved the overall by, from one quarter's `indices` to another's: subject, dimension, `before`,
    `after` (points it gives to the overall, 0 where it is left out), `change`; they add up to the change of the overall."""
    key = [*SUBJECT, "dimension"]
    sides = []
    for name, frame in (("before", before), ("after", after)):
        parts = frame[frame["dimension"].ne(OVERALL) & frame["subject_type"].ne("employee")]
        weight = parts["dimension"].map(plan["evaluation"]["weights"]).astype(float).where(parts["counted"], 0.0)
        total = weight.groupby([parts[column] for column in SUBJECT], dropna=False).transform("sum")
        sides.append(parts[key].assign(**{name: (weight * parts["index"] / total).where(weight > 0)}))
    both = sides[1].merge(sides[0], on=key, how="outer", sort=False)
    subject = [both[name] for name in SUBJECT]
    known = np.logical_and(*(both[side].notna().groupby(subject, dropna=False).transform("any") for side in ("before", "after")))
    both = both[known].fillna({"before": 0.0, "after": 0.0})
    return both.assign(change=both["after"] - both["before"])[[*key, "before", "after", "change"]].reset_index(drop=True)


def pooled(told: pd.DataFrame) -> pd.DataFrame:
    """The `lines` of one subject over several quarters as one row per metric: `value`, the ratio of the sums of the quarters
    that have the figure (an additive metric: its mean quarter), their `denominator` and `n` summed, `quarters`, how many
    they are. A quarter without the figure or with a hidden one is left out, never counted as 0."""
    known = told[told["value"].notna() & ~told["hidden"]].drop_duplicates(["metric", "quarter"])
    weighed = known.assign(points=known["value"] * known["denominator"])
    sums = weighed.groupby("metric", sort=False).agg(points=("points", "sum"), denominator=("denominator", "sum"),
                                                     n=("n", "sum"), quarters=("quarter", "nunique"))
    return sums.assign(value=sums["points"] / sums["denominator"]).drop(columns="points").reset_index()
