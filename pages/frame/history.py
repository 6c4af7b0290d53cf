"""The batches saved so far: when, which file, what changed; any of them can be taken back, its consequences first."""

import pandas as pd
import streamlit as st

from core import consequences, text
from pages.frame import saving
from pages.frame.session import Session
from pages.frame.show import table

CHANGES = ("inserted", "updated", "unchanged", "gone")


def history(look: Session) -> None:
    """Every batch, newest first, and the way to undo one."""
    batches = look.store.batches()
    if not batches:
        st.caption(look.say("data.no_history"))
        return
    table(look, pd.DataFrame([{
        look.say("column.batch"): batch["batch"],
        look.say("column.saved_at"): f"{text.date(batch['saved_at'].date(), look.lang)} {batch['saved_at']:%H:%M}",
        look.say("column.files"): look.say("comma").join(dict.fromkeys(f["file"] for f in batch["files"])),
        look.say("history.what"): look.say("history.changed", **{name: f"{batch[name]:,}" for name in CHANGES}),
        look.say("column.state"): look.say("data.undone" if batch["undone_at"] else "data.live")}
        for batch in batches]), key="history")
    _undo(look, [batch["batch"] for batch in batches if not batch["undone_at"]])


def _undo(look: Session, live: list[int]) -> None:
    """Takes a batch back, after showing what that does to rows and key figures."""
    if not live:
        return
    batch = st.selectbox(look.say("data.undo"), live, index=None, placeholder=look.say("history.choose"), key="undo")
    if batch is None:
        return
    st.caption(look.say("data.undo_means", batch=batch))
    if look.period:
        with st.spinner(look.say("consequences.working")):
            compared = consequences.of_undoing(look.store, batch, look.period)
        saving.figures(look, look.say("consequences.undo_figures", quarter=look.period.label), compared)
    if st.button(look.say("data.undo_now", batch=batch), type="primary"):
        look.store.undo(batch)
        st.session_state.pop("undo", None)
        st.session_state["said"] = look.say("data.undone_now", batch=batch)
        st.rerun()
