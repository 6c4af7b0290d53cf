"""Yuan and cents: rounding once, splitting to the cent, tiers."""

import numpy as np
import pandas as pd


def cents(amount):
    """Yuan rounded once, half up (away from zero), to 0.01, after binary noise below 1e-6 is removed; NaN stays NaN.
    A number or an array."""
    amount = np.asarray(amount, float)
    rounded = np.sign(amount) * np.floor(np.round(np.abs(amount) * 100, 4) + 0.5) / 100
    return rounded + 0.0


def split(shares: pd.DataFrame, group: list[str], pool: str, weight: str, identity: str) -> pd.DataFrame:
    """The shares with `weight`, `whole` (Σ weight of the group), `part` (weight ÷ whole), `cut` (its yuan cut to cents)
    and `cent` (0.01 where one of the cents left went to it): cut + cent adds up to the group's pool exactly; the cents
    left go to the largest remainders, ties by id. A pool is in cents and not below 0; a weight of 0 gets nothing."""
    shares = shares[shares[weight] > 0].copy()
    groups = shares.groupby(group, sort=False)
    shares["weight"], shares["whole"] = shares[weight], groups[weight].transform("sum")
    shares["part"] = shares[weight] / shares["whole"]
    exact = np.round(shares[pool] * shares[weight] / shares["whole"] * 100, 6)
    whole = np.floor(exact)
    left = np.round(shares[pool] * 100 - whole.groupby([shares[g] for g in group]).transform("sum"))
    order = pd.DataFrame({**{g: shares[g] for g in group}, "rest": -np.round(exact - whole, 6), "id": shares[identity]})
    place = order.sort_values([*group, "rest", "id"], kind="stable").groupby(group, sort=False).cumcount()
    shares["cut"], shares["cent"] = whole / 100, np.where(place.reindex(shares.index) < left, 0.01, 0.0)
    return shares


def tiered(amount, tiers: list, semantics: str):
    """What half-open tiers [[from, rate], …] pay on amounts: `whole_amount` 全额累进, the rate of the tier that the amount
    is in on all of it; `marginal` 超额累进, each tier's rate on the part inside it. A boundary belongs to the upper tier."""
    starts, rates = np.array(tiers, float).T
    amount = np.asarray(amount, float)
    if semantics == "whole_amount":
        tier = np.clip(np.searchsorted(starts, np.round(amount, 9), side="right") - 1, 0, None)
        return amount * rates[tier]
    ends = np.append(starts[1:], np.inf)
    inside = np.clip(np.minimum(amount[..., None], ends) - starts, 0, None)
    return np.where(np.isnan(amount), np.nan, (inside * rates).sum(-1))
