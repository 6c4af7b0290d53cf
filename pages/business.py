"""What customers bought, whether they come back and what they say: a view each, the address names the one that is open."""

import streamlit as st

from core import quarter
from pages.frame import draw, session, show
from pages.frame.business import SHOWN, buyers, finding, sales, switches, voice

VIEWS = {"sales": sales.view, "buyers": buyers.view, "voice": voice.view, "switches": switches.view}

look = session.current()
if look.period is None:
    show.empty(look, "business")
    st.stop()

plan = quarter.plan_for(look.store, look.period)
rows = {name: draw.subject_row(look, look.period.label, name) for name in SHOWN}
show.sentence(finding(look, rows))
show.figures(look, [draw.card(look, name, row) for name, row in rows.items()])

asked = st.query_params.get("view")
labels = {name: look.say(f"business.tab_{name}") for name in VIEWS}
# A key a language: what the tabs remember is a label. At first it is the one that the address names.
key = f"business_{look.lang}"
if key not in st.session_state and asked in labels:
    st.session_state[key] = labels[asked]
tabs = st.tabs(list(labels.values()), key=key, on_change="rerun")
for tab, (name, view) in zip(tabs, VIEWS.items(), strict=True):
    with tab:
        # Only the view that is looked at is computed.
        if tab.open:
            if asked != name:
                st.query_params["view"] = name
            view(look, plan)
show.footer(look, plan)
