"""`redemption`: points for help across teams become money or leave (方案 二（三）3: 协作积分)."""

import numpy as np
import pandas as pd

from core.columns import added, chosen, dated
from core.rules.money import cents


def redemption(population: dict, parameters: dict) -> pd.DataFrame:
    """One row per redemption of the quarter: points × yuan, or points ÷ points_per_day days of leave; one beyond the
    balance is not met, and takes nothing.

    population: `redemptions` (employee_id, date, kind, points, balance before it, accepted). parameters: yuan_per_point,
    points_per_day."""
    asked = population["redemptions"]
    money, accepted = asked["kind"].to_numpy(object) == "redeem_bonus", asked["accepted"].to_numpy(bool)
    points = asked["points"].to_numpy(float)
    worth = cents(np.where(money, points * parameters["yuan_per_point"], points / parameters["points_per_day"]))
    return added(asked, {
        "yuan_per_point": parameters["yuan_per_point"], "points_per_day": parameters["points_per_day"], "potential": worth,
        "amount": np.where(accepted, worth, 0.0), "unit": chosen([money], ["CNY"], "days"),
        "status": chosen([accepted], ["payable"], "not_met"), "reason": chosen([accepted], [""], "beyond_balance"),
        "figure": points, "sign": "≤", "needed": asked["balance"].array, "figure_unit": "points",
        "beneficiary_type": "employee", "beneficiary_id": asked["employee_id"].array,
        "item": (pd.Series(dated(asked["date"]), asked.index) + " · " + asked["kind"]).array})
