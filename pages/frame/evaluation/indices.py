"""The indices: the finding, the four figures, what is missing; the radar and the trend."""

import pandas as pd
import streamlit as st

from core import evaluation
from core.charts import Chart, Series
from pages.frame import draw, show
from pages.frame.evaluation import Told, counts, dimension, quarters, told, why
from pages.frame.session import Session


def finding(look: Session, plan: dict, now: Told, before: Told | None) -> str:
    """Overall with its change, the best and the weakest dimension that count."""
    points, there = now.points(), _counted(plan, now)
    if not there:
        return look.say("evaluation.finding_none", quarter=now.quarter)
    overall = points[evaluation.OVERALL]["index"]
    change = show.change(look, overall, None if before is None else _index(before, evaluation.OVERALL), "score")
    said = look.say("evaluation.finding", quarter=now.quarter, overall=look.number(overall, "score"),
                    change=look.say("evaluation.change", change=change) if change else look.say("evaluation.first"))
    return said + _ends(look, plan, there)


def _ends(look: Session, plan: dict, there: list) -> str:
    best, worst = there[0], there[-1]
    key = "evaluation.only" if len(there) == 1 else "evaluation.ends"
    return look.say(key, best=show.plain(dimension(look, plan, best[0])), high=look.number(best[1], "score"),
                    worst=show.plain(dimension(look, plan, worst[0])), low=look.number(worst[1], "score"))


def _counted(plan: dict, now: Told) -> list[tuple[str, float]]:
    """The dimensions that count, the highest index first."""
    points = now.points()
    there = [(name, points[name]["index"]) for name in plan["dimensions"] if counts(points.get(name))]
    return sorted(there, key=lambda one: -one[1])


def _index(of: Told | None, name: str) -> float | None:
    """An index where it counts."""
    row = of.points().get(name) if of else None
    return float(row["index"]) if counts(row) else None


def cards(look: Session, plan: dict, now: Told, before: Told | None) -> list[dict]:
    """Overall and dimensions, each with its change, its covered weight and what it is made of."""
    points, found = now.points(), []
    for name in (evaluation.OVERALL, *plan["dimensions"]):
        row, called = points.get(name), show.plain(dimension(look, plan, name))
        grey = row is not None and not counts(row) and row["index"] == row["index"]
        weights = plan["evaluation"]["weights"] if name == evaluation.OVERALL else plan["dimensions"][name]["weights"]
        parts = [f"{dimension(look, plan, one) if name == evaluation.OVERALL else look.metric(one)} "
                 f"{look.number(weight, 'percent')}" for one, weight in weights.items()]
        found.append({"label": f":gray[{called}]" if grey else called, "good": "higher", "against": look.say("overview.against"),
                      "value": look.number(None if row is None else row["index"], "score"),
                      "delta": show.change(look, _index(now, name), _index(before, name), "score"),
                      "note": covered(look, plan, row), "help": show.plain(look.say("comma").join(parts))})
    return found


def covered(look: Session, plan: dict, row) -> str:
    """The covered weight in words, and whether it is enough."""
    share = 0.0 if row is None else row["covered_weight"]
    enough = look.say("evaluation.covered", share=look.number(share, "percent"))
    return enough if counts(row) else look.say("evaluation.below", share=look.number(share, "percent"),
                                               least=look.number(plan["covered_minimum"], "percent"))


def missing(look: Session, plan: dict, now: Told) -> None:
    """A line per dimension that lacks figures: its covered weight, what is missing and the sheet that fills it."""
    points = now.points()
    for name, own in now.lines[now.lines["missing"].ne("")].groupby("dimension", sort=False):
        parts = [look.say("evaluation.lacks", metric=look.metric(row["metric"]), why=why(look, plan, row))
                 for row in own.to_dict("records")]
        st.info(show.plain(look.say("evaluation.missing", dimension=dimension(look, plan, name), parts=look.say("semicolon").join(
            parts), covered=covered(look, plan, points.get(name)))))


