"""Did it work: the three dimensions and the overall, what moved them, every metric behind them, teams, before and after."""

import streamlit as st

from core import quarter
from pages.frame import session, show
from pages.frame.evaluation import effect, indices, metrics, moved, quarters, teams, told
from pages.frame.evaluation.weights import weights

BOARDS = {"indices": indices.board, "moved": moved.board, "metrics": metrics.board, "teams": teams.board,
          "effect": effect.board}

look = session.current()
if look.period is None:
    show.empty(look, "evaluation")
    st.stop()

force = quarter.plan_for(look.store, look.period)
top = st.container()
plan = weights(look, force)
now, earlier = told(look, plan, look.period.label), look.period.previous().label
before = told(look, plan, earlier) if earlier in quarters(look) else None
with top:
    show.sentence(indices.finding(look, plan, now, before))
    show.figures(look, indices.cards(look, plan, now, before))
    if now.lines.empty:
        show.missing(look, ["orders", "team_months", "employees"], look.say("evaluation.menu"))
    indices.missing(look, plan, now)

asked = st.query_params.get("view")
labels = {name: look.say(f"evaluation.tab_{name}") for name in BOARDS}
# A key a language: what the tabs remember is a label. At first it is the one that the address names.
key = f"evaluation_{look.lang}"
if key not in st.session_state and asked in labels:
    st.session_state[key] = labels[asked]
for tab, (name, board) in zip(st.tabs(list(labels.values()), key=key, on_change="rerun"), BOARDS.items(), strict=True):
    with tab:
        # Only the view that is looked at is computed.
        if tab.open:
            if asked != name:
                st.query_params["view"] = name
            board(look, plan, now, before)
show.footer(look, force)
