"""`per_unit`: so much per unit of an additive metric (方案 三（一）3: 用户LTV奖)."""

import pandas as pd

from core.columns import added
from core.metrics import METRICS
from core.rules.money import cents
from core.rules.pools import shared

FORMULA = "value * yuan"


def per_unit(population: dict, parameters: dict) -> pd.DataFrame:
    """yuan × units: of each team itself, split by person-days; of a metric of people, of each person.

    population: `own` (metric, team_id, value), `values` (metric, subject_type, subject_id, value), `person_days`.
    parameters: metric (additive), yuan. Who has no unit has no row."""
    metric, yuan = parameters["metric"], float(parameters["yuan"])
    paid = {"yuan": yuan, "status": "payable", "reason": "", "unit": "CNY"}
    if "team" not in METRICS[metric].grain:
        values = population["values"]
        mine = values[values["metric"].eq(metric) & values["subject_type"].eq("employee") & (values["value"] > 0)]
        amount = cents(mine["value"] * yuan)
        return added(mine, paid | {"amount": amount, "potential": amount, "beneficiary_type": "employee",
                                   "beneficiary_id": mine["subject_id"].array, "item": metric})
    teams = population["own"]
    teams = teams[teams["metric"].eq(metric) & (teams["value"] > 0)]
    pools = added(teams, paid | {"pool": (teams["value"] * yuan).array, "beneficiary_type": "team",
                                 "beneficiary_id": teams["team_id"].array, "item": teams["team_id"].array})
    return shared(pools, population["person_days"], "team_id", "person_days")
