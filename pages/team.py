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

show.views(look, "team_page", VIEWS)
show.footer(look, quarter.plan_for(look.store, look.period))
