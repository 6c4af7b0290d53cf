"""Squads: who sells most, and how far each SKU's rocket has come."""

import pandas as pd
import streamlit as st

from core import boards, text
from core.charts import Chart, Series
from pages.frame import session, show
from pages.frame.boards import named, said
from pages.frame.session import Session

STATES = {"payable": "met", "held": "held", "pending": "waiting", "not_met": "missed"}
MOST = 12


def board(look: Session) -> None:
    ranked = boards.ranking(look.store.cursor(), look.period)
    teams = look.members()
    mine = ranked if teams is None else ranked[ranked["team_id"].isin(teams)]
    if mine.empty:
        if teams is None or ranked.empty:
            show.missing(look, ["teams"], look.say("boards.tab_squads"))
        else:
            st.info(look.say("boards.no_squad_of_team"))
        return
    if mine["gmv"].isna().all():
        show.missing(look, ["sku_months"], look.say("boards.squad_figures"))
        return
    settled = session.settled(look)
    stages = boards.rocket(settled)
    stages = stages[stages["team_id"].isin(mine["team_id"])] if len(stages) else stages
    show.sentence(_finding(look, mine, stages))
    show.chart(look, drawn(look, mine))
    show.heading(look.say("boards.table_squads"))
    formats = {look.say("boards.gmv"): "yuan", look.say("column.target"): "yuan", look.say("boards.previous"): "yuan",
               look.say("column.attainment"): "percent"}
    show.table(look, _table(look, mine), formats, key="ranking")
    if stages.empty:
        st.info(look.say("boards.no_rocket"))
        return
    divided = boards.shares(settled)
    order = {team: place for place, team in enumerate(mine["team_id"])}
    stages = stages.assign(order=stages["team_id"].map(order)).sort_values(["order", "rule", "sku_id", "stage"], kind="stable")
    for (rule, team, sku), three in stages.groupby(["rule", "team_id", "sku_id"], sort=False):
        rocket(look, settled.plan["rules"][rule], look.team_name(team), three,
               divided[divided["rule"].eq(rule) & divided["team_id"].eq(team) & divided["sku_id"].eq(sku)])


def _finding(look: Session, mine: pd.DataFrame, stages: pd.DataFrame) -> str:
    first = mine.iloc[0]
    aimed = mine[mine["attainment"].notna()]
    money = stages.loc[stages["status"].eq("payable"), "pool"].sum() if len(stages) else 0.0
    lit = int(stages["status"].eq("payable").sum()) if len(stages) else 0
    lead = look.say("boards.leads") if first["place"] == 1 else look.say("boards.placed", place=f"{first['place']:.0f}")
    return look.say("boards.finding_squads", quarter=look.period.label, name=show.plain(first["name"]), lead=lead,
                    gmv=look.number(first["gmv"], "yuan"), reached=int((aimed["attainment"].round(9) >= 1).sum()),
                    aimed=len(aimed), met=lit, stages=len(stages), money=look.number(money, "yuan"))


def drawn(look: Session, mine: pd.DataFrame) -> Chart:
    """The GMV ranking against the target and the quarter before."""
    shown = mine[mine["gmv"].notna()].head(MOST)
    first, second = shown.iloc[0], shown.iloc[1] if len(shown) > 1 else None
    title = (look.say("boards.chart_squads_one", name=first["name"], gmv=look.number(first["gmv"], "yuan")) if second is None else
             look.say("boards.chart_squads", name=first["name"], ahead=look.number(first["gmv"] - second["gmv"], "yuan"),
                      second=second["name"]))
    rows = [(look.say("boards.short_gmv"), "gmv", "actual"), (look.say("boards.previous"), "previous", "previous"),
            (look.say("column.target"), "gmv_target", "target")]
    series = tuple(Series(name, tuple(None if text.missing(v) else float(v) for v in shown[column]), style)
                   for name, column, style in rows)
    subtitle = look.say("boards.chart_squads_of", quarter=look.period.label, count=len(shown))
    return Chart("bar", title, subtitle, tuple(shown["name"]), series, "yuan", title)


