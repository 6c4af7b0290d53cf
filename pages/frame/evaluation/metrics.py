"""Every metric of the dimensions with its figures, and what the one opened is made of."""

import pandas as pd
import streamlit as st

from core import evaluation, quarter, text
from core.datasets import DATASETS
from core.metrics import METRICS
from pages.frame import draw, session, show
from pages.frame.evaluation import Told, changed, dimension, few, rows, staff, unit, why, written
from pages.frame.evaluation.effect import intervals
from pages.frame.session import Session


def board(look: Session, plan: dict, now: Told, before: Told | None) -> None:
    """All metrics; the row that is opened stays in the address."""
    st.caption(look.say("evaluation.open_metric"))
    frame = table(look, plan, now)
    row = show.table(look, frame, {look.say("evaluation.column_score"): "score"}, key="evaluation_metrics", select=True)
    if row is not None:
        st.query_params["metric"] = now.lines["metric"].iloc[row]
    asked = st.query_params.get("metric")
    found = now.lines[now.lines["metric"].eq(asked)]
    if len(found):
        opened(look, plan, found.iloc[0])
    elif asked:
        st.info(look.say("evaluation.no_such_metric"))


def table(look: Session, plan: dict, now: Told) -> pd.DataFrame:
    told, said = now.lines.to_dict("records"), lambda name: look.say(f"evaluation.column_{name}")

    def full(row: dict, name: str) -> str:
        return text.full(row[name], unit(row["metric"]), look.lang)
    return pd.DataFrame({
        look.say("evaluation.dimension"): [dimension(look, plan, row["dimension"]) for row in told],
        look.say("column.metric"): [look.metric(row["metric"]) for row in told],
        look.say("column.value"): [written(look, plan, row) for row in told],
        look.say("column.denominator"): [_denominator(row) for row in told],
        said("interval"): [_interval(look, row) for row in told],
        look.say("column.target"): [full(row, "target") for row in told],
        said("benchmark"): [full(row, "benchmark") for row in told],
        said("score"): now.lines["score"].where(~now.lines["hidden"]).tolist(),
        look.say("column.weight"): [look.number(row["weight"], "percent") for row in told],
        said("previous"): [changed(look, plan, row, "previous") for row in told],
        said("year_before"): [changed(look, plan, row, "year_before") for row in told],
        said("counts"): ["✓" if not row["missing"] else f"✗ {why(look, plan, row)}" for row in told]})


def _denominator(row: dict) -> str:
    """What a rate rests on; “—” for an amount, which has none."""
    additive = row["metric"] in METRICS and METRICS[row["metric"]].additive
    return "—" if additive or text.missing(row["denominator"]) else f"{row['denominator']:,.10g}" if float(
        row["denominator"]).is_integer() else f"{row['denominator']:,.1f}"


def _interval(look: Session, row: dict) -> str:
    if text.missing(row["low"]) or text.missing(row["high"]):
        return "—"
    return f"{look.number(row['low'], unit(row['metric']))} – {look.number(row['high'], unit(row['metric']))}"


def opened(look: Session, plan: dict, row: pd.Series) -> None:
    """How a figure is made: its quotient, definition, score and sources; the quarters; the people of the individual dimension."""
    metric = row["metric"]
    show.heading(show.plain(look.say("evaluation.opened", metric=look.metric(metric), dimension=dimension(
        look, plan, row["dimension"]))))
    left, right = st.columns(2)
    with left:
        for line in (look.say("evaluation.defined", means=METRICS[metric].means[look.lang]), *_quotient(look, plan, row),
                     *_score(look, row)):
            st.markdown(show.plain(line))
        _sources(look, plan, row)
    with right:
        drawn = intervals(look, plan, metric)
        if drawn:
            show.chart(look, drawn)
    if row["dimension"] == evaluation.INDIVIDUAL:
        _people(look, row)


def _quotient(look: Session, plan: dict, row: pd.Series) -> list[str]:
    if text.missing(row["value"]):
        return [look.say("evaluation.without", why=why(look, plan, row))]
    scale = "100 × " if unit(row["metric"]) == "points" else ""
    return [look.say("evaluation.quotient", scale=scale, numerator=f"{row['numerator']:,.10g}", value=written(look, plan, row),
                     denominator=f"{row['denominator']:,.10g}", n=f"{row['n']:,.0f}"),
            *([look.say("evaluation.few", least=plan["evaluation"]["smallest_group"])] if few(plan, row) else [])]


def _score(look: Session, row: pd.Series) -> list[str]:
    """Target, attainment and score, and what the score gives to the index."""
    if text.missing(row["score"]) or row["hidden"]:
        return []
    return [look.say("evaluation.scored", target=text.full(row["target"], unit(row["metric"]), look.lang),
                     level=look.say(f"evaluation.of_{row['target_level']}"), attainment=look.number(row["attainment"], "percent"),
                     score=look.number(row["score"], "score"), weight=look.number(row["weight"], "percent"),
                     covered=look.number(row["covered_weight"], "percent"), part=look.number(row["part"], "score"))]


def _sources(look: Session, plan: dict, row: pd.Series) -> None:
    """The uploaded rows a figure came from; of an anonymous sheet none."""
    if any(DATASETS[name].anonymous for name in METRICS[row["metric"]].needs if name in DATASETS):
        st.caption(look.say("evaluation.anonymous"))
        return
    found = quarter.sources(look.store, look.period, quarter.plan_for(look.store, look.period))
    subject = found["subject_id"].isna() if text.missing(row["subject_id"]) else found["subject_id"].eq(row["subject_id"])
    own = found[found["metric"].eq(row["metric"]) & found["subject_type"].eq(row["subject_type"]) & subject]
    if own.empty:
        st.caption(look.say("evaluation.no_sources"))
        return
    show.table(look, pd.DataFrame({
        look.say("column.dataset"): [look.dataset(name) for name in own["dataset"]],
        look.say("column.file"): own["file"].tolist(), look.say("column.sheet"): [name or "—" for name in own["sheet"]],
        look.say("evaluation.span"): [f"{int(one.first_row):,} – {int(one.last_row):,}" for one in own.itertuples()],
        look.say("column.rows"): own["rows"].astype(int).tolist()}), {look.say("column.rows"): "count"}, key="evaluation_sources")


def _people(look: Session, row: pd.Series) -> None:
    """The people whose figures add up to the one opened, by name."""
    everybody = session.kept(look, staff, look.period.label, look.team).set_index("employee_id")
    frame = rows(look, look.period.label)
    own = frame[frame["metric"].eq(row["metric"]) & frame["subject_type"].eq("employee")
                & frame["subject_id"].isin(everybody.index)].set_index("subject_id")
    names = draw.distinct(everybody["name"]).reindex(own.index)
    own = own.assign(name=names, role=everybody["role"], team=everybody["team_id"]).sort_values("name")
    show.heading(look.say("evaluation.people", count=len(own)))
    people = own.to_dict("records")
    show.table(look, pd.DataFrame({
        look.say("column.name"): own["name"].tolist(), look.say("column.role"): [look.role(one["role"]) for one in people],
        look.say("column.team"): [look.team_name(one["team"]) for one in people],
        look.say("column.value"): [text.full(one["value"], unit(row["metric"]), look.lang) for one in people],
        look.say("column.numerator"): own["numerator"].tolist(), look.say("column.denominator"): own["denominator"].tolist(),
        look.say("column.target"): [text.full(one["target"], unit(row["metric"]), look.lang) for one in people],
        look.say("column.score"): own["score"].tolist()}), {look.say("column.score"): "score"}, key="evaluation_people")
