"""The area under the precision-recall curve, in both definitions in use, named apart.

- ``auprc-average-precision``: the sum over thresholds of the step in recall times the precision
  there (no interpolation), as scikit-learn's `average_precision_score`.
- ``auprc-trapezoid``: straight lines between the points, the first point's precision being carried
  level to recall 0 (scikit-learn's `precision_recall_curve` starts from precision 1 instead, which
  differs where the highest score has negatives). Optimistic (Davis J, Goadrich M. ICML 2006), but
  much published.

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

    precision = _precision(hit, miss)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((hit * precision).sum(-1) / hit.sum(-1))


def trapezoid(hit: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """The area under straight lines between the points, level before the first."""
    import numpy as np

    precision = _precision(hit, miss)
    before = np.concatenate([precision[..., :1], precision[..., :-1]], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((hit * (precision + before)).sum(-1) / (2 * hit.sum(-1)))


AREAS: dict[str, Statistic] = {
    "auprc-average-precision": average_precision,
    "auprc-trapezoid": trapezoid,
}


def _precision(hit: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """The precision at each score; before anyone is called, that of the first call."""
    import numpy as np

    true = np.cumsum(hit, axis=-1)
    called = true + np.cumsum(miss, axis=-1)
    precision = true / np.maximum(called, 1)
    first = np.argmax(called > 0, axis=-1)[..., None]
    return np.asarray(
        np.where(called > 0, precision, np.take_along_axis(precision, first, axis=-1))
    )


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
