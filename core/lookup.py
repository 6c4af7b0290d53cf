"""Which figure and which target count for whom: the first level that has one, whatever the weights are."""

import numpy as np
import pandas as pd

from core.metrics import METRICS
from core.periods import Period

READ = ["value", "numerator", "denominator", "n"]
AIMED = ["target", "floor", "benchmark", "_file", "_sheet", "_row"]
OWN = {name: "employee" in metric.grain for name, metric in METRICS.items()}
ADDITIVE = {name: metric.additive for name, metric in METRICS.items()}
LOWER = {name: metric.better == "lower" for name, metric in METRICS.items()}


def place(held: tuple, cards: tuple, period: Period, people: pd.DataFrame, values: pd.DataFrame, targets: pd.DataFrame,
          parents: dict) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """(the people with their card; one line per assignment × metric of its card with value and target, weights still to
    come; the place of each line's weight among those of all cards): the same whatever the weights and curves are."""
    people = people.reset_index(drop=True)
    posts = {(role, team): post for post, (role, team, *_) in enumerate(held)}
    post = np.array([posts[pair] for pair in zip(people["role"].tolist(), people["team_id"].tolist(), strict=True)], int)
    covered = people["covered"] if "covered" in people else pd.Series(True, people.index)
    card, company = np.array([h[2] for h in held], object), np.array([h[3] for h in held], bool)
    people = people.assign(scorecard=pd.Series(card[post], index=people.index, dtype=object).where(covered, None),
                           on_company=company[post], covered=covered)
    lines, which = _lines(people, cards)
    # Few names stand in many lines: each is looked up once.
    names = {column: lines[column].astype("category") for column in ("metric", "employee_id", "team_id", "role")}
    lines = _read_values(lines, names, values, parents)
    return people, _read_targets(lines, names, targets, parents, period), which


def _lines(people: pd.DataFrame, cards: tuple) -> tuple[pd.DataFrame, np.ndarray]:
    metrics = pd.DataFrame([(card, metric) for card, metrics in cards for metric in metrics],
                           columns=["scorecard", "metric"]).assign(weight=np.nan, place=lambda m: np.arange(len(m)))
    metrics["place"] -= metrics.groupby("scorecard", sort=False)["place"].transform("min")
    metrics["which"] = np.arange(len(metrics))
    segments = people[["employee_id", "from_date", "role", "team_id", "scorecard", "on_company"]]
    lines = segments.rename_axis("segment").reset_index().merge(metrics, on="scorecard")
    lines = lines.sort_values(["segment", "place"]).reset_index(drop=True)
    return lines, lines.pop("which").to_numpy(int)


def _read_values(lines: pd.DataFrame, names: dict, values: pd.DataFrame, parents: dict) -> pd.DataFrame:
    """The first level that has the metric: an employee metric the person's own; others team, parents, company (additive
    ones never from the company); a company card the company's own figures."""
    found = values[values["value"].notna()].reset_index(drop=True)
    find, metric = _finder(found), names["metric"]
    own, additive = _said(metric, OWN), _said(metric, ADDITIVE)
    company = lines["on_company"].to_numpy(bool)
    steps = [("employee", own & ~company, "employee", names["employee_id"]),
             ("team", ~own & ~company, "team", names["team_id"]),
             *(("parent", ~own & ~company, "team", above) for above in _above(names["team_id"], parents)),
             ("company", company | (~own & ~additive), "company", None)]
    rows, levels = _first(metric, find, steps)
    lines["level"] = levels
    picked = found[[*READ, "subject_type", "subject_id"]].reindex(rows)
    for column in picked:
        lines[column] = picked[column].to_numpy()
    return lines


def _said(metric: pd.Series, told: dict) -> np.ndarray:
    return metric.map(told).to_numpy(bool)


