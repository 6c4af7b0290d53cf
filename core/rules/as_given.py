"""`as_given`: adjustments by hand, as they are, with their reason."""

import pandas as pd

from core.columns import added
from core.rules.money import cents


def as_given(population: dict, parameters: dict) -> pd.DataFrame:
    """One payable row per adjustment of the quarter; it may be negative.

    population: `adjustments` (adjustment_id, employee_id, given, note)."""
    rows = population["adjustments"]
    amount = cents(rows["given"])
    return added(rows, {"amount": amount, "potential": amount, "status": "payable", "reason": "", "unit": "CNY",
                        "beneficiary_type": "employee", "beneficiary_id": rows["employee_id"].array,
                        "item": rows["adjustment_id"].array})
