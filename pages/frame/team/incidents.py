"""Incidents of the quarter by severity: how many, how long."""

import pandas as pd
import streamlit as st

from core import text
from core.analysis import requests
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.session import Session
from pages.frame.team import of_whom, past, say, values

NAME = "downtime_minutes"


def read(store, period, team: str | None) -> pd.DataFrame:
    """`incidents` of core.analysis.requests in a period."""
    return requests.incidents(store.cursor(), period, team)


def view(look: Session) -> None:
    """Minutes by severity, and the quarters before."""
    told = {one.label: session.kept(look, read, one, look.team) for one in past(look.store, look.period)}
    frame = told.get(look.period.label)
    if not look.store.counts()["incidents"]:
        show.missing(look, ["incidents"], say(look, "tab_incidents"))
        return
    if frame is None or frame.empty:
        st.info(say(look, "no_incident", whom=show.plain(of_whom(look))))
    places = st.columns(2)
    drawn = [by_severity(look, frame), over_time(look, told)]
    for place, one in zip(places, filter(None, drawn), strict=False):
        with place:
            show.chart(look, one)
    if frame is not None and len(frame):
        show.heading(say(look, "table_incidents"))
        show.table(look, *table(look, frame), key="incidents")


def severity(look: Session, one) -> str:
    return say(look, "not_given") if text.missing(one) or pd.isna(one) else str(one)


def by_severity(look: Session, frame: pd.DataFrame | None) -> Chart | None:
    """Minutes within the quarter by severity, the most first."""
    if frame is None or frame.empty:
        return None
    title = say(look, "incidents", n=int(frame["incidents"].sum()), minutes=look.number(frame["minutes"].sum(), "minutes"),
                     longest=look.number(frame["longest"].max(), "minutes"))
    names = tuple(say(look, "with_n", name=severity(look, name), n=n)
                  for name, n in zip(frame["severity"], frame["incidents"], strict=True))
    return Chart("barh", title, say(look, "incidents_of",
                                         n=int(frame["incidents"].sum())),
                 names, (Series(say(look, "column_minutes"), values(frame["minutes"])),), "minutes", title,
                 definition=METRICS[NAME].means[look.lang])


def over_time(look: Session, told: dict[str, pd.DataFrame]) -> Chart | None:
    """Minutes of each quarter from the first with an incident on."""
    sums = [(label, float(frame["minutes"].sum()), int(frame["incidents"].sum())) for label, frame in told.items()]
    first = next((place for place, (_, _, count) in enumerate(sums) if count), len(sums))
    if len(sums) - first < 2:
        return None
    sums = sums[first:]
    title = say(look, "downtime", last=sums[-1][0], minutes=look.number(sums[-1][1], "minutes"), before=sums[-2][0],
                     earlier=look.number(sums[-2][1], "minutes"))
    return Chart("line", title, say(look, "downtime_of", n=sum(count for *_, count in sums)),
                 tuple(label for label, *_ in sums), (Series(look.metric(NAME), tuple(one for _, one, _ in sums)),),
                 "minutes", title, definition=METRICS[NAME].means[look.lang])


def table(look: Session, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    words = {one: say(look, f"column_{one}") for one in ("incidents", "open", "minutes", "longest")}
    names = {say(look, "severity"): [severity(look, one) for one in frame["severity"]]}
    return pd.DataFrame(names | {word: frame[one] for one, word in words.items()}), dict.fromkeys(words.values(), "count")
