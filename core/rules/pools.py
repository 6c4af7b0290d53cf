"""A pool of a team or project, shared out among its people; what is not payable stays one row."""

import numpy as np
import pandas as pd

from core.columns import added, chosen
from core.rules.money import cents, split

PLACES = {"_file": "_member_file", "_sheet": "_member_sheet", "_row": "_member_row"}


def shared(pools: pd.DataFrame, members: pd.DataFrame, key: str, weight: str) -> pd.DataFrame:
    """Each payable pool as one row per member (amount cut + cent, by `weight`), each other pool as one row of its own
    beneficiary. pools: `key`, pool (yuan), status, beneficiary_type, beneficiary_id, item. A payable pool without
    members is held: nobody is paid in silence, nobody forgotten. The members' rows add up to their pool."""
    payable = pools["status"].to_numpy(object) == "payable"
    members = members[members[key].isin(pools[key][payable]).to_numpy(bool) & (members[weight].to_numpy(float) > 0)]
    team, teams = pd.factorize(members[key])
    of = pd.Index(teams).get_indexer(pools[key])
    lonely, paid = payable & (of < 0), payable & (of >= 0)
    pools = pools.assign(pool=cents(pools["pool"]), row=np.arange(len(pools)))
    if lonely.any():
        pools["status"], pools["reason"] = pools["status"].mask(lonely, "held"), pools["reason"].mask(lonely, "no_members")
    # One line per member of a payable pool, in the members' order; one line without a member for each other pool.
    lines = pd.DataFrame({"row": pools["row"], "team": np.where(paid, of, -1)}).merge(
        pd.DataFrame({"team": team, "member": np.arange(len(team))}), on="team", how="left")
    row, member = lines["row"].to_numpy(), lines["member"].fillna(-1).to_numpy(int)
    return _told(pools, members.drop(columns=key).rename(columns=PLACES), row, member, weight)


def _told(pools: pd.DataFrame, members: pd.DataFrame, row: np.ndarray, member: np.ndarray, weight: str) -> pd.DataFrame:
    inside = member >= 0
    rank = np.argsort(np.argsort(members["employee_id"].to_numpy(object), kind="stable"))
    pool = pools["pool"].to_numpy()[row]
    cuts = split(pool[inside], row[inside], members[weight].to_numpy(float)[member[inside]], rank[member[inside]])
    spread = {name: np.full(len(row), np.nan) for name in cuts}
    for name, cut in cuts.items():
        spread[name][inside] = cut
    people = members.reset_index(drop=True).reindex(member) if not inside.all() else members.take(member)
    told = pd.concat([pools.take(row).reset_index(drop=True), people.reset_index(drop=True)], axis=1)
    mine = cents(spread["cut"] + spread["cent"])
    return added(told, {**spread, "amount": np.where(inside, mine, 0.0), "potential": np.where(inside, mine, pool),
                        "beneficiary_type": told["beneficiary_type"].where(~inside, "employee").array,
                        "beneficiary_id": told["beneficiary_id"].where(~inside, told["employee_id"]).array})


def gate(met, pending, missed: str, waiting: str) -> tuple:
    """(status, reason) of a condition: pending where its figure is not there yet, payable where it is met."""
    return (chosen([pending, met], ["pending", "payable"], "not_met"), chosen([pending, met], [waiting, ""], missed))
