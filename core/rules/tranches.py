"""`tranches`: equity vests year by year while customers are worth more (方案 三（二）3: 股权激励)."""

import numpy as np
import pandas as pd


def tranches(population: dict, parameters: dict) -> pd.DataFrame:
    """One row per tranche whose date is in the quarter, in shares: it vests if the company's LTV grew and its repurchase
    rate rose by what the grant asks; a condition not set does not count; a figure not there makes it pending.

    population: `tranches` (grant_id, employee_id, number, tranche_units, date, employed, ltv_growth_min as fraction,
    repurchase_lift_min in points), `company_growth` (one row: ltv_growth as fraction, repurchase_lift in points).
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
    status = np.select([~due["employed"], unknown, vested > 0], ["not_met", "pending", "payable"], "not_met")
    reason = np.select([~due["employed"], unknown, vested > 0], ["not_employed", "no_year_before", ""], "growth_missed")
    vests = status == "payable"
    return due.assign(ltv_growth=grown["ltv_growth"], repurchase_lift=grown["repurchase_lift"], conditions=count,
                      fraction=np.where(vests, fraction, 1.0), status=status, reason=reason,
                      amount=np.where(vests, vested, 0.0), potential=np.where(vests, vested, due["tranche_units"]),
                      unit="shares", beneficiary_type="employee", beneficiary_id=due["employee_id"],
                      item=due["grant_id"] + " · " + due["number"].astype(str))
