"""Where work gets stuck: who asks whom, how much of it is urgent, how long it takes, whether it is in time."""

import pandas as pd
import streamlit as st

from core import quarter, text
from core.analysis import requests
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import boards, session, show
from pages.frame.session import Session
from pages.frame.team import say, values

ANSWERED, CYCLE = "response_within_sla", "request_cycle_days"
MOST_TEAMS = 12


def read(store, period, what: str, team: str | None) -> pd.DataFrame:
    """What `flow`, `asking`, `sla` or `total` of core.analysis.requests answers under the plan in force."""
    hours = quarter.plan_for(store, period)["definitions"]["sla_hours"]
    return getattr(requests, what)(store.cursor(), period, hours, team)


def totals(look: Session, period=None) -> pd.Series | None:
    """Everything that the company or the chosen team asked, in one row; None without any request."""
    row = session.kept(look, read, period or look.period, "total", look.team).iloc[0]
    return row if row["raised"] + row["delivered"] + row["due"] else None


def view(look: Session) -> None:
    """Who asks whom, then urgency, answers in time and duration, then every pair."""
    pairs, asking, sla = (session.kept(look, read, look.period, what, look.team) for what in ("flow", "asking", "sla"))
    if pairs.empty:
        show.missing(look, ["requests"], say(look, "requests"))
        return
    asking = asking.assign(name=[look.team_name(one) for one in asking["team_id"]])
    places = st.columns(2)
    drawn = [flow(look, pairs), urgent(look, asking), in_time(look, sla), cycle(look, asking)]
    for number, one in enumerate(filter(None, drawn)):
        with places[number % 2]:
            show.chart(look, one)
    show.heading(say(look, "table_requests"))
    show.table(look, *table(look, pairs), key="pairs")
    st.caption(say(look, "requests_means"))


def owner(look: Session, team) -> str:
    """The team that was asked; the owner may have been employed nowhere that day."""
    return say(look, "nowhere") if text.missing(team) or pd.isna(team) else look.team_name(team)


def flow(look: Session, pairs: pd.DataFrame) -> Chart | None:
    """Requests raised, a row an asking team, a column a team that was asked; the busiest twelve of each."""
    raised = pairs[pairs["raised"] > 0]
    if raised.empty:
        return None
    raised = raised.fillna({"from_team": "", "to_team": ""})
    ids = {side: raised.groupby(side)["raised"].sum().sort_values(ascending=False, kind="stable").index[:MOST_TEAMS]
           for side in ("from_team", "to_team")}
    counts = raised.set_index(["from_team", "to_team"])["raised"]
    series = tuple(Series(look.team_name(asks or None), tuple(_count(counts, (asks, asked)) for asked in ids["to_team"]))
                   for asks in ids["from_team"])
    first = raised.iloc[0]
    title = say(look, "flow", asks=look.team_name(first["from_team"] or None), asked=owner(look, first["to_team"] or None),
                     n=int(first["raised"]), share=look.number(first["raised"] / raised["raised"].sum(), "percent"))
    return Chart("heatmap", title, say(look, "flow_of", n=int(raised["raised"].sum())),
                 tuple(owner(look, one or None) for one in ids["to_team"]), series, "count", title,
                 definition=say(look, "flow_means"))


def _count(counts: pd.Series, pair: tuple) -> float | None:
    return float(counts[pair]) if pair in counts.index else None


def urgent(look: Session, asking: pd.DataFrame) -> Chart | None:
    """The share of urgent requests by asking team, by the lower end of its interval: few requests lead nobody to the top."""
    shown = asking[asking["raised"] > 0].sort_values(["urgent_low", "raised"], ascending=False).head(MOST_TEAMS)
    if shown.empty:
        return None
    first = shown.iloc[0]
    title = say(look, "urgent", name=first["name"], urgent=int(first["urgent"]), n=int(first["raised"]),
                     share=look.number(first["urgent_share"], "percent"))
    series = Series(say(look, "column_urgent_share"), values(shown["urgent_share"]), low=values(shown["urgent_low"]),
                    high=values(shown["urgent_high"]))
    return Chart("point", title, say(look, "urgent_of"), _with_n(look, shown, "raised"),
                 (series,), "percent", title, definition=say(look, "urgent_means"))


def _with_n(look: Session, frame: pd.DataFrame, column: str) -> tuple:
    return tuple(say(look, "with_n", name=name, n=int(n)) for name, n in zip(frame["name"], frame[column], strict=True))


def in_time(look: Session, sla: pd.DataFrame) -> Chart | None:
    """The share answered within the time of each priority, with its interval."""
    shown = sla[sla["judged"] > 0]
    if shown.empty:
        return None
    shown = shown.assign(name=[boards.choice(look, "requests", "priority", one) for one in shown["priority"]])
    late = int(shown["judged"].sum() - shown["in_time"].sum())
    title = say(look, "in_time", n=int(shown["judged"].sum()), late=late)
    names = tuple(say(look, "priority", name=row["name"], hours=f"{row['hours']:g}", n=int(row["judged"]))
                  for row in shown.to_dict("records"))
    series = Series(look.metric(ANSWERED), values(shown["in_time_share"]), low=values(shown["in_time_low"]),
                    high=values(shown["in_time_high"]))
    return Chart("point", title, say(look, "in_time_of"), names, (series,),
                 "percent", title, definition=METRICS[ANSWERED].means[look.lang])


def cycle(look: Session, asking: pd.DataFrame) -> Chart | None:
    """Days from raised to delivered by asking team, in the order of their ids: a mean without interval ranks nobody."""
    shown = asking[asking["delivered"] > 0].sort_values("delivered", ascending=False, kind="stable").head(MOST_TEAMS)
    if shown.empty:
        return None
    shown = shown.sort_values("team_id")
    every = totals(look)
    title = say(look, "cycle", days=look.number(every["cycle_days"], "days"),
                     revisions=look.number(every["revisions_per_request"], "score"))
    return Chart("barh", title, say(look, "cycle_of", n=int(every["delivered"])), _with_n(look, shown, "delivered"),
                 (Series(look.metric(CYCLE), values(shown["cycle_days"])),), "days", title,
                 definition=METRICS[CYCLE].means[look.lang])


def table(look: Session, pairs: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """Every pair of teams with its counts, means and shares; a share with its interval."""
    words = {one: say(look, f"column_{one}") for one in (
        "raised", "urgent_share", "urgent_low", "urgent_high", "delivered", "cycle_days", "revisions_per_request", "due",
        "on_time_share", "on_time_low", "on_time_high")}
    ends = {say(look, "asks"): [look.team_name(one) for one in pairs["from_team"]],
            say(look, "asked"): [owner(look, one) for one in pairs["to_team"]]}
    formats = {word: "count" if name in ("raised", "delivered", "due") else
               "score" if name in ("cycle_days", "revisions_per_request") else "percent" for name, word in words.items()}
    return pd.DataFrame(ends | {word: pairs[name].tolist() for name, word in words.items()}), formats
