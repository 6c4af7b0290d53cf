"""A pool of a team or project, shared out among its people; what is not payable stays one row."""

import numpy as np
import pandas as pd

from core.rules.money import cents, split


def shared(pools: pd.DataFrame, members: pd.DataFrame, key: str, weight: str) -> pd.DataFrame:
    """Each payable pool as one row per member (amount cut + cent, by `weight`), each other pool as one row of its own
    beneficiary. pools: `key`, pool (yuan), status, beneficiary_type, beneficiary_id, item. A payable pool without
    members is held: nobody is paid in silence, nobody forgotten. The members' rows add up to their pool."""
    pools = pools.reset_index(drop=True).assign(pool=lambda p: cents(p["pool"]), row=lambda p: p.index)
    known = set(members.loc[members[weight] > 0, key])
    lonely = pools["status"].eq("payable") & ~pools[key].isin(known)
    pools["status"] = pools["status"].where(~lonely, "held")
    pools["reason"] = pools["reason"].where(~lonely, "no_members")
    paid = pools["status"].eq("payable")
    joined = pools[paid].merge(members.rename(columns={"_file": "_member_file", "_sheet": "_member_sheet",
                                                       "_row": "_member_row"}), on=key)
    people = split(joined, ["row"], "pool", weight, "employee_id")
    people = people.assign(beneficiary_type="employee", beneficiary_id=people["employee_id"],
                           amount=cents(people["cut"] + people["cent"]), potential=cents(people["cut"] + people["cent"]))
    alone = pools[~paid].assign(amount=0.0, potential=lambda rows: rows["pool"])
    return pd.concat([people, alone], ignore_index=True).sort_values("row", kind="stable", ignore_index=True)


def gate(met: pd.Series, pending: pd.Series, missed: str, waiting: str) -> tuple[pd.Series, pd.Series]:
    """(status, reason) of a condition: pending where its figure is not there yet, payable where it is met."""
    status = pd.Series(np.select([pending, met], ["pending", "payable"], "not_met"), index=met.index, dtype=object)
    return status, pd.Series(np.select([pending, met], [waiting, ""], missed), index=met.index, dtype=object)
