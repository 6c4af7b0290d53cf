"""What to worry about: the risks of the quarter with their evidence, thresholds to try, and what to do."""

import streamlit as st

from core import changes as changing
from core import quarter
from core.risks import telling
from pages.frame import risks, session, show

look = session.current()
if look.period is None:
    show.empty(look, "risks")
    st.stop()

plan = quarter.plan_for(look.store, look.period)
tried = {address: value for address, value in session.changes(plan).items() if address.startswith("risks.")}
judged = changing.apply(plan, tried) if tried else plan
found = risks.of_team(look, session.kept(look, risks.read, look.period.label, tuple(sorted(tried.items()))))
named = session.kept(look, telling.names)

show.sentence(show.plain(risks.sentence(look, found)))
if tried:
    risks.tried_limits(look, plan, tried)
show.figures(look, risks.cards(look, found))
for finding in found:
    if finding.state == "fired":
        risks.told(look, finding, plan, judged, named)
if others := [finding for finding in found if finding.state != "fired"]:
    show.heading(look.say("risks.others"))
    if drawn := risks.nearness(look, others):
        show.chart(look, drawn)
for finding in others:
    risks.quiet(look, finding, plan, judged, named)
if st.button(look.say("risks.edit"), key="risks_edit"):
    risks.to_plan(look)
show.footer(look, plan)
