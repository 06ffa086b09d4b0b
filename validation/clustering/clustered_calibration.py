"""Calibration when patients have several cases: the same values, errors over patients.

The sandwich variance with patients as clusters (Liang KY, Zeger SL. Biometrika 1986; 73: 13-22),
times m / (m - 1) over m patients. Only endpoints that are a mean or a coefficient have one.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary import calibration
from validation.clustering.clustered import ratio

if TYPE_CHECKING:
    import numpy as np

    from validation.cases import Cases
    from validation.estimate import Estimate

REFERENCES = {
    "sandwich-clustered": "Liang KY, Zeger SL. Biometrika 1986; 73: 13-22 (patients as clusters; "
    "factor m / (m - 1)).",
}
METHOD = "sandwich-clustered"
SINGULAR = 1e12  # a condition number above it leaves no digits of a variance
FEW = "fewer than two patients, or the model has no finite variance"


def calibrated(
    endpoint: str, cases: Cases, owner: np.ndarray, *, confidence: float = 0.95
) -> Estimate:
    """A calibration endpoint of clustered cases.

    Args:
        endpoint: One of `calibration.CALIBRATION`.
        cases: Labels, probabilities, counts.
        owner: The patient of each row, 0 to patients - 1.
        confidence: Of the interval.
    """
    found = calibration.calibrated(
        endpoint, cases.label, cases.score, cases.count, confidence=confidence
    )
    if found.value is None:
        return dataclasses.replace(found, method=METHOD)
    if endpoint not in ERRORS:
        reason = "no interval of this endpoint is known for clustered cases"
        return dataclasses.replace(found, low=None, high=None, error=None, reason=reason)
    error = ERRORS[endpoint](cases, owner, found.value)
    blank = dataclasses.replace(found, method=METHOD, low=None, high=None, error=error, reason=FEW)
    if error is None:
        return blank
    fitted = calibration.Fitted(value=found.value, error=error)
    low, high = calibration.interval(endpoint, fitted, confidence)
    return dataclasses.replace(blank, low=low, high=high, reason="")


def _summed(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.bincount(owner, weights=values)


def _brier(cases: Cases, owner: np.ndarray, value: float) -> float | None:  # noqa: ARG001 - one shape
    squared = (cases.score - cases.label) ** 2
    return ratio(_summed(cases.count * squared, owner), _summed(cases.count, owner))[1]


def _observed(cases: Cases, owner: np.ndarray, value: float) -> float | None:  # noqa: ARG001 - one shape
    """Of the logarithm, the expected number being fixed, as in `calibration.observed_expected`."""
    hits, people = _summed(cases.count * cases.label, owner), _summed(cases.count, owner)
    share, error = ratio(hits, people)
    return None if error is None else error / share


def _intercept(cases: Cases, owner: np.ndarray, value: float) -> float | None:
    import numpy as np

    logit = _logit(cases.score)
    return _sandwich(cases, owner, np.ones((len(logit), 1)), logit + value)


def _slope(cases: Cases, owner: np.ndarray, value: float) -> float | None:
    import numpy as np
    from scipy.optimize import brentq

    logit = _logit(cases.score)

    def excess(constant: float) -> float:
        return float((cases.count * (cases.label - _expit(constant + value * logit))).sum())

    reach = 50 + abs(value) * float(np.abs(logit).max())
    constant = float(brentq(excess, -reach, reach))
    design = np.column_stack([np.ones(len(logit)), logit])
    return _sandwich(cases, owner, design, constant + value * logit)


ERRORS = {
    "brier": _brier,
    "observed-expected": _observed,
    "calibration-intercept": _intercept,
    "calibration-slope": _slope,
}


def _sandwich(
    cases: Cases, owner: np.ndarray, design: np.ndarray, linear: np.ndarray
) -> float | None:
    """The standard error of the last coefficient of a fitted logistic model."""
    import numpy as np

    m = int(owner.max()) + 1
    if m < 2:  # noqa: PLR2004 - a variance needs two
        return None
    mean = _expit(linear)
    information = (design * (cases.count * mean * (1 - mean))[:, None]).T @ design
    if np.linalg.cond(information) > SINGULAR:
        return None
    bread = np.linalg.inv(information)
    residual = cases.count * (cases.label - mean)
    scores = np.column_stack([_summed(residual * column, owner) for column in design.T])
    middle = scores.T @ scores * m / (m - 1)
    return float((bread @ middle @ bread)[-1, -1] ** 0.5)


def _expit(linear: np.ndarray | float) -> np.ndarray:
    from scipy.special import expit

    found: np.ndarray = expit(linear)
    return found


def _logit(score: np.ndarray) -> np.ndarray:
    import numpy as np

    inside = np.clip(score, calibration.EDGE, 1 - calibration.EDGE)
    return np.asarray(np.log(inside / (1 - inside)))
