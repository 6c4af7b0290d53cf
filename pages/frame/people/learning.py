"""Learning beside growth: never proof of cause."""

import pandas as pd
import streamlit as st

from core import periods, statistics, text
from core.analysis import skills
from core.charts import Chart, Series
from core.store import Store
from pages.frame import session, show
from pages.frame.boards import choice
from pages.frame.session import Session

LEAST_PAIRS = 30


def read(store: Store, label: str, team: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(learning against growth of each person, hours and activities by kind of learning) of a quarter and team."""
    con, period = store.cursor(), periods.quarter(label)
    done = skills.activities(con, period, team)
    kinds = done[done["kind"].isin(skills.LEARNING)].groupby("kind")[["activities", "hours", "with_hours", "cost"]].sum()
    return skills.learning(con, period, team), kinds.sort_values(["hours", "activities"], ascending=False).reset_index()


def view(look: Session, plan: dict, found: dict) -> None:
    learned, kinds = session.kept(look, read, look.period.label, look.team)
    if kinds.empty:
        show.missing(look, ["activities"], look.say("people.learning_activities"))
        return
    learned = learned.assign(name=learned["employee_id"].map(found["staff"]["name"]))
    pairs = learned[learned["growth"].notna() & learned["hours"].notna()]
    left, right = st.columns(2)
    with left:
        if len(pairs):
            show.chart(look, cloud(look, pairs, len(learned)), table(look, learned))
        else:
            st.info(look.say("people.no_pairs"))
    with right:
        show.chart(look, by_kind(look, kinds), kind_table(look, kinds))
    show.heading(look.say("people.learning_table"))
    show.table(look, table(look, learned), {look.say("people.growth"): "percent"}, key="learning")


def cloud(look: Session, pairs: pd.DataFrame, people: int) -> Chart:
    """A point a person: hours learned and growth. Fewer than thirty are named; from thirty on the title says how far the ranks
    agree."""
    few = len(pairs) < LEAST_PAIRS
    series = Series(look.say("chart.people"), tuple(map(float, pairs["growth"])), x=tuple(map(float, pairs["hours"])),
                    labels=tuple(pairs["name"]) if few else ())
    subtitle = look.say("people.cloud_of", quarter=look.period.label, n=len(pairs), without=people - len(pairs))
    title = _title(look, pairs, few)
    return Chart("scatter", title, subtitle, (), (series,), "percent", title, look.say("people.no_cause"),
                 look.say("people.growth_means"), look.say("people.hours"), look.say("people.growth"))


def _title(look: Session, pairs: pd.DataFrame, few: bool) -> str:
    active = pairs[pairs["learned"].gt(0)]
    if few:
        return look.say("people.cloud_few", learned=len(active), grown=int(active["growth"].gt(0).sum()), n=len(pairs))
    rho, low, high = statistics.spearman(pairs["hours"], pairs["growth"])
    if rho is None:
        return look.say("people.cloud_flat", n=len(pairs))
    said = "people.cloud_none" if low <= 0 <= high else "people.cloud_more" if rho > 0 else "people.cloud_less"
    return look.say(said, rho=f"{rho:+.2f}", low=f"{low:+.2f}", high=f"{high:+.2f}", n=len(pairs))


def by_kind(look: Session, kinds: pd.DataFrame) -> Chart:
    """Hours by kind of learning; a kind whose activities say no hours is a gap."""
    hours = kinds["hours"].where(kinds["with_hours"].gt(0))
    names = tuple(choice(look, "activities", "kind", kind) for kind in kinds["kind"])
    first = kinds.iloc[0]
    title = look.say("people.kind_title", kind=names[0], hours=look.number(first["hours"] / kinds["hours"].sum(), "percent")) \
        if kinds["hours"].sum() else look.say("people.kind_unknown", n=int(kinds["activities"].sum()))
    silent = int((kinds["activities"] - kinds["with_hours"]).sum())
    subtitle = look.say("people.kind_of", quarter=look.period.label, n=int(kinds["activities"].sum()))
    series = (Series(look.say("people.hours"), tuple(None if text.missing(v) else float(v) for v in hours), "actual"),)
    return Chart("barh", title, subtitle, names, series, "hours", title,
                 look.say("people.kind_silent", n=silent) if silent else "", look.say("people.kind_means"))


def kind_table(look: Session, kinds: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("people.kind"): [choice(look, "activities", "kind", kind) for kind in kinds["kind"]],
        look.say("people.activities"): kinds["activities"].tolist(),
        look.say("people.hours"): kinds["hours"].where(kinds["with_hours"].gt(0)).tolist(),
        look.say("people.with_hours"): kinds["with_hours"].tolist()})


def table(look: Session, learned: pd.DataFrame) -> pd.DataFrame:
    """Everybody's activities, hours and growth; a missing growth is missing, not 0."""
    return pd.DataFrame({
        look.say("column.name"): learned["name"].tolist(), look.say("column.role"): learned["role"].map(look.role).tolist(),
        look.say("column.team"): learned["team_id"].map(look.team_name).tolist(),
        look.say("people.activities"): learned["learned"].tolist(), look.say("people.hours"): learned["hours"].tolist(),
        look.say("people.growth"): learned["growth"].tolist()})
