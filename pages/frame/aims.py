"""The table of a quarter's targets: edited in the browser, checked at every change, saved as a batch."""

import dataclasses
from datetime import date, timedelta
from itertools import count

import pandas as pd
import streamlit as st

from core import importing, people, periods, targets
from core import plan as plans
from core.metrics import METRICS
from core.store import StoreError
from core.targets import Checked
from pages.frame import aims_trial, controls, show
from pages.frame.session import Session

MOST_NAMED = 2
TURNS = count(1)


def chosen(look: Session) -> Session:
    """The look at the quarter whose targets are edited: the page's own (today's while nothing dated is stored), or the next."""
    own = look.period or periods.quarter_of(date.today())
    following = periods.quarter_of(own.end + timedelta(days=1))
    label = st.segmented_control(look.say("targets.quarter"), [own.label, following.label], default=own.label, required=True,
                                 key=f"aims_of_{own.label}")
    return dataclasses.replace(look, period=periods.quarter(label))


def said() -> None:
    """What the last run had to say."""
    if words := st.session_state.pop("aims_said", None):
        st.success(words)


def editor(look: Session, plan: dict) -> pd.DataFrame:
    """The quarter's targets as they are edited. Edits outlive other pages, quarters and languages; what the editor was
    given stays the same as long as it lives, else it would lose them."""
    draft = _draft(look)
    subjects, metrics = names(look, plan, draft["frame"]), _metrics(look, plan)
    key = f"aims_{draft['turn']}_{look.lang}_{abs(hash((*subjects.items(), *metrics)))}"
    if key not in st.session_state:
        draft["start"] = draft["frame"]
    heads = targets.headings(look.lang)
    bar = {name: st.column_config.TextColumn(heads[name], alignment="right") for name in targets.BARS}
    edited = st.data_editor(
        draft["start"], key=key, num_rows="dynamic", hide_index=False, placeholder="", height=362, column_config=bar | {
            "_index": st.column_config.NumberColumn(look.say("targets.row"), disabled=True, width=44),
            "subject": st.column_config.SelectboxColumn(f"{heads['subject_type']} · {heads['subject_id']}",
                                                        options=list(subjects), format_func=subjects.get),
            "metric": st.column_config.SelectboxColumn(heads["metric"], options=list(metrics), format_func=metrics.get)})
    draft["frame"] = targets.numbered(edited)
    if list(edited.index) != list(draft["frame"].index):
        # A row was deleted: the table starts anew, so that messages, rows on screen and rows stored have one number.
        draft["turn"] = next(TURNS)
        st.rerun()
    st.caption(look.say("targets.how"))
    return draft["frame"]


def _draft(look: Session) -> dict:
    """What is being edited of this company's quarter: `stored` as it was found, `frame` as it is now, `turn` a number that
    no other editor has. Starts anew where the stored targets change."""
    drafts, place = st.session_state.setdefault("aims", {}), (str(look.store.path), look.period.label)
    stored, held = targets.table(look.store.cursor(), look.period), drafts.get(place)
    if held is None or not held["stored"].equals(stored):
        if held and not held["frame"].equals(held["stored"]):
            st.warning(look.say("targets.moved", quarter=look.period.label))
        held = drafts[place] = {"stored": stored, "frame": stored, "turn": next(TURNS)}
    return held


def begin(look: Session) -> None:
    """Copy what last quarter had and this table lacks; go back to what is stored."""
    draft, before = _draft(look), look.period.previous()
    filled = targets.copied(draft["frame"], targets.table(look.store.cursor(), before))
    added = len(filled) - int(draft["frame"].notna().any(axis=1).sum())
    words = look.say("targets.copy" if added else "targets.copy_none", quarter=before.label, count=added)
    st.button(words, on_click=_restart, args=(draft, filled), disabled=not added, key="aims_copy",
              type="primary" if draft["frame"].empty and added else "secondary")
    st.button(look.say("targets.reset"), on_click=_restart, args=(draft, draft["stored"]), key="aims_reset",
              disabled=draft["frame"].equals(draft["stored"]))


def _restart(draft: dict, frame: pd.DataFrame) -> None:
    draft["frame"], draft["turn"] = frame, next(TURNS)


def names(look: Session, plan: dict, frame: pd.DataFrame) -> dict[str, str]:
    """Every subject that a target can be for → what it is called: the company, the plan's roles, the teams, who is employed
    in the quarter; and what the table names already."""
    con = look.store.cursor()
    known = {"company": look.say("targets.company")}
    known |= {f"role {role}": look.say("targets.role", name=entry.get(look.lang) or look.role(role))
              for role, entry in plan["roles"].items()}
    known |= {f"team {team}": look.say("targets.team", name=team if name == team else f"{name} {team}")
              for team, name in look.teams.items()}
    called = dict(con.execute("select employee_id, name from employees").fetchall())
    known |= {f"employee {one}": look.say("targets.employee", name=f"{called.get(one) or ''} {one}".strip())
              for one in people.belongs(con, look.period)["employee_id"]}
    for subject in frame["subject"].dropna():
        kind, _, name = subject.partition(" ")
        known.setdefault(subject, look.say(f"targets.{kind}", name=f"{called.get(name) or ''} {name}".strip()))
    return known