def board(look: Session, plan: dict, now: Told, before: Told | None) -> None:
    """Where the three dimensions stand, and how they came there."""
    there = _counted(plan, now)
    if not there:
        return
    left, right = st.columns(2)
    with left:
        show.chart(look, radar(look, plan, now, before, there))
    with right:
        history = [told(look, plan, label) for label in quarters(look)[-draw.LONGEST_TREND:]]
        show.chart(look, trend(look, plan, history), behind(look, plan, history))


def radar(look: Session, plan: dict, now: Told, before: Told | None, there: list) -> Chart:
    """The dimensions that count, this quarter and the quarter before; bars where too few count for a radar."""
    names = [name for name in plan["dimensions"] if name in dict(there)]
    lines = [Series(of.quarter, tuple(_index(of, name) for name in names), style)
             for of, style in ((now, "actual"), (before, "previous")) if any(_index(of, name) is not None for name in names)]
    title = look.say("evaluation.radar", spread=look.number(there[0][1] - there[-1][1], "score"),
                     best=dimension(look, plan, there[0][0]), worst=dimension(look, plan, there[-1][0]))
    if len(there) == 1:
        title = look.say("evaluation.radar_one", best=dimension(look, plan, there[0][0]), high=look.number(there[0][1], "score"))
    subtitle = look.say("evaluation.radar_of", quarters=look.say("comma").join(line.name for line in lines),
                        n=int(now.lines["missing"].eq("").sum()), all=len(now.lines))
    left_out = [dimension(look, plan, name) for name in plan["dimensions"] if name not in dict(there)]
    note = look.say("evaluation.not_drawn", names=look.say("comma").join(left_out)) if left_out else ""
    return Chart("radar" if len(names) > 2 else "bar", title, subtitle, tuple(dimension(look, plan, name) for name in names),
                 tuple(lines), "score", title, note, look.say("evaluation.definition"))


def trend(look: Session, plan: dict, history: list[Told]) -> Chart:
    """Overall and dimensions over the quarters, all under the chosen quarter's plan; what does not count is a gap. The finding
    compares quarters whose overall is made of the same dimensions."""
    names = (evaluation.OVERALL, *plan["dimensions"])
    lines = [Series(dimension(look, plan, name), tuple(_index(of, name) for of in history)) for name in names]
    made = [tuple(_index(of, name) is not None for name in names) for of in history]
    known = [(of.quarter, value) for of, value, counted in zip(history, lines[0].values, made, strict=True)
             if value is not None and counted == made[-1]]
    title = look.say("evaluation.trend" if len(known) > 1 else "evaluation.trend_one", first=known[0][0], last=known[-1][0],
                     low=look.number(known[0][1], "score"), high=look.number(known[-1][1], "score"))
    drawn = tuple(line for line in lines if any(value is not None for value in line.values))
    gaps = sum(value is None for line in lines for value in line.values)
    note = look.say("evaluation.gaps", count=gaps, least=look.number(plan["covered_minimum"], "percent")) if gaps else ""
    return Chart("line", title, look.say("evaluation.trend_of", quarters=len(history), version=plan.get("version", 0)),
                 tuple(of.quarter for of in history), drawn, "score", title, note, look.say("evaluation.definition"))


def behind(look: Session, plan: dict, history: list[Told]) -> pd.DataFrame:
    """The trend's figures with the covered weight of each, also of those that do not count."""
    return pd.DataFrame([{
        look.say("quarter"): of.quarter, look.say("evaluation.dimension"): dimension(look, plan, name),
        look.say("evaluation.index"): look.number(row["index"], "score"),
        look.say("evaluation.coverage"): look.number(row["covered_weight"], "percent"),
        look.say("column.state"): "" if counts(row) else covered(look, plan, row)}
        for of in history for name, row in of.points().items()])
