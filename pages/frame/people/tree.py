"""The growth tree of a role: direction × stage, who stands where, and what the next stage asks for."""

from datetime import date

import pandas as pd
import streamlit as st

from core.analysis import growth_tree
from core.charts import Chart, Series
from core.store import Store
from pages.frame import session, show
from pages.frame.boards import choice, day
from pages.frame.people import level, listed, role_of
from pages.frame.session import Session

ROLES = """select distinct role from skill_standards where stage in (select unnest($stages)) and role is not null order by role"""


def read(store: Store, on: date, team: str | None) -> tuple:
    """(roles with a standard of a growth stage, `standing`, `lacking`) of a team on a day."""
    con = store.cursor()
    roles = [role for (role,) in con.execute(ROLES, {"stages": list(growth_tree.STAGES)}).fetchall()]
    return roles, growth_tree.standing(con, on, team=team), growth_tree.lacking(con, on, team=team)


def of_role(store: Store, on: date, role: str, team: str | None) -> pd.DataFrame:
    return growth_tree.tree(store.cursor(), on, role, team)


def view(look: Session, plan: dict, found: dict) -> None:
    roles, standing, lacking = session.kept(look, read, look.period.end, look.team)
    standing = standing[standing["role"].notna()]
    known = sorted({*set(roles) & set(standing["role"]), *standing.loc[standing["direction"].notna(), "role"]})
    if not known:
        show.missing(look, ["growth_paths", "skill_standards"], look.say("people.tab_tree"))
        return
    role = role_of(look, known, standing["role"].value_counts(), "people_tree_role", False)
    names = found["staff"]["name"]
    stood = standing[standing["role"].eq(role)]
    stood = stood.assign(name=stood["employee_id"].map(names).fillna(stood["name"]))
    tree = session.kept(look, of_role, look.period.end, role, look.team)
    show.chart(look, drawn(look, role, tree, stood), _stages(look, tree))
    for direction, stages in tree.groupby("direction", sort=False):
        branch(look, direction, stages, stood[stood["direction"].eq(direction)])
    nowhere = stood.loc[stood["direction"].isna(), "name"]
    if len(nowhere):
        st.caption(look.say("people.nowhere", count=len(nowhere), names=listed(look, nowhere)))
    placed = stood[stood["direction"].notna()]
    if len(placed):
        show.heading(look.say("people.next_table"))
        show.table(look, table(look, placed, lacking), {look.say("people.lacking"): "wide"}, key="standing")


def stage_name(look: Session, stage) -> str:
    return choice(look, "growth_paths", "stage", stage)


def drawn(look: Session, role: str, tree: pd.DataFrame, stood: pd.DataFrame) -> Chart:
    """How many people stand at each stage of each direction; a stage with nobody says 0."""
    top = int(stood["stage"].eq(growth_tree.STAGES[-1]).sum())
    placed, everybody = stood.loc[stood["direction"].notna(), "employee_id"].nunique(), stood["employee_id"].nunique()
    title = look.say("people.tree_title", role=look.role(role), placed=placed, people=everybody, top=top,
                     stage=stage_name(look, growth_tree.STAGES[-1]))
    series = tuple(Series(direction, tuple(int(n) for n in stages["people"]))
                   for direction, stages in tree.groupby("direction", sort=False))
    subtitle = look.say("people.tree_of", day=day(look, look.period.end), people=everybody, directions=len(series))
    return Chart("heatmap", title, subtitle, tuple(stage_name(look, stage) for stage in growth_tree.STAGES), series, "count",
                 title, definition=look.say("people.tree_means"))


def branch(look: Session, direction: str, stages: pd.DataFrame, stood: pd.DataFrame) -> None:
    """A direction's stages side by side: who stands there, and what the stage asks for."""
    show.heading(show.plain(direction))
    for place, stage in zip(st.columns(len(stages)), stages.to_dict("records"), strict=True):
        there = stood.loc[stood["stage"].eq(stage["stage"]), "name"]
        with place.container(border=True, height="stretch"):
            st.markdown(look.say("people.stage", stage=stage_name(look, stage["stage"]), people=stage["people"]))
            st.markdown(listed(look, there) if len(there) else "—")
            st.caption(look.say("people.asks", skills=show.plain(_asked(look, stage["skills"]))) if stage["skills"]
                       else look.say("people.asks_nothing"))


def _asked(look: Session, skills: list) -> str:
    return look.say("comma").join(f"{skill} {level(required)}" for skill, required in skills)


def _stages(look: Session, tree: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("people.direction"): tree["direction"].tolist(),
        look.say("people.stage_column"): [stage_name(look, stage) for stage in tree["stage"]],
        look.say("chart.people"): tree["people"].tolist(),
        look.say("people.asks_column"): [_asked(look, skills) or "—" for skills in tree["skills"]]})


def table(look: Session, placed: pd.DataFrame, lacking: pd.DataFrame) -> pd.DataFrame:
    """Where everybody stands, since when, and which skills the next stage still asks of them."""
    short = lacking[lacking["lacking"]]
    said = {key: look.say("comma").join(look.say("people.short", skill=row["skill"], level=level(row["level"]),
                                                 required=level(row["required"])) for row in rows.to_dict("records"))
            for key, rows in short.groupby(["employee_id", "direction"])}
    return pd.DataFrame({
        look.say("column.name"): placed["name"].tolist(), look.say("column.team"): placed["team_id"].map(look.team_name).tolist(),
        look.say("people.direction"): placed["direction"].tolist(),
        look.say("people.stage_column"): [stage_name(look, stage) for stage in placed["stage"]],
        look.say("people.since"): [day(look, since) for since in placed["since"]],
        look.say("people.next_stage"): [stage_name(look, stage) for stage in placed["next_stage"]],
        look.say("people.lacking"): [_missing(look, row, said) for row in placed.to_dict("records")]})


def _missing(look: Session, row: dict, said: dict) -> str:
    if pd.isna(row["asks"]):
        return look.say("people.at_top")
    if not row["asks"]:
        return look.say("people.asks_nothing")
    return said.get((row["employee_id"], row["direction"])) or look.say("people.ready")
