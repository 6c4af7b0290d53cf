"""What would have brought the next step: the smallest improvement to a target or a grade, and how far a gate was missed."""

import numpy as np
import pandas as pd

from core import people, periods, populations, rules, scores
from core.metrics import METRICS
from core.rules import cents

# The smallest step in which a figure of a unit is told.
SMALLEST = {"yuan": 0.01, "count": 1.0, "percent": 0.0001, "minutes": 1.0}
COLUMNS = ["metric", "subject_type", "subject_id", "goal", "grade", "now", "needed", "gap", "gain"]


def of_commission(settled, employee: str) -> pd.DataFrame:
    """Per metric of a person's scorecards below its goal: the smallest figure that reaches the target (goal `target`) or
    lifts the person's grade (goal `grade`, with the grade), all else as it is; `gap` in the metric's unit, `gain` in yuan of
    commission. The scoring functions themselves are run again. A goal that the metric alone cannot reach has no row."""
    rule = _commission(settled)
    if rule is None:
        return pd.DataFrame(columns=COLUMNS)
    mine = settled.results[rule][lambda frame: frame["employee_id"].eq(employee) & frame["released"].ne("last")]
    lines = settled.metrics[settled.metrics["segment"].isin(mine.index)]
    known = lines[lines["missing"].eq("")].drop_duplicates(["metric", "subject_type", "subject_id"])
    if known.empty:
        return pd.DataFrame(columns=COLUMNS)
    trial = Trial(settled, rule, mine, lines)
    found = [*_targets(trial, known), *_grades(trial, known)]
    return pd.DataFrame(found, columns=COLUMNS).sort_values("gain", kind="stable", ignore_index=True)


def of_teams(settled, teams) -> pd.DataFrame:
    """Per figure of these teams below a target of their people's scorecards: the figure that reaches it, and as `gain` what
    the commissions of all of them together would be more in yuan, all else as it is; the largest gain first."""
    rule = _commission(settled)
    if rule is None:
        return pd.DataFrame(columns=COLUMNS)
    mine = settled.results[rule][lambda frame: frame["team_id"].isin(teams) & frame["released"].ne("last")]
    lines = settled.metrics[settled.metrics["segment"].isin(mine.index)]
    below = lines[lines["missing"].eq("") & lines["subject_type"].eq("team") & lines["subject_id"].isin(teams)
                  & (lines["attainment"].round(9) < 1)].drop_duplicates(["metric", "subject_id", "target"])
    found = []
    for line in below.to_dict("records"):
        same = lines["metric"].eq(line["metric"]) & lines["subject_type"].eq("team") & lines["subject_id"].eq(line["subject_id"])
        theirs = mine.loc[lines.loc[same, "segment"].unique()]
        own = lines[lines["segment"].isin(theirs.index)]
        tried = own.assign(value=own["value"].where(~same.reindex(own.index), line["target"]))
        gain = _paid(settled, rule, theirs, tried) - theirs["potential"].sum()
        found.append(_found(line, "target", None, line["target"], gain))
    return pd.DataFrame(found, columns=COLUMNS).sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def _commission(settled) -> str | None:
    """The first rule that pays a score."""
    return next((name for name in settled.results if settled.plan["rules"][name]["kind"] == "scorecard_pay"), None)


def _paid(settled, rule: str, mine: pd.DataFrame, lines: pd.DataFrame) -> float:
    """The commissions of these assignments in yuan with the values of these lines."""
    scored = _again(settled.plan, mine, lines)
    context = {name: mine[name].iloc[0] for name in ("quarter_days", "phase_factor", "budget_factor")}
    return float(rules.KINDS["scorecard_pay"]({"scores": scored}, settled.plan["rules"][rule] | context)["potential"].sum())


