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
    covered = people["covered"] if "covered" in people else pd.Series(True, people.index)
    card = {(r, t): plans.card_of(plan, r, t, period) for r, t in set(zip(people["role"], people["team_id"], strict=True))}
    cards_held = [card[pair] for pair in zip(people["role"], people["team_id"], strict=True)]
    people = people.assign(scorecard=pd.Series(cards_held, index=people.index, dtype=object).where(covered, None),
                           on_company=np.array(company, bool), covered=covered)
    lines = _lines(people, cards)
    lines = _read_values(lines, values, parents)
    lines = _read_targets(lines, targets, parents, period)
    lines = _scored(plan, lines)
    return _totals(plan, people, lines, last, releases or {}, bonus), lines


def again(plan: dict, people: pd.DataFrame, lines: pd.DataFrame, releases: dict, bonus: pd.Series) -> pd.DataFrame:
    """The people of `score` with the scores that other values in their lines give; `segment` is the people's index."""
    return _totals(plan, people.copy(), _scored(plan, lines.copy()), None, releases, bonus)


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
    found = values[values["value"].notna()].reset_index(drop=True)
    find = _finder(found)
    own, additive = lines["metric"].map(OWN).to_numpy(bool), lines["metric"].map(ADDITIVE).to_numpy(bool)
    company = lines["on_company"].to_numpy(bool)
    steps = [("employee", own & ~company, "employee", lines["employee_id"]),
             ("team", ~own & ~company, "team", lines["team_id"]),
             *(("parent", ~own & ~company, "team", above) for above in _above(lines["team_id"], parents)),
             ("company", company | (~own & ~additive), "company", None)]
    rows, levels = _first(lines, find, steps)
    lines["level"] = levels
    picked = found.reindex(rows)
    for column in [*READ, "subject_type", "subject_id"]:
        lines[column] = picked[column].to_numpy()
    return lines


OWN = {name: "employee" in metric.grain for name, metric in METRICS.items()}
ADDITIVE = {name: metric.additive for name, metric in METRICS.items()}
LOWER = {name: metric.better == "lower" for name, metric in METRICS.items()}


def _finder(table: pd.DataFrame):
    """A function (metric, kind, subjects or None) → row numbers of the table, −1 where there is none."""
    subjects = table["subject_id"].where(table["subject_id"].notna(), "")
    names = {subject: code for code, subject in enumerate(pd.unique(subjects))}
    metrics = {metric: code for code, metric in enumerate(pd.unique(table["metric"]))}
    kinds = {kind: code for code, kind in enumerate(pd.unique(table["subject_type"]))}

    def keyed(metric, kind, subject):
        wide = (metric.map(metrics).fillna(-1).to_numpy(np.int64) * (len(kinds) + 1) + kind) * (len(names) + 1)
        known = subject.map(names).fillna(-1).to_numpy(np.int64)
        return np.where((known < 0) | (wide < 0), -1, wide + known)

    keys = keyed(table["metric"], table["subject_type"].map(kinds).to_numpy(np.int64) if len(table) else 0, subjects)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]

    def find(metric: pd.Series, kind: str, subject: pd.Series | None) -> np.ndarray:
        if kind not in kinds or not len(ordered):
            return np.full(len(metric), -1)
        wanted = keyed(metric, kinds[kind], pd.Series("", metric.index) if subject is None else subject)
        place = np.searchsorted(ordered, wanted)
        hit = (place < len(ordered)) & (wanted >= 0)
        hit &= ordered[np.minimum(place, len(ordered) - 1)] == wanted
        return np.where(hit, order[np.minimum(place, len(ordered) - 1)], -1)
    return find


def _above(teams: pd.Series, parents: dict) -> list[pd.Series]:
    """The teams' parents, their parents, and so on."""
    depth = max((len(above) for above in parents.values()), default=0)
    return [teams.map({team: above[level] for team, above in parents.items() if len(above) > level}) for level in range(depth)]


def _first(lines: pd.DataFrame, find, steps: list) -> tuple[np.ndarray, np.ndarray]:
    """(row, level) of the first step that is open to a line and has a row; −1 and None where none has."""
    rows, levels = np.full(len(lines), -1), np.full(len(lines), None, object)
    for level, open_, kind, subject in steps:
        found = np.where((rows < 0) & open_, find(lines["metric"], kind, subject), -1)
        levels = np.where(found >= 0, level, levels)
        rows = np.where(found >= 0, found, rows)
    return rows, levels


def _read_targets(lines: pd.DataFrame, targets: pd.DataFrame, parents: dict, period: Period) -> pd.DataFrame:
    """The most specific target: employee, team, parents, role, company; a company card skips the teams, and a company
    target of an additive metric holds for the company only."""
    targets = targets.reset_index(drop=True)
    company, everyone = lines["on_company"].to_numpy(bool), np.ones(len(lines), bool)
    steps = [("employee", everyone, "employee", lines["employee_id"]), ("team", ~company, "team", lines["team_id"]),
             *(("team", ~company, "team", above) for above in _above(lines["team_id"], parents)),
             ("role", everyone, "role", lines["role"]),
             ("company", company | ~lines["metric"].map(ADDITIVE).to_numpy(bool), "company", None)]
    rows, _ = _first(lines, _finder(targets), steps)
    return _aimed(lines, targets, rows, period)


def _aimed(frame: pd.DataFrame, targets: pd.DataFrame, rows: list, period: Period) -> pd.DataFrame:
    picked = targets.reindex(rows)
    for column in AIMED:
        frame[column] = picked[column].to_numpy()
    frame["target_level"] = picked["subject_type"].to_numpy()
    frame["target_subject"] = picked["subject_id"].to_numpy()
    additive = frame["metric"].map(ADDITIVE).to_numpy(bool)
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


def _lower(aims: pd.DataFrame) -> np.ndarray:
    return aims["metric"].map(LOWER).to_numpy(bool)


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


def against_targets(plan: dict, period: Period, values: pd.DataFrame, targets: pd.DataFrame, parents: dict,
                    belongs: pd.DataFrame) -> pd.DataFrame:
    """Every measured row with target, benchmark and score as the evaluation reads them: a team's target is the team's or
    the company's, a person's their own, the team's, the role's or the company's; an additive company target holds for the
    company only. Values never fall back to another level."""
    targets, frame = targets.reset_index(drop=True), values.reset_index(drop=True).copy()
    home = belongs.drop_duplicates("employee_id").set_index("employee_id")
    person, company = frame["subject_type"].eq("employee").to_numpy(), frame["subject_type"].eq("company").to_numpy()
    steps = [(kind, frame["subject_type"].eq(kind).to_numpy(), kind, frame["subject_id"])
             for kind in pd.unique(frame["subject_type"]) if kind != "company"]
    steps += [("team", person, "team", frame["subject_id"].map(home["team_id"])),
              ("role", person, "role", frame["subject_id"].map(home["role"])),
              ("company", company | ~frame["metric"].map(ADDITIVE).to_numpy(bool), "company", None)]
    rows, _ = _first(frame, _finder(targets), steps)
    frame = _aimed(frame, targets, rows, period).assign(scorecard="")
    scored = _scored(plan, frame)
    return scored
