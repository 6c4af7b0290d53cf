"""`menu`: chosen benefits within a budget by the grade of the quarter before (方案 三（四）2)."""

import numpy as np
import pandas as pd

from core.columns import added, chosen
from core.rules.money import cents


def menu(population: dict, parameters: dict) -> pd.DataFrame:
    """In the order chosen, each whole choice that fits what is left of the budget is payable, the others are not met.
    A grade that is still open makes them pending; no grade at all is a budget of 0.

    population: `choices` (employee_id, place: 0, 1 …, benefit, choice_amount, grade_before, grade_open).
    parameters: budgets (yuan by grade)."""
    choices = population["choices"].sort_values(["employee_id", "place"], kind="stable", ignore_index=True)
    grade, grades = pd.factorize(choices["grade_before"])
    budget = np.array([*(parameters["budgets"].get(name, 0.0) for name in grades), 0.0], float)[grade]
    price, place, open_ = choices["choice_amount"].to_numpy(float), choices["place"].to_numpy(), choices["grade_open"]
    person, names = pd.factorize(choices["employee_id"])
    spent, fits, rest = np.zeros(len(names)), np.zeros(len(choices), bool), budget.copy()
    for now in (place == turn for turn in range(place.max(initial=-1) + 1)):
        rest[now] = (budget - spent[person])[now]
        fits |= now & (price.round(6) <= rest.round(6))
        spent += np.bincount(person, np.where(now & fits, price, 0.0), len(names))
    cases, amount = [open_.to_numpy(bool), fits], cents(price)
    status = chosen(cases, ["pending", "payable"], "not_met")
    return added(choices, {
        "budget": budget, "left": rest, "status": status, "amount": np.where(fits & ~cases[0], amount, 0.0),
        "potential": amount, "reason": chosen(cases, ["grade_open", ""], "beyond_budget"), "figure": price, "sign": "≤",
        "needed": rest, "figure_unit": "yuan", "unit": "CNY", "beneficiary_type": "employee",
        "beneficiary_id": choices["employee_id"].array,
        "item": ((choices["place"] + 1).astype(str) + " · " + choices["benefit"]).array})
