"""Who stays, and where work gets stuck: attrition, survival, satisfaction, requests, incidents, new hires."""

import streamlit as st

from core import quarter
from pages.frame import session, show
from pages.frame.team import headline, incidents, leaving, newcomers, requests, satisfaction, staying

VIEWS = {"leaving": leaving.view, "staying": staying.view, "satisfaction": satisfaction.view, "requests": requests.view,
         "incidents": incidents.view, "newcomers": newcomers.view}

look = session.current()
if look.period is None:
    show.empty(look, "team_page")
    st.stop()

show.sentence(headline.finding(look))
show.figures(look, headline.cards(look))

asked = st.query_params.get("view")
labels = {name: look.say(f"team_page.tab_{name}") for name in VIEWS}
# A key a language: what the tabs remember is a label. At first it is the one that the address names.
key = f"team_{look.lang}"
if key not in st.session_state and asked in labels:
    st.session_state[key] = labels[asked]
tabs = st.tabs(list(labels.values()), key=key, on_change="rerun")
for tab, (name, view) in zip(tabs, VIEWS.items(), strict=True):
    with tab:
        # Only the view that is looked at is computed.
        if tab.open:
            if asked != name:
                st.query_params["view"] = name
            view(look)
show.footer(look, quarter.plan_for(look.store, look.period))
