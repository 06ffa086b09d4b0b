"""Repeatability: how far measurements of one unit lie apart.

Bland and Altman, BMJ 1996; 312: 1654 and 313: 106, and Stat Methods Med Res 1999; 8: 135-160: the
within-subject standard deviation is the root of the mean square within units; two measurements of a
unit lie within the repeatability coefficient, 1.96 times the root of 2 times it, in 95 % of pairs.
Percent CV: the root mean square of the units' coefficients of variation. Intervals from chi-square
(Raunig et al., Stat Methods Med Res 2015; 24: 27-67).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Estimate, absent
from validation.rating.ratings import MISSING

if TYPE_CHECKING:
    from validation.rating.ratings import Ratings

METHOD = "chi-square"
REFERENCES = {
    METHOD: (
        "Bland JM, Altman DG. Stat Methods Med Res 1999; 8: 135-160; interval: Raunig DL et al. "
        "Stat Methods Med Res 2015; 24: 27-67."
    )
}
ENDPOINTS = ("within-subject-sd", "repeatability-coefficient", "within-subject-cv")
TWO = 2
APART = 1.96 * 2**0.5


def repeatability(ratings: Ratings, *, confidence: float = 0.95) -> tuple[Estimate, ...]:
    """Within-subject SD, repeatability coefficient and within-subject CV (in percent).

    Each rater is a repeat. Units with one measurement say nothing; numbers of repeats may differ.

    Args:
        ratings: Units by repeats; numbers.
        confidence: Of the intervals.

    Raises:
        ValueError: The ratings are words.
    """
    import numpy as np

    if ratings.values is None:
        raise ValueError(f"repeatability needs numbers, not {list(ratings.levels)[:5]}")
    known = ratings.codes != MISSING
    held = known.sum(axis=1) >= TWO
    known, codes = known[held], ratings.codes[held]
    if not len(codes):
        return tuple(
            _absent(name, "no unit has two measurements", 0, confidence) for name in ENDPOINTS
        )
    y = np.where(known, ratings.values[codes], 0.0)
    repeats = known.sum(axis=1)
    mean = y.sum(axis=1) / repeats
    squares = (np.where(known, y - mean[:, None], 0.0) ** 2).sum(axis=1)
    df = int((repeats - 1).sum())
    deviation = float(squares.sum() / df) ** 0.5
    values = {"within-subject-sd": deviation, "repeatability-coefficient": APART * deviation}
    if (mean > 0).all():
        ratios = squares / (repeats - 1) / mean**2
        values["within-subject-cv"] = 100 * float(ratios.mean()) ** 0.5
    return tuple(
        _estimate(name, values[name], df, len(codes), confidence)
        if name in values
        else _absent(name, "a unit's mean is not positive", len(codes), confidence)
        for name in ENDPOINTS
    )


def _estimate(name: str, value: float, df: int, n: int, confidence: float) -> Estimate:
    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    return Estimate(
        endpoint=name,
        value=value,
        low=value * float(df / chi2.ppf(1 - tail, df)) ** 0.5,
        high=value * float(df / chi2.ppf(tail, df)) ** 0.5,
        n=n,
        positives=0,
        method=METHOD,
        confidence=confidence,
        unit=_unit(name),
    )


def _absent(name: str, reason: str, n: int, confidence: float) -> Estimate:
    return absent(
        name, reason, n=n, positives=0, method=METHOD, confidence=confidence, unit=_unit(name)
    )


def _unit(name: str) -> str:
    return "percent" if name.endswith("cv") else "measurement"
