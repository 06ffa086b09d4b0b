"""Whether a window has the labels that its age lets expect: complete, maturing, or late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from validation.binary.proportion import proportion
from validation.estimate import Estimate, absent
from validation.intervals import normal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from monitoring.maturity.delays import Delays

Verdict = Literal["complete", "maturing", "late"]
METHOD = "expected-from-delays"
REFERENCES = {
    METHOD: "Mean over cases of the share of labels come by their age; variance: binomial draws, "
    "plus that of the share (Greenwood), taken as one over all ages."
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Labels of a window, known and expected.

    Attributes:
        observed: The share of labels known.
        expected: The share that the cases' ages let expect, with the interval in which the observed
            one lies if labels come as they used to; without a value where delays are unknown.
        verdict: ``complete``; ``late`` when the observed share lies below the interval by more than
            the tolerance: labels are lost, or a feed has stopped; else ``maturing``.
        statement: In words.
    """

    observed: Estimate
    expected: Estimate
    verdict: Verdict
    statement: str


def completeness(
    age: ArrayLike,
    known: ArrayLike,
    delays: Delays | None,
    count: ArrayLike | None = None,
    *,
    complete_at: float = 0.9,
    late_by: float = 0.05,
    confidence: float = 0.95,
) -> Completeness:
    """Hold the labels of a window against what its age lets expect.

    Args:
        age: Of each case, in the unit of the delays.
        known: Whether its label is.
        delays: Of *earlier* windows: a window is no witness of its own lateness. None where there
            is none yet.
        count: People a row; one each when None.
        complete_at: Share known from which a window is complete.
        late_by: How far below the interval of the expected share is late. Arrivals vary by more
            than chance (weekends, batches), and a window of 100,000 has hardly any chance left.
        confidence: Of the intervals.
    """
    import numpy as np

    ages, there = np.asarray(age, dtype=float), np.asarray(known, dtype=bool)
    n = np.ones(len(ages), dtype=int) if count is None else np.asarray(count, dtype=int)
    total, come = int(n.sum()), int(n[there].sum())
    observed = proportion("label-completeness", come, total, positives=come, confidence=confidence)
    expected = _expected(ages, n, delays, confidence, come)
    verdict: Verdict = "maturing"
    if observed.value is not None and observed.value >= complete_at:
        verdict = "complete"
    elif observed.value is not None and expected.low is not None:
        verdict = "late" if observed.value < expected.low - late_by else "maturing"
    return Completeness(
        observed=observed,
        expected=expected,
        verdict=verdict,
        statement=_statement(observed, expected, verdict),
    )


def _expected(
    ages: np.ndarray, n: np.ndarray, delays: Delays | None, confidence: float, come: int
) -> Estimate:
    import numpy as np

    total = int(n.sum())
    share = np.full(len(ages), np.nan) if delays is None else delays.at(ages)
    unknown = int(n[np.isnan(share)].sum())
    reason = "no delays are known yet" if delays is None else ""
    if delays is not None and unknown:
        reason = f"{unknown:,} cases are older than any whose delay was seen ({delays.longest:g})"
    if reason or not total or delays is None:
        return absent(
            "label-completeness-expected", reason or "no cases", n=total, positives=come,
            method=METHOD, confidence=confidence,
        )  # fmt: skip
    value = float(np.average(share, weights=n))
    chance = float((n * share * (1 - share)).sum()) / total**2
    spread = float(np.average(_errors(ages, delays), weights=n))
    error = (chance + spread**2) ** 0.5
    low, high = normal(value, error, confidence, within=(0.0, 1.0))
    return Estimate(
        endpoint="label-completeness-expected",
        value=value,
        low=low,
        high=high,
        n=total,
        positives=come,
        method=METHOD,
        confidence=confidence,
        error=error,
    )


def _errors(ages: np.ndarray, delays: Delays) -> np.ndarray:
    """The standard error of the share come by each age, by the delta method."""
    import numpy as np

    part = 1 - delays.share if delays.design == "kaplan-meier" else delays.share
    plain = np.append(0.0, part * delays.error)
    return np.asarray(plain[np.searchsorted(delays.delay, ages, side="right")])


def _statement(observed: Estimate, expected: Estimate, verdict: Verdict) -> str:
    if observed.value is None:
        return "The window has no cases."
    words = f"{observed.events:,} of {observed.n:,} labels are known ({observed.value:.1%}"
    if expected.value is not None:
        words += f"; expected at this age {expected.value:.1%}, {expected.confidence:.0%} interval "
        words += f"{expected.low:.1%} to {expected.high:.1%}"
    end = {
        "complete": "complete.",
        "maturing": "labels are still to come.",
        "late": "fewer than their age lets expect: labels are lost or a feed has stopped.",
    }[verdict]
    return f"{words}): {end}"
