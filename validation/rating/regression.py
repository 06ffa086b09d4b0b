"""Scores and measurements on a scale: error, bias, limits of agreement, R squared, concordance.

The difference is prediction less reference. Bias and limits of agreement: Bland and Altman, Stat
Methods Med Res 1999; 8: 135-160. R squared is the share of the reference's variance that the
predictions leave unexplained, taken from 1 (it may be negative), not the squared correlation. Lin's
concordance correlation: Biometrics 1989; 45: 255-268, interval by the z transform with the variance
as corrected in 2000; 56: 324-325.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from validation.estimate import Estimate, absent
from validation.intervals import normal, quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import ArrayLike

_BLAND = "Bland JM, Altman DG. Stat Methods Med Res 1999; 8: 135-160"
REFERENCES = {
    "student-t": "Student. Biometrika 1908; 6: 1-25: t interval of a mean.",
    "bland-altman": _BLAND + ": t interval of a limit, variance (1/n + z^2 / (2 (n - 1))) s^2.",
    "delta": "Normal interval by the delta method, from the influences of the pairs.",
    "lin-z": (
        "Lin LI. Biometrics 1989; 45: 255-268 and 2000; 56: 324-325 (correction): z transform."
    ),
}
ENDPOINTS = (
    "mae",
    "rmse",
    "bias",
    "limit-of-agreement-lower",
    "limit-of-agreement-upper",
    "r-squared",
    "concordance-correlation",
)
_METHODS = {
    "mae": "student-t",
    "bias": "student-t",
    "rmse": "delta",
    "r-squared": "delta",
    "limit-of-agreement-lower": "bland-altman",
    "limit-of-agreement-upper": "bland-altman",
    "concordance-correlation": "lin-z",
}
TWO, THREE = 2, 3
PERFECT = 1e-12  # nearer to 1 there is no z transform


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Reference and prediction, one pair a row.

    Attributes:
        reference: Shape (rows,).
        prediction: Shape (rows,).
        count: Pairs a row.
    """

    reference: np.ndarray
    prediction: np.ndarray
    count: np.ndarray

    @classmethod
    def of(
        cls, reference: ArrayLike, prediction: ArrayLike, count: ArrayLike | None = None
    ) -> Self:
        """Check and align.

        Raises:
            ValueError: Lengths differ, values are missing or infinite, counts are negative.
        """
        import numpy as np

        y, p = np.asarray(reference, dtype=float), np.asarray(prediction, dtype=float)
        n = np.ones(len(y), dtype=int) if count is None else np.asarray(count, dtype=int)
        if not len(y) == len(p) == len(n):
            raise ValueError(
                f"lengths differ: {len(y)} references, {len(p)} predictions, {len(n)} counts"
            )
        if missing := int((~np.isfinite(y) | ~np.isfinite(p)).sum()):
            raise ValueError(f"{missing} pairs have a missing or infinite value")
        if (n < 0).any():
            raise ValueError(f"{int((n < 0).sum())} counts are negative")
        held = n > 0
        return cls(reference=y[held], prediction=p[held], count=n[held])

    @property
    def total(self) -> int:
        """Pairs."""
        return int(self.count.sum())

    def mean(self, values: np.ndarray) -> float:
        """The mean over pairs."""
        return float((self.count * values).sum() / self.total)

    def deviation(self, values: np.ndarray) -> float:
        """The standard deviation over pairs, with n - 1."""
        squares = (self.count * (values - self.mean(values)) ** 2).sum()
        return float((squares / (self.total - 1)) ** 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A value, its interval, and its standard error."""

    value: float
    low: float | None
    high: float | None
    error: float | None


def measured(
    reference: ArrayLike,
    prediction: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> tuple[Estimate, ...]:
    """All of `ENDPOINTS` for predictions on the scale of their reference.

    The limits of agreement are those of 95 % of differences, whatever the confidence.

    Args:
        reference: The reference standard's value, one a row.
        prediction: The model's or the other method's value.
        count: Pairs a row.
        confidence: Of the intervals.

    Raises:
        ValueError: As `Pairs.of`.
    """
    pairs = Pairs.of(reference, prediction, count)
    return tuple(_estimate(name, pairs, confidence) for name in ENDPOINTS)


def _estimate(name: str, pairs: Pairs, confidence: float) -> Estimate:
    least = THREE if name == "concordance-correlation" else TWO
    unit = {"r-squared": "ratio", "concordance-correlation": "correlation"}.get(name, "measurement")
    found = _VALUES[name](pairs, confidence) if pairs.total >= least else None
    if found is None:
        short = f"fewer than {least} pairs"
        reason = short if pairs.total < least else "the values do not vary"
        return absent(
            name,
            reason,
            n=pairs.total,
            positives=0,
            method=_METHODS[name],
            confidence=confidence,
            unit=unit,
        )
    return Estimate(
        endpoint=name,
        value=found.value,
        low=found.low,
        high=found.high,
        n=pairs.total,
        positives=0,
        method=_METHODS[name],
        confidence=confidence,
        unit=unit,
        error=found.error,
    )


def _student(pairs: Pairs, value: float, error: float, confidence: float) -> _Found:
    from scipy.stats import t

    half = float(t.ppf(0.5 + confidence / 2, pairs.total - 1)) * error
    return _Found(value=value, low=value - half, high=value + half, error=error)


def _mean_absolute(pairs: Pairs, confidence: float) -> _Found:
    import numpy as np

    apart = np.abs(pairs.prediction - pairs.reference)
    error = pairs.deviation(apart) / pairs.total**0.5
    found = _student(pairs, pairs.mean(apart), error, confidence)
    return _Found(value=found.value, low=max(0.0, found.low or 0.0), high=found.high, error=error)


def _bias(pairs: Pairs, confidence: float) -> _Found:
    apart = pairs.prediction - pairs.reference
    error = pairs.deviation(apart) / pairs.total**0.5
    return _student(pairs, pairs.mean(apart), error, confidence)


def _limit(pairs: Pairs, confidence: float, *, sign: int) -> _Found:
    apart, z = pairs.prediction - pairs.reference, quantile(0.95)
    spread = pairs.deviation(apart)
    error = spread * (1 / pairs.total + z**2 / (2 * (pairs.total - 1))) ** 0.5
    return _student(pairs, pairs.mean(apart) + sign * z * spread, error, confidence)


def _lower(pairs: Pairs, confidence: float) -> _Found:
    return _limit(pairs, confidence, sign=-1)


def _upper(pairs: Pairs, confidence: float) -> _Found:
    return _limit(pairs, confidence, sign=1)


def _root_mean_square(pairs: Pairs, confidence: float) -> _Found:
    squares = (pairs.prediction - pairs.reference) ** 2
    value = pairs.mean(squares) ** 0.5
    if value == 0:
        return _Found(value=0.0, low=0.0, high=0.0, error=0.0)
    error = pairs.deviation(squares) / pairs.total**0.5 / (2 * value)
    low, high = normal(value, error, confidence, within=(0.0, float("inf")))
    return _Found(value=value, low=low, high=high, error=error)


def _explained(pairs: Pairs, confidence: float) -> _Found | None:
    squares = (pairs.prediction - pairs.reference) ** 2
    around = (pairs.reference - pairs.mean(pairs.reference)) ** 2
    left, all_ = pairs.mean(squares), pairs.mean(around)
    if all_ <= 0:
        return None
    influence = -(squares - left) / all_ + left / all_**2 * (around - all_)
    value, error = 1 - left / all_, pairs.deviation(influence) / pairs.total**0.5
    low, high = normal(value, error, confidence, within=(-float("inf"), 1.0))
    return _Found(value=value, low=low, high=high, error=error)


def _concordance(pairs: Pairs, confidence: float) -> _Found | None:
    """Lin's coefficient; variances with n, as Lin and R's ``epiR::epi.ccc``."""
    from math import atanh, tanh

    x, y, n = pairs.reference, pairs.prediction, pairs.total
    mx, my = pairs.mean(x), pairs.mean(y)
    sx, sy = pairs.mean((x - mx) ** 2), pairs.mean((y - my) ** 2)
    sxy = pairs.mean((x - mx) * (y - my))
    if sx <= 0 or sy <= 0 or sxy == 0:
        return None
    value = 2 * sxy / (sx + sy + (mx - my) ** 2)
    if 1 - abs(value) < PERFECT:
        return _Found(value=value, low=value, high=value, error=0.0)
    r, shift = sxy / (sx * sy) ** 0.5, (mx - my) ** 2 / (sx * sy) ** 0.5
    variance = (1 - r**2) * value**2 * (1 - value**2) / r**2
    variance += 2 * value**3 * (1 - value) * shift / r - value**4 * shift**2 / (2 * r**2)
    error = (max(variance, 0.0) / (n - 2)) ** 0.5
    half = quantile(confidence) * error / (1 - value**2)
    return _Found(
        value=value, low=tanh(atanh(value) - half), high=tanh(atanh(value) + half), error=error
    )


_VALUES: dict[str, Callable[[Pairs, float], _Found | None]] = {
    "mae": _mean_absolute,
    "rmse": _root_mean_square,
    "bias": _bias,
    "limit-of-agreement-lower": _lower,
    "limit-of-agreement-upper": _upper,
    "r-squared": _explained,
    "concordance-correlation": _concordance,
}
