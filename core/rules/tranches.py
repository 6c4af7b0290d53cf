"""`tranches`: equity vests year by year while customers are worth more (方案 三（二）3: 股权激励)."""

import numpy as np
import pandas as pd

# The company's figures that a tranche is told with, by the condition that asks for them.
COMPANY_FIGURES = {"ltv": "ltv", "ltv_days": "ltv", "ltv_before": "ltv", "ltv_before_days": "ltv", "ltv_growth": "ltv",
                   "repurchase": "repurchase", "repurchase_before": "repurchase", "repurchase_lift": "repurchase"}


def tranches(population: dict, parameters: dict) -> pd.DataFrame:
    """One row per tranche whose date is in the quarter, in shares: it vests if the company's LTV grew and its repurchase
    rate rose by what the grant asks; a condition not set does not count; a figure not there makes it pending. One that is
    missed names the first condition that fails, with its figure and its bar.

    population: `tranches` (grant_id, employee_id, number, tranche_units, date, employed, ltv_growth_min as fraction,
    repurchase_lift_min in points), `company_growth` (one row: ltv_growth as fraction, repurchase_lift in points;
    beside them, for the trace, ltv, ltv_before, repurchase, repurchase_before).
    parameters: partial (true: the fraction of the conditions that are met vests, whole units)."""
    due, grown = population["tranches"], population["company_growth"].iloc[0]
    asked = pd.DataFrame({"ltv": due["ltv_growth_min"].notna(), "repurchase": due["repurchase_lift_min"].notna()})
    met = pd.DataFrame({"ltv": np.round(grown["ltv_growth"], 9) >= due["ltv_growth_min"].round(9),
                        "repurchase": np.round(grown["repurchase_lift"], 9) >= due["repurchase_lift_min"].round(9)})
    unknown = (asked["ltv"] & np.isnan(grown["ltv_growth"])) | (asked["repurchase"] & np.isnan(grown["repurchase_lift"]))
    count = asked.sum(axis=1)
    fraction = ((met & asked).sum(axis=1) / count.where(count > 0)).fillna(1.0)
    vested = np.where(parameters["partial"], np.floor(np.round(due["tranche_units"] * fraction, 9)),
                      due["tranche_units"].where(fraction >= 1, 0.0))
    failed = asked & ~met
    cases = [~due["employed"], unknown, (vested > 0) | (fraction >= 1), failed["ltv"] & failed["repurchase"], failed["ltv"]]
    status = np.select(cases[:3], ["not_met", "pending", "payable"], "not_met")
    reason = np.select(cases, ["not_employed", "no_year_before", "", "growth_missed", "ltv_missed"], "repurchase_missed")
    vests, missed = status == "payable", pd.Series(reason, due.index).isin(["growth_missed", "ltv_missed", "repurchase_missed"])
    by_ltv = failed["ltv"]
    told = {name: pd.Series(grown.get(name, np.nan), due.index, dtype=float).where(asked[condition])
            for name, condition in COMPANY_FIGURES.items()}
    return due.assign(**told, conditions=count, fraction=np.where(vests, fraction, np.nan), status=status, reason=reason,
                      figure=told["ltv_growth"].where(by_ltv, told["repurchase_lift"]).where(missed), sign="≥",
                      needed=due["ltv_growth_min"].where(by_ltv, due["repurchase_lift_min"]).where(missed),
                      figure_unit=np.where(by_ltv, "percent", "plain"),
                      amount=np.where(vests, vested, 0.0), potential=np.where(vests, vested, due["tranche_units"]),
                      unit="shares", beneficiary_type="employee", beneficiary_id=due["employee_id"],
                      item=due["grant_id"] + " · " + due["number"].astype(str))
