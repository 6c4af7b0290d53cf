"""The kinds of reward rule: each one plain function of (population, parameters) that returns named columns."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd


def cents(amount: float) -> float:
    """Yuan rounded once, half up, to 0.01, after binary noise below 1e-6 is removed; NaN stays NaN."""
    if np.isnan(amount):
        return amount
    return float(Decimal(repr(round(float(amount), 6))).quantize(Decimal("0.01"), ROUND_HALF_UP))


def scorecard_pay(population: pd.DataFrame, parameters: dict) -> pd.DataFrame:
    """Base × eligible days ÷ days of the quarter × score ÷ 100 × phase factor (方案 三（二）1), per assignment.

    population: bonus_target, position_value, days, score, provisional, state. parameters: base_bonus (yuan),
    quarter_days, phase_factor, budget_factor. Adds base, eligible_days, quarter_days, phase_factor, budget_factor,
    amount, potential (yuan, unrounded) and status."""
    base = population["bonus_target"].astype(float)
    base = base.where(base.notna(), parameters["base_bonus"] * population["position_value"].astype(float))
    share = population["days"] / parameters["quarter_days"]
    rate = base * share / 100 * parameters["phase_factor"] * parameters["budget_factor"]
    status = population["state"].map({"final": "payable", "provisional": "pending", "held": "held"})
    counted = population["score"].astype(float).where(population["state"] == "final", population["provisional"])
    potential = rate * counted
    return population.assign(
        base=base, eligible_days=population["days"], quarter_days=parameters["quarter_days"],
        phase_factor=parameters["phase_factor"], budget_factor=parameters["budget_factor"],
        amount=potential.where(status == "payable", 0.0), potential=potential.where(status != "held"), status=status)


KINDS = {"scorecard_pay": scorecard_pay}
