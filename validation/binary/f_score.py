"""F1 of independent cases, with Wilson's interval carried over from F*.

F1 = 2 F* / (1 + F*), where F* = TP / (TP + FN + FP) is a proportion; so Wilson's interval of F*
gives one of F1 (Lam, Gopal and Qian, arXiv 2309.14621, "Wilson indirect"), which keeps its width
when all cases are right.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.proportion import proportion

if TYPE_CHECKING:
    from validation.estimate import Estimate

METHOD = "wilson-f-star"
REFERENCES = {
    METHOD: "Lam KFY, Gopal V, Qian J. arXiv:2309.14621 (Wilson indirect): Wilson's "
    "interval of F* = tp / (tp + fp + fn), carried to F1 = 2 F* / (1 + F*)."
}


def f1(hits: int, missed: int, false: int, *, n: int, confidence: float = 0.95) -> Estimate:
    """F1 of one class.

    Args:
        hits: True positives.
        missed: False negatives.
        false: False positives.
        n: All cases.
        confidence: Of the interval.
    """
    star = proportion(
        "f1", hits, hits + missed + false, positives=hits + missed, confidence=confidence
    )
    reason = "" if star.value is not None else "no case is, or was called, positive"
    return dataclasses.replace(
        star,
        value=_carried(star.value),
        low=_carried(star.low),
        high=_carried(star.high),
        n=n,
        events=None,
        method=METHOD,
        reason=reason,
    )


def _carried(share: float | None) -> float | None:
    return None if share is None else 2 * share / (1 + share)
