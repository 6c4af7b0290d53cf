"""The bars of a quarter: entered, copied, checked and saved; and what everybody would have scored against them."""

import streamlit as st

from core import quarter
from pages.frame import aims, aims_trial, session, show

look = session.current()
if not sum(look.store.counts().values()):
    show.empty(look, "targets")
    st.stop()

with st.container():
    top = st.container()
    aims.said()
look = aims.chosen(look)
plan = quarter.plan_for(look.store, look.period)

table, trial = st.columns([11, 9])
with table:
    edited = aims.editor(look, plan)
    checked = aims.checked(look, edited)
    aims.problems(look, checked)
    aims.consequences(look, plan, checked)
    aims.save(look, checked)
with top:
    aims.finding(look, plan, checked)
with trial:
    aims_trial.trial(look, checked)
show.footer(look, plan)