def _finder(table: pd.DataFrame):
    """A function (metrics, kind, subjects or None) → row numbers of the table, −1 where there is none."""
    subjects = table["subject_id"].where(table["subject_id"].notna(), "")
    known, metrics, kinds = (pd.Index(pd.unique(names)) for names in (subjects, table["metric"], table["subject_type"]))

    def keyed(metric, kind, subject):
        metric, subject = _codes(metric, metrics), _codes(subject, known)
        return np.where((metric < 0) | (subject < 0), -1, (metric * len(kinds) + kind) * len(known) + subject)

    keys = keyed(table["metric"], _codes(table["subject_type"], kinds), subjects)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]

    def find(metric: pd.Series, kind: str, subject: pd.Series | None) -> np.ndarray:
        if kind not in kinds or not len(ordered):
            return np.full(len(metric), -1)
        wanted = keyed(metric, kinds.get_loc(kind), pd.Series([""]) if subject is None else subject)
        place = np.searchsorted(ordered, wanted)
        hit = (place < len(ordered)) & (wanted >= 0)
        hit &= ordered[np.minimum(place, len(ordered) - 1)] == wanted
        return np.where(hit, order[np.minimum(place, len(ordered) - 1)], -1)
    return find


def _codes(names: pd.Series, known: pd.Index) -> np.ndarray:
    """The place of each name among the known ones, −1 where it is none of them."""
    names = names.astype("category").cat
    return np.append(known.get_indexer(names.categories), -1)[names.codes]


def _above(teams: pd.Series, parents: dict) -> list[pd.Series]:
    """The teams' parents, their parents, and so on."""
    depth = max((len(above) for above in parents.values()), default=0)
    return [teams.map({team: above[level] for team, above in parents.items() if len(above) > level}) for level in range(depth)]


def _first(metric: pd.Series, find, steps: list) -> tuple[np.ndarray, np.ndarray]:
    """(row, level) of the first step that is open to a line of a metric and has a row; −1 and None where none has."""
    rows, levels = np.full(len(metric), -1), np.full(len(metric), None, object)
    for level, open_, kind, subject in steps:
        found = np.where((rows < 0) & open_, find(metric, kind, subject), -1)
        levels[found >= 0] = level
        rows = np.where(found >= 0, found, rows)
    return rows, levels


def _read_targets(lines: pd.DataFrame, names: dict, targets: pd.DataFrame, parents: dict, period: Period) -> pd.DataFrame:
    """The most specific target: employee, team, parents, role, company; a company card skips the teams, and a company
    target of an additive metric holds for the company only."""
    targets = targets.reset_index(drop=True)
    company, everyone = lines["on_company"].to_numpy(bool), np.ones(len(lines), bool)
    steps = [("employee", everyone, "employee", names["employee_id"]), ("team", ~company, "team", names["team_id"]),
             *(("team", ~company, "team", above) for above in _above(names["team_id"], parents)),
             ("role", everyone, "role", names["role"]),
             ("company", company | ~_said(names["metric"], ADDITIVE), "company", None)]
    rows, _ = _first(names["metric"], _finder(targets), steps)
    return _aimed(lines, targets, rows, period)


def _aimed(frame: pd.DataFrame, targets: pd.DataFrame, rows: list, period: Period) -> pd.DataFrame:
    picked = targets[[*AIMED, "subject_type", "subject_id"]].reindex(rows)
    for column in AIMED:
        frame[column] = picked[column].to_numpy()
    frame["target_level"] = picked["subject_type"].to_numpy()
    frame["target_subject"] = picked["subject_id"].to_numpy()
    additive = _said(frame["metric"], ADDITIVE)
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
    return _said(aims["metric"], LOWER)


def aim(values: pd.DataFrame, targets: pd.DataFrame, belongs: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Every measured row with its target, floor and benchmark: a team's target is the team's or the company's, a person's
    their own, the team's, the role's or the company's; an additive company target holds for the company only."""
    targets, frame = targets.reset_index(drop=True), values.reset_index(drop=True).copy()
    home = belongs.drop_duplicates("employee_id").set_index("employee_id")
    person, company = frame["subject_type"].eq("employee").to_numpy(), frame["subject_type"].eq("company").to_numpy()
    steps = [(kind, frame["subject_type"].eq(kind).to_numpy(), kind, frame["subject_id"])
             for kind in pd.unique(frame["subject_type"]) if kind != "company"]
    steps += [("team", person, "team", frame["subject_id"].map(home["team_id"])),
              ("role", person, "role", frame["subject_id"].map(home["role"])),
              ("company", company | ~frame["metric"].map(ADDITIVE).to_numpy(bool), "company", None)]
    rows, _ = _first(frame["metric"], _finder(targets), steps)
    return _aimed(frame, targets, rows, period)
