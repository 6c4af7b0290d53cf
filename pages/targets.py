"""The bars of a quarter: entered, copied, checked and saved; and what everybody would have scored against them."""

import streamlit as st

from core import quarter
from pages.frame import aims, aims_trial, session, show

look = session.current()
if not sum(look.store.counts().values()):
    show.empty(look, "targets")
    st.stop()

top = st.container()
aims.said()
begin = st.container(horizontal=True, vertical_alignment="bottom")
with begin:
    look = aims.chosen(look)
plan = quarter.plan_for(look.store, look.period)
edited = aims.editor(look, plan)
with begin:
    aims.begin(look)
checked = aims.checked(look, edited)
with top:
    aims.finding(look, checked)
aims.problems(look, plan, edited, checked)
aims.consequences(look, plan, checked)
aims.save(look, checked)
aims.lacking(look, plan, checked)
aims_trial.trial(look, checked)
show.footer(look, plan)
