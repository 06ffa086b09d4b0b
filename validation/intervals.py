"""Normal quantiles and intervals, shared by every estimator that has a standard error."""

from __future__ import annotations

from math import inf


def quantile(confidence: float, df: float | None = None) -> float:
    """The two-sided normal quantile of a level, 1.96 for 0.95; Student's t where given `df`."""
    from scipy.stats import norm, t

    upper = 0.5 + confidence / 2
    return float(norm.ppf(upper) if df is None else t.ppf(upper, df))


def normal(
    value: float,
    error: float | None,
    confidence: float,
    *,
    within: tuple[float, float] = (-inf, inf),
    df: float | None = None,
) -> tuple[float | None, float | None]:
    """Value plus and minus quantile times standard error, cut at the scale's ends.

    The quantile is Student's t with `df` degrees of freedom, where there are any.
    """
    if error is None:
        return None, None
    half = quantile(confidence, df) * error
    return max(within[0], value - half), min(within[1], value + half)


def two_sided(value: float, error: float | None) -> float | None:
    """The two-sided normal p value of value = 0; None without a positive standard error."""
    from scipy.stats import norm

    if error is None or error <= 0:
        return None
    return float(2 * norm.sf(abs(value) / error))
