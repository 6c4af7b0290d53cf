"""`stages`: the three-stage rocket of a squad's SKU (方案 五: 三级火箭)."""

import numpy as np
import pandas as pd

from core.rules.money import tiered
from core.rules.pools import gate, shared


def stages(population: dict, parameters: dict) -> pd.DataFrame:
    """Three rows per SKU of a squad: 1 · Σ GMV ≥ Σ target pays the tiers on GMV; 2 · needs 1, repurchase strictly above
    the bar pays the loyalty award; 3 · needs 2, category rank within the bar pays a share of the profit, if positive.
    Whatever waits for a figure, its own or a stage's before, is pending; after a missed stage all are not met.

    population: `squad_skus` (team_id, sku_id, gmv, gmv_target, buyers, repeat_buyers, category_rank, profit),
    `person_days`. parameters: tiers, semantics, repurchase_over, loyalty_award, rank_within, profit_share."""
    skus = population["squad_skus"].copy()
    skus["repurchase"] = skus["repeat_buyers"] / skus["buyers"].where(skus["buyers"] > 0)
    frames = [_stage(skus, number, parameters) for number in (1, 2, 3)]
    for before, after in zip(frames, frames[1:], strict=False):
        waits, missed = before["status"].eq("pending"), before["status"].eq("not_met")
        behind = waits & ~after["status"].eq("pending")
        after["reason"] = np.select([missed, behind], ["stage_before_missed", "stage_before_waits"], after["reason"])
        after["status"] = np.select([missed, waits], ["not_met", "pending"], after["status"])
    pools = pd.concat(frames).sort_index(kind="stable")
    pools = pools.assign(beneficiary_type="team", beneficiary_id=pools["team_id"], unit="CNY",
                         item=pools["sku_id"] + " · " + pools["stage"].astype(str))
    return shared(pools, population["person_days"], "team_id", "person_days")


def _stage(skus: pd.DataFrame, number: int, parameters: dict) -> pd.DataFrame:
    if number == 1:
        pool = tiered(skus["gmv"], parameters["tiers"], parameters["semantics"])
        figure, sign, needed, unit = skus["gmv"], "≥", skus["gmv_target"], "yuan"
        met, missed, waiting = figure.round(9) >= needed.round(9), "gmv_below_target", "no_gmv_target"
        said = {"rate": (pool / skus["gmv"]).where(skus["gmv"] != 0, parameters["tiers"][0][1])}
    elif number == 2:
        pool, figure, sign, unit = float(parameters["loyalty_award"]), skus["repurchase"], ">", "percent"
        needed = pd.Series(parameters["repurchase_over"], skus.index, dtype=float)
        met, missed, waiting = figure.round(9) > needed.round(9), "repurchase_not_over", "no_repurchase"
        said = {"loyalty_award": pool}
    else:
        pool, figure, sign, unit = skus["profit"].clip(lower=0) * parameters["profit_share"], skus["category_rank"], "≤", "rank"
        needed = pd.Series(parameters["rank_within"], skus.index, dtype=float)
        met, missed, waiting = (figure <= needed) & ~(skus["profit"] <= 0), "rank_not_within", "no_rank_or_profit"
        said = {"profit_share": parameters["profit_share"]}
    absent = figure.isna() | needed.isna() | (skus["profit"].isna() & (number == 3) & ~(figure > needed))
    status, reason = gate(met, absent, missed, waiting)
    if number == 3:
        reason = reason.where(~(status.eq("not_met") & (figure <= needed)), "no_profit")
    return skus.assign(stage=number, pool=pool, status=status, reason=reason, figure=figure, sign=sign, needed=needed,
                       figure_unit=unit, **said)
