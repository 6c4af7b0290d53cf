"""New people: how long until their first good month, and who of them left early."""

import pandas as pd
import streamlit as st

from core import quarter
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.session import Session
from pages.frame.team import group_name, leaving, say, values

NAME = "ramp_up_days"


def ramp_up(store, period) -> pd.DataFrame:
    """The rows of ramp_up_days of a quarter, for the company and each role; the first time it scores a year of months."""
    frame = quarter.evaluate(store, period, ramp_up=True)
    return frame[frame["metric"] == NAME].reset_index(drop=True)


def view(look: Session) -> None:
    """Days until the first month at 80 by role, then hires and early leavers by role."""
    with st.spinner(say(look, "ramp_working")):
        rows = session.kept(look, ramp_up, look.period)
    hires = session.kept(look, leaving.grouped, look.period, "role", look.team)
    hires = hires[hires["hires"] > 0]
    if look.team:
        st.info(say(look, "ramp_company"))
    if rows.empty:
        st.info(say(look, "ramp_nobody"))
    places = st.columns(2)
    for place, one in zip(places, filter(None, (by_role(look, rows), early(look, hires))), strict=False):
        with place:
            show.chart(look, one)
    if hires.empty:
        st.info(say(look, "no_hire"))
        return
    show.heading(say(look, "table_newcomers"))
    show.table(look, *table(look, hires), key="newcomers")


def by_role(look: Session, rows: pd.DataFrame) -> Chart | None:
    """The company, then the roles by name: a mean of few people ranks nobody."""
    if rows.empty:
        return None
    rows = rows.sort_values(["subject_type", "subject_id"], ignore_index=True)
    names = [look.role(row.subject_id) if row.subject_type == "role" else say(look, "company") for row in rows.itertuples()]
    first = rows.iloc[0]
    title = say(look, "ramp", n=int(first["n"]), days=look.number(first["value"], "days"))
    series = [Series(look.period.label, values(rows["value"]))]
    if rows["previous"].notna().any():
        series.append(Series(look.period.previous().label, values(rows["previous"]), "previous"))
    labels = tuple(say(look, "with_n", name=name, n=int(n)) for name, n in zip(names, rows["n"], strict=True))
    return Chart("barh", title, say(look, "ramp_of", n=int(first["n"])), labels, tuple(series),
                 "days", title, definition=METRICS[NAME].means[look.lang])


def early(look: Session, hires: pd.DataFrame) -> Chart | None:
    """New people by role, and how many of them left early: counts."""
    if hires.empty:
        return None
    gone = int(hires["early_leavers"].sum())
    title = say(look, "early" if gone else "early_none", hires=int(hires["hires"].sum()), gone=gone)
    series = tuple(Series(say(look, f"column_{one}"), values(hires[one])) for one in ("hires", "early_leavers"))
    return Chart("bar", title, say(look, "early_of", n=int(hires["hires"].sum())),
                 tuple(group_name(look, "role", one) for one in hires["group"]), series, "count", title,
                 definition=METRICS["early_attrition_rate"].means[look.lang])


def table(look: Session, hires: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    words = {one: say(look, f"column_{one}") for one in ("hires", "early_leavers", "early_rate")}
    names = {look.say("column.role"): [group_name(look, "role", one) for one in hires["group"]]}
    formats = {words["hires"]: "count", words["early_leavers"]: "count", words["early_rate"]: "percent"}
    return pd.DataFrame(names | {word: hires[one] for one, word in words.items()}), formats
