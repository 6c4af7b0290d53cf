"""Yuan and cents: rounding once, splitting to the cent, tiers."""

import numpy as np


def cents(amount):
    """Yuan rounded once, half up (away from zero), to 0.01, after binary noise below 1e-6 is removed; NaN stays NaN.
    A number or an array."""
    amount = np.asarray(amount, float)
    rounded = np.sign(amount) * np.floor(np.round(np.abs(amount) * 100, 4) + 0.5) / 100
    return rounded + 0.0


def split(pool, group, weight, place) -> dict[str, np.ndarray]:
    """Shares of pools: their `weight` above 0, `whole` (Σ weight of the group), `part` (weight ÷ whole), `cut` (the share's
    yuan cut to cents) and `cent` (0.01 where one of the cents left went to it): cut + cent adds up to the group's pool
    exactly; the cents left go to the largest remainders, ties by place. Arrays of one length: the pool of each share's
    group in cents and not below 0, the group's number."""
    whole = np.bincount(group, weight).round(12)[group]
    exact = np.round(pool * weight / whole * 100, 6)
    full = np.floor(exact)
    left = np.round(pool * 100 - np.bincount(group, full)[group])
    order = np.lexsort((place, -np.round(exact - full, 6), group))
    size = np.bincount(group)
    turn = np.empty(len(order), int)
    turn[order] = np.arange(len(order)) - (np.cumsum(size) - size)[group[order]]
    return {"weight": weight, "whole": whole, "part": weight / whole, "cut": full / 100,
            "cent": np.where(turn < left, 0.01, 0.0)}


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
