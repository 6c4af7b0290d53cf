"""What is stored, what is missing, and how files come in: checked first, saved as one batch."""

import pandas as pd
import streamlit as st

from core import quarter, text
from pages.frame import controls, session, show, uploads

look = session.current()
stored = look.store.counts()

if sum(stored.values()):
    show.sentence(look.say("data.finding", rows=f"{sum(stored.values()):,}",
                           datasets=sum(count > 0 for count in stored.values()), all=len(stored)))
else:
    show.sentence(look.say("empty.title"))
    st.write(look.say("data.empty"))
    if st.button(look.say("start.sample"), type="primary"):
        controls.open_sample(look)

st.markdown(f"#### {look.say('data.upload')}")
controls.template_button(look)
upload = controls.prepared(look)
if said := st.session_state.pop("said", None):
    st.success(said)
if upload:
    show.table(look, uploads.found(look, upload), uploads.counted(look), key="found")
    problems = uploads.problems(look, upload)
    if not problems.empty:
        st.markdown(f"#### {look.say('data.problems', errors=upload.errors, notes=uploads.notes(upload))}")
        show.table(look, problems, key="problems")
    controls.missing_values(look, upload)
    controls.date_order(look, upload)
    controls.saved(look, upload)

st.markdown(f"#### {look.say('data.stored')}")
show.table(look, uploads.stored(look, stored), uploads.counted(look), key="stored")

st.markdown(f"#### {look.say('data.history')}")
batches = look.store.batches()
if batches:
    show.table(look, pd.DataFrame([{
        look.say("column.batch"): batch["batch"],
        look.say("column.saved_at"): f"{text.date(batch['saved_at'].date(), look.lang)} {batch['saved_at']:%H:%M}",
        look.say("column.files"): look.say("comma").join(dict.fromkeys(f["file"] for f in batch["files"])),
        look.say("column.state"): look.say("data.undone" if batch["undone_at"] else "data.live")}
        for batch in batches]), key="history")
    controls.undo(look, batches)
else:
    st.caption(look.say("data.no_history"))

if look.period:
    show.footer(look, quarter.plan_for(look.store, look.period))
