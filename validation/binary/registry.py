"""Every endpoint of a binary test by name: what a policy may ask for, and what answers it.

An endpoint is a function of what was asked. Those read off a curve share their resampled curves;
names with numbers in them, such as ``sensitivity-at-specificity-0.9``, are found by their pattern.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validation.binary import calibration, confusion, discrimination, proportion, readings
from validation.binary.two_by_two import Table
from validation.choices import DEFAULT, Choices
from validation.clustering import (
    clustered,
    clustered_auroc,
    clustered_calibration,
    clustered_confusion,
)
from validation.estimate import absent

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from validation.cases import Cases
    from validation.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an endpoint is computed from.

    Attributes:
        cases: Labels, scores, counts.
        owner: The patient of each row when cases are clustered, else None.
        confidence: Of the interval.
        choices: Methods, replicates and seed.
        readings: All names that are read off a curve, to be resampled together.
        threshold: The operating point, for endpoints that need one.
        cache: Results shared between endpoints of one call.
    """

    cases: Cases
    owner: np.ndarray | None
    confidence: float
    choices: Choices = DEFAULT
    readings: tuple[str, ...] = ()
    threshold: float | None = None
    cache: dict[str, dict[str, Estimate]] = field(default_factory=dict)

    @property
    def point(self) -> float:
        """The operating point.

        Raises:
            TypeError: There is none.
        """
        if self.threshold is None:
            raise TypeError("the endpoint needs a threshold")
        return self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How an endpoint is answered.

    Attributes:
        answer: The name and what was asked, to an estimate.
        at_threshold: Whether it needs an operating point.
    """

    answer: Callable[[str, Asked], Estimate]
    at_threshold: bool = False


def _proportion(name: str, asked: Asked) -> Estimate:
    cases, owner = asked.cases, asked.owner
    if owner is None:
        return proportion.at_threshold(
            name,
            cases.label,
            cases.score,
            cases.count,
            threshold=asked.point,
            confidence=asked.confidence,
            method=asked.choices.proportion,
        )
    table = clustered.tables(cases, owner, asked.point)
    right, all_of = {
        "sensitivity": ([0], [0, 2]),
        "specificity": ([3], [1, 3]),
        "ppv": ([0], [0, 1]),
        "npv": ([3], [2, 3]),
        "accuracy": ([0, 3], [0, 1, 2, 3]),
    }[name]
    return clustered.proportion(
        name,
        table[:, right].sum(axis=1),
        table[:, all_of].sum(axis=1),
        positives=cases.positives,
        confidence=asked.confidence,
        threshold=asked.point,
        choices=asked.choices,
    )


def _prevalence(name: str, asked: Asked) -> Estimate:
    cases, owner = asked.cases, asked.owner
    if owner is None:
        hits = cases.positives
        return proportion.proportion(
            name,
            hits,
            cases.total,
            positives=hits,
            confidence=asked.confidence,
            method=asked.choices.proportion,
        )
    import numpy as np

    return clustered.proportion(
        name,
        np.bincount(owner, weights=cases.count * cases.label),
        np.bincount(owner, weights=cases.count),
        positives=cases.positives,
        confidence=asked.confidence,
        choices=asked.choices,
    )


def _confusion(name: str, asked: Asked) -> Estimate:
    cases, owner, at = asked.cases, asked.owner, asked.point
    if owner is None:
        table = Table.of(cases, at)
        return confusion.measured(
            name, table, threshold=at, confidence=asked.confidence, choices=asked.choices
        )
    return clustered_confusion.measured(
        name,
        clustered.tables(cases, owner, at),
        threshold=at,
        confidence=asked.confidence,
        choices=asked.choices,
    )


def _auroc(name: str, asked: Asked) -> Estimate:  # noqa: ARG001 - every answer has one shape
    cases = asked.cases
    if asked.owner is None:
        return discrimination.auroc(
            cases.label,
            cases.score,
            cases.count,
            confidence=asked.confidence,
            scale=asked.choices.auroc_scale,
        )
    return clustered_auroc.auroc(
        cases.label,
        cases.score,
        asked.owner,
        cases.count,
        confidence=asked.confidence,
        choices=asked.choices,
    )


def _reading(name: str, asked: Asked) -> Estimate:
    if "readings" not in asked.cache:
        asked.cache["readings"] = readings.read(
            asked.readings or (name,),
            asked.cases,
            owner=asked.owner,
            confidence=asked.confidence,
            choices=asked.choices,
        )
    return asked.cache["readings"][name]


def _calibration(name: str, asked: Asked) -> Estimate:
    cases = asked.cases
    if reason := _no_calibration(name, cases, asked.choices):
        method, unit = calibration.METHODS[name]
        return absent(
            name,
            reason,
            n=cases.total,
            positives=cases.positives,
            method=method,
            confidence=asked.confidence,
            unit=unit,
        )
    if asked.owner is None:
        return calibration.calibrated(
            name, cases.label, cases.score, cases.count, confidence=asked.confidence
        )
    return clustered_calibration.calibrated(name, cases, asked.owner, confidence=asked.confidence)


def _no_calibration(name: str, cases: Cases, choices: Choices) -> str:
    """Why scores cannot be held against outcomes as probabilities."""
    score = cases.score
    outside = int(((score < 0) | (score > 1)).sum())
    if outside:
        return (
            f"scores are no probabilities: {outside:,} are outside 0 to 1 "
            f"(from {score.min():.4g} to {score.max():.4g})"
        )
    if choices.scale == "other":
        return "scores are no probabilities"
    if (
        name in ("calibration-intercept", "calibration-slope")
        and ((score == 0) | (score == 1)).all()
    ):
        return "scores are 0 or 1 only: calls, not probabilities"
    return ""


ENDPOINTS: dict[str, Endpoint] = {
    "auroc": Endpoint(answer=_auroc),
    **{name: Endpoint(answer=_reading) for name in readings.AUPRC},
    **{name: Endpoint(answer=_proportion, at_threshold=True) for name in proportion.AT_THRESHOLD},
    **{name: Endpoint(answer=_confusion, at_threshold=True) for name in confusion.CONFUSION},
    "prevalence": Endpoint(answer=_prevalence),
    **{name: Endpoint(answer=_calibration) for name in calibration.CALIBRATION},
}


def find(name: str) -> Endpoint:
    """The endpoint of a name.

    Raises:
        ValueError: There is none, or the numbers in its name are impossible.
    """
    if name in ENDPOINTS:
        return ENDPOINTS[name]
    if readings.known(name) is not None:
        return Endpoint(answer=_reading)
    raise ValueError(
        f"unknown endpoint '{name}' (there are: {', '.join(ENDPOINTS)}, "
        "sensitivity-at-specificity-0.9, specificity-at-sensitivity-0.9, "
        "partial-auroc-specificity-0.9-1, partial-auroc-corrected-sensitivity-0.9-1)"
    )
