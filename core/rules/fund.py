"""`fund`: money for a team's experiment, within limits (方案 四（一）成熟期: 创新孵化基金)."""

import numpy as np
import pandas as pd

from core.rules.money import cents


def fund(population: dict, parameters: dict) -> pd.DataFrame:
    """One row per application approved in the quarter: its amount is payable to the team within the limits, both
    inclusive; outside not met. Without an amount or a day of approval it is pending.

    population: `applications` (application_id, team_id, approved, approved_date). parameters: minimum, maximum (yuan)."""
    asked = population["applications"]
    open_ = asked["approved"].isna() | asked["approved_date"].isna()
    low = asked["approved"] < parameters["minimum"]
    within = asked["approved"].between(parameters["minimum"], parameters["maximum"])
    status = np.select([open_, within], ["pending", "payable"], "not_met")
    amount = cents(asked["approved"])
    return asked.assign(minimum=parameters["minimum"], maximum=parameters["maximum"], status=status,
                        amount=np.where(status == "payable", amount, 0.0), potential=amount,
                        reason=np.select([open_, within, low], ["approval_incomplete", "", "below_minimum"], "above_maximum"),
                        figure=asked["approved"], sign=np.where(low, "≥", "≤"), unit="CNY", figure_unit="yuan",
                        needed=np.where(low, parameters["minimum"], parameters["maximum"]).astype(float),
                        beneficiary_type="team", beneficiary_id=asked["team_id"], item=asked["application_id"])
