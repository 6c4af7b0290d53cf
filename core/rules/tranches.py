"""`tranches`: equity vests year by year while customers are worth more (方案 三（二）3: 股权激励)."""

import numpy as np
import pandas as pd

from core.columns import added, chosen

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
    ltv_bar, lift_bar, units = (due[name].to_numpy(float) for name in ("ltv_growth_min", "repurchase_lift_min", "tranche_units"))
    asks = {"ltv": ~np.isnan(ltv_bar), "repurchase": ~np.isnan(lift_bar)}
    met = {"ltv": np.round(grown["ltv_growth"], 9) >= ltv_bar.round(9),
           "repurchase": np.round(grown["repurchase_lift"], 9) >= lift_bar.round(9)}
    unknown = asks["ltv"] & np.isnan(grown["ltv_growth"]) | asks["repurchase"] & np.isnan(grown["repurchase_lift"])
    count = asks["ltv"].astype(int) + asks["repurchase"]
    fraction = np.where(count > 0, ((met["ltv"] & asks["ltv"]).astype(int) + (met["repurchase"] & asks["repurchase"]))
                        / np.maximum(count, 1), 1.0)
    vested = np.floor(np.round(units * fraction, 9)) if parameters["partial"] else np.where(fraction >= 1, units, 0.0)
    by_ltv, by_lift = (asks[name] & ~met[name] for name in ("ltv", "repurchase"))
    cases = [~due["employed"].to_numpy(bool), unknown, (vested > 0) | (fraction >= 1), by_ltv & by_lift, by_ltv]
    vests = cases[2] & ~cases[0] & ~unknown
    missed = ~(cases[0] | unknown | cases[2])
    told = {name: np.where(asks[condition], float(grown.get(name, np.nan)), np.nan)
            for name, condition in COMPANY_FIGURES.items()}
    return added(due, told | {
        "conditions": count, "fraction": np.where(vests, fraction, np.nan),
        "status": chosen(cases[:3], ["not_met", "pending", "payable"], "not_met"),
        "reason": chosen(cases, ["not_employed", "no_year_before", "", "growth_missed", "ltv_missed"], "repurchase_missed"),
        "figure": np.where(missed, np.where(by_ltv, told["ltv_growth"], told["repurchase_lift"]), np.nan), "sign": "≥",
        "needed": np.where(missed, np.where(by_ltv, ltv_bar, lift_bar), np.nan),
        "figure_unit": chosen([by_ltv], ["percent"], "plain"), "amount": np.where(vests, vested, 0.0),
        "potential": np.where(vests, vested, units), "unit": "shares", "beneficiary_type": "employee",
        "beneficiary_id": due["employee_id"].array,
        "item": (due["grant_id"] + " · " + due["number"].astype(str)).array})
