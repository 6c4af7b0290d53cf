"""What everybody would have scored and earned in the quarter before under the targets that are being edited."""

import dataclasses
from pathlib import Path

import pandas as pd
import streamlit as st

from core import periods, quarter, targets, text
from core import store as stores
from core.settlement import Settlement
from core.targets import Checked
from pages.frame import draw, session, show
from pages.frame.session import Session


def settled(look: Session, checked: Checked) -> Settlement:
    """The look's quarter against the checked targets."""
    return _settled(str(look.store.path), look.store.version(), look.period.label, checked.targets.to_csv(), checked.targets)


def lacking(look: Session, checked: Checked) -> pd.DataFrame:
    """`targets.lacking` of the chosen team under the checked targets."""
    found, members = settled(look, checked), look.members()
    mine = found.metrics if members is None else found.metrics[found.metrics["team_id"].isin(members)]
    return targets.lacking(dataclasses.replace(found, metrics=mine))


@st.cache_data(show_spinner=False, max_entries=32)
def _settled(path: str, version: int, label: str, told: str, _targets: pd.DataFrame):
    return quarter.settle(stores.open(Path(path)), periods.quarter(label), targets=_targets)


def trial(look: Session, checked: Checked) -> None:
    """Score and pay per person on the results of the quarter before: with its own targets, and with these."""
    last = dataclasses.replace(look, period=look.period.previous())
    label = last.period.label
    show.heading(look.say("targets.trial.title", last=label))
    if label not in quarter.quarters(look.store):
        st.info(look.say("targets.trial.nothing", last=label))
        return
    before, after = session.settled(last), settled(last, checked)
    both = draw.compared(last, before, after)
    if both.empty:
        show.missing(last, ["employees"], look.say("incentives.menu"))
        return
    scores = [draw.people(last, one).set_index("employee_id")["score"] for one in (before, after)]
    change = both["change"].sum()
    without = [int(score.isna().sum()) for score in scores]
    show.figures(look, [
        {"label": look.say("targets.trial.total"), "value": text.whole(both["after"].sum()),
         "delta": draw.signed(look, change) if change else None, "against": look.say("targets.trial.against", last=label)},
        {"label": look.say("targets.trial.moves"), "value": f"{(both['change'] > 0).sum()} · {(both['change'] < 0).sum()}"},
        {"label": look.say("targets.trial.scoreless"), "value": look.number(without[1], "count"),
         "note": look.say("targets.trial.scoreless_was", count=without[0])}])
    if both["change"].any():
        show.chart(last, draw.winners(last, both))
    else:
        st.caption(look.say("targets.trial.same", last=label))
    _people(last, both, scores, after)


def _people(look: Session, both: pd.DataFrame, scores: list, after: Settlement) -> None:
    """The people with scores and pay before and after; those without a score first, with the metrics that lack one."""
    lines = after.metrics[after.metrics["score"].isna()]
    lacks = lines.groupby("employee_id")["metric"].agg(lambda found: look.say("comma").join(
        look.metric(metric) for metric in dict.fromkeys(found)))
    rows = both.assign(was=both["employee_id"].map(scores[0]), score=both["employee_id"].map(scores[1]))
    rows = rows.sort_values("score", key=lambda score: score.notna(), kind="stable")
    if rows["score"].isna().any():
        st.caption(look.say("targets.trial.scoreless_first"))
    columns = {"score_before": rows["was"], "score_after": rows["score"], "before": rows["before"], "after": rows["after"],
               "change": rows["change"], "lacks": rows["employee_id"].map(lacks).fillna("")}
    words = {name: look.say(f"targets.trial.{name}") for name in columns}
    table = pd.DataFrame({look.say("column.name"): rows["name"], **{words[name]: found for name, found in columns.items()}})
    show.table(look, table, {word: "score" if name.startswith("score") else "yuan" for name, word in words.items()
                             if name != "lacks"}, key="aims_people")
