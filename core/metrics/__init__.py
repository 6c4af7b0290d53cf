"""Every metric as numerator ÷ denominator of the sums, for any period and subject."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from core import statistics
from core.metrics import buyers, facts, feedback, headcount, projects, skills, survey
from core.metrics import ramp_up as ramping
from core.periods import Period, months_of

DECLARATIONS = Path(__file__).parent.parent.parent / "data" / "metrics.toml"
COLUMNS = ["metric", "subject_type", "subject_id", "value", "numerator", "denominator", "n", "low", "high", "note"]


@dataclass(frozen=True)
class Metric:
    """What a metric is; `table`, `numerator`, `denominator`, `day`, `where` only for simple sums over one dataset.
    `together`: it needs all of `needs`, not one of them; `from_scores`: made of scores, so that no scorecard can use it."""

    name: str
    zh: str
    en: str
    unit: str
    better: str
    grain: tuple[str, ...]
    needs: tuple[str, ...]
    means: dict[str, str]
    additive: bool = False
    proportion: bool = False
    together: bool = False
    from_scores: bool = False
    table: str = ""
    numerator: str = ""
    denominator: str = ""
    day: str = ""
    where: str = "true"


def _load() -> dict[str, Metric]:
    declared = tomllib.loads(DECLARATIONS.read_text("utf-8"))
    return {name: Metric(name, **entry | {"grain": tuple(entry["grain"]), "needs": tuple(entry["needs"])})
            for name, entry in declared.items()}


METRICS = _load()


def measure(con, period: Period, definitions: dict, only: set[str] | None = None,
            teams: frozenset | None = None, ready: bool = False) -> pd.DataFrame:
    """One row per metric and subject (company with subject_id None, team with its sub-teams, role, employee) that has
    a value in the period, with its interval; `note` marks both_sources, short_history:DAYS, no_buyers (value null), hidden
    (every number null). All metrics but those made of scores.
    `only` names the metrics wanted (others may come along); of `teams` each is answered without its sub-teams, no other
    team is, and where there are some, nobody else either; `ready`: the cursor holds `facts.base` of the data as they are."""
    if not ready:
        facts.base(con, teams=teams or None)
    places = parameters(period, definitions)
    facts.prepare(con, places, definitions, teams)
    sums = [metric for metric in METRICS.values() if metric.table and _wanted(only, metric.name)]
    frames = [facts.simple(con, sums, places)] if sums else []
    frames += [read(con, places, definitions) for names, read in READERS if _wanted(only, *names)]
    frames = [f[f["subject_type"].eq("team")] for f in frames if len(f)] if teams else frames
    frame = pd.concat([f.astype({"subject_id": object}) for f in frames if len(f)]
                      or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    return _valued(frame)


READERS = [
    (("gmv", "refund_rate", "nps"), facts.amounts),
    (("downtime_minutes",), lambda con, places, definitions: facts.downtime(con, places)),
    (("attrition_rate", "core_attrition_rate", "early_attrition_rate"),
     lambda con, places, definitions: headcount.attrition(con, places)),
    (("aov",), lambda con, places, definitions: buyers.order_value(con)),
    (("repurchase_rate", "ltv"), buyers.repurchase),
    (("ltv",), lambda con, places, definitions: buyers.ltv(con, places)),
    (("loyal_buyers",), lambda con, places, definitions: buyers.loyal(con, places)),
    (("user_retention",), lambda con, places, definitions: buyers.retention(con, places)),
    (("collaboration_satisfaction",), survey.satisfaction),
    (("skill_growth", "skill_coverage", "certification_rate"), lambda con, places, definitions: skills.skills(con, places)),
    (("project_success",), lambda con, places, definitions: projects.success(con, places)),
    (("incentive_complaints", "negative_reviews"), lambda con, places, definitions: feedback.feedback(con, places))]


def _wanted(only: set[str] | None, *names: str) -> bool:
    return only is None or not only.isdisjoint(names)


def parameters(period: Period, definitions: dict) -> dict:
    """The places of every SQL text: first and last day, the midnights around the period, months, day counts."""
    before = period.previous()
    return {"start": period.start, "end": period.end, "after": period.end + timedelta(days=1),
            "first_month": f"{period.start:%Y-%m}", "last_month": f"{period.end:%Y-%m}", "days": period.days,
            "quarter": period.label if period.kind == "quarter" else "", "year_start": year_up_to(period),
            "before_start": before.start, "ltv_start": period.end - timedelta(days=int(definitions["ltv_days"]) - 1),
            "early_start": min(period.start, period.end - timedelta(days=int(definitions["early_days"]))),
            "early_days": int(definitions["early_days"]), "months": [m.label for m in months_of(period)]}


def year_up_to(period: Period) -> date:
    """The first day of the twelve months that end with the period."""
    following = period.end + timedelta(days=1)
    return following.replace(year=following.year - 1)


def ramp_up(hired: pd.DataFrame, monthly: pd.DataFrame, period: Period) -> pd.DataFrame:
    """`ramp_up.ramp_up` as rows of `measure`."""
    frame = ramping.ramp_up(hired, monthly, period)
    return _valued(frame) if len(frame) else pd.DataFrame(columns=COLUMNS)


def _valued(frame: pd.DataFrame) -> pd.DataFrame:
    frame["subject_id"] = frame["subject_id"].where(frame["subject_id"].notna(), None)
    for column in ("numerator", "denominator", "n"):
        frame[column] = pd.to_numeric(frame[column])
    divisible = frame["denominator"].ne(0) & frame["denominator"].notna()
    scale = frame["metric"].eq("nps").map({True: 100.0, False: 1.0})
    frame["value"] = (frame["numerator"] / frame["denominator"].where(divisible) * scale).astype(float)
    frame["note"] = frame["note"].astype(object).where(frame["note"].notna(), "") if "note" in frame else ""
    frame = frame[frame["value"].notna() | frame["note"].ne("")].copy()
    # The database gives groups in any order: a quarter computed twice must be the same byte by byte.
    order = [pd.factorize(frame[name], sort=True)[0] for name in ("subject_id", "subject_type", "metric")]
    frame = frame.take(np.lexsort(order)).reset_index(drop=True)
    nps, numerator, denominator = frame["metric"].eq("nps"), frame["numerator"], frame["denominator"]
    shares = frame["metric"].isin([name for name, metric in METRICS.items() if metric.proportion])
    extremes = frame.get("extremes", np.nan)
    wald, wilson = statistics.adjusted_wald_nps(numerator, denominator, extremes), statistics.wilson(numerator, denominator)
    for name, *ends in zip(("low", "high"), wald, wilson, strict=True):
        frame[name] = np.select([nps, shares], ends, np.nan)
    return frame[COLUMNS]


def provenance(con, period: Period, definitions: dict) -> pd.DataFrame:
    """Which stored rows each figure came from: metric, subject, dataset, file, sheet, first_row, last_row, rows. Of an
    anonymous sheet none: single answers are nobody's to read."""
    places = parameters(period, definitions)
    facts.base(con, "*")
    facts.prepare(con, places, definitions)
    found = pd.concat([facts.rows_behind(con, metric, places) for metric in METRICS.values()])
    return found.sort_values(["metric", "subject_type", "subject_id", "dataset", "file", "sheet", "first_row"], kind="stable",
                             ignore_index=True)
