"""The jackknife: the interval of a coefficient from what it would be without each unit.

Standard error sqrt((n - 1) / n x sum((left out - mean)^2)), Student's t with n - 1 degrees of
freedom (Fleiss JL, Davies M. Am J Epidemiol 1982; 115: 841-845, for coefficients of agreement;
Hughes J. arXiv:2210.13265, for Krippendorff's alpha, where it covers better than the bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.intervals import normal

if TYPE_CHECKING:
    import numpy as np

METHOD = "jackknife-t-units"
REFERENCES = {
    METHOD: "Fleiss JL, Davies M. Am J Epidemiol 1982; 115: 841-845; of Krippendorff's alpha: "
    "Hughes J. arXiv:2210.13265, 2022. Units left out one at a time, t with units - 1.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jackknife:
    """An interval by the jackknife.

    Attributes:
        low: Lower bound; None when there is none.
        high: Upper bound.
        error: Standard error.
        reason: Why there is no interval.
    """

    low: float | None
    high: float | None
    error: float | None
    reason: str = ""


def jackknife(
    value: float,
    without: np.ndarray,
    number: np.ndarray,
    confidence: float,
    *,
    within: tuple[float, float],
) -> Jackknife:
    """The interval of a coefficient.

    Args:
        value: Of all units.
        without: The coefficient without one unit of each kind, shape (kinds,); NaN where there is
            none.
        number: Units of each kind, shape (kinds,).
        confidence: Of the interval.
        within: The least and greatest possible value.
    """
    import numpy as np

    n = float(number.sum())
    if n < 2:  # noqa: PLR2004 - a variance needs two
        return Jackknife(low=None, high=None, error=None, reason="one unit has no variance")
    if not np.isfinite(without).all():
        reason = "no interval: without one of the units there is no value"
        return Jackknife(low=None, high=None, error=None, reason=reason)
    mean = float(number @ without) / n
    error = float(((n - 1) / n * (number @ (without - mean) ** 2)) ** 0.5)
    low, high = normal(value, error, confidence, within=within, df=n - 1)
    return Jackknife(low=low, high=high, error=error)
