"""Groups: the standing teams by lifecycle stage, each with the figures that it answers for."""

import pandas as pd
import streamlit as st

from core import boards, quarter, text
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import controls, draw, show
from pages.frame.boards import choice
from pages.frame.session import Session

MOST = 12


def board(look: Session) -> None:
    plan = quarter.plan_for(look.store, look.period)
    with st.spinner(look.say("boards.measuring")):
        lines = boards.groups(look.store, look.period, plan)
    teams = look.members()
    mine = lines if teams is None else lines[lines["team_id"].isin(teams)]
    if mine.empty:
        if teams is None or lines.empty:
            show.missing(look, ["teams", "employees"], look.say("boards.tab_groups"))
        else:
            st.info(look.say("boards.no_group_of_team"))
        return
    scored = mine[mine["score"].notna()].drop_duplicates(["team_id", "metric"]).sort_values(["score", "team_id"])
    show.sentence(_finding(look, mine, scored))
    if scored.empty:
        show.missing(look, ["targets"], look.say("boards.scores"))
    else:
        show.chart(look, drawn(look, scored), _table(look, plan, scored, team=True))
    for stage in (*boards.LIFECYCLE, None):
        part = mine[mine["lifecycle"].isna() if stage is None else mine["lifecycle"].eq(stage)]
        if stage is None and part.empty:
            continue
        show.heading(look.say("boards.no_lifecycle") if stage is None else choice(look, "teams", "lifecycle", stage))
        if part.empty:
            st.caption(look.say("boards.nobody_there"))
        elif stage is None:
            st.caption(look.say("boards.fill_lifecycle"))
        for team, own in part.groupby("team_id", sort=True):
            st.markdown(f"**{show.plain(own['name'].iloc[0])}** · {_reached(look, own)}")
            show.table(look, _table(look, plan, own), {look.say("column.score"): "score"}, key=f"group_{team}")


def _finding(look: Session, mine: pd.DataFrame, scored: pd.DataFrame) -> str:
    answered = mine.drop_duplicates(["team_id", "metric"])
    words = look.say("boards.finding_groups", quarter=look.period.label, groups=mine["team_id"].nunique(), figures=len(answered),
                     reached=int((scored["score"] >= 100).sum()), aimed=len(scored))
    if scored.empty or scored["score"].iloc[0] >= 100:
        return words
    last = scored.iloc[0]
    value, target = (_written(look, last[name], last["metric"]) for name in ("value", "target"))
    return words + look.say("boards.furthest", name=show.plain(last["name"]), metric=look.metric(last["metric"]), value=value,
                            target=target)


def _reached(look: Session, own: pd.DataFrame) -> str:
    scored = own[own["score"].notna()].drop_duplicates("metric")
    return look.say("boards.reached", reached=int((scored["score"] >= 100).sum()), aimed=len(scored),
                    waiting=own["metric"].nunique() - len(scored))


def drawn(look: Session, scored: pd.DataFrame) -> Chart:
    """The figures with the lowest scores, the furthest from their target first."""
    shown = scored.head(MOST)
    below = int((scored["score"] < 100).sum())
    title = look.say("boards.chart_groups" if below else "boards.chart_groups_all", below=below, figures=len(scored))
    names = tuple(f"{row.name_} · {look.metric(row.metric)}" for row in shown.rename(columns={"name": "name_"}).itertuples())
    series = (Series(look.say("column.score"), tuple(map(float, shown["score"])), "actual"),)
    subtitle = look.say("boards.chart_groups_of", quarter=look.period.label, count=len(shown), all=len(scored))
    return Chart("barh", title, subtitle, names, series, "score", title)


def _table(look: Session, plan: dict, lines: pd.DataFrame, team: bool = False) -> pd.DataFrame:
    rows = lines.to_dict("records")
    named = {look.say("column.team"): [row["name"] for row in rows]} if team else {}
    return pd.DataFrame(named | {
        look.say("boards.card"): [controls.card_name(look, plan, row["scorecard"]) for row in rows],
        look.say("column.metric"): [look.metric(row["metric"]) for row in rows],
        look.say("column.value"): [_written(look, row["value"], row["metric"]) for row in rows],
        look.say("column.target"): [_written(look, row["target"], row["metric"]) for row in rows],
        look.say("column.score"): lines["score"].tolist(),
        look.say("boards.change"): [draw.moved(look, row["metric"], row["value"], row["previous"]) for row in rows],
        look.say("column.level"): ["—" if text.missing(row["level"]) else look.say(f"level.{row['level']}") for row in rows],
        look.say("column.missing"): [look.say(f"reason.{row['missing']}") if row["missing"] else "" for row in rows]})


def _written(look: Session, value, metric: str) -> str:
    return look.number(value, METRICS[metric].unit if metric in METRICS else "ratio")
