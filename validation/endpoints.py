"""Endpoints with their intervals: the face of the ruler.

Every function takes labels (1 or 0), scores where it needs them, and optional counts of people a
row, and returns an `Estimate`. What cannot be computed has no value and a reason.

    >>> from validation.endpoints import auroc
    >>> round(auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value, 2)
    0.75
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.calibration import CALIBRATION, calibrated
from validation.cases import Cases
from validation.decision_curve import decision_curve
from validation.discrimination import auroc, auroc_difference, paired_auroc_difference
from validation.estimate import Estimate
from validation.multiclass import multiclass
from validation.multilabel import multilabel
from validation.proportion import (
    AT_THRESHOLD,
    at_threshold,
    prevalence,
    proportion,
    proportion_difference,
)
from validation.regression import measured
from validation.reliability import ece, log_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = [
    "AT_THRESHOLD",
    "CALIBRATION",
    "Estimate",
    "at_threshold",
    "auroc",
    "auroc_difference",
    "calibrated",
    "decision_curve",
    "difference",
    "ece",
    "evaluate",
    "log_loss",
    "measured",
    "multiclass",
    "multilabel",
    "paired_auroc_difference",
    "prevalence",
    "proportion",
    "proportion_difference",
]


def evaluate(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    endpoints: Sequence[str],
    thresholds: Sequence[float],
    confidence: float = 0.95,
    subgroup: str = "overall",
) -> tuple[Estimate, ...]:
    """All named endpoints; those of the 2x2 table once for each threshold.

    Raises:
        ValueError: Labels, scores or counts that are none, or an unknown endpoint.
    """
    cases = Cases.of(label, score, count, probability=True)
    y, s, n = cases.label, cases.score, cases.count
    found: list[Estimate] = []
    for name in endpoints:
        if name in AT_THRESHOLD:
            found += [
                at_threshold(name, y, s, n, threshold=t, confidence=confidence) for t in thresholds
            ]
        elif name in CALIBRATION:
            found.append(calibrated(name, y, s, n, confidence=confidence))
        elif name == "auroc":
            found.append(auroc(y, s, n, confidence=confidence))
        elif name == "prevalence":
            found.append(prevalence(y, n, confidence=confidence))
        else:
            raise ValueError(f"unknown endpoint '{name}'")
    return tuple(dataclasses.replace(estimate, subgroup=subgroup) for estimate in found)


def difference(a: Estimate, b: Estimate) -> Estimate:
    """The same endpoint, a minus b, in two separate groups.

    AUROC by DeLong; proportions by Newcombe 1998, method 10 (hybrid score).
    """
    return auroc_difference(a, b) if a.endpoint == "auroc" else proportion_difference(a, b)
