"""How the quarter went: four figures against the quarter before and the target, and their trend."""

import streamlit as st

from core import quarter, text
from core.metrics import METRICS
from pages.frame import draw, session, show

SHOWN = ("gmv", "repurchase_rate", "nps", "attrition_rate")

look = session.current()
if look.period is None:
    show.empty(look, "overview")
    st.stop()

plan = quarter.plan_for(look.store, look.period)
rows = {name: draw.subject_row(look, look.period.label, name) for name in SHOWN}
known = {name: row for name, row in rows.items() if row is not None and not text.missing(row["value"])}

if "gmv" in known:
    grown = show.change(look, known["gmv"]["value"], known["gmv"]["previous"], "yuan")
    show.sentence(look.say("overview.finding", quarter=look.period.label,
                           gmv=look.number(known["gmv"]["value"], "yuan"),
                           change=grown or look.say("overview.first"), reached=draw.reached(look, known)))
else:
    show.sentence(look.say("overview.no_gmv", quarter=look.period.label))

show.figures(look, [draw.card(look, name, row) for name, row in rows.items()])

for name in SHOWN:
    if name not in known:
        show.missing(look, [d for d in METRICS[name].needs if d in session.DATASETS], look.metric(name))

places = st.columns(2)
for number, name in enumerate(known):
    with places[number % 2]:
        show.chart(look, draw.trend(look, name))

show.footer(look, plan)
