"""The three dimensions of the company or the chosen team: what is read once a quarter, and how its figures are written."""

from dataclasses import dataclass

import pandas as pd

from core import evaluation, periods, quarter, text
from core.analysis import roster
from core.metrics import METRICS
from core.plan.problems import entry_name
from pages.frame import draw, session
from pages.frame.session import Session

OF_PEOPLE = ("attrition_rate", "core_attrition_rate", "early_attrition_rate")


@dataclass(frozen=True)
class Told:
    """A quarter under a plan: core.evaluation's `lines` and `indices`, of one subject or of the company and all teams."""

    quarter: str
    lines: pd.DataFrame
    indices: pd.DataFrame

    def points(self) -> dict[str, pd.Series]:
        """The index of each dimension and the overall, of the one subject."""
        return {row["dimension"]: row for _, row in self.indices.iterrows()}


def evaluated(store, label: str, under: str) -> pd.DataFrame:
    """`quarter.evaluate` of a quarter under the plan in force in another; what is made of scores only where it is weighed."""
    plan = quarter.plan_for(store, periods.quarter(under))
    weighed = {metric for said in plan["dimensions"].values() for metric in said["weights"]}
    from_scores = any(METRICS[metric].from_scores for metric in weighed if metric in METRICS)
    return quarter.evaluate(store, periods.quarter(label), plan, ramp_up=from_scores)


def rows(look: Session, label: str) -> pd.DataFrame:
    """Every evaluated row of a quarter under the chosen quarter's plan."""
    return session.kept(look, evaluated, label, look.period.label)


def told(look: Session, plan: dict, label: str) -> Told:
    """A quarter of the chosen team, else of the company."""
    frame = rows(look, label)
    own = frame["subject_type"].eq("team" if look.team else "company")
    return of_frame(plan, label, frame[own & frame["subject_id"].eq(look.team)] if look.team else frame[own])


def of_frame(plan: dict, label: str, frame: pd.DataFrame) -> Told:
    lines = evaluation.lines(plan, frame)
    return Told(label, lines, evaluation.indices(plan, lines))


def quarters(look: Session) -> list[str]:
    """The quarters with figures up to the chosen one, oldest first."""
    return [label for label in sorted(quarter.quarters(look.store)) if label <= look.period.label]


def staff(store, label: str, team: str | None) -> pd.DataFrame:
    period = periods.quarter(label)
    return roster.staff(store.cursor(), period.start, period.end, team)


def dimension(look: Session, plan: dict, name: str) -> str:
    return look.say("evaluation.overall") if name == evaluation.OVERALL else entry_name(plan, "dimensions", name, look.lang)


def counts(row) -> bool:
    """Whether an index is there and reaches the least covered weight."""
    return row is not None and bool(row["counted"])


def few(plan: dict, row) -> bool:
    """Whether a metric about people rests on too few of them to be written as a rate."""
    return row["metric"] in OF_PEOPLE and not text.missing(row["n"]) and row["n"] < plan["evaluation"]["smallest_group"]


def written(look: Session, plan: dict, row) -> str:
    """A metric's value in words: hidden, a count where the people are too few, else at full precision."""
    if row["hidden"]:
        return f"— {look.say('evaluation.hidden', least=plan['definitions']['privacy_minimum'])}"
    if few(plan, row):
        return look.say("evaluation.people_left", left=f"{row['numerator']:,.0f}", people=f"{row['n']:,.0f}")
    said = text.full(row["value"], unit(row["metric"]), look.lang)
    least = plan["evaluation"]["smallest_group"]
    return look.say("evaluation.answers", value=said, n=int(row["n"])) if row["metric"] == "nps" and row["n"] < least else said


def changed(look: Session, plan: dict, row, before: str) -> str:
    return "—" if few(plan, row) else draw.moved(look, row["metric"], row["value"], row[before])


def unit(metric: str) -> str:
    return METRICS[metric].unit if metric in METRICS else "ratio"


def why(look: Session, plan: dict, row) -> str:
    """Why a metric does not count in its index, and which sheet would bring it; "" where it counts."""
    if row["missing"] == "hidden":
        return look.say("evaluation.hidden", least=plan["definitions"]["privacy_minimum"])
    if row["missing"] == "no_value":
        metric = METRICS[row["metric"]]
        needs = [name for name in metric.needs if name in session.DATASETS]
        sheets = look.say("and" if metric.together else "or").join(map(look.dataset, needs))
        stored = look.store.counts()
        here = (all if metric.together else any)(stored[name] for name in needs)
        if here:
            return look.say("evaluation.no_value_here", sheets=sheets, means=metric.means[look.lang])
        return look.say("evaluation.no_value", sheets=sheets)
    if row["missing"] == "no_target":
        return look.say("evaluation.no_target", sheets=look.dataset("targets"))
    return look.say(f"reason.{row['missing']}") if row["missing"] else ""
