"""The definitions of GMV and repurchase side by side, and what another one would pay."""

import pandas as pd
import streamlit as st

from core import quarter, text
from core.analysis import business
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import draw, session, show
from pages.frame.business import numbers
from pages.frame.session import Session

WORDS = {"gmv": "gmv", "repurchase_rate": "repurchase"}


def compared(store, period, team: str | None) -> pd.DataFrame:
    return business.definitions(store, period, quarter.plan_for(store, period), team)


def view(look: Session, plan: dict) -> None:
    frame = session.kept(look, compared, look.period, look.team)
    mine = frame[frame["subject_id"].eq(look.team) if look.team else frame["subject_type"].eq("company")]
    for place, metric in zip(st.columns(2), business.SWITCHES, strict=True):
        rows = mine[mine["metric"].eq(metric)]
        with place:
            if rows["value"].notna().any():
                show.chart(look, drawn(look, metric, rows[rows["value"].notna()]))
            else:
                show.missing(look, ["orders", "team_months"], look.metric(metric))
    show.heading(look.say("business.table_definitions"))
    show.table(look, table(look, frame), key="business_definitions")
    st.caption(look.say("business.only_orders"))
    tried(look, plan)


def named(look: Session, metric: str, definition: str, in_force: bool = False) -> str:
    words = look.say(f"definition.{WORDS[metric]}.{definition}")
    return look.say("business.in_force", definition=words) if in_force else words


def drawn(look: Session, metric: str, rows: pd.DataFrame) -> Chart:
    """What each definition gives; rates with their intervals."""
    names = tuple(named(look, metric, row["definition"], row["in_force"]) for _, row in rows.iterrows())
    unit, others = METRICS[metric].unit, rows[~rows["in_force"] & rows["change"].notna()]
    force = rows.loc[rows["in_force"], "value"]
    title = look.say("business.one_definition", metric=look.metric(metric))
    if len(others):
        most = others.loc[others["change"].abs().idxmax()]
        title = look.say("business.switch", definition=named(look, metric, most["definition"]), metric=look.metric(metric),
                         before=look.number(force.iloc[0], unit), after=look.number(most["value"], unit))
    series = Series(look.metric(metric), numbers(rows["value"]))
    if metric != "gmv":
        series = Series(look.metric(metric), numbers(rows["value"]), "actual", numbers(rows["low"]), numbers(rows["high"]))
    whose = look.team_name(look.team) if look.team else look.say("business.company")
    return Chart("barh" if metric == "gmv" else "point", title,
                 look.say("business.switch_of", metric=look.metric(metric), whose=whose, quarter=look.period.label), names,
                 (series,), unit, title)


def table(look: Session, frame: pd.DataFrame) -> pd.DataFrame:
    """Every definition with its figure, parts and effect, of the company and the chosen team."""
    said = []
    for row in frame.to_dict("records"):
        unit, ratio = METRICS[row["metric"]].unit, row["metric"] != "gmv"
        change = row["change"] * 100
        said.append({
            look.say("business.whose"): look.say("business.company") if row["subject_type"] == "company" else
            look.team_name(row["subject_id"]),
            look.say("business.metric"): look.metric(row["metric"]),
            look.say("business.definition"): named(look, row["metric"], row["definition"], row["in_force"]),
            look.say("business.figure"): text.full(row["value"], unit, look.lang),
            look.say("business.parts"): look.say("business.count_of", name="", numerator=f"{row['numerator']:,.0f}",
                                                 denominator=f"{row['denominator']:,.0f}").strip()
            if ratio and not text.missing(row["value"]) else "—",
            look.say("business.effect"): "—" if row["in_force"] or text.missing(row["change"]) else look.say(
                "change.points" if ratio else "change.ratio", change=f"{change:+.1f}" + ("" if ratio else "%"))})
    return pd.DataFrame(said)


def tried(look: Session, plan: dict) -> None:
    """What the quarter would have paid under another definition, computed when asked for."""
    show.heading(look.say("business.try"))
    others = [(metric, choice) for metric, choices in business.SWITCHES.items() for choice in choices
              if choice != plan["definitions"][metric]]
    pick, press, open_it = st.columns([3, 1, 1], vertical_alignment="bottom")
    chosen = pick.selectbox(look.say("business.try_what"), others, key="business_other", format_func=lambda pair: look.say(
        "business.try_option", metric=look.metric(pair[0]), definition=named(look, *pair)))
    if press.button(look.say("business.try_now"), key="business_try", width="stretch"):
        st.session_state["business_tried"] = chosen
    change = {f"definitions.{chosen[0]}": chosen[1]}
    if open_it.button(look.say("business.try_open"), key="business_open", width="stretch"):
        session.keep_changes(change)
        st.switch_page("pages/whatif.py")
    if st.session_state.get("business_tried") != chosen:
        return
    both = draw.compared(look, session.settled(look), session.settled(look, change))
    if both.empty:
        show.missing(look, ["employees"], look.say("incentives.menu"))
        return
    st.markdown(look.say("business.would_pay", definition=named(look, *chosen), before=text.whole(both["before"].sum()),
                         after=text.whole(both["after"].sum()), gain=int((both["change"] > 0).sum()),
                         lose=int((both["change"] < 0).sum())))
    if (both["change"] != 0).any():
        show.chart(look, draw.winners(look, both))
