"""Projects: stage, milestones against their bars, money released, waiting and missed, members, retrospective."""

from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from core import boards, quarter, text
from core.charts import Chart, Series
from core.periods import Period
from core.rules import figure_units
from pages.frame import session, show
from pages.frame.boards import choice, day, named, plainly, state
from pages.frame.session import Session

MOST = 12
MONEY = {"released": "actual", "waiting": "previous", "missed": "target"}


def board(look: Session) -> None:
    con = look.store.cursor()
    every = boards.projects(con, look.period, date.today())
    if every.empty:
        show.missing(look, ["projects"], look.say("boards.tab_projects"))
        return
    with st.spinner(look.say("boards.settling")):
        found, received = boards.milestones(con, look.period, lambda period: _settled(look, period))
    members = boards.members(con, received)
    chosen = _of_team(look, every, members).merge(boards.money(found), on="project_id", how="left")
    chosen = chosen.fillna({name: 0.0 for name in MONEY})
    if chosen.empty:
        st.info(look.say("boards.no_project_of_team"))
        return
    show.sentence(_finding(look, chosen))
    if found.empty:
        show.missing(look, ["milestones"], look.say("boards.milestones"))
    else:
        show.chart(look, drawn(look, chosen), _table(look, chosen, found))
    show.heading(look.say("boards.table_projects"))
    formats = dict.fromkeys((look.say(f"boards.{name}") for name in ("gmv_target", "pool", *MONEY)), "yuan")
    row = show.table(look, _table(look, chosen, found), formats, key="projects", select=True)
    if row is not None:
        st.query_params["project"] = chosen["project_id"].iloc[row]
    asked = st.query_params.get("project")
    if asked in set(chosen["project_id"]):
        project(look, chosen.set_index("project_id").loc[asked], found[found["project_id"] == asked],
                members[members["project_id"] == asked])
    elif asked:
        st.info(look.say("boards.no_such_project"))
    else:
        st.caption(look.say("boards.open_project"))


def _settled(look: Session, period: Period):
    """The milestone rules of a quarter under the plan in force then, kept like any settlement."""
    return session.settled(replace(look, period=period), boards.only(quarter.plan_for(look.store, period), "milestones"))


def _of_team(look: Session, every: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """The projects in which somebody of the chosen team takes part."""
    teams = look.members()
    if teams is None:
        return every
    return every[every["project_id"].isin(members.loc[members["team_id"].isin(teams), "project_id"])]


def _finding(look: Session, chosen: pd.DataFrame) -> str:
    sums = {name: look.number(chosen[name].sum(), "yuan") for name in MONEY}
    return look.say("boards.finding_projects", quarter=look.period.label, count=len(chosen),
                    running=int(chosen["stage"].eq("running").sum()),
                    pool=look.number(chosen["bonus_pool"].sum(), "yuan"), **sums)


def drawn(look: Session, chosen: pd.DataFrame) -> Chart:
    """Each project's milestone money: released, waiting, missed; the latest projects first."""
    shown = chosen.head(MOST)
    series = tuple(Series(look.say(f"boards.short_{name}"), tuple(float(v) or None for v in shown[name]), style)
                   for name, style in MONEY.items())
    part = chosen["released"].sum() / chosen["bonus_pool"].sum() if chosen["bonus_pool"].sum() else None
    title = look.say("boards.chart_projects", part=look.number(part, "percent"))
    names = shown["name"].where(~shown["name"].duplicated(keep=False), shown["name"] + " · " + shown["project_id"])
    subtitle = look.say("boards.chart_projects_of", quarter=look.period.label, count=len(shown), all=len(chosen))
    return Chart("stacked", title, subtitle, tuple(names), series, "yuan", title)


def _table(look: Session, chosen: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    grouped = found["state"].map({"met": "met", "missed": "missed"}).fillna("open")
    counts = pd.crosstab(found["project_id"], grouped).reindex(chosen["project_id"], fill_value=0)
    counts = counts.reindex(columns=["met", "missed", "open"], fill_value=0)
    return pd.DataFrame({
        look.say("boards.project"): chosen["name"].tolist(),
        look.say("boards.stage"): [look.say(f"boards.stage_{stage}") for stage in chosen["stage"]],
        look.say("boards.gmv_target"): chosen["gmv_target"].tolist(),
        look.say("boards.milestones_counted"): [look.say("boards.counted", met=met, missed=missed, open=left)
                                                for met, missed, left in counts.to_numpy().tolist()],
        look.say("boards.pool"): chosen["bonus_pool"].tolist(),
        **{look.say(f"boards.{name}"): chosen[name].tolist() for name in MONEY}})


def project(look: Session, one: pd.Series, found: pd.DataFrame, members: pd.DataFrame) -> None:
    """One project: what it is, its milestones, its people, what was learned."""
    show.heading(look.say("boards.project_title", name=show.plain(one["name"]), stage=look.say(f"boards.stage_{one['stage']}")))
    st.caption(plainly(look, "boards.project_line", kind=choice(look, "projects", "kind", one["kind"]), id=one.name,
                       first=day(look, one["start_date"]), last=day(look, one["end_date"]),
                       target=look.number(one["gmv_target"], "yuan"), pool=look.number(one["bonus_pool"], "yuan")))
    st.markdown(f"**{look.say('boards.milestones')}**")
    show.table(look, _milestones(look, found), {look.say("boards.money"): "yuan"}, key="milestones")
    people, learned = st.columns([3, 2])
    with people:
        st.markdown(f"**{look.say('boards.members')}**")
        if members.empty:
            show.missing(look, ["project_members"], look.say("boards.members"))
        else:
            show.table(look, _members(look, members), {look.say("boards.share"): "percent", look.say("boards.received"): "yuan"},
                       key="project_members")
    with learned:
        st.markdown(f"**{look.say('boards.retrospective')}**")
        words = one["retrospective"]
        st.markdown(look.say("boards.no_retrospective") if text.missing(words) else show.plain(words))


def _milestones(look: Session, found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("boards.milestone"): [choice(look, "milestones", "milestone", name) for name in found["milestone"]],
        look.say("column.state"): [state(look, name) for name in found["state"]],
        look.say("boards.against_bar"): [against(look, row, unit) for row, unit in zip(
            found.to_dict("records"), figure_units(found), strict=True)],
        look.say("boards.due"): [day(look, due) for due in found["due_date"]],
        look.say("boards.money"): found["pool"].where(found["state"].ne("met"), found["paid"]).tolist()})


def against(look: Session, row: dict, unit: str) -> str:
    """A milestone's figure against its bar, and by how much it was missed."""
    side = "lower" if row["better"] == "lower" else "higher"
    bar = look.say(f"boards.bar_{side}", bar=text.full(row["target"], unit, look.lang))
    if text.missing(row["actual"]):
        return look.say("boards.no_actual", bar=bar)
    words = look.say("boards.has", figure=text.full(row["actual"], unit, look.lang), bar=bar)
    off = abs(row["actual"] - row["target"])
    if row["state"] != "missed":
        return words
    return words + (look.say("boards.off_by", off=text.distance(off, unit, look.lang)) if round(off, 9)
                    else look.say("boards.exactly"))


def _members(look: Session, members: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("column.name"): named(look, members["employee_id"]).tolist(),
        look.say("column.team"): [look.team_name(team) for team in members["team_id"]],
        look.say("boards.duty"): members["duty"].tolist(),
        look.say("boards.share"): members["share"].tolist(),
        look.say("boards.received"): members["received"].tolist()})
