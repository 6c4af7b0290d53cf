"""Collaboration satisfaction of the company and its teams: what an anonymous survey may say, and no more."""

import pandas as pd
import streamlit as st

from core import quarter
from core.charts import Chart, Series
from core.metrics import METRICS, survey
from pages.frame import session, show
from pages.frame.session import Session
from pages.frame.team import past, say, value, values

NAME = "collaboration_satisfaction"


def least(look: Session) -> int:
    """Fewer answers than this are not shown."""
    return max(survey.LEAST, int(quarter.plan_for(look.store, look.period)["definitions"]["privacy_minimum"]))


def measured(store, period) -> pd.DataFrame:
    """The survey's rows of a quarter as `quarter.evaluate` has them, without measuring the rest of it."""
    frame = quarter.measured(store, period, quarter.plan_for(store, period)["definitions"], frozenset({NAME}))
    return frame[frame["metric"] == NAME].assign(hidden=frame["note"].eq("hidden"))


def view(look: Session) -> None:
    """The subjects side by side, the company over the quarters, the table with what is hidden named."""
    rows = subjects(look)
    if rows.empty:
        show.missing(look, ["collaboration_survey"], look.metric(NAME))
        return
    places = st.columns(2)
    for place, drawn in zip(places, (by_subject(look, rows), over_time(look)), strict=True):
        if drawn:
            with place:
                show.chart(look, drawn)
    show.heading(say(look, "table_satisfaction"))
    show.table(look, *table(look, rows), key="satisfaction")
    st.caption(say(look, "survey_means", least=least(look)))


def subjects(look: Session) -> pd.DataFrame:
    """The evaluated rows of the company and of the teams of the chosen one, by id: nothing here is ranked, for nothing has
    an interval."""
    frame = session.evaluated(look, look.period.label)
    members = look.members()
    teams = frame["subject_type"].eq("team") & (frame["subject_id"].isin(members) if members is not None else True)
    found = frame[frame["metric"].eq(NAME) & (frame["subject_type"].eq("company") | teams)]
    names = [look.team_name(row.subject_id) if row.subject_type == "team" else say(look, "company") for row in found.itertuples()]
    return found.assign(name=names).sort_values(["subject_type", "subject_id"], ignore_index=True)


def by_subject(look: Session, rows: pd.DataFrame) -> Chart | None:
    """The figures that may be shown beside those of the quarter before; None without any."""
    shown = rows[~rows["hidden"]]
    if shown.empty:
        return None
    first, hidden = shown.iloc[0], rows.loc[rows["hidden"], "name"]
    change = show.change(look, first["value"], first["previous"], "score")
    title = say(look, "satisfied", name=first["name"], score=look.number(first["value"], "score"),
                     change=say(look, "than_before", change=change) if change else "")
    series = [Series(look.period.label, values(shown["value"]))]
    if shown["previous"].notna().any():
        series.append(Series(look.period.previous().label, values(shown["previous"]), "previous"))
    note = say(look, "hidden_ones", least=least(look), teams=look.say("comma").join(hidden)) if len(hidden) else ""
    answers = "" if first["subject_type"] != "company" else look.say("comma") + say(look, "answers", n=f"{first['n']:.0f}")
    return Chart("barh", title, say(look, "satisfied_of", answers=answers),
                 tuple(shown["name"]), tuple(series), "score", title, note=note, definition=METRICS[NAME].means[look.lang])


def over_time(look: Session) -> Chart | None:
    """The company's satisfaction over the quarters, and the chosen team's where it may be shown; a hidden one is a gap."""
    told_of = {one.label: session.kept(look, measured, one) for one in past(look.store, look.period)}
    labels, lines = tuple(told_of), []
    for team in dict.fromkeys([None, look.team]):
        told = [_figure(frame, team) for frame in told_of.values()]
        if any(one is not None for one in told):
            lines.append(Series(look.team_name(team) if team else say(look, "company"), tuple(told)))
    if not lines:
        return None
    known = [(label, one) for label, one in zip(labels, lines[0].values, strict=True) if one is not None]
    title = say(look, "satisfied_over" if len(known) > 1 else "satisfied_once", name=lines[0].name, last=known[-1][0],
                first=known[0][0], before=look.number(known[0][1], "score"), now=look.number(known[-1][1], "score"))
    return Chart("line", title, say(look, "satisfied_over_of"), labels, tuple(lines), "score", title,
                 definition=METRICS[NAME].means[look.lang])


def _figure(frame: pd.DataFrame, team: str | None) -> float | None:
    here = frame["subject_type"].eq("company" if team is None else "team") & (team is None or frame["subject_id"].eq(team))
    found = frame[frame["metric"].eq(NAME) & here & ~frame["hidden"]]
    return value(found["value"].iloc[0]) if len(found) else None


def table(look: Session, rows: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """Score, answers and the quarter before; a hidden figure says why it is none."""
    hidden = say(look, "hidden", least=least(look))
    words = [say(look, f"{one}") for one in ("group", "score", "answered", "before", "remark")]
    columns = [rows["name"], rows["value"], rows["n"], rows["previous"], rows["hidden"].map({True: hidden, False: ""})]
    kinds = ("score", "count", "score", "wide")
    return pd.DataFrame(dict(zip(words, columns, strict=True))), dict(zip(words[1:], kinds, strict=True))
