"""Reading times without and with AI: paired differences, each reader and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test
from validation.modality.scores import mean_estimate, signed_ranks, t_test
from validation.reliance import resample

if TYPE_CHECKING:
    import numpy as np

    from validation.count_bootstrap import Resampling, Span
    from validation.reliance.readings import Readings

DIFFERENCE, UNIT = "time-difference", "time"


def pooled(
    readings: Readings,
    without: np.ndarray,
    with_ai: np.ndarray,
    subgroup: str,
    confidence: float,
    resampling: Resampling,
) -> list[Estimate]:
    """Mean times, and their difference with readers and cases drawn, and with cases drawn.

    Args:
        readings: The readings, of which times may be missing.
        without: Time without AI, shape (readings,); NaN where unknown.
        with_ai: Time with AI.
        subgroup: The subgroup's name.
        confidence: Of the intervals.
        resampling: Of the bootstraps.
    """
    import numpy as np

    gaps = with_ai - without
    known = np.isfinite(gaps)
    some = readings.only(known) if known.any() else readings
    found = [
        mean_estimate(
            name, values[known], some.case if known.any() else None,
            method="student-t-mean", subgroup=subgroup, confidence=confidence, unit=UNIT,
        )
        for name, values in (("time-without", without), ("time-with", with_ai))
    ]  # fmt: skip
    if not known.any():
        return found
    vectors = np.column_stack([gaps[known], np.ones(int(known.sum()))])
    weights = np.eye(2)[None]
    spans: list[Span] = []
    if len(some.readers) > 1:
        spans += resample.over_both(
            vectors, some.reader, some.case, weights, resampling, confidence
        )
    spans += resample.over_cases(vectors, some.case, weights, resampling, confidence)
    return [*found, *(_span(gaps[known], span, subgroup, confidence) for span in spans)]


def _span(gaps: np.ndarray, span: Span, subgroup: str, confidence: float) -> Estimate:
    return Estimate(
        endpoint=DIFFERENCE,
        value=float(gaps.mean()),
        low=span.low,
        high=span.high,
        n=len(gaps),
        positives=0,
        method=span.method,
        confidence=confidence,
        subgroup=subgroup,
        unit=UNIT,
        reason=span.reason,
    )


def one(
    without: np.ndarray, with_ai: np.ndarray, where: str, confidence: float
) -> tuple[Estimate, list[Test]]:
    """One reader's paired difference, with AI minus without, and its tests."""
    import numpy as np

    gaps = with_ai - without
    gaps = gaps[np.isfinite(gaps)]
    first = mean_estimate(
        DIFFERENCE, gaps, None, method="paired-t", subgroup=where, confidence=confidence, unit=UNIT
    )
    if not len(gaps):
        return first, []
    return first, [t_test(first, gaps, None), signed_ranks(first, gaps)]