def _metrics(look: Session, plan: dict) -> dict[str, str]:
    """Every metric with its unit, those of the scorecards first."""
    used = dict.fromkeys(metric for card in plans.weights(plan, look.period).values() for metric in card)
    return {name: look.say("targets.metric", metric=look.metric(name), unit=look.say(f"targets.unit.{METRICS[name].unit}"))
            for name in dict.fromkeys([*used, *METRICS])}


def checked(look: Session, frame: pd.DataFrame) -> Checked:
    """The table checked; again only where it, the stored data or the language changed."""
    asked = (str(look.store.path), look.store.version(), look.period.label, look.lang, frame.to_csv())
    if st.session_state.get("aims_checked", (None,))[0] != asked:
        if before := st.session_state.pop("aims_checked", None):
            importing.discard(before[1].upload)
        st.session_state["aims_checked"] = (asked, targets.check(look.store, look.period, frame, look.lang))
    return st.session_state["aims_checked"][1]


def finding(look: Session, found: Checked) -> None:
    """How many targets there are, and which metrics of scorecards in use have none."""
    without = aims_trial.lacking(look, found)
    named = look.say("comma").join(look.say("targets.lacking_of", metric=look.metric(row.metric), people=row.people)
                                   for row in without.head(MOST_NAMED).itertuples())
    named = look.say("targets.more", named=named) if len(without) > MOST_NAMED else named
    rows, end = found.targets, ""
    if len(without):
        end = look.say("targets.lacking", count=len(without), named=named)
    elif len(rows):
        end = look.say("targets.complete")
    show.sentence(look.say("targets.finding" if len(rows) else "targets.none", quarter=look.period.label, targets=len(rows),
                           subjects=len(rows[["subject_type", "subject_id"]].drop_duplicates()),
                           metrics=rows["metric"].nunique(), lacking=end))


def lacking(look: Session, plan: dict, found: Checked) -> None:
    """Behind a fold, the scorecards on which a metric has no target."""
    without = aims_trial.lacking(look, found)
    if len(without):
        with st.expander(look.say("targets.where")):
            for row in without.itertuples():
                cards = look.say("comma").join(controls.card_name(look, plan, card) for card in row.scorecards)
                st.markdown(show.plain(look.say("targets.lacking_cards", metric=look.metric(row.metric), cards=cards,
                                                people=row.people)))


def problems(look: Session, plan: dict, frame: pd.DataFrame, found: Checked) -> None:
    """Every problem with its row, field and way out; a row that was just added shows no number yet, so it is named too."""
    called, metrics = names(look, plan, frame), _metrics(look, plan)
    if found.errors:
        st.error(look.say("targets.errors", count=found.errors))
    if found.problems:
        show.table(look, pd.DataFrame([{
            look.say("column.severity"): look.say(f"severity.{issue.severity}"),
            look.say("targets.about"): _about(frame, issue.cell, called, metrics), look.say("column.message"): issue.message,
            look.say("column.suggestion"): issue.suggestion or "—"} for issue in found.problems]), key="aims_problems")


def _about(frame: pd.DataFrame, row: str, called: dict, metrics: dict) -> str:
    subject, metric = frame.loc[int(row), ["subject", "metric"]] if row else (None, None)
    return " ".join(filter(None, (called.get(subject), metrics.get(metric)))) or "—"


def consequences(look: Session, plan: dict, found: Checked) -> None:
    """What saving would do to the stored targets, with those that would go by name."""
    if found.errors:
        return
    st.caption(look.say("targets.changes" if found.changes else "targets.unchanged", inserted=found.inserted,
                        updated=found.updated, gone=found.gone.count, unchanged=found.unchanged))
    if found.gone.count:
        ended = pd.DataFrame(found.gone.rows)
        ended["subject"] = [targets.subject(*pair) for pair in zip(ended["subject_type"], ended["subject_id"], strict=True)]
        called = names(look, plan, ended)
        listed = look.say("comma").join(f"{called[row.subject]} {look.metric(row.metric)}" for row in ended.itertuples())
        st.warning(show.plain(look.say("targets.gone", named=listed)))


def save(look: Session, found: Checked) -> None:
    """The button that saves what was checked, as one batch; where the store refuses, the table stays as it is."""
    if not st.button(look.say("targets.save", quarter=look.period.label, count=found.changes), type="primary",
                     disabled=bool(found.errors) or not found.changes, key="aims_save"):
        return
    try:
        batch = targets.save(look.store, found)
    except StoreError as problem:
        st.error(problem.say(look.lang))
        return
    st.session_state["aims"].pop((str(look.store.path), look.period.label))
    st.session_state.pop("aims_checked")
    st.session_state["aims_said"] = look.say("targets.saved", quarter=look.period.label, batch=batch)
    st.rerun()
