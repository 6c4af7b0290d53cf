"""`milestones`: a share of a project's pool for each milestone that is met (方案 三（二）2)."""

import numpy as np
import pandas as pd

from core.columns import added
from core.rules.pools import gate, shared

FORMULA = "bonus_pool * share"


def milestones(population: dict, parameters: dict) -> pd.DataFrame:
    """bonus_pool × share of each milestone due in the quarter: higher is met at actual ≥ target, lower at actual <
    target, strictly. Split by the members' shares, whoever has left included.

    population: `milestones` (project_id, milestone, bonus_pool, share, target, actual, better), `project_members`
    (project_id, employee_id, member_share)."""
    due = population["milestones"]
    actual, target = (due[name].to_numpy(float).round(9) for name in ("actual", "target"))
    lower, absent = due["better"].to_numpy(object) == "lower", np.isnan(actual)
    status, reason = gate(np.where(lower, actual < target, actual >= target), absent, "milestone_missed", "no_actual")
    pools = added(due, {"pool": (due["bonus_pool"] * due["share"]).array, "status": status, "reason": reason,
                        "figure": due["actual"].array, "sign": np.where(lower, "<", "≥"), "needed": due["target"].array,
                        "unit": "CNY", "figure_unit": figure_units(due), "beneficiary_type": "project",
                        "beneficiary_id": due["project_id"].array,
                        "item": (due["project_id"] + " · " + due["milestone"]).array})
    return shared(pools, population["project_members"], "project_id", "member_share")


def figure_units(due: pd.DataFrame) -> np.ndarray:
    """Each milestone's unit, percent or plain: after sales is a rate where its figures lie between 0 and 1."""
    actual, target = due["actual"].to_numpy(float), due["target"].to_numpy(float)
    within = (target > 0) & (target < 1) & ((actual >= 0) & (actual <= 1) | np.isnan(actual))
    return np.where((due["milestone"].to_numpy(object) == "after_sales") & within, "percent", "plain")
