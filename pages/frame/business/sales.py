"""What was sold: GMV by month, channel, team and SKU beside the quarter before and the target."""

import pandas as pd
import streamlit as st

from core import quarter, text
from core.analysis import business, sales
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.business import numbers
from pages.frame.session import Session

BY = ("month", "channel", "team", "sku")
MOST = 8


def sold(store, period, by: str, team: str | None) -> pd.DataFrame:
    """`sales.gmv`, or its months under the same columns."""
    con, plan = store.cursor(), quarter.plan_for(store, period)
    if by == "month":
        return sales.gmv_months(con, period, period, plan, team).rename(columns={"month": "group"})
    return sales.gmv(con, period, plan, by, team)


def view(look: Session, plan: dict) -> None:
    frames = {by: _named(look, by, session.kept(look, sold, look.period, by, look.team)) for by in BY}
    if frames["month"]["actual"].isna().all():
        show.missing(look, ["orders", "team_months"], look.metric("gmv"))
        return
    places = dict(zip(("month", "channel"), st.columns(2), strict=True))
    for by, frame in frames.items():
        with places.get(by) or st.container():
            if frame.loc[frame["group"].notna(), "actual"].notna().any():
                show.chart(look, drawn(look, by, frame))
            else:
                st.info(look.say("business.not_named", what=look.say(f"business.by_{by}")))
    by = st.segmented_control(look.say("business.table_by"), BY, default="team" if len(frames["team"]) else "month",
                              required=True, format_func=lambda by: look.say(f"business.by_{by}"), key="business_by")
    yuan = ("business.gmv", "column.target", "boards.previous", "business.year_before", "business.reported")
    show.table(look, table(look, by, frames[by]), {look.say(name): "yuan" for name in yuan} | {
        look.say("column.attainment"): "percent"}, key="business_sold")


def _named(look: Session, by: str, frame: pd.DataFrame) -> pd.DataFrame:
    """With `name`, what a reader calls each group; for teams `lowest`, whether it contains none of the others."""
    groups = [None if pd.isna(group) else group for group in frame["group"]]
    if by == "team":
        lowest = business.lowest(look.store.cursor(), [group for group in groups if group])
        return frame.assign(name=[look.team_name(group) for group in groups], lowest=[group in lowest for group in groups])
    titles = frame["name"] if by == "sku" else [None] * len(frame)
    return frame.assign(name=[look.say("business.unnamed") if group is None else group if text.missing(title) or pd.isna(title)
                              else f"{group} {title}" for group, title in zip(groups, titles, strict=True)])


def drawn(look: Session, by: str, frame: pd.DataFrame) -> Chart:
    """The largest groups (months in their order) beside the quarter before and the target."""
    parts = frame[frame["lowest"]] if by == "team" else frame
    parts = parts[parts["actual"].notna()] if by != "month" else parts
    shown = parts.head(MOST)
    series = tuple(Series(look.say(words), numbers(shown[column]), style) for words, column, style in (
        ("business.short_gmv", "actual", "actual"), ("boards.previous", "previous", "previous"),
        ("column.target", "target", "target")) if column == "actual" or shown[column].notna().any())
    note = look.say("business.parents_in_table") if by == "team" and not frame["lowest"].all() else ""
    title = _title(look, by, parts)
    of = look.say("business.sold_of", what=look.say(f"business.by_{by}"), quarter=look.period.label, count=_counted(
        look, len(shown), len(parts)))
    return Chart("bar", title, of, tuple(shown["name"]), series, "yuan", title, note, METRICS["gmv"].means[look.lang])


def _counted(look: Session, shown: int, every: int) -> str:
    return f"{every:,}" if shown == every else look.say("business.largest", shown=shown, all=f"{every:,}")


def _title(look: Session, by: str, parts: pd.DataFrame) -> str:
    """Who sold most, and how many of those with a target met it."""
    best = parts.loc[parts["actual"].idxmax()]
    aimed = parts[parts["target"].notna() & parts["actual"].notna()]
    met = int((aimed["actual"].round(2) >= aimed["target"].round(2)).sum())
    one = parts["actual"].notna().sum() == 1
    return look.say("business.only" if one else "business.most", first=best["name"], gmv=look.number(best["actual"], "yuan")) + (
        look.say(f"business.met_{by}", met=met, aimed=len(aimed)) if len(aimed) else "")


def table(look: Session, by: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Every group at full precision; what no group has is left out."""
    said = {look.say(f"business.by_{by}"): frame["name"], look.say("business.gmv"): frame["actual"],
            look.say("column.target"): frame["target"],
            look.say("column.attainment"): frame["actual"] / frame["target"].where(frame["target"] > 0),
            look.say("boards.previous"): frame["previous"],
            look.say("boards.change"): pd.Series([show.change(look, now, before, "yuan") for now, before in zip(
                frame["actual"], frame["previous"], strict=True)], dtype=object),
            look.say("business.year_before"): frame["year_before"],
            look.say("business.source"): frame["source"].map(lambda s: None if pd.isna(s) else look.say(f"business.from_{s}"))}
    if by == "sku":
        said[look.say("business.reported")] = frame["reported"]
    kept = {name: values.tolist() for name, values in said.items() if values.notna().any()}
    return pd.DataFrame(kept)
