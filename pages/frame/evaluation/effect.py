"""Did the plan work? Each metric before and after the first day of the plan version. A comparison, no claim of cause."""

from datetime import date

import pandas as pd
import streamlit as st

from core import evaluation, periods, text
from core.charts import Chart, Series
from pages.frame import draw, show
from pages.frame.evaluation import OF_PEOPLE, Told, few, quarters, told, unit
from pages.frame.session import Session

MOST = 4


def first_day(look: Session, plan: dict) -> date | None:
    """The first day of the plan version; None where the company has saved none."""
    days = [row["effective_from"] for row in look.store.plans() if int(row["version"]) == plan.get("version", 0)]
    return pd.Timestamp(days[0]).date() if days else None


def sides(labels: list[str], first: date) -> tuple[list[str], list[str]]:
    """The quarters before and after a plan's first day, at most four on each side and next to it: a quarter in which it
    falls was settled under the plan before."""
    before = [label for label in labels if periods.quarter(label).start < first]
    return before[-MOST:], [label for label in labels if label not in before][:MOST]


def board(look: Session, plan: dict, now: Told, before: Told | None) -> None:
    first = first_day(look, plan)
    if first is None:
        st.info(look.say("evaluation.no_plan", quarter=look.period.label))
        return
    earlier, later = sides(quarters(look), first)
    place = {"version": plan["version"], "day": text.date(first, look.lang)}
    if not earlier or not later:
        st.info(look.say("evaluation.nothing_before" if not earlier else "evaluation.nothing_after", **place))
        return
    st.markdown(look.say("evaluation.effect", before=len(earlier), after=len(later), first=earlier[0], last=earlier[-1],
                         since=later[0], until=later[-1], **place))
    pools = [evaluation.pooled(pd.concat([told(look, plan, label).lines.assign(quarter=label) for label in side]))
             for side in (earlier, later)]
    both = pools[0].merge(pools[1], on="metric", how="outer", suffixes=("_before", "_after"))
    order = list(dict.fromkeys(now.lines["metric"]))
    both = both.set_index("metric").reindex([name for name in order if name in set(both["metric"])]).reset_index()
    show.table(look, table(look, plan, both), key="evaluation_effect")
    st.caption(look.say("evaluation.no_cause"))
    if len(both):
        metric = st.selectbox(look.say("column.metric"), both["metric"].tolist(), format_func=look.metric, key="effect_metric")
        chosen = both[both["metric"].eq(metric)].to_dict("records")[0]
        drawn = intervals(look, plan, metric, first, look.say("evaluation.before_after", metric=look.metric(metric), **{
            side: _value(look, plan, chosen, side) for side in ("before", "after")}))
        if drawn:
            show.chart(look, drawn)


def table(look: Session, plan: dict, both: pd.DataFrame) -> pd.DataFrame:
    rows = both.to_dict("records")
    return pd.DataFrame({look.say("column.metric"): [look.metric(row["metric"]) for row in rows]} | {
        look.say(f"evaluation.{name}_{side}"): [written(look, plan, row, side) for row in rows]
        for side in ("before", "after") for name, written in (("value", _value), ("quarters", _quarters))} | {
        look.say("evaluation.difference"): ["—" if _few(plan, row, "before") or _few(plan, row, "after") else draw.moved(
            look, row["metric"], row["value_after"], row["value_before"]) for row in rows]})


def _few(plan: dict, row: dict, side: str) -> bool:
    """Whether there were too few people a quarter for a rate."""
    people = row[f"n_{side}"] / row[f"quarters_{side}"]
    return row["metric"] in OF_PEOPLE and people < plan["evaluation"]["smallest_group"]


def _value(look: Session, plan: dict, row: dict, side: str) -> str:
    if text.missing(row[f"value_{side}"]):
        return "—"
    if _few(plan, row, side):
        left = row[f"value_{side}"] * row[f"denominator_{side}"]
        return look.say("evaluation.left_in", left=f"{left:,.0f}", people=f"{row[f'n_{side}'] / row[f'quarters_{side}']:,.1f}")
    return text.full(row[f"value_{side}"], unit(row["metric"]), look.lang)


def _quarters(look: Session, plan: dict, row: dict, side: str) -> str:
    if text.missing(row[f"quarters_{side}"]):
        return "0"
    return look.say("evaluation.rests_on", quarters=f"{row[f'quarters_{side}']:.0f}", n=f"{row[f'n_{side}']:,.0f}")


def intervals(look: Session, plan: dict, metric: str, first: date | None = None, title: str = "") -> Chart | None:
    """A metric over the last quarters with its intervals; given a plan's first day, over those on both its sides, the ones
    before it named so. None without any."""
    labels = quarters(look)
    labels = [label for side in sides(labels, first) for label in side] if first else labels[-draw.LONGEST_TREND:]
    lines = [told(look, plan, label).lines for label in labels]
    rows = [own[own["metric"].eq(metric)].iloc[0] if metric in set(own["metric"]) else None for own in lines]
    rows = [None if row is None or row["hidden"] or few(plan, row) or text.missing(row["value"]) else row for row in rows]
    if not any(row is not None for row in rows):
        return None
    names = tuple(look.say("evaluation.label_before", quarter=label) if first and periods.quarter(label).start < first else label
                  for label in labels)
    known = [(label, row) for label, row in zip(labels, rows, strict=True) if row is not None]
    title = title or look.say("chart.trend", metric=look.metric(metric), quarter=known[-1][0],
                              value=look.number(known[-1][1]["value"], unit(metric)))
    missing = len(labels) - len(known)
    return Chart("point", title, look.say("evaluation.intervals_of", quarters=len(known), n=f"{known[-1][1]['n']:,.0f}"),
                 names, (_series(look.metric(metric), rows),), unit(metric), title,
                 look.say("evaluation.intervals_gaps", count=missing) if missing else "", draw.METRICS[metric].means[look.lang])


def _series(name: str, rows: list) -> Series:
    def values(column: str) -> tuple:
        return tuple(None if row is None or text.missing(row[column]) else float(row[column]) for row in rows)
    return Series(name, values("value"), "actual", values("low"), values("high"))
