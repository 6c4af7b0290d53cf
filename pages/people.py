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

show.views(look, "people", VIEWS, plan, found)
show.footer(look, plan)
