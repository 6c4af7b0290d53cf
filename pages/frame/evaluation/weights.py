"""The weights under the hand: of the dimensions and of the metrics in each; back, and into the plan's draft."""

import streamlit as st

from core import changes as changing
from core.evaluation import OVERALL
from core.plan.problems import PlanError
from pages.frame import controls, session, show
from pages.frame import plan_draft as drafts
from pages.frame.evaluation import dimension
from pages.frame.session import Session

ADDRESSES = ("evaluation.weights", "dimensions.")


def moved(plan: dict) -> dict:
    """Those of the session's changes that move a weight of the evaluation."""
    changes = session.changes(plan)
    return {path: value for path, value in changes.items() if path.startswith(ADDRESSES) and ".weights." in path}


def weights(look: Session, plan: dict) -> dict:
    """A slider per weight; answers the plan as they stand."""
    own = moved(plan)
    after = changing.apply(plan, own) if own else plan
    with st.expander(look.say("evaluation.weights_moved" if own else "evaluation.weights"), expanded=bool(own)):
        places = st.columns(1 + len(plan["dimensions"]), gap="medium")
        for place, name in zip(places, (OVERALL, *plan["dimensions"]), strict=True):
            with place:
                st.markdown(f"**{show.plain(dimension(look, plan, name))}**")
                controls.sliders(look, plan, own, "evaluation.weights" if name == OVERALL else f"dimensions.{name}.weights")
        with st.container(horizontal=True):
            controls.reset(look, own, {path: value for path, value in session.changes().items() if path not in own})
            if st.button(look.say("evaluation.into_draft"), disabled=not own, help=look.say("evaluation.into_draft_means")):
                _into_draft(look, own)
    return after


def _into_draft(look: Session, own: dict) -> None:
    draft = drafts.opened(look)
    try:
        draft["plan"] = changing.apply(draft["plan"], own)
    except PlanError as problem:
        st.error(show.plain(look.say("evaluation.draft_refused", problem=problem.say(look.lang))))
        return
    draft["revision"] += 1
    st.switch_page("pages/plan.py")
