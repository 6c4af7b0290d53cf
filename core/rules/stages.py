"""`stages`: the three-stage rocket of a squad's SKU (方案 五: 三级火箭)."""

import numpy as np
import pandas as pd

from core.columns import added
from core.rules.money import tiered
from core.rules.pools import gate, shared


def stages(population: dict, parameters: dict) -> pd.DataFrame:
    """Three rows per SKU of a squad: 1 · Σ GMV ≥ Σ target pays the tiers on GMV; 2 · needs 1, repurchase strictly above
    the bar pays the loyalty award; 3 · needs 2, category rank within the bar pays a share of the profit, if positive.
    Whatever waits for a figure, its own or a stage's before, is pending; after a missed stage all are not met.

    population: `squad_skus` (team_id, sku_id, gmv, gmv_target, buyers, repeat_buyers, category_rank, profit),
    `person_days`. parameters: tiers, semantics, repurchase_over, loyalty_award, rank_within, profit_share."""
    skus = population["squad_skus"]
    buyers = skus["buyers"].to_numpy(float)
    skus = skus.assign(repurchase=skus["repeat_buyers"].to_numpy(float) / np.where(buyers > 0, buyers, np.nan))
    told = [_stage(skus, number, parameters) for number in (1, 2, 3)]
    for before, after in zip(told, told[1:], strict=False):
        waits, missed = before["status"] == "pending", before["status"] == "not_met"
        behind = waits & (after["status"] != "pending")
        after["reason"] = np.select([missed, behind], ["stage_before_missed", "stage_before_waits"], after["reason"])
        after["status"] = np.select([missed, waits], ["not_met", "pending"], after["status"])
    # The three stages of each SKU one after the other.
    rows = skus.take(np.repeat(np.arange(len(skus)), 3)).reset_index(drop=True)
    columns = {name: np.stack([np.broadcast_to(stage.get(name, np.nan), len(skus)) for stage in told], axis=1).ravel()
               for name in dict.fromkeys(name for stage in told for name in stage)}
    pools = added(rows, columns | {"beneficiary_type": "team", "beneficiary_id": rows["team_id"].array, "unit": "CNY",
                                   "item": (rows["sku_id"] + " · " + columns["stage"].astype("U")).array})
    return shared(pools, population["person_days"], "team_id", "person_days")


def _stage(skus: pd.DataFrame, number: int, parameters: dict) -> dict:
    gmv, target, bought, rank, profit = (
        skus[name].to_numpy(float) for name in ("gmv", "gmv_target", "repurchase", "category_rank", "profit"))
    if number == 1:
        pool = tiered(gmv, parameters["tiers"], parameters["semantics"])
        figure, sign, needed, unit = gmv, "≥", target, "yuan"
        met, missed, waiting = gmv.round(9) >= target.round(9), "gmv_below_target", "no_gmv_target"
        said = {"rate": np.where(gmv != 0, pool / np.where(gmv != 0, gmv, np.nan), parameters["tiers"][0][1])}
    elif number == 2:
        pool, figure, sign, unit = float(parameters["loyalty_award"]), bought, ">", "percent"
        needed = np.full(len(skus), float(parameters["repurchase_over"]))
        met, missed, waiting = bought.round(9) > needed.round(9), "repurchase_not_over", "no_repurchase"
        said = {"loyalty_award": pool}
    else:
        pool, figure, sign, unit = np.clip(profit, 0, None) * parameters["profit_share"], rank, "≤", "rank"
        needed = np.full(len(skus), float(parameters["rank_within"]))
        met, missed, waiting = (rank <= needed) & ~(profit <= 0), "rank_not_within", "no_rank_or_profit"
        said = {"profit_share": parameters["profit_share"]}
    absent = np.isnan(figure) | np.isnan(needed) | (np.isnan(profit) & (number == 3) & ~(figure > needed))
    status, reason = (words.to_numpy(object) for words in gate(met, absent, missed, waiting))
    if number == 2:
        reason = np.where((status == "pending") & (skus["buyers"].to_numpy(float) == 0), "no_buyers", reason)
    if number == 3:
        reason = np.where((status == "not_met") & (rank <= needed), "no_profit", reason)
    return {"stage": number, "pool": pool, "status": status, "reason": reason, "figure": figure, "sign": sign,
            "needed": needed, "figure_unit": unit, **said}
