"""What moved the indices since the quarter before: the dimensions in the overall, the metrics in each dimension."""

import pandas as pd
import streamlit as st

from core import evaluation
from core.charts import Chart, Series
from pages.frame import show
from pages.frame.evaluation import Told, dimension
from pages.frame.evaluation.indices import covered
from pages.frame.session import Session


def board(look: Session, plan: dict, now: Told, before: Told | None) -> None:
    """A waterfall for the overall and for each dimension; the parts add up to the change."""
    if before is None:
        st.info(look.say("evaluation.no_quarter_before", quarter=look.period.previous().label))
        return
    st.caption(look.say("evaluation.same_plan", version=plan.get("version", 0), before=before.quarter, now=now.quarter))
    counting = pd.concat([before.lines, now.lines])[lambda lines: lines["missing"].eq("")]
    metrics = _ordered(evaluation.contributions(before.lines, now.lines), now.lines)
    metrics = metrics.merge(counting[["dimension", "metric"]].drop_duplicates())
    drawn = {evaluation.OVERALL: _ordered(evaluation.overall_contributions(plan, before.indices, now.indices), now.lines)}
    drawn |= {name: metrics[metrics["dimension"].eq(name)] for name in plan["dimensions"]}
    places, place = st.columns(2), 0
    for name, parts in drawn.items():
        if len(parts):
            with places[place % 2]:
                show.chart(look, waterfall(look, plan, name, parts, now, before))
            place += 1
    for name in [name for name, parts in drawn.items() if parts.empty]:
        st.caption(show.plain(look.say("evaluation.not_compared", dimension=dimension(look, plan, name),
                                       before=before.quarter, now=now.quarter)))
    if len(metrics):
        show.heading(look.say("evaluation.moved_table"))
        show.table(look, table(look, plan, metrics), {look.say(f"evaluation.part_{name}"): "score" for name in (
            "before", "after", "change")}, key="evaluation_moved")


def _ordered(parts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The parts in the order of the plan."""
    by = [name for name in ("dimension", "metric") if name in parts]
    return lines[by].drop_duplicates().merge(parts, on=by)


def _name(look: Session, plan: dict, overall: bool, row) -> str:
    return dimension(look, plan, row["dimension"]) if overall else look.metric(row["metric"])


def waterfall(look: Session, plan: dict, name: str, parts: pd.DataFrame, now: Told, before: Told) -> Chart:
    """From the index of the quarter before to this quarter's, a part for each metric (each dimension, in the overall)."""
    overall, ends = name == evaluation.OVERALL, [of.points()[name] for of in (before, now)]
    start, end = (float(row["index"]) for row in ends)
    called = [_name(look, plan, overall, row) for row in parts.to_dict("records")]
    most = int(parts["change"].abs().to_numpy().argmax())
    reason = "" if overall else parts["reason"].iloc[most]
    key = "moved" if round(abs(parts["change"].iloc[most]), 1) else "unmoved"
    title = look.say(f"evaluation.moved_{reason}" if reason else f"evaluation.{key}", most=called[most],
                     dimension=dimension(look, plan, name), change=show.change(look, end, start, "score"),
                     part=show.change(look, parts["change"].iloc[most], 0, "score"))
    notes = [] if overall else [look.say(f"evaluation.{row['reason']}", metric=look.metric(row["metric"]))
                                for row in parts.to_dict("records") if row["reason"]]
    notes += [f"{of.quarter}: {covered(look, plan, row)}" for of, row in zip((before, now), ends, strict=True)
              if row["covered_weight"] < 1]
    return Chart("waterfall", title, look.say("evaluation.moved_of", before=before.quarter, now=now.quarter, n=len(parts)),
                 (before.quarter, *called, now.quarter),
                 (Series(look.say("evaluation.index"), (start, *map(float, parts["change"]), end)),), "score", title,
                 look.say("semicolon").join(notes), look.say("evaluation.moved_definition"))


def table(look: Session, plan: dict, metrics: pd.DataFrame) -> pd.DataFrame:
    """Each metric's points in its index in both quarters, the change, and why it counts in one of them only."""
    rows = metrics.to_dict("records")
    return pd.DataFrame({
        look.say("evaluation.dimension"): [dimension(look, plan, row["dimension"]) for row in rows],
        look.say("column.metric"): [look.metric(row["metric"]) for row in rows],
        look.say("evaluation.part_before"): metrics["before"].mask(metrics["reason"].eq("appeared")).tolist(),
        look.say("evaluation.part_after"): metrics["after"].mask(metrics["reason"].eq("gone")).tolist(),
        look.say("evaluation.part_change"): metrics["change"].tolist(),
        look.say("evaluation.remark"): [look.say(f"evaluation.{row['reason']}", metric=look.metric(row["metric"]))
                                        if row["reason"] else "" for row in rows]})
