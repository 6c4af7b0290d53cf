"""`surplus_share`: a share of what a team sells above its own target (方案 四（一）初创期: 小团队奖金)."""

import numpy as np
import pandas as pd

from core.columns import added
from core.rules.pools import gate, shared

FORMULA = "(value - target) * share * budget_factor"


def surplus_share(population: dict, parameters: dict) -> pd.DataFrame:
    """share × (figure − target) of every team with a target of its own, split by person-days.

    population: `team_targets` (metric, team_id, target), `own` (metric, team_id, value: the team itself, without its
    sub-teams), `person_days` (team_id, employee_id, person_days). parameters: metric, share, budget_factor."""
    aims = population["team_targets"]
    teams = aims[aims["metric"] == parameters["metric"]].merge(
        population["own"][["metric", "team_id", "value"]], on=["metric", "team_id"], how="left")
    surplus = (teams["value"].to_numpy(float) - teams["target"].to_numpy(float)).round(9)
    above = surplus > 0
    status, reason = gate(above, np.isnan(surplus), "not_above_target", "no_figure")
    pool = np.where(above, surplus, np.nan) * parameters["share"] * parameters["budget_factor"]
    pools = added(teams, {"share": parameters["share"], "budget_factor": parameters["budget_factor"], "surplus": surplus,
                          "pool": pool, "unrounded": np.where(above, pool, 0.0), "status": status, "reason": reason,
                          "figure": teams["value"].array, "sign": ">", "needed": teams["target"].array,
                          "figure_unit": "yuan", "unit": "CNY", "beneficiary_type": "team",
                          "beneficiary_id": teams["team_id"].array, "item": teams["team_id"].array})
    return shared(pools, population["person_days"], "team_id", "person_days")