def _again(plan: dict, people: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The people scored with the values of these lines; releases and bonus points, which some posts of a person lack, as they
    were."""
    released = people[people["released"].ne("")].drop_duplicates("employee_id").set_index("employee_id")["released"]
    return scores.again(plan, people, lines, released.to_dict(), people.groupby("employee_id")["bonus_points"].max())


class Trial:
    """A person's quarter run again with other figures, many at once: `run(lines, values)` → grade and commission each."""

    def __init__(self, settled, rule: str, mine: pd.DataFrame, lines: pd.DataFrame):
        self.plan, self.rule, self.mine, self.lines = settled.plan, settled.plan["rules"][rule], mine, lines
        self.context = {name: mine[name].iloc[0] for name in ("quarter_days", "phase_factor", "budget_factor")}
        self.grade, self.paid = (column[0] for column in self.run([lines.iloc[0]], [lines.iloc[0]["value"]]))

    def run(self, changed: list, values: list) -> tuple[np.ndarray, np.ndarray]:
        """(grade, commission in yuan) with the figure of each changed line at each value, one trial a pair."""
        size, trials = len(self.mine), np.arange(len(values))
        people = self.mine.iloc[np.tile(np.arange(size), len(values))].reset_index(drop=True)
        people["employee_id"] = np.repeat(trials, size).astype(str)
        lines = self.lines.iloc[np.tile(np.arange(len(self.lines)), len(values))].reset_index(drop=True)
        place = self.mine.index.get_indexer(self.lines["segment"])
        lines["segment"] = (place[None, :] + trials[:, None] * size).ravel()
        lines["value"] = np.concatenate([self._with(line, value) for line, value in zip(changed, values, strict=True)])
        scored = _again(self.plan, people, lines)
        paid = rules.KINDS["scorecard_pay"]({"scores": scored}, self.rule | self.context)
        by_trial = paid.groupby(paid["employee_id"].astype(int))
        return by_trial["grade"].first().to_numpy(object), by_trial["potential"].sum().to_numpy(float)

    def _with(self, line, value: float) -> np.ndarray:
        """The figures of all lines, with another one of this metric of this subject, whichever posts it counts for."""
        same = self.lines["metric"].eq(line["metric"]) & self.lines["subject_type"].eq(line["subject_type"])
        if pd.notna(line["subject_id"]):
            same &= self.lines["subject_id"].eq(line["subject_id"])
        return self.lines["value"].where(~same, value).to_numpy(float)


def _targets(trial: Trial, known: pd.DataFrame) -> list[tuple]:
    below = known[known["attainment"].round(9) < 1].to_dict("records")
    if not below:
        return []
    _, paid = trial.run(below, [line["target"] for line in below])
    return [_found(line, "target", None, line["target"], gained - trial.paid) for line, gained in zip(below, paid, strict=True)]


def _grades(trial: Trial, known: pd.DataFrame) -> list[tuple]:
    """By halving the way between the figure as it is and the best that counts: scores never fall as a figure improves."""
    bars = trial.plan["grades"]
    if pd.isna(trial.grade) or bars[trial.grade] == max(bars.values()):
        return []
    lines = known.to_dict("records")
    ends = [_best(trial.plan, line) for line in lines]
    better = lambda grades: np.array([bars[g] > bars[trial.grade] for g in grades])  # noqa: E731
    reach = better(trial.run(lines, ends)[0])
    lines = [line for line, can in zip(lines, reach, strict=True) if can]
    if not lines:
        return []
    worse = np.array([line["value"] for line in lines], float)
    good = np.array([end for end, can in zip(ends, reach, strict=True) if can], float)
    steps = np.array([_step(line) for line in lines])
    while (np.abs(good - worse) > steps / 4).any():
        middle = (worse + good) / 2
        reached = better(trial.run(lines, list(middle))[0])
        good, worse = np.where(reached, middle, good), np.where(reached, worse, middle)
    return [found for line, value in zip(lines, good, strict=True) if (found := _told(trial, line, value, better))]


def _told(trial: Trial, line: dict, value: float, better) -> tuple | None:
    """The figure in whole steps of its unit that still reaches the grade."""
    step = _step(line)
    toward = 1 if value >= line["value"] else -1
    tries = [round((round(value / step) + toward * n) * step, 9) for n in (-1, 0, 1, 2)]
    grades, paid = trial.run([line] * len(tries), tries)
    hit = next((n for n, ok in enumerate(better(grades)) if ok), None)
    return None if hit is None else _found(line, "grade", grades[hit], tries[hit], paid[hit] - trial.paid)


def _step(line: dict) -> float:
    return SMALLEST.get(METRICS[line["metric"]].unit, 0.01)


def _best(plan: dict, line: dict) -> float:
    """The figure at which the curve ends, as far as the metric can go."""
    curve = plan["scorecards"][line["scorecard"]].get("curves", {}).get(line["metric"], "default")
    end = line["floor"] + plan["curves"][curve][-1][0] * (line["target"] - line["floor"])
    metric = METRICS[line["metric"]]
    if metric.better == "lower":
        return min(line["value"], max(end, 0.0))
    limit = 1.0 if metric.proportion else 100.0 if line["metric"] == "nps" else np.inf
    return max(line["value"], min(end, limit))


def _found(line: dict, goal: str, grade, needed: float, gain: float) -> tuple:
    return (line["metric"], line["subject_type"], line["subject_id"], goal, grade, line["value"], needed,
            abs(needed - line["value"]), round(gain, 2))


def of_gates(settled, rows: list[int], parts: dict | None = None) -> pd.DataFrame:
    """The ledger rows among these that missed a bar by a figure: the ledger's columns, `gap` and `row`; the most money
    first. With the `parts` of some people (`parts_of`) a pool counts with their part of it: `part`, and `potential` that
    much of the pool; a pool in which they have no part is left out."""
    asked = settled.ledger.iloc[rows]
    barred = asked["status"].eq("not_met") & asked["reason"].ne("stage_before_missed")
    missed = asked[barred & asked["figure"].notna() & asked["needed"].notna()]
    told = missed.assign(gap=(missed["needed"] - missed["figure"]).abs(), row=missed.index, pool=missed["potential"], part=np.nan)
    if parts is not None and len(told):
        shared = told["rule"].map(lambda rule: "row" in settled.results[rule]) & told["beneficiary_type"].ne("employee")
        part = [parts.get(whose, 0.0) for whose in zip(told["beneficiary_type"], told["beneficiary_id"], strict=True)]
        told["part"] = pd.Series(part, told.index, dtype=float).where(shared)
        told["potential"] = told["pool"].where(~shared, cents(told["pool"] * told["part"]))
        told = told[~shared | (told["part"] > 0)]
    return told.sort_values("potential", ascending=False, kind="stable", ignore_index=True)


def parts_of(con, quarter: str, employees) -> dict[tuple[str, str], float]:
    """The part (0 to 1) that these people have in the pools of each team and each project: ("team" or "project", id) → part."""
    period = periods.quarter(quarter)
    days = populations.person_days(people.segments(con, period))
    members = con.execute(populations.MEMBERS).df()
    found = {}
    for kind, frame, key, weight in (("team", days, "team_id", "person_days"),
                                     ("project", members, "project_id", "member_share")):
        weights = frame[frame[weight] > 0]
        part = weights[weight] / weights.groupby(key)[weight].transform("sum")
        mine = weights["employee_id"].isin(employees)
        found |= {(kind, who): value for who, value in part[mine].groupby(weights.loc[mine, key]).sum().items()}
    return found
