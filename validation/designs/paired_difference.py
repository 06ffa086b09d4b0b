"""Differences and ratios of two proportions on the same cases, with intervals.

Newcombe, Stat Med 1998; 17: 2635-2650, method 10 (Wilson limits joined, with the corrected
correlation of the pairs). Tango, Stat Med 1998; 17: 891-908 (inverted score test). Ratio: Wald on
the log scale, as in Alonzo, Pepe and Moskowitz, Stat Med 2002; 21: 835-852.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import TYPE_CHECKING

from validation.designs.hypothesis import non_inferiority
from validation.estimate import Estimate, Test, absent
from validation.intervals import quantile, two_sided

if TYPE_CHECKING:
    from validation.designs.pairs import Discordance

REFERENCES = {
    "newcombe-paired": "Newcombe RG. Stat Med 1998; 17: 2635-2650 (method 10).",
    "tango": "Tango T. Stat Med 1998; 17: 891-908.",
    "tango-score": "Tango T. Stat Med 1998; 17: 891-908.",
    "wald-log-ratio": "Alonzo TA, Pepe MS, Moskowitz CS. Stat Med 2002; 21: 835-852.",
}
EMPTY = "no cases in the denominator"


def newcombe_paired(
    table: Discordance,
    endpoint: str = "accuracy-difference",
    *,
    positives: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """Proportion of a minus b, interval of Newcombe 1998 for paired data, method 10."""
    from statsmodels.stats.proportion import proportion_confint

    n = table.n
    if not n:
        return absent(
            endpoint, EMPTY, n=0, positives=positives, method="newcombe-paired",
            confidence=confidence,
        )  # fmt: skip
    x, y = table.both + table.a_only, table.both + table.b_only
    alpha = 1 - confidence
    low_a, high_a = proportion_confint(x, n, alpha=alpha, method="wilson")
    low_b, high_b = proportion_confint(y, n, alpha=alpha, method="wilson")
    phi, d, p, q = _correlation(table), (x - y) / n, x / n, y / n
    below, above = (p - low_a, high_b - q), (high_a - p, q - low_b)
    down, up = (sqrt(max(0.0, s * s - 2 * phi * s * t + t * t)) for s, t in (below, above))
    return _difference(endpoint, table, positives, "newcombe-paired", confidence, d - down, d + up)


def _correlation(table: Discordance) -> float:
    """Newcombe's corrected phi: a positive numerator is brought n/2 nearer to zero."""
    a, b, c, d = table.both, table.a_only, table.b_only, table.neither
    below = (a + b) * (c + d) * (a + c) * (b + d)
    if not below:
        return 0.0
    above = float(a * d - b * c)
    if above > 0:
        above = max(above - table.n / 2, 0.0)
    return above / sqrt(below)


def tango(
    table: Discordance,
    endpoint: str = "accuracy-difference",
    *,
    positives: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """Proportion of a minus b, score interval of Tango 1998 (inverts `tango_statistic`)."""
    from scipy.optimize import brentq

    if not table.n:
        return absent(
            endpoint, EMPTY, n=0, positives=positives, method="tango", confidence=confidence
        )
    z, d, edge = quantile(confidence), (table.a_only - table.b_only) / table.n, 1 - 1e-12
    low, high = -1.0, 1.0
    if d > -1 and tango_statistic(table, -edge) > z:
        low = brentq(lambda at: tango_statistic(table, at) - z, -edge, d, xtol=1e-14)
    if d < 1 and tango_statistic(table, edge) < -z:
        high = brentq(lambda at: tango_statistic(table, at) + z, d, edge, xtol=1e-14)
    return _difference(endpoint, table, positives, "tango", confidence, float(low), float(high))


def tango_statistic(table: Discordance, at: float) -> float:
    """Tango's score statistic, standard normal when the true difference a minus b is `at`."""
    n, b, c = table.n, table.a_only, table.b_only
    linear = -b - c + (2 * n - b + c) * at
    root = sqrt(max(0.0, linear**2 + 8 * n * c * at * (1 - at)))
    least = max(0.0, (root - linear) / (4 * n))  # the other test's part, given the difference
    spread = n * (2 * least + at * (1 - at))
    gap = b - c - n * at
    if spread <= 0:
        return 0.0 if abs(gap) < 1e-9 else float("inf") * gap  # noqa: PLR2004 - rounding
    return float(gap / sqrt(spread))


def tango_score(
    table: Discordance, endpoint: str, *, margin: float, confidence: float = 0.95
) -> Test:
    """Non-inferiority of a to b: one-sided score test of difference <= -margin (Tango 1998).

    Raises:
        ValueError: A margin outside 0 to 1.
    """
    from scipy.stats import norm

    if not 0 <= margin < 1:
        raise ValueError(f"a margin lies from 0 to below 1, not at {margin}")
    found = tango(table, endpoint, confidence=confidence)
    statistic = tango_statistic(table, -margin) if table.n else None
    decided = non_inferiority(found, margin)
    return Test(
        test="tango-score",
        endpoint=endpoint,
        statistic=statistic,
        p=None if statistic is None else float(norm.sf(statistic)),
        estimate=found.value,
        low=found.low,
        high=found.high,
        method="tango",
        alternative="non-inferiority",
        confidence=confidence,
        n=table.n,
        reason=found.reason,
        details=decided.details,
    )


def paired_ratio(
    table: Discordance,
    endpoint: str = "accuracy-ratio",
    *,
    positives: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """Proportion of a over that of b, Wald interval of its logarithm (Alonzo et al. 2002)."""
    x, y = table.both + table.a_only, table.both + table.b_only
    if not x or not y:
        reason = "a proportion is zero: the ratio has no logarithm" if table.n else EMPTY
        return absent(
            endpoint, reason, n=table.n, positives=positives, method="wald-log-ratio",
            confidence=confidence, unit="ratio",
        )  # fmt: skip
    error = sqrt(table.discordant / (x * y))
    half = quantile(confidence) * error if error else None
    return Estimate(
        endpoint=endpoint,
        value=x / y,
        low=None if half is None else exp(log(x / y) - half),
        high=None if half is None else exp(log(x / y) + half),
        n=table.n,
        positives=positives,
        method="wald-log-ratio",
        confidence=confidence,
        unit="ratio",
        p=two_sided(log(x / y), error),
        reason="" if error else "no discordant pairs: the ratio has no variance",
    )


def _difference(
    endpoint: str,
    table: Discordance,
    positives: int,
    method: str,
    confidence: float,
    low: float,
    high: float,
) -> Estimate:
    return Estimate(
        endpoint=endpoint,
        value=table.difference,
        low=max(-1.0, low),
        high=min(1.0, high),
        n=table.n,
        positives=positives,
        method=method,
        confidence=confidence,
    )
