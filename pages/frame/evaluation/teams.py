"""The teams beside each other: the index of each dimension with its covered weight. Nothing is ranked: an index has no
interval."""

import pandas as pd
import streamlit as st

from core import evaluation, text
from core.charts import Chart, Series
from pages.frame import show
from pages.frame.evaluation import Told, counts, dimension, of_frame, rows
from pages.frame.session import Session

COMPANY = ""


def board(look: Session, plan: dict, now: Told, before: Told | None) -> None:
    """The chosen team and those below it, else all teams, with the company for comparison."""
    frame, members = rows(look, look.period.label), look.members()
    teams = frame["subject_type"].eq("team") & (True if members is None else frame["subject_id"].isin(members))
    if not teams.any():
        show.missing(look, ["teams", "employees"], look.say("evaluation.tab_teams"))
        return
    frame = frame[teams | frame["subject_type"].eq("company")]
    every = compared(plan, frame, of_frame(plan, now.quarter, frame))
    drawn = chart(look, plan, every)
    if drawn:
        show.chart(look, drawn)
    st.caption(look.say("evaluation.teams_means", least=look.number(plan["covered_minimum"], "percent"),
                        people=plan["evaluation"]["smallest_group"]))
    show.table(look, table(look, plan, every), {look.say("evaluation.remark"): "wide"}, key="evaluation_teams",
               grey=every["remark"].ne("").tolist())
    nothing = [name for team, name in look.teams.items()
               if team not in set(every["team_id"]) and (members is None or team in members)]
    if nothing:
        st.caption(show.plain(look.say("evaluation.teams_without", names=look.say("comma").join(nothing))))


def compared(plan: dict, frame: pd.DataFrame, every: Told) -> pd.DataFrame:
    """One row per subject, the company first, then the teams by id: team_id (COMPANY: the company), people, each index with its
    covered weight, remark (why it is for reference only: covered, few)."""
    staff = frame[frame["metric"].eq("attrition_rate")]
    people, told = dict(zip(staff["subject_id"].fillna(COMPANY), staff["n"], strict=True)), []
    for team, own in every.indices.groupby(every.indices["subject_id"].fillna(COMPANY), sort=False):
        row = {"team_id": team, "people": people.get(team)}
        row |= dict(zip(own["dimension"], own.to_dict("records"), strict=True))
        told.append(row | {"remark": _remark(plan, row)})
    return pd.DataFrame(told).sort_values("team_id", ignore_index=True)


def _remark(plan: dict, row: dict) -> str:
    overall = row[evaluation.OVERALL]
    if not counts(overall) or overall["covered_weight"] < plan["covered_minimum"]:
        return "covered"
    few = text.missing(row["people"]) or row["people"] < plan["evaluation"]["smallest_group"]
    return "few" if row["team_id"] and few else ""


def chart(look: Session, plan: dict, every: pd.DataFrame) -> Chart | None:
    """The overall of the teams with enough covered weight, in the order of the table; None with fewer than two."""
    shown = every[every["team_id"].ne(COMPANY) & every["remark"].ne("covered")]
    if len(shown) < 2:
        return None
    values = [one["index"] for one in shown[evaluation.OVERALL]]
    names = tuple(look.say("evaluation.team_of", team=look.team_name(row["team_id"]), people=look.number(row["people"], "count"))
                  for row in shown.to_dict("records"))
    title = look.say("evaluation.teams", teams=len(shown), low=look.number(min(values), "score"),
                     high=look.number(max(values), "score"))
    return Chart("barh", title, look.say("evaluation.teams_of", quarter=look.period.label, n=len(shown)), names,
                 (Series(look.say("evaluation.overall"), tuple(map(float, values))),), "score", title, "",
                 look.say("evaluation.definition"))


def table(look: Session, plan: dict, every: pd.DataFrame) -> pd.DataFrame:
    told = every.to_dict("records")
    named = {look.say("evaluation.team"): [look.team_name(row["team_id"]) if row["team_id"] else look.say("level.company")
                                           for row in told],
             look.say("chart.people"): [look.number(row["people"], "count") for row in told]}
    for name in (evaluation.OVERALL, *plan["dimensions"]):
        named[look.say("evaluation.index_of", dimension=dimension(look, plan, name))] = [_cell(look, row[name]) for row in told]
    named[look.say("evaluation.remark")] = [look.say(f"evaluation.remark_{row['remark']}", people=plan["evaluation"][
        "smallest_group"], least=look.number(plan["covered_minimum"], "percent")) if row["remark"] else "" for row in told]
    return pd.DataFrame(named)


def _cell(look: Session, one: dict) -> str:
    """An index with its covered weight; in words where that is too little."""
    if text.missing(one["index"]):
        return "—"
    key = "evaluation.cell" if one["counted"] else "evaluation.cell_below"
    return look.say(key, index=look.number(one["index"], "score"), share=look.number(one["covered_weight"], "percent"))
