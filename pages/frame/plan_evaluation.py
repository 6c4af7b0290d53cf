"""The evaluation's part of a plan under the hand: the dimensions and their weights, and when each risk fires."""

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from core.plan import values
from core.plan.fields import FIELDS, RISKS
from core.plan.problems import entry_name
from pages.frame import plan_draft as drafts
from pages.frame import plan_fields as fields
from pages.frame.session import Session


def evaluation(look: Session, draft: dict) -> None:
    """The weights of the three dimensions and of the metrics in each; the thresholds of every risk."""
    left, right = st.columns([4, 5], gap="medium")
    with left:
        st.markdown(f"**{look.say('plan.dimensions')}**")
        _weights(look, draft, ("evaluation", "weights"), values.names(draft["plan"], "dimensions"))
        fields.form(look, draft, ("evaluation",), [FIELDS["evaluation"]["smallest_group"]])
        for name in values.names(draft["plan"], "dimensions"):
            st.markdown(f"**{entry_name(draft['plan'], 'dimensions', name, look.lang)}**")
            _weights(look, draft, ("dimensions", name, "weights"), list(METRICS))
    with right:
        st.markdown(f"**{look.say('plan.risks')}**")
        for name in values.names(draft["plan"], "risks"):
            if name in RISKS:
                with st.expander(getattr(RISKS[name], look.lang)):
                    st.caption(RISKS[name].means[look.lang])
                    fields.form(look, draft, ("risks", name), list(RISKS[name].fields.values()), 3)


def _weights(look: Session, draft: dict, address: tuple, options: list) -> None:
    """Weights in per cent, with their sum; the dimensions themselves are fixed."""
    held = drafts.get(draft["plan"], address)
    held = {name: weight for name, weight in held.items() if values.is_number(weight)} if isinstance(held, dict) else {}
    frame = pd.DataFrame([(name, round(100 * weight, 9)) for name, weight in held.items()],
                         columns=["metric", "weight"]).astype({"metric": object, "weight": float})
    fixed = address[0] == "evaluation"
    fields.table(draft, address, frame, {
        "metric": st.column_config.SelectboxColumn(
            look.say("plan.dimension" if fixed else "plan.metric"), options=options, required=True, disabled=fixed,
            format_func=lambda name: fields.weighed(look, draft["plan"], name)),
        "weight": st.column_config.NumberColumn(look.say("plan.weight"), format="%.6g", min_value=0, max_value=100)},
        lambda rows: {row["metric"]: fields.whole(fields.number(row["weight"]), 100) for row in rows
                      if isinstance(row["metric"], str)}, fixed)
    st.caption(look.say("plan.total", total=f"{100 * sum(held.values()):.6g}"))
