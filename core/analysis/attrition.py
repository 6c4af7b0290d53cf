"""Who left: counts, rates, new hires, tenure (metrics attrition_rate, core_attrition_rate, early_attrition_rate)."""

from datetime import date, timedelta

import pandas as pd

from core.analysis import roster
from core.periods import Period

MINIMUM = 10
BANDS = {"early": None, "first_year": 365, "second_year": 730, "third_year": 1095, "longer": None}


def attrition(con, period: Period, by: str = "company", team: str | None = None, minimum: int = MINIMUM,
              early_days: int = 90) -> pd.DataFrame:
    """One row per group (`roster.GROUPS`; a person counts in the group of the last day employed in the period):
    people, headcount (person-days ÷ days of the period), leavers = voluntary + involuntary + unknown,
    rate (leavers ÷ headcount), annual (× 365 ÷ days); the same over core people (core_…); hires (in the period or
    ≤ `early_days` before its last day), early_leavers of them (within `early_days` of hire), early_rate.
    A rate of fewer than `minimum` people (hires) is NaN; the counts stand."""
    staff = roster.grouped(con, roster.staff(con, period.start, period.end, team), by, team)
    everybody, core = _leaving(staff, period, minimum), _leaving(staff[staff["is_core"]], period, minimum)
    core = core[["people", "headcount", "leavers", "rate", "annual"]].add_prefix("core_")
    told = everybody.join(core).join(_early(con, period, by, team, minimum, early_days), how="outer")
    counts = [c for c in told.columns if c not in ("rate", "annual", "core_rate", "core_annual", "early_rate")]
    told[counts] = told[counts].fillna(0)
    whole = [c for c in counts if "headcount" not in c]
    return told.astype(dict.fromkeys(whole, int)).rename_axis("group").reset_index()


def _leaving(staff: pd.DataFrame, period: Period, minimum: int) -> pd.DataFrame:
    kind = staff["leave_type"].where(staff["left"], "")
    rows = staff.assign(voluntary=kind.eq("voluntary"), involuntary=kind.eq("involuntary"), unknown=kind.isna())
    sums = rows.groupby("group", dropna=False).agg(
        people=("employee_id", "size"), headcount=("days", "sum"), leavers=("left", "sum"),
        voluntary=("voluntary", "sum"), involuntary=("involuntary", "sum"), unknown=("unknown", "sum"))
    headcount = sums["headcount"] / period.days
    rate = (sums["leavers"] / headcount).where(sums["people"] >= minimum)
    return sums.assign(headcount=headcount, rate=rate, annual=rate * 365 / period.days)


def _early(con, period: Period, by: str, team: str | None, minimum: int, early_days: int) -> pd.DataFrame:
    since = min(period.start, period.end - timedelta(days=early_days))
    hires = roster.staff(con, since, period.end, team)
    hires = hires[hires["hire_date"] >= pd.Timestamp(since)]
    rows = roster.grouped(con, hires.assign(early=_is_early(hires, early_days)), by, team)
    sums = rows.groupby("group", dropna=False).agg(hires=("employee_id", "size"), early_leavers=("early", "sum"))
    return sums.assign(early_rate=(sums["early_leavers"] / sums["hires"]).where(sums["hires"] >= minimum))


def _is_early(frame: pd.DataFrame, early_days: int) -> pd.Series:
    return frame["left"] & (frame["leave_date"] - frame["hire_date"]).dt.days.le(early_days)


def leavers(con, start: date, end: date, team: str | None = None, early_days: int = 90) -> pd.DataFrame:
    """One row per person whose last day is from `start` to `end`: the columns of `roster.staff`, tenure (days employed),
    early, band (early; first_year … third_year, by days employed up to 365, 730, 1095; longer), the latest first."""
    staff = roster.staff(con, start, end, team)
    gone = staff[staff["left"]]
    gone = gone.assign(tenure=(gone["leave_date"] - gone["hire_date"]).dt.days + 1, early=_is_early(gone, early_days))
    edges = [0, *(days for days in BANDS.values() if days), float("inf")]
    band = pd.cut(gone["tenure"], edges, labels=[name for name in BANDS if name != "early"]).astype(object)
    gone = gone.assign(band=band.where(~gone["early"], "early"))
    return gone.sort_values(["leave_date", "employee_id"], ascending=[False, True], ignore_index=True)


def tenure_bands(gone: pd.DataFrame) -> pd.DataFrame:
    """Of `leavers` per band, in order, also the empty ones: band, leavers, voluntary, involuntary."""
    kinds = gone["leave_type"]
    rows = gone.assign(voluntary=kinds.eq("voluntary"), involuntary=kinds.eq("involuntary"))
    sums = rows.groupby("band").agg(leavers=("left", "sum"), voluntary=("voluntary", "sum"), involuntary=("involuntary", "sum"))
    return sums.reindex(list(BANDS), fill_value=0).astype(int).rename_axis("band").reset_index()
