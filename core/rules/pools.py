"""A pool of a team or project, shared out among its people; what is not payable stays one row."""

import numpy as np
import pandas as pd

from core.rules.money import cents, split


def shared(pools: pd.DataFrame, members: pd.DataFrame, key: str, weight: str) -> pd.DataFrame:
    """Each payable pool as one row per member (amount cut + cent, by `weight`), each other pool as one row of its own
    beneficiary. pools: `key`, pool (yuan), status, beneficiary_type, beneficiary_id, item. A payable pool without
    members is held: nobody is paid in silence, nobody forgotten. The members' rows add up to their pool."""
    pools = pools.reset_index(drop=True).assign(pool=lambda p: cents(p["pool"]), row=lambda p: p.index)
    members = members[members[weight] > 0].reset_index(drop=True).rename(
        columns={"_file": "_member_file", "_sheet": "_member_sheet", "_row": "_member_row"})
    lonely = pools["status"].eq("payable") & ~pools[key].isin(members[key].unique())
    pools["status"] = pools["status"].where(~lonely, "held")
    pools["reason"] = pools["reason"].where(~lonely, "no_members")
    paid = pools["status"].eq("payable")
    pairs = pools.loc[paid, [key, "row", "pool"]].merge(
        members[[key, "employee_id", weight]].assign(member=members.index), on=key)
    cuts = split(pairs, ["row"], "pool", weight, "employee_id").reset_index(drop=True)
    people = pd.concat([pools.take(cuts["row"]).reset_index(drop=True),
                        members.drop(columns=key).take(cuts["member"]).reset_index(drop=True),
                        cuts[["weight", "whole", "part", "cut", "cent"]]], axis=1)
    amount = cents(cuts["cut"] + cuts["cent"])
    people = people.assign(beneficiary_type="employee", beneficiary_id=people["employee_id"], amount=amount, potential=amount)
    alone = pools[~paid].assign(amount=0.0, potential=lambda rows: rows["pool"])
    return pd.concat([people, alone], ignore_index=True).sort_values("row", kind="stable", ignore_index=True)


def gate(met: pd.Series, pending: pd.Series, missed: str, waiting: str) -> tuple[pd.Series, pd.Series]:
    """(status, reason) of a condition: pending where its figure is not there yet, payable where it is met."""
    status = pd.Series(np.select([pending, met], ["pending", "payable"], "not_met"), index=met.index, dtype=object)
    return status, pd.Series(np.select([pending, met], [waiting, ""], missed), index=met.index, dtype=object)
