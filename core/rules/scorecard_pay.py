"""`scorecard_pay`: the score of an assignment's scorecard pays its base (方案 三（二）1)."""

import numpy as np
import pandas as pd

from core.rules.money import cents

FORMULA = "base * eligible_days / quarter_days * score / 100 * phase_factor * budget_factor"


def scorecard_pay(population: dict, parameters: dict) -> pd.DataFrame:
    """Base × eligible days ÷ days of the quarter × score ÷ 100 × phase factor, one row per assignment.

    population: `scores` (bonus_target, position_value, days, score, provisional, state, on_rocket_only). parameters:
    base_bonus (yuan a quarter), quarter_days, phase_factor, budget_factor. A score that waits for data makes the row
    pending with the provisional amount; one that cannot be computed, held with none."""
    scores = population["scores"]
    base = scores["bonus_target"].astype(float)
    base = base.where(base.notna(), parameters["base_bonus"] * scores["position_value"].astype(float))
    status = scores["state"].map({"final": "payable", "provisional": "pending", "held": "held"})
    status = status.where(~scores["on_rocket_only"], "not_met").astype(object)
    counted = scores["score"].astype(float).where(scores["state"] == "final", scores["provisional"])
    potential = (base * scores["days"] / parameters["quarter_days"] * counted / 100 * parameters["phase_factor"]
                 * parameters["budget_factor"])
    potential = potential.where(~status.isin(["held", "not_met"]))
    reason = np.select([status.eq("not_met"), ~scores["covered"], status.eq("held"), status.eq("pending")],
                       ["rocket_only", "no_assignment", "covered_too_little", "figures_missing"], "")
    return scores.assign(
        base=base, eligible_days=scores["days"], quarter_days=parameters["quarter_days"],
        phase_factor=parameters["phase_factor"], budget_factor=parameters["budget_factor"],
        beneficiary_type="employee", beneficiary_id=scores["employee_id"],
        item=pd.to_datetime(scores["from_date"]).dt.strftime("%Y-%m-%d"), unit="CNY", status=status, reason=reason,
        unrounded=potential.where(status.eq("payable"), 0.0), potential=cents(potential),
        amount=np.where(status.eq("payable"), cents(potential), 0.0))
