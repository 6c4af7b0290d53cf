"""Intervals shown beside rates."""

from math import atanh, sqrt, tanh

import numpy as np
import pandas as pd

Z = 1.959964


def wilson(successes, n) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's 95 % interval of a proportion, as fractions; NaN without observations or outside 0…n. Numbers or arrays."""
    successes, n = np.asarray(successes, float), np.asarray(n, float)
    n = np.where((n > 0) & (successes >= 0) & (successes <= n), n, np.nan)
    share, spread = successes / n, Z * Z / n
    centre = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * np.sqrt(share * (1 - share) / n + spread / (4 * n))
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def adjusted_wald_nps(net, n, extremes) -> tuple[np.ndarray, np.ndarray]:
    """Adjusted Wald 95 % interval of NPS in points: 3 answers more, ¾ of them promoters and ¾ detractors; NaN without
    answers. `net` = promoters − detractors, `extremes` = promoters + detractors. Numbers or arrays."""
    n = np.asarray(n, float)
    size = np.where(n != 0, n, np.nan) + 3
    centre = np.asarray(net, float) / size
    variance = (np.asarray(extremes, float) + 1.5) / size - centre * centre
    half = Z * np.sqrt(np.maximum(variance, 0) / size)
    return 100 * (centre - half), 100 * (centre + half)


def spearman(one: pd.Series, other: pd.Series) -> tuple[float | None, float | None, float | None]:
    """Rank correlation of the pairs known on both sides, ties sharing their mean rank, with its 95 % interval by Fisher's z
    (standard error √(1.06 ÷ (n − 3)), Fieller et al. 1957); three None below four pairs or where one side never varies."""
    pairs = pd.DataFrame({"one": one, "other": other}).dropna()
    if len(pairs) < 4 or pairs["one"].nunique() < 2 or pairs["other"].nunique() < 2:
        return None, None, None
    rho = float(pairs["one"].rank().corr(pairs["other"].rank()))
    if abs(rho) >= 1 - 1e-12:
        return round(rho), round(rho), round(rho)
    half = Z * sqrt(1.06 / (len(pairs) - 3))
    return rho, tanh(atanh(rho) - half), tanh(atanh(rho) + half)
