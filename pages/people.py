"""Who grows: skills against the standard of the post, one person's radar, growth, the growth tree, learning."""

import streamlit as st

from core import quarter
from pages.frame import people, session, show
from pages.frame.people import growth, learning, matrix, person, tree

VIEWS = {"skills": matrix.view, "person": person.view, "growth": growth.view, "tree": tree.view, "learning": learning.view}

look = session.current()
if look.period is None:
    show.empty(look, "people")
    st.stop()

plan = quarter.plan_for(look.store, look.period)
found = session.kept(look, people.read, look.period.label, look.team)
if found["staff"].empty:
    show.sentence(look.say("people.nobody", quarter=look.period.label))
    show.missing(look, ["employees"], look.say("people.menu"))
    show.footer(look, plan)
    st.stop()

show.sentence(people.finding(look, found))
show.figures(look, people.cards(look, plan, found))
people.notices(look, found)

asked = st.query_params.get("view")
labels = {name: look.say(f"people.tab_{name}") for name in VIEWS}
# A key a language: what the tabs remember is a label. At first it is the one that the address names.
key = f"people_{look.lang}"
if key not in st.session_state and asked in labels:
    st.session_state[key] = labels[asked]
tabs = st.tabs(list(labels.values()), key=key, on_change="rerun")
for tab, (name, view) in zip(tabs, VIEWS.items(), strict=True):
    with tab:
        # Only the view that is looked at is computed.
        if tab.open:
            if asked != name:
                st.query_params["view"] = name
            view(look, plan, found)
show.footer(look, plan)
