"""Intervals shown beside rates."""

from math import sqrt

Z = 1.959964


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion, as fractions; (None, None) without observations or outside 0…n."""
    if not n or n <= 0 or not 0 <= successes <= n:
        return None, None
    share, spread = successes / n, Z * Z / n
    centre = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def adjusted_wald_nps(net: float, n: float, extremes: float) -> tuple[float, float]:
    """Adjusted Wald 95 % interval of NPS in points: 3 answers more, ¾ of them promoters and ¾ detractors.
    `net` = promoters − detractors, `extremes` = promoters + detractors."""
    if not n:
        return None, None
    size = n + 3
    centre = net / size
    variance = (extremes + 1.5) / size - centre * centre
    half = Z * sqrt(max(variance, 0) / size)
    return 100 * (centre - half), 100 * (centre + half)
