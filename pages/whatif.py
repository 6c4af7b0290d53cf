"""Move a weight, or open a proposed change, and see at once what it would have paid."""

import streamlit as st

from core import quarter, text
from pages.frame import controls, draw, session, show, statement, trying

look = session.current()
if look.period is None:
    show.empty(look, "whatif")
    st.stop()

plan = quarter.plan_for(look.store, look.period)
sliders, result = st.columns([1, 3])
with sliders:
    changed = controls.weights(look, plan, session.changes(plan))
    trying.others(look, plan, changed)

with result:
    before = session.settled(look)
    both = draw.compared(look, before, session.settled(look, changed) if changed else before)
    if both.empty:
        show.missing(look, ["employees"], look.say("incentives.menu"))
        st.stop()
    change, gain, lose = both["change"].sum(), int((both["change"] > 0).sum()), int((both["change"] < 0).sum())
    show.sentence(look.say("whatif.finding" if changed else "whatif.unchanged", quarter=look.period.label,
                           total=text.whole(both["after"].sum()), gain=gain, lose=lose))
    signed = draw.signed(look, change) if changed else None
    show.figures(look, [
        {"label": look.say("whatif.total"), "value": text.whole(both["after"].sum()), "delta": signed,
         "against": look.say("whatif.against") if signed else None},
        {"label": look.say("whatif.gain"), "value": look.number(gain, "count")},
        {"label": look.say("whatif.lose"), "value": look.number(lose, "count")}])
    show.chart(look, draw.winners(look, both) if changed else draw.by_role(look, draw.people(look, before)))
    show.table(look, statement.compared_words(look, both), {
        look.say(f"column.{name}"): "yuan" for name in ("before", "after", "change")}, key="compared")
show.footer(look, plan)
