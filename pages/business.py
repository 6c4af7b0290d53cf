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

show.views(look, "business", VIEWS, plan)
show.footer(look, plan)
