"""The area under the precision-recall curve, in both definitions in use, named apart.

- ``auprc-average-precision``: the sum over thresholds of the step in recall times the precision
  there (no interpolation), as scikit-learn's `average_precision_score`.
- ``auprc-trapezoid``: straight lines between the points, from (recall 0, precision 1), as the
  area under scikit-learn's `precision_recall_curve`. Optimistic (Davis J, Goadrich M. ICML 2006),
  but much published.

Interval: the logit method of Boyd K, Eng KH, Page CD (ECML PKDD 2013; LNCS 8190: 451-466), with the
positives as its n. All positives tied at one score, or an area of 0 or 1, have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from validation.resampling import Statistic

REFERENCES = {
    "boyd-logit": "Boyd K, Eng KH, Page CD. ECML PKDD 2013; LNCS 8190: 451-466 (logit interval).",
}


def average_precision(hit: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """The sum of steps in recall times precision."""
    import numpy as np

    _, precision = _curve(hit, miss)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((hit * precision).sum(-1) / hit.sum(-1))


def trapezoid(hit: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """The area under straight lines between the points, from precision 1 at recall 0."""
    import numpy as np

    _, precision = _curve(hit, miss)
    before = np.concatenate([np.ones((*hit.shape[:-1], 1)), precision[..., :-1]], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((hit * (precision + before)).sum(-1) / (2 * hit.sum(-1)))


AREAS: dict[str, Statistic] = {
    "auprc-average-precision": average_precision,
    "auprc-trapezoid": trapezoid,
}


def _curve(hit: np.ndarray, miss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positives called and precision at each score; precision is 1 before the first call."""
    import numpy as np

    called_true = np.cumsum(hit, axis=-1)
    called = called_true + np.cumsum(miss, axis=-1)
    precision = np.where(called > 0, called_true / np.maximum(called, 1), 1.0)
    return called_true, precision


def logit_interval(
    value: float, positives: int, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Boyd's interval and its standard error on the logit scale; None at 0 and 1."""
    from math import exp, log

    from validation.intervals import quantile

    if not 0 < value < 1 or not positives:
        return None, None, None
    error = (positives * value * (1 - value)) ** -0.5
    middle, half = log(value / (1 - value)), quantile(confidence) * error
    low, high = (1 / (1 + exp(-(middle + side))) for side in (-half, half))
    return low, high, error
