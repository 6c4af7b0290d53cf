"""How long people stay: Kaplan-Meier with delayed entry (spec 2, statistics)."""

from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd

from core import periods, quarter
from core.analysis import roster

Z = NormalDist().inv_cdf(0.975)
COLUMNS = ["time", "at_risk", "events", "censored", "survival", "low", "high"]


def kaplan_meier(entry, exit, event) -> pd.DataFrame:  # noqa: A002 - the name the literature has
    """One row per distinct exit time: time, at_risk, events, censored, survival, low, high. At risk at t are those with
    entry < t ≤ exit (delayed entry, left truncation). The 95 % interval is the log-log one (exponential Greenwood;
    Kalbfleisch & Prentice 1980): 1 before the first event, missing once survival is 0. ValueError where an entry is not
    before its exit."""
    entry, exit_, event = np.asarray(entry, float), np.asarray(exit, float), np.asarray(event, bool)
    if not (entry < exit_).all():
        raise ValueError("an entry must be before its exit")
    times, places = np.unique(exit_, return_inverse=True)
    events = np.bincount(places, event, len(times))
    at_risk = np.searchsorted(np.sort(entry), times, "left") - np.searchsorted(np.sort(exit_), times, "left")
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - events / at_risk)
        spread = Z * np.sqrt(np.cumsum(events / (at_risk * (at_risk - events)))) / np.log(survival)
        low, high = (np.exp(-np.exp(np.log(-np.log(survival)) + side * spread)) for side in (-1, 1))
    untouched = survival == 1
    return pd.DataFrame({"time": times, "at_risk": at_risk, "events": events.astype(int),
                         "censored": np.bincount(places, ~event, len(times)).astype(int), "survival": survival,
                         "low": np.where(untouched, 1.0, low), "high": np.where(untouched, 1.0, high)}, columns=COLUMNS)


def median(table: pd.DataFrame) -> tuple[float, float, float]:
    """(median, low, high) of a `kaplan_meier` table: the first time at which survival, its lower and its upper bound are
    at most one half; NaN where that is never reached."""
    def first(column: str) -> float:
        reached = table["time"][table[column].round(9) <= 0.5]
        return float(reached.iloc[0]) if len(reached) else float("nan")
    return first("survival"), first("low"), first("high")


def first_day(store) -> date | None:
    """The day from which people are observed where nobody says otherwise: the first of the earliest quarter that any
    uploaded figure falls in; None without any."""
    known = quarter.quarters(store, rewarded=False)
    return periods.quarter(known[-1]).start if known else None


def spells(con, observed_from: date, as_of: date, team: str | None = None) -> pd.DataFrame:
    """Everybody employed on a day from `observed_from` to `as_of` (both inclusive), the columns of `roster.staff` and entry
    (days employed before the first observed day), exit (days employed by the last day or `as_of`), event (has left).
    Who left before `observed_from` was never observed and does not count; leave_date is the last day employed."""
    frame = roster.staff(con, observed_from, as_of, team)
    hired = frame["hire_date"]
    until = frame["leave_date"].fillna(pd.Timestamp(as_of))
    return frame.assign(entry=(pd.Timestamp(observed_from) - hired).dt.days.clip(lower=0),
                        exit=(until - hired).dt.days + 1, event=frame["left"])


def tenure(con, observed_from: date, as_of: date, by: str = "company", team: str | None = None) -> pd.DataFrame:
    """Per group (`roster.GROUPS`) the `kaplan_meier` table of tenure in days, with `group` and its number of `people`."""
    rows = roster.grouped(con, spells(con, observed_from, as_of, team), by, team)
    told = [kaplan_meier(found["entry"], found["exit"], found["event"]).assign(group=group, people=len(found))
            for group, found in rows.groupby("group", dropna=False)]
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=[*COLUMNS, "group", "people"])


def medians(table: pd.DataFrame) -> pd.DataFrame:
    """Per group of a `tenure` table: group, people, events, median, low, high (days)."""
    rows = [(group, found["people"].iloc[0], found["events"].sum(), *median(found))
            for group, found in table.groupby("group", dropna=False)]
    return pd.DataFrame(rows, columns=["group", "people", "events", "median", "low", "high"])


def numbers_at_risk(con, spelled: pd.DataFrame, times: list[float], by: str = "company") -> pd.DataFrame:
    """Per group and time of `times` (days): how many of the `spells` are at risk then; the row under a survival chart."""
    rows = roster.grouped(con, spelled, by)
    return pd.DataFrame([(group, time, int(((found["entry"] < time) & (found["exit"] >= time)).sum()))
                         for group, found in rows.groupby("group", dropna=False) for time in times],
                        columns=["group", "time", "at_risk"])
