"""What the risks look at, and the rows of evidence that they answer with."""

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from core import periods, quarter, settlement
from core.metrics import METRICS

# condition: which of a risk's conditions (data/text/risks.toml); subject, and the `other` team of a pair; `value` against
# `threshold` in `unit`, `before` as it was in the period compared with; n observations; detail: what
# else the condition tells (skills, a metric, requests, months, what a milestone has to be against its target).
COLUMNS = ["condition", "subject_type", "subject_id", "other", "value", "before", "threshold", "unit", "n", "detail", "fired"]


def row(condition: str, fired, value=None, threshold=None, unit: str = "", subject: tuple = ("company", None), other=None,
        before=None, n=None, detail: str = "") -> tuple:
    """One row of evidence, in the order of COLUMNS."""
    return (condition, *subject, other, value, before, threshold, unit, n, detail, bool(fired))


@dataclass(frozen=True)
class Facts:
    """One quarter of one company under one plan; each thing is read once, when a risk first asks for it."""

    store: object
    period: periods.Period
    plan: dict

    @cached_property
    def con(self):
        return self.store.cursor()

    @cached_property
    def evaluated(self) -> pd.DataFrame:
        """`quarter.evaluate`: values now, of the quarter before and a year before, targets and industry means."""
        return quarter.evaluate(self.store, self.period, self.plan)

    @cached_property
    def settled(self) -> settlement.Settlement:
        return quarter.settle(self.store, self.period, self.plan)

    @cached_property
    def last_day(self):
        """The last day that can be judged: the period's end, in a quarter that is running the last day of any figure."""
        days = " union all ".join(f"select max({day}) as day from {name}" for name, day in (quarter.DATED | {
            "activities": "date", "skill_assessments": "date", "feedback": "date"}).items())
        latest = self.con.execute(f"select max(day)::date from ({days})").fetchone()[0]
        return min(self.period.end, latest) if latest else self.period.end

    def rows(self, metric: str, kinds: tuple = ("company", "team")) -> list:
        """The measured subjects of a metric that are of these kinds, in order, as named tuples."""
        frame = self.evaluated
        found = frame[frame["metric"].eq(metric) & frame["subject_type"].isin(kinds) & frame["value"].notna()]
        return list(found.itertuples(index=False))

    def headcount(self, day) -> int:
        """People employed on a day."""
        return self.con.execute("select count(*) from employees where hire_date <= $day and coalesce(leave_date, $day) >= $day",
                                {"day": day}).fetchone()[0]

    def year_before(self, metric: str) -> float:
        """The company's value of a metric in the same quarter a year before; NaN where there is none."""
        frame = self.evaluated
        found = frame[frame["metric"].eq(metric) & frame["subject_type"].eq("company")]["year_before"]
        return float(found.iloc[0]) if len(found) and pd.notna(found.iloc[0]) else math.nan


def subject(measured) -> tuple:
    """(type, id) of a measured row."""
    return measured.subject_type, None if measured.subject_type == "company" else measured.subject_id


def risen(value: float, before: float, share: float) -> bool:
    """Whether a figure lies at least `share` above what it was; from 0 any rise does. False without both."""
    if value is None or before is None or math.isnan(value) or math.isnan(before):
        return False
    return value > before and round(value - before * (1 + share), 9) >= 0


def unit(metric: str) -> str:
    return METRICS[metric].unit


