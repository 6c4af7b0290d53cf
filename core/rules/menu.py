"""`menu`: chosen benefits within a budget by the grade of the quarter before (方案 三（四）2)."""

import numpy as np
import pandas as pd

from core.rules.money import cents


def menu(population: dict, parameters: dict) -> pd.DataFrame:
    """In the order chosen, each whole choice that fits what is left of the budget is payable, the others are not met.
    A grade that is still open makes them pending; no grade at all is a budget of 0.

    population: `choices` (employee_id, place: 0, 1 …, benefit, choice_amount, grade_before, grade_open).
    parameters: budgets (yuan by grade)."""
    choices = population["choices"].sort_values(["employee_id", "place"], kind="stable").reset_index(drop=True)
    budget = choices["grade_before"].map(parameters["budgets"]).fillna(0.0).astype(float)
    left, fits, rest = budget.copy(), pd.Series(False, choices.index), budget.copy()
    for place in range(int(choices["place"].max()) + 1 if len(choices) else 0):
        now = choices["place"] == place
        rest = rest.where(~now, left)
        taken = now & (choices["choice_amount"].round(6) <= left.round(6))
        fits |= taken
        spent = choices["choice_amount"].where(taken, 0.0).groupby(choices["employee_id"]).transform("sum")
        left = left - spent
    amount = cents(choices["choice_amount"])
    status = np.select([choices["grade_open"], fits], ["pending", "payable"], "not_met")
    return choices.assign(budget=budget, left=rest, status=status, amount=np.where(status == "payable", amount, 0.0),
                          potential=amount, reason=np.select([choices["grade_open"], fits], ["grade_open", ""], "beyond_budget"),
                          figure=choices["choice_amount"], sign="≤", needed=rest, figure_unit="yuan", unit="CNY",
                          beneficiary_type="employee", beneficiary_id=choices["employee_id"],
                          item=(choices["place"] + 1).astype(str) + " · " + choices["benefit"])
