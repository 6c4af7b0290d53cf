"""What a batch, or taking one back, does to a quarter's key figures before anything is kept."""

from dataclasses import dataclass

from core import people, periods, quarter
from core.importing import Upload
from core.periods import Period
from core.store import Store

FIGURES = (("gmv", "yuan"), ("headcount", "count"), ("people_payable", "count"), ("payable_cny", "yuan"))


@dataclass(frozen=True)
class Figure:
    """A key figure of a quarter: `before` and `after` in its unit, None where it cannot be known."""

    name: str
    unit: str
    before: float | None
    after: float | None


def touched_quarter(upload: Upload) -> Period | None:
    """The newest quarter that the upload's dated rows fall in; None where none is dated."""
    told = [label for gone in upload.gone.values() for label in gone.months]
    quarters = [periods.quarter(label) if "Q" in label else periods.month(label).quarter() for label in told]
    return max(quarters, key=lambda period: period.start, default=None)


def of_saving(store: Store, upload: Upload, period: Period, replace: frozenset[str] = frozenset()) -> list[Figure]:
    """The quarter's key figures now and as they would be after saving; nothing is kept."""
    with store.trial(upload.staged, replace) as after:
        return _compared(store, after, period)


def of_undoing(store: Store, batch: int, period: Period) -> list[Figure]:
    """The quarter's key figures now and as they would be after undoing the batch; nothing is kept."""
    with store.trial_undo(batch) as after:
        return _compared(store, after, period)


def _compared(before: Store, after: Store, period: Period) -> list[Figure]:
    now, then = _figures(before, period), _figures(after, period)
    return [Figure(name, unit, now[name], then[name]) for name, unit in FIGURES]


def _figures(store: Store, period: Period) -> dict[str, float | None]:
    plan = quarter.plan_for(store, period)
    values = quarter.measured(store, period, plan["definitions"])
    gmv = values[(values["metric"] == "gmv") & (values["subject_type"] == "company")]["value"]
    settled = quarter.settle(store, period, plan)
    paid = settled.ledger[(settled.ledger["status"] == "payable") & (settled.ledger["beneficiary_type"] == "employee")]
    return {"gmv": float(gmv.iloc[0]) if len(gmv) else None,
            "headcount": float(people.segments(store.cursor(), period)["employee_id"].nunique()),
            "people_payable": float(paid["beneficiary_id"].nunique()), "payable_cny": settled.totals["payable_cny"]}
