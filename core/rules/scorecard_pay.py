"""`scorecard_pay`: the score of an assignment's scorecard pays its base (方案 三（二）1)."""

import numpy as np
import pandas as pd

from core.columns import added, chosen, dated
from core.rules.money import cents

FORMULA = "base * eligible_days / quarter_days * score / 100 * phase_factor * budget_factor"


def scorecard_pay(population: dict, parameters: dict) -> pd.DataFrame:
    """Base × eligible days ÷ days of the quarter × score ÷ 100 × phase factor, one row per assignment.

    population: `scores` (bonus_target, position_value, days, score, provisional, state, on_rocket_only). parameters:
    base_bonus (yuan a quarter), quarter_days, phase_factor, budget_factor. A score that waits for data makes the row
    pending with the provisional amount; one that cannot be computed, held with none."""
    scores = population["scores"]
    state, rocket = scores["state"].to_numpy(object), scores["on_rocket_only"].to_numpy(bool)
    final, held = (state == "final") & ~rocket, (state == "held") & ~rocket
    given, value = (scores[name].to_numpy(float) for name in ("bonus_target", "position_value"))
    base = np.where(np.isnan(given), parameters["base_bonus"] * value, given)
    counted = np.where(state == "final", scores["score"].to_numpy(float), scores["provisional"].to_numpy(float))
    factors = {name: float(parameters[name]) for name in ("phase_factor", "budget_factor")}
    days, quarter_days = scores["days"].to_numpy(), parameters["quarter_days"]
    exact = base * days / quarter_days * counted / 100 * factors["phase_factor"] * factors["budget_factor"]
    potential = cents(np.where(rocket | held, np.nan, exact))
    return added(scores, {
        "base": base, "eligible_days": days, "quarter_days": quarter_days, **factors,
        "beneficiary_type": "employee", "beneficiary_id": scores["employee_id"].array,
        "item": dated(scores["from_date"]), "unit": "CNY",
        "status": chosen([rocket, held, final], ["not_met", "held", "payable"], "pending"),
        "reason": chosen([rocket, ~scores["covered"].to_numpy(bool), held, final],
                         ["rocket_only", "no_assignment", "covered_too_little", ""], "figures_missing"),
        "unrounded": np.where(final, exact, 0.0), "potential": potential, "amount": np.where(final, potential, 0.0)})
