"""What people move and hand in: weight sliders, files, and the buttons of an empty company."""

import secrets
from pathlib import Path

import streamlit as st

from core import changes as changing
from core import importing, quarter
from core.exporting.template import template
from pages.frame import session
from pages.frame.session import Session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def start(look: Session) -> None:
    """Try the sample company, upload our data, or take the template: the three ways out of an empty product."""
    sample, upload, blank = st.columns(3)
    if sample.button(look.say("start.sample"), type="primary", width="stretch"):
        open_sample(look)
    if upload.button(look.say("start.upload"), width="stretch"):
        st.switch_page("pages/data.py")
    with blank:
        template_button(look)


def template_button(look: Session) -> None:
    st.download_button(look.say("start.template"), template(look.lang), f"tiejun-{look.lang}.xlsx", XLSX,
                       width="stretch", on_click="ignore")


def open_sample(look: Session) -> None:
    """Turns to the sample company, filling its database the first time."""
    store = session.stores.open(session.folder() / "sample.duckdb")
    if not store.batches():
        with st.spinner(look.say("start.loading")):
            quarter.load_sample(store)
    session.choose("sample")


def prepared(look: Session):
    """The files handed in, read and checked but not saved; None without files. Read again only when files or the
    given values change; the uploaded bytes lie under names of our own and are dropped after reading."""
    handed = st.file_uploader(look.say("data.files"), type=["xlsx", "csv"], accept_multiple_files=True,
                              key=f"files{st.session_state.get('handed', 0)}")
    if not handed:
        _forget()
        return None
    given = st.session_state.get("given", {})
    asked = (str(look.store.path), look.store.version(), look.lang, tuple(file.file_id for file in handed),
             tuple(sorted(given.items())))
    if st.session_state.get("upload", (None,))[0] != asked:
        _forget("upload")
        st.session_state["upload"] = (asked, _read(look, handed, given))
    return st.session_state["upload"][1]


def _forget(*names: str) -> None:
    """Drops what was read before and its staged rows, by default also the values given for it."""
    if before := st.session_state.get("upload"):
        importing.discard(before[1])
    for name in names or ("upload", "given"):
        st.session_state.pop(name, None)


def _read(look: Session, handed, given: dict):
    bar, files = st.progress(0.0, look.say("data.reading", file="")), []
    try:
        for file in handed:
            path = look.store.stage_folder() / f"{secrets.token_hex(8)}{Path(file.name).suffix.lower()}"
            path.write_bytes(file.getbuffer())
            files.append((file.name, path))
        return importing.prepare(look.store, files, values=given, lang=look.lang, progress=lambda done, name:
                                 bar.progress(done, look.say("data.reading", file=name)))
    finally:
        for _, path in files:
            path.unlink(missing_ok=True)
        bar.empty()


def missing_values(look: Session, upload) -> None:
    """One field for each column that a sheet lacks and needs, or whose team can be told once: its one value for the file."""
    given = dict(st.session_state.get("given", {}))
    lacking = [name for sheet in upload.sheets if sheet.dataset for name in (*sheet.missing_columns, "team_id")
               if name in {c.name for c in session.DATASETS[sheet.dataset].columns} - set(sheet.mapping.values())]
    for name in dict.fromkeys([*lacking, *(name for name in given if name != "date_order")]):
        value = st.text_input(look.say("data.one_value", column=look.field(name)), given.get(name, ""), key=f"value_{name}")
        given[name] = value.strip()
    given = {name: value for name, value in given.items() if value}
    if given != st.session_state.get("given", {}):
        st.session_state["given"] = given
        st.rerun()


def date_order(look: Session, upload) -> None:
    """Asks whether day or month comes first, where no column of a file tells."""
    given = st.session_state.get("given", {})
    asked = any(issue.code == "ambiguous_dates" for sheet in upload.sheets for issue in sheet.issues)
    if asked or "date_order" in given:
        order = st.radio(look.say("data.date_order"), ("dmy", "mdy"), index=None, horizontal=True, key="date_order",
                         format_func=lambda order: look.say(f"data.{order}"))
        if order and order != given.get("date_order"):
            st.session_state["given"] = given | {"date_order": order}
            st.rerun()


def undo(look: Session, batches: list[dict]) -> None:
    """Takes a batch back, after saying what that does."""
    live = [batch["batch"] for batch in batches if not batch["undone_at"]]
    if live:
        with st.popover(look.say("data.undo")):
            batch = st.selectbox(look.say("column.batch"), live)
            st.caption(look.say("data.undo_means", batch=batch))
            if st.button(look.say("data.undo_now", batch=batch)):
                look.store.undo(batch)
                st.session_state["said"] = look.say("data.undone_now", batch=batch)
                st.rerun()


def release(look: Session, employee: str) -> None:
    """Releases a person's pending pay: how the missing figures count, and why."""
    with st.form("release", border=True):
        st.caption(look.say("release.means"))
        answer = st.radio(look.say("release.answer"), ("renormalise", "zero", "last"), horizontal=True,
                          format_func=lambda answer: look.say(f"release.{answer}"))
        reason = st.text_input(look.say("release.reason"))
        if st.form_submit_button(look.say("release.now")):
            if reason.strip():
                look.store.release(look.period.label, [employee], answer, reason.strip())
                st.rerun()
            st.error(look.say("release.no_reason"))


def saved(look: Session, upload) -> None:
    """The save button; blocked by errors unless only the valid rows are asked for."""
    partly = bool(upload.errors) and st.checkbox(look.say("data.only_valid", count=upload.errors))
    blocked = bool(upload.errors) and not partly or not upload.staged
    if st.button(look.say("data.save"), type="primary", disabled=blocked):
        batch = importing.save(look.store, upload, accept_valid=partly)
        st.session_state["handed"] = st.session_state.get("handed", 0) + 1
        _forget()
        st.session_state["said"] = look.say("data.saved", batch=batch) if batch else look.say("data.refused")
        st.rerun()


def weights(look: Session, plan: dict, changed: dict) -> dict:
    """A slider per weight of a chosen scorecard; answers all changes. What is not moved gives way in proportion."""
    cards = plan["scorecards"]
    card = st.selectbox(look.say("whatif.scorecard"), list(cards), key="scorecard",
                        format_func=lambda name: card_name(look, plan, name))
    after = changing.apply(plan, changed) if changed else plan
    for metric, weight in after["scorecards"][card]["weights"].items():
        key = f"weight_{card}_{metric}"
        st.session_state[key] = round(100 * weight)
        force = cards[card]["weights"][metric]
        st.slider(look.metric(metric), 0, 100, key=key, format="%d%%", on_change=_moved, args=(plan, after, card, metric),
                  help=look.say("whatif.in_force", weight=look.number(force, "percent")))
    if st.button(look.say("whatif.reset"), disabled=not changed):
        session.keep_changes({})
        st.rerun()
    return changed


def _moved(plan: dict, after: dict, card: str, metric: str) -> None:
    """The moved weight takes its place, the others give way in proportion to what they are now (to the plan in force
    where they are all 0)."""
    weights = after["scorecards"][card]["weights"]
    if not sum(weight for name, weight in weights.items() if name != metric):
        weights = plan["scorecards"][card]["weights"]
    moved = changing.rebalanced(weights, {metric: st.session_state[f"weight_{card}_{metric}"] / 100}, card)
    session.keep_changes(session.changes() | {f"scorecards.{card}.weights.{name}": weight for name, weight in moved.items()})


def card_name(look: Session, plan: dict, card: str) -> str:
    named = plan["scorecards"][card]
    return named.get(look.lang) or named.get("zh") or look.role(card)
