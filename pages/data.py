"""What is stored, what is missing, and how files come in: checked first, saved as one batch."""

import streamlit as st

from core import quarter
from pages.frame import controls, history, needs, saving, session, show, uploads

look = session.current()
stored = look.store.counts()

# What changes above the tabs has a place of its own, else a new line would throw people back to the first tab.
with st.container():
    if sum(stored.values()):
        show.sentence(look.say("data.finding", rows=f"{sum(stored.values()):,}",
                               datasets=sum(count > 0 for count in stored.values()), all=len(stored)))
    else:
        show.sentence(look.say("empty.title"))
        st.write(look.say("data.empty"))
        with st.container(horizontal=True):
            controls.sample_buttons(look, "content")
with st.container():
    if said := st.session_state.pop("said", None):
        st.success(said)
    if back := st.session_state.get("back"):
        saving.rejected(look, *back, key="back_rejected")

bring, needed, kept, batches = st.tabs([look.say(f"tab.{name}") for name in ("upload", "needed", "stored", "history")],
                                        key="data_tabs")
with bring:
    controls.template_button(look)
    uploads.stages(look)
with needed:
    needs.show_needs(look)
with kept:
    show.table(look, uploads.stored(look, stored), show.counted(look), key="stored")
with batches:
    history.history(look)

if look.period:
    show.footer(look, quarter.plan_for(look.store, look.period))
