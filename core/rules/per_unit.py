"""`per_unit`: so much per unit of an additive metric (方案 三（一）3: 用户LTV奖)."""

import pandas as pd

from core.metrics import METRICS
from core.rules.money import cents
from core.rules.pools import shared

FORMULA = "value * yuan"


def per_unit(population: dict, parameters: dict) -> pd.DataFrame:
    """yuan × units: of each team itself, split by person-days; of a metric of people, of each person.

    population: `own` (metric, team_id, value), `values` (metric, subject_type, subject_id, value), `person_days`.
    parameters: metric (additive), yuan. Who has no unit has no row."""
    if "team" not in METRICS[parameters["metric"]].grain:
        values = population["values"]
        mine = values[values["metric"].eq(parameters["metric"]) & values["subject_type"].eq("employee") & (values["value"] > 0)]
        amount = cents(mine["value"] * parameters["yuan"])
        return mine.assign(yuan=float(parameters["yuan"]), amount=amount, potential=amount, status="payable", reason="",
                           unit="CNY", beneficiary_type="employee", beneficiary_id=mine["subject_id"], item=parameters["metric"])
    teams = population["own"]
    teams = teams[teams["metric"].eq(parameters["metric"]) & (teams["value"] > 0)]
    pools = teams.assign(yuan=float(parameters["yuan"]), pool=teams["value"] * parameters["yuan"], status="payable", reason="",
                         unit="CNY", beneficiary_type="team", beneficiary_id=teams["team_id"], item=teams["team_id"])
    return shared(pools, population["person_days"], "team_id", "person_days")
