"""How far calibration has moved from the reference set's.

A model that was never calibrated is not made wrong by use: what matters after validation is the
change. Intercept, slope and expected calibration error are compared as differences, observed over
expected as a ratio, each with an interval from the limits that both sides have (MOVER: Zou GY,
Donner A. Stat Med 2008; 27: 1693-1702; of ratios, on the log scale).
"""

from __future__ import annotations

import dataclasses
from math import exp, log
from typing import TYPE_CHECKING

from validation import endpoints as ruler
from validation.binary import reliability
from validation.binary.grouping import EQUAL_MASS
from validation.choices import DEFAULT
from validation.estimate import Estimate, absent
from validation.mover import separate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from validation.choices import Choices

COX = ("calibration-intercept", "calibration-slope", "observed-expected")
ECE = f"ece-{EQUAL_MASS}"
RATIO = "observed-expected"
REPLICATES = 500  # most for the expected calibration error: a window is one of many
FIXED = "fixed-reference"
REFERENCES = {
    FIXED: "The window's own interval, less the reference set's value, which is taken as fixed."
}


def measure(
    label: np.ndarray,
    score: np.ndarray,
    count: np.ndarray,
    *,
    patients: np.ndarray | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> list[Estimate]:
    """Intercept, slope, observed over expected, and expected calibration error (equal mass).

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        patients: The patient of each row, where patients repeat; the expected calibration error
            has then a value without interval.
        confidence: Of the intervals.
        choices: Methods of the intervals.
    """
    cox = ruler.evaluate(
        label,
        score,
        count,
        endpoints=COX,
        thresholds=[],
        confidence=confidence,
        cluster=patients,
        choices=choices,
    )
    ece = reliability.ece(
        label,
        score,
        count,
        kind=EQUAL_MASS,
        confidence=confidence,
        replicates=min(REPLICATES, max(1, choices.replicates)),
        seed=choices.seed,
    )
    if patients is not None:
        reason = "patients repeat: its interval is for separate people"
        ece = dataclasses.replace(ece, low=None, high=None, error=None, reason=reason)
    return [*cox, ece]


def of_curve(points: Sequence[Mapping[str, float]], confidence: float = 0.95) -> Estimate:
    """The reference set's expected calibration error, from its frozen reliability curve.

    Args:
        points: Tenths of the people, each with ``score``, ``observed``, ``n`` and ``positives``, as
            `validation.curves.calibration` makes them. Equal scores stay together, so that the
            groups may differ a little from those of `measure`.
        confidence: Written into the estimate.
    """
    n = int(sum(point["n"] for point in points))
    positives = int(sum(point["positives"] for point in points))
    if not n:
        return absent(ECE, "no cases", n=0, positives=0, method="mean", confidence=confidence)
    off = sum(point["n"] * abs(point["observed"] - point["score"]) for point in points)
    return Estimate(
        endpoint=ECE,
        value=off / n,
        low=None,
        high=None,
        n=n,
        positives=positives,
        method="mean",
        confidence=confidence,
        reason="read off the frozen reliability curve",
    )


def moved(now: Sequence[Estimate], then: Sequence[Estimate]) -> list[Estimate]:
    """Each measure's change since the reference set; what either side lacks is left out.

    Args:
        now: The window's, as `measure` gives them.
        then: The reference set's overall estimates.

    Returns:
        ``calibration-slope-difference`` and so on, ``observed-expected-ratio``.
    """
    before = {e.endpoint: e for e in then if e.subgroup == "overall"}
    found = []
    for one in now:
        other = before.get(one.endpoint)
        if other is None or one.value is None or other.value is None:
            continue
        change = _ratio(one, other) if one.endpoint == RATIO else _difference(one, other)
        found.append(dataclasses.replace(change, subgroup="overall"))
    return found


def _difference(now: Estimate, then: Estimate) -> Estimate:
    if then.low is not None or now.low is None or now.high is None or then.value is None:
        return separate(now, then)
    found = separate(now, then)
    return dataclasses.replace(
        found, low=now.low - then.value, high=now.high - then.value, method=FIXED, reason=""
    )


def _ratio(now: Estimate, then: Estimate) -> Estimate:
    """On the log scale, and back."""
    found = _difference(_logged(now), _logged(then))
    return dataclasses.replace(
        found,
        endpoint=f"{now.endpoint}-ratio",
        unit="ratio",
        value=None if found.value is None else exp(found.value),
        low=None if found.low is None else exp(found.low),
        high=None if found.high is None else exp(found.high),
    )


def _logged(estimate: Estimate) -> Estimate:
    """Limits of a positive ratio as logarithms; without them where they are 0."""
    return dataclasses.replace(
        estimate,
        value=log(estimate.value) if estimate.value else None,
        low=log(estimate.low) if estimate.low else None,
        high=log(estimate.high) if estimate.high else None,
    )
