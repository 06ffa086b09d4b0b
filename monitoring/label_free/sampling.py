"""NannyML's interval of a label-free estimate, for whoever compares the two.

The estimate plus and minus three times the sampling error: how far the endpoint of as many cases as
the window has would stray by chance alone, its spread a case taken from the reference set
(NannyML 0.13, *Estimation of Standard Error*). It does not know how sure the calibration is, so it
is no interval that covers; `performance` has one.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from monitoring.label_free.calibrator import Calibrator
    from validation.estimate import Estimate

WIDTH = 3  # sampling errors on either side
METHOD = "sampling-error-3"
REFERENCES = {METHOD: "NannyML 0.13 documentation, Estimation of Standard Error (three of them)."}
HAVE = ("auroc", "sensitivity", "specificity", "ppv", "npv", "accuracy", "f1")


def error(
    calibrator: Calibrator, endpoint: str, n: int, threshold: float | None = None
) -> float | None:
    """The sampling error of an endpoint in a window of n cases; None where NannyML has none.

    Equal scores are ranked halfway; NannyML ranks them as the rows come.

    Args:
        calibrator: The reference set.
        endpoint: One of `HAVE`.
        n: Cases with a score in the window.
        threshold: The operating point, for endpoints of the 2x2 table.
    """
    if endpoint not in HAVE or not n:
        return None
    if endpoint == "auroc":
        spread, share = _placements(calibrator.hit, calibrator.miss)
    else:
        called = calibrator.score >= (0.0 if threshold is None else threshold)
        tp, fn = (float(calibrator.hit[which].sum()) for which in (called, ~called))
        fp, tn = (float(calibrator.miss[which].sum()) for which in (called, ~called))
        right, of = {
            "sensitivity": (tp, tp + fn),
            "specificity": (tn, tn + fp),
            "ppv": (tp, tp + fp),
            "npv": (tn, tn + fn),
            "accuracy": (tp + tn, tp + fp + fn + tn),
            "f1": (tp, tp + fp + fn),
        }[endpoint]
        if not of:
            return None
        p = right / of
        scale = of / (tp + (fp + fn) / 2) if endpoint == "f1" else 1.0
        spread, share = scale * (p * (1 - p)) ** 0.5, of / (tp + fp + fn + tn)
    return float(spread / (n * share) ** 0.5)


def _placements(hit: np.ndarray, miss: np.ndarray) -> tuple[float, float]:
    """The spread of the rarer class's placements among the other, and the rarer class's share."""
    import numpy as np

    if hit.sum() > miss.sum():
        hit, miss = miss[::-1], hit[::-1]
    below = (np.cumsum(miss) - miss / 2) / miss.sum()
    mean = np.average(below, weights=hit)
    spread = np.average((below - mean) ** 2, weights=hit) ** 0.5
    return float(spread), float(hit.sum() / (hit.sum() + miss.sum()))


def with_sampling_error(calibrator: Calibrator, found: Estimate) -> Estimate:
    """The same estimate with NannyML's interval instead of ours; without one where it has none."""
    one = error(calibrator, found.endpoint, found.n, found.threshold)
    if one is None or found.value is None:
        return dataclasses.replace(
            found, low=None, high=None, error=None, method=METHOD, reason="NannyML has no interval"
        )
    return dataclasses.replace(
        found,
        low=max(0.0, found.value - WIDTH * one),
        high=min(1.0, found.value + WIDTH * one),
        error=one,
        method=METHOD,
        confidence=0.9973,  # of three standard errors of a normal
        reason="",
    )
