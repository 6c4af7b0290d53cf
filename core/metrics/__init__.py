"""Every metric as numerator ÷ denominator of the sums, for any period and subject."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd

from core import statistics
from core.metrics import buyers, facts, headcount
from core.periods import Period, months_of

DECLARATIONS = Path(__file__).parent.parent.parent / "data" / "metrics.toml"
OWN_SQL = {"gmv", "refund_rate", "nps", "downtime_minutes", "attrition_rate", "core_attrition_rate", "early_attrition_rate",
           "aov", "repurchase_rate", "ltv", "loyal_buyers", "user_retention"}
COLUMNS = ["metric", "subject_type", "subject_id", "value", "numerator", "denominator", "n", "low", "high", "note"]


@dataclass(frozen=True)
class Metric:
    """What a metric is; `table`, `numerator`, `denominator`, `day`, `where` only for simple sums over one dataset."""

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
    table: str = ""
    numerator: str = ""
    denominator: str = ""
    day: str = ""
    where: str = "true"

    @property
    def measured(self) -> bool:
        """Whether the product measures it yet: as a simple sum, or by SQL of its own in these modules."""
        return bool(self.table) or self.name in OWN_SQL


def _load() -> dict[str, Metric]:
    declared = tomllib.loads(DECLARATIONS.read_text("utf-8"))
    return {name: Metric(name, **entry | {"grain": tuple(entry["grain"]), "needs": tuple(entry["needs"])})
            for name, entry in declared.items()}


METRICS = _load()


def measure(con, period: Period, definitions: dict, only: set[str] | None = None, alone: bool = False,
            ready: bool = False) -> pd.DataFrame:
    """One row per metric and subject (company with subject_id None, team with its sub-teams, role, employee) that has
    a value in the period, with its interval; `note` marks both_sources, short_history:DAYS, no_buyers (value null).
    `only` names the metrics wanted (others may come along); `alone` leaves the sub-teams out of a team; `ready`: the
    cursor holds `facts.base` of the data as they are."""
    if not ready:
        facts.base(con)
    places = parameters(period, definitions)
    facts.prepare(con, places, definitions, alone)
    frames = [facts.simple(con, metric, places) for metric in METRICS.values() if metric.table and _wanted(only, metric.name)]
    frames += [read(con, places, definitions) for names, read in READERS if _wanted(only, *names)]
    frame = pd.concat([f.astype({"subject_id": object}) for f in frames if len(f)]
                      or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    return _valued(frame)


READERS = [
    (("gmv", "refund_rate", "nps"), facts.amounts),
    (("downtime_minutes",), lambda con, places, definitions: facts.downtime(con, places)),
    (("attrition_rate", "core_attrition_rate", "early_attrition_rate"),
     lambda con, places, definitions: headcount.attrition(con, places)),
    (("aov", "repurchase_rate", "ltv"), buyers.orders_and_repurchase),
    (("ltv",), lambda con, places, definitions: buyers.ltv(con, places)),
    (("loyal_buyers",), lambda con, places, definitions: buyers.loyal(con, places)),
    (("user_retention",), lambda con, places, definitions: buyers.retention(con, places))]


def _wanted(only: set[str] | None, *names: str) -> bool:
    return only is None or not only.isdisjoint(names)


def parameters(period: Period, definitions: dict) -> dict:
    """The places of every SQL text: first and last day, the midnights around the period, months, day counts."""
    before = period.previous()
    return {"start": period.start, "end": period.end, "after": period.end + timedelta(days=1),
            "first_month": f"{period.start:%Y-%m}", "last_month": f"{period.end:%Y-%m}", "days": period.days,
            "before_start": before.start, "ltv_start": period.end - timedelta(days=int(definitions["ltv_days"]) - 1),
            "early_start": min(period.start, period.end - timedelta(days=int(definitions["early_days"]))),
            "early_days": int(definitions["early_days"]), "months": [m.label for m in months_of(period)]}


def _valued(frame: pd.DataFrame) -> pd.DataFrame:
    frame["subject_id"] = frame["subject_id"].where(frame["subject_id"].notna(), None)
    for column in ("numerator", "denominator", "n"):
        frame[column] = pd.to_numeric(frame[column])
    divisible = frame["denominator"].ne(0) & frame["denominator"].notna()
    scale = frame["metric"].eq("nps").map({True: 100.0, False: 1.0})
    frame["value"] = (frame["numerator"] / frame["denominator"].where(divisible) * scale).astype(float)
    frame["note"] = frame["note"].astype(object).where(frame["note"].notna(), "") if "note" in frame else ""
    frame = frame[frame["value"].notna() | frame["note"].ne("")].copy()
    bounds = [_interval(*row) for row in zip(frame["metric"], frame["numerator"], frame["denominator"],
                                             frame.get("extremes", pd.Series(index=frame.index)), strict=True)]
    frame["low"], frame["high"] = [b[0] for b in bounds], [b[1] for b in bounds]
    # The database gives groups in any order: a quarter computed twice must be the same byte by byte.
    frame = frame.sort_values(["metric", "subject_type", "subject_id"], kind="stable", ignore_index=True)
    return frame[COLUMNS].astype({"low": float, "high": float})


def _interval(metric: str, numerator: float, denominator: float, extremes: float) -> tuple:
    if metric == "nps":
        return statistics.adjusted_wald_nps(numerator, denominator, extremes)
    return statistics.wilson(numerator, denominator) if METRICS[metric].proportion else (None, None)


def provenance(con, period: Period, definitions: dict) -> pd.DataFrame:
    """Which stored rows each figure came from: metric, subject, dataset, file, sheet, first_row, last_row, rows."""
    places = parameters(period, definitions)
    facts.base(con, "*")
    facts.prepare(con, places, definitions)
    return pd.concat([facts.rows_behind(con, metric, places) for metric in METRICS.values() if metric.measured],
                     ignore_index=True)
