"""`redemption`: points for help across teams become money or leave (方案 二（三）3: 协作积分)."""

import numpy as np
import pandas as pd

from core.rules.money import cents


def redemption(population: dict, parameters: dict) -> pd.DataFrame:
    """One row per redemption of the quarter: points × yuan, or points ÷ points_per_day days of leave; one beyond the
    balance is not met, and takes nothing.

    population: `redemptions` (employee_id, date, kind, points, balance before it, accepted). parameters: yuan_per_point,
    points_per_day."""
    asked = population["redemptions"]
    money = asked["kind"].eq("redeem_bonus")
    worth = cents(np.where(money, asked["points"] * parameters["yuan_per_point"], asked["points"] / parameters["points_per_day"]))
    return asked.assign(
        yuan_per_point=parameters["yuan_per_point"], points_per_day=parameters["points_per_day"], potential=worth,
        amount=np.where(asked["accepted"], worth, 0.0), unit=np.where(money, "CNY", "days"),
        status=np.where(asked["accepted"], "payable", "not_met"), reason=np.where(asked["accepted"], "", "beyond_balance"),
        figure=asked["points"], sign="≤", needed=asked["balance"], figure_unit="points", beneficiary_type="employee",
        beneficiary_id=asked["employee_id"], item=pd.to_datetime(asked["date"]).dt.strftime("%Y-%m-%d") + " · " + asked["kind"])
