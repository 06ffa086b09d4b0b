"""How far probabilities can be taken at their word.

Calibration intercept (the logit as offset, slope fixed at 1) and slope: Cox, Biometrika 1958; 45:
562-565; as named by Van Calster et al., BMC Medicine 2019; 17: 230. Brier score: Brier 1950.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.binary import logistic
from validation.cases import Cases
from validation.estimate import Estimate, absent
from validation.intervals import quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import ArrayLike

_COX = "Cox DR. Biometrika 1958; 45: 562-565; Van Calster B et al. BMC Medicine 2019; 17: 230."
REFERENCES = {
    "normal": "Normal interval of a mean over people.",
    "wald": _COX,
    "log-normal": "Debray TPA et al. BMJ 2017; 356: i6460.",
}
EDGE = 1e-12  # a probability of 0 or 1 has no logit


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A value with its standard error (on the log scale for ratios)."""

    value: float
    error: float


def brier(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Fitted:
    """The mean squared difference; normal interval of a mean over people."""
    import numpy as np

    squared = (score - label) ** 2
    n = count.sum()
    value = float(np.average(squared, weights=count))
    spread = float((count * (squared - value) ** 2).sum() / max(n - 1, 1))
    return Fitted(value=value, error=float((spread / n) ** 0.5))


def intercept(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Fitted | None:
    """Calibration in the large: the intercept of a logistic model with the logit as offset."""
    import numpy as np

    return _logistic(label, np.ones((len(label), 1)), count, offset=_logit(score))


def slope(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Fitted | None:
    """The slope of the logit in a logistic model with an intercept."""
    import numpy as np

    logit = _logit(score)
    if np.ptp(logit) == 0 or separated(label, score, count):
        return None
    return _logistic(label, np.column_stack([np.ones(len(label)), logit]), count, offset=None)


def separated(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> bool:
    """Whether a threshold parts the classes (ties at it aside): the slope is then infinite.

    Albert A, Anderson JA. Biometrika 1984; 71: 1-10 (complete and quasi-complete separation).
    """
    one, nil = (score[(label == value) & (count > 0)] for value in (1, 0))
    return bool(nil.max() <= one.min() or one.max() <= nil.min())


def observed_expected(label: np.ndarray, score: np.ndarray, count: np.ndarray) -> Fitted | None:
    """Positives over the sum of the scores; error of the logarithm sqrt((1 - share) / positives).

    Debray et al., BMJ 2017; 356: i6460.
    """
    observed, expected = float((count * label).sum()), float((count * score).sum())
    if expected <= 0:
        return None
    share = observed / float(count.sum())
    return Fitted(value=observed / expected, error=((1 - share) / observed) ** 0.5)


MEASURES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], Fitted | None]] = {
    "brier": brier,
    "calibration-intercept": intercept,
    "calibration-slope": slope,
    "observed-expected": observed_expected,
}
METHODS = {  # interval's method, unit
    "brier": ("normal", "squared error"),
    "calibration-intercept": ("wald", "log-odds"),
    "calibration-slope": ("wald", "ratio"),
    "observed-expected": ("log-normal", "ratio"),
}


CALIBRATION = tuple(MEASURES)


def calibrated(
    endpoint: str,
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Brier score, calibration intercept or slope, or observed over expected.

    Args:
        endpoint: One of `CALIBRATION`.
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        confidence: Of the interval.
    """
    cases = Cases.of(label, score, count, probability=True)
    missing = "" if endpoint == "brier" and cases.total else cases.one_class
    found = None if missing else MEASURES[endpoint](cases.label, cases.score, cases.count)
    method, unit = METHODS[endpoint]
    if found is None:
        return absent(
            endpoint,
            missing
            or "the model of the logit has no finite solution (one score for all, or classes that "
            "a threshold parts: perfect separation)",
            n=cases.total,
            positives=cases.positives,
            method=method,
            confidence=confidence,
            unit=unit,
        )
    low, high = interval(endpoint, found, confidence)
    return Estimate(
        endpoint=endpoint,
        value=found.value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        unit=unit,
        events=cases.positives if endpoint == "observed-expected" else None,
        error=found.error,
    )


def interval(endpoint: str, found: Fitted, confidence: float) -> tuple[float, float]:
    """The two-sided interval of a fitted value."""
    from math import exp

    half = quantile(confidence) * found.error
    if endpoint == "observed-expected":
        return found.value * exp(-half), found.value * exp(half)
    if endpoint == "brier":
        return max(0.0, found.value - half), min(1.0, found.value + half)
    return found.value - half, found.value + half


def _logit(score: np.ndarray) -> np.ndarray:
    import numpy as np

    inside = np.clip(score, EDGE, 1 - EDGE)
    return np.asarray(np.log(inside / (1 - inside)))


def _logistic(
    label: np.ndarray, design: np.ndarray, count: np.ndarray, *, offset: np.ndarray | None
) -> Fitted | None:
    """The last coefficient of a binomial model in which a row weighs its count."""
    kept = count > 0
    found = logistic.fit(
        label[kept],
        design[kept],
        count[kept],
        offset=None if offset is None else offset[kept],
        start=(0.0, 1.0)[: design.shape[1]],  # what a calibrated model has
    )
    return None if found is None else Fitted(value=found[0], error=found[1])