def _table(look: Session, mine: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("boards.place"): mine["place"].tolist(), look.say("boards.squad"): mine["name"].tolist(),
        look.say("boards.gmv"): mine["gmv"].tolist(), look.say("column.target"): mine["gmv_target"].tolist(),
        look.say("column.attainment"): mine["attainment"].tolist(), look.say("boards.previous"): mine["previous"].tolist(),
        look.say("boards.change"): [show.change(look, now, before, "yuan") or "—"
                                    for now, before in zip(mine["gmv"], mine["previous"], strict=True)]})


def rocket(look: Session, rule: dict, team: str, stages: pd.DataFrame, divided: pd.DataFrame) -> None:
    """A SKU's three stages as gauges, and who has what of the money."""
    first = stages.iloc[0]
    sku = first["sku_id"] if text.missing(first["sku"]) else first["sku"]
    show.heading(look.say("boards.rocket_title", team=show.plain(team), sku=show.plain(sku),
                          rule=show.plain(rule.get(look.lang) or rule["zh"])))
    for place, stage in zip(st.columns(len(stages)), stages.to_dict("records"), strict=True):
        with place.container(border=True, height="stretch"):
            gauge(look, stage)
    if len(divided):
        money = text.full(divided["total"].sum(), "yuan", look.lang)
        with st.expander(look.say("boards.divided", people=len(divided), money=money)):
            columns = (look.say(f"boards.{name}") for name in ("stage1", "stage2", "stage3", "stages"))
            show.table(look, _divided(look, divided), dict.fromkeys(columns, "yuan"),
                       key=f"shares_{first['rule']}_{first['team_id']}_{first['item']}")


def gauge(look: Session, stage: dict) -> None:
    """One stage: its figure, how much of the bar is filled, met, missed or waiting in words and sign, and the money."""
    st.caption(look.say(f"boards.stage{stage['stage']}_is"))
    st.metric(look.say(f"boards.stage{stage['stage']}"), said(look, stage["figure"], stage["figure_unit"], stage["needed"]),
              label_visibility="collapsed")
    st.progress(filled(stage))
    st.markdown(f"**{look.say('boards.state_' + STATES[stage['status']])}** · {show.plain(why(look, stage))}")
    st.caption(look.say(f"boards.money_{STATES[stage['status']]}", money=show.plain(text.full(stage["pool"], "yuan", look.lang))))


def filled(stage: dict) -> float:
    """How much of the way to the bar the figure has come, 0 to 1; 0 without figure or bar."""
    figure, needed = stage["figure"], stage["needed"]
    if text.missing(figure) or text.missing(needed) or needed <= 0 or figure <= 0:
        return 0.0
    return float(min(1.0, needed / figure if stage["sign"] == "≤" else figure / needed))


def why(look: Session, stage: dict) -> str:
    """What the stage needs, what it has, what is missing to it."""
    unit, reason, figure, needed = stage["figure_unit"], stage["reason"], stage["figure"], stage["needed"]
    values = {"figure": said(look, figure, unit, needed), "needed": said(look, needed, unit, figure)}
    if not text.missing(figure) and not text.missing(needed):
        gap = round(abs(figure - needed) * (100 if unit == "percent" else 1), 9)
        reason = "repurchase_exactly" if reason == "repurchase_not_over" and not gap else reason
        values["gap"] = said(look, gap, "yuan" if unit == "yuan" else "plain")
    if reason in ("stage_before_missed", "stage_before_waits"):
        own = {True: "own_met", False: "own_missed", None: "own_unknown"}[stage["passes"]]
        return look.say(f"boards.why_{reason}") + look.say(f"boards.{own}", **values)
    if not reason or reason == "no_members":
        words = look.say(f"boards.met_{stage['stage']}", **values)
        return words + (look.say("boards.why_no_members") if reason else "")
    return look.say(f"boards.why_{reason}", **values)


def _divided(look: Session, divided: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("column.name"): named(look, divided["employee_id"]).tolist(),
        look.say("boards.person_days"): divided["person_days"].tolist(),
        **{look.say(f"boards.stage{n}"): divided[n].tolist() for n in (1, 2, 3)},
        look.say("boards.stages"): divided["total"].tolist()})
