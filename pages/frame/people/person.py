"""One person: skills against the standard of the post and the quarter before, and the individual dimension."""

import pandas as pd
import streamlit as st

from core import evaluation
from core.analysis import skills
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import show
from pages.frame.people import evaluated, level, post
from pages.frame.people.matrix import table
from pages.frame.session import Session

LEAST_CORNERS, MOST_CORNERS = 3, 12
LINES = (("required", "target"), ("before", "previous"), ("level", "actual"))


def view(look: Session, plan: dict, found: dict) -> None:
    staff = found["staff"]
    person = chosen(look, staff["name"])
    if person is None:
        return
    one, rows = staff.loc[person], found["levels"][found["levels"]["employee_id"].eq(person)]
    show.heading(show.plain(look.say("people.person_title", name=one["name"], post=post(look, one["role"], one["level"]),
                                     team=look.team_name(one["team_id"]))))
    if not one["assessed"]:
        st.info(look.say("people.person_unassessed"))
    drawn, listed = st.columns(2)
    if one["assessed"]:
        with drawn:
            show.chart(look, radar(look, one["name"], rows), table(look, rows))
    with listed:
        if len(rows):
            known = [look.say(key) for key in ("column.name", "column.role", "column.team", "people.post_level")]
            show.table(look, table(look, rows).drop(columns=known), key="person_skills")
        dimension(look, plan, person)


def chosen(look: Session, names: pd.Series) -> str | None:
    """The person in the select box, at first the one whom the address names, who is then kept there."""
    asked, ids = st.query_params.get("person"), list(names.index)
    if st.session_state.get("people_person") not in ids:
        st.session_state["people_person"] = asked if asked in ids else None if asked else ids[0]
    person = st.selectbox(look.say("people.person"), ids, key="people_person", format_func=lambda one: names[one],
                          placeholder=look.say("people.choose"))
    if person is None:
        st.info(look.say("incentives.no_such_person"))
    elif person != asked:
        st.query_params["person"] = person
    return person


def radar(look: Session, name: str, rows: pd.DataFrame) -> Chart:
    """Levels now and the quarter before against the standard; without a standard the levels alone. Fewer than three skills
    are bars."""
    told = skills.radar(rows)
    if told.empty:
        told = rows.assign(required=float("nan"))
    told = told.head(MOST_CORNERS)
    series = tuple(Series(look.say(f"people.line_{column}"), tuple(None if pd.isna(v) else float(v) for v in told[column]), style)
                   for column, style in LINES if told[column].notna().any())
    title = _title(look, name, rows)
    kind = "radar" if len(told) >= LEAST_CORNERS else "bar"
    subtitle = look.say("people.radar_of", quarter=look.period.label, skills=len(told))
    return Chart(kind, title, subtitle, tuple(told["skill"]), series, "ratio", title, definition=look.say("people.heat_means"))


def _title(look: Session, name: str, rows: pd.DataFrame) -> str:
    asked = rows[rows["met"].notna()]
    short = asked[asked["met"].eq(False)]
    if asked.empty:
        return look.say("people.radar_no_standard", name=name)
    if short.empty:
        return look.say("people.radar_met", name=name, asked=len(asked))
    first = short.assign(gap=short["required"] - short["level"].fillna(0)).sort_values("gap", ascending=False).iloc[0]
    return look.say("people.radar_short", name=name, short=len(short), asked=len(asked), skill=first["skill"],
                    level=level(first["level"]), required=level(first["required"]))


def dimension(look: Session, plan: dict, person: str) -> None:
    """The individual dimension of a person: each metric with n, target and score, and the index with its covered weight."""
    told = evaluation.lines(plan, evaluated(look).loc[lambda frame: frame["subject_id"].eq(person)])
    if told.empty:
        st.caption(look.say("people.no_index"))
        return
    one = evaluation.indices(plan, told).iloc[0]
    said = "people.index" if one["counted"] else "people.index_thin"
    show.heading(look.say(said, index=look.number(one["index"], "score"), covered=look.number(one["covered_weight"], "percent"),
                          minimum=look.number(plan["covered_minimum"], "percent")))
    show.table(look, pd.DataFrame({
        look.say("column.metric"): told["metric"].map(look.metric), look.say("column.weight"): told["weight"],
        look.say("people.value"): [look.number(v, METRICS[m].unit) for m, v in zip(told["metric"], told["value"], strict=True)],
        look.say("people.n"): told["n"], look.say("column.target"): [
            look.number(v, METRICS[m].unit) for m, v in zip(told["metric"], told["target"], strict=True)],
        look.say("column.score"): told["score"]}),
        {look.say("column.weight"): "percent", look.say("column.score"): "score", look.say("people.n"): "count"},
        key="person_dimension")
