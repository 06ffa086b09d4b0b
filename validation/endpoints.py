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

from validation.binary.calibration import CALIBRATION, calibrated
from validation.binary.confusion import CONFUSION, confusion
from validation.binary.decision_curve import decision_curve
from validation.binary.discrimination import auroc, auroc_difference, paired_auroc_difference
from validation.binary.proportion import (
    AT_THRESHOLD,
    at_threshold,
    prevalence,
    proportion,
    proportion_difference,
)
from validation.binary.readings import known as reading_of
from validation.binary.registry import ENDPOINTS, Asked, find
from validation.binary.reliability import ece, log_loss
from validation.cases import Cases
from validation.categories.multiclass import multiclass
from validation.categories.multilabel import multilabel
from validation.choices import DEFAULT, Choices
from validation.clustering.clustered import owners, repeats
from validation.designs.hypothesis import equivalence, non_inferiority, superiority
from validation.designs.paired import paired_scores, paired_tests
from validation.designs.unpaired import unpaired_auroc, unpaired_proportions
from validation.estimate import Estimate
from validation.mover import separate
from validation.rating.regression import measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = [
    "AT_THRESHOLD",
    "CALIBRATION",
    "CONFUSION",
    "ENDPOINTS",
    "Choices",
    "Estimate",
    "at_threshold",
    "auroc",
    "auroc_difference",
    "calibrated",
    "confusion",
    "decision_curve",
    "difference",
    "ece",
    "equivalence",
    "evaluate",
    "log_loss",
    "measured",
    "multiclass",
    "multilabel",
    "needs_threshold",
    "non_inferiority",
    "paired_auroc_difference",
    "paired_scores",
    "paired_tests",
    "prevalence",
    "proportion",
    "proportion_difference",
    "repeats",
    "superiority",
    "unpaired_auroc",
    "unpaired_proportions",
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
    cluster: ArrayLike | Sequence[object] | None = None,
    choices: Choices = DEFAULT,
) -> tuple[Estimate, ...]:
    """All named endpoints; those of the 2x2 table once for each threshold.

    Args:
        label: 1 or 0, one a row.
        score: Higher means more likely positive; probabilities unless `choices` says otherwise.
        count: People a row (cases of that patient, when clustered).
        endpoints: Names in `ENDPOINTS`, or with numbers such as ``sensitivity-at-specificity-0.9``.
        thresholds: Operating points; a score at or above one is called positive.
        confidence: Of the intervals.
        subgroup: Written into each estimate.
        cluster: The patient of each row, when patients have several cases.
        choices: Methods of the intervals.

    Raises:
        ValueError: Labels, scores, counts or clusters that are none, or an unknown endpoint.
    """
    wanted = {name: find(name) for name in endpoints}
    cases = Cases.of(label, score, count, probability=choices.scale == "probability")
    owner = None if cluster is None else owners(cluster)
    if owner is not None and len(owner) != len(cases.label):
        raise ValueError(f"lengths differ: {len(cases.label)} labels, {len(owner)} clusters")
    asked = Asked(
        cases=cases,
        owner=owner,
        confidence=confidence,
        choices=choices,
        readings=tuple(name for name in wanted if reading_of(name) is not None),
    )
    found: list[Estimate] = []
    for name in endpoints:
        endpoint = wanted[name]
        points = thresholds if endpoint.at_threshold else [None]
        found += [
            endpoint.answer(name, dataclasses.replace(asked, threshold=point)) for point in points
        ]
    return tuple(dataclasses.replace(estimate, subgroup=subgroup) for estimate in found)


def needs_threshold(name: str) -> bool:
    """Whether an endpoint is one of the 2x2 table.

    Raises:
        ValueError: There is no such endpoint.
    """
    return find(name).at_threshold


def difference(a: Estimate, b: Estimate) -> Estimate:
    """The same endpoint, a minus b, in two separate groups of people.

    AUROC by DeLong; proportions by Newcombe 1998, method 10 (hybrid score). Everything else, and
    clustered cases, by the same square-and-add of the limits that the estimates have (MOVER).
    """
    methods = {a.method, b.method}
    if methods == {"delong"}:
        return auroc_difference(a, b)
    if methods <= {"wilson", "clopper-pearson"}:
        return proportion_difference(a, b)
    return separate(a, b)
