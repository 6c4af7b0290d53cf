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

show.views(look, "evaluation", BOARDS, plan, now, before)
show.footer(look, force)
