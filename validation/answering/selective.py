"""Abstention: how right the surest answers are.

Answers are taken from the surest down. At coverage c the risk is the share of wrong answers among
the surest c of all. ``aurc`` is the mean risk over all coverages 1/n, 2/n, ..., 1 (Geifman 2019);
answers of equal confidence are taken in random order, and the expectation over orders is given.
``e-aurc`` is what it exceeds the best order of the same answers by. An unparsable answer is wrong.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import count_bootstrap as draws
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.answering.answers import Answers
    from validation.choices import Choices

ENDPOINTS = ("aurc", "e-aurc")
REFERENCES = {
    "risk-coverage": "El-Yaniv R, Wiener Y. J Mach Learn Res 2010; 11: 1605-1641; Geifman Y, Uziel "
    "G, El-Yaniv R. ICLR 2019 (AURC, E-AURC).",
}
COVERAGES = (0.5, 0.8, 0.9, 1.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Risk against coverage, one point a distinct confidence, from the surest down.

    Attributes:
        threshold: The confidence at and above which answers are given.
        coverage: Share of answers given.
        risk: Share of wrong ones among them.
    """

    threshold: np.ndarray
    coverage: np.ndarray
    risk: np.ndarray


def risk_coverage(right: np.ndarray, certainty: np.ndarray) -> Curve:
    """The curve of answers.

    Args:
        right: Scores 0 to 1, shape (answers,).
        certainty: Higher is surer, finite, shape (answers,).
    """
    import numpy as np

    level, place = np.unique(-certainty, return_inverse=True)
    number = np.cumsum(np.bincount(place))
    wrong = np.cumsum(np.bincount(place, weights=1 - right))
    return Curve(threshold=-level, coverage=number / len(right), risk=wrong / number)


def selective_accuracy(
    right: np.ndarray,
    certainty: np.ndarray,
    *,
    coverages: Sequence[float] = COVERAGES,
    confidence: float = 0.95,
) -> list[Estimate]:
    """Accuracy at the highest confidence threshold whose coverage reaches each value; Wilson.

    The threshold is in the estimate; its interval takes it as given.
    """
    from validation.binary.proportion import proportion

    curve, found = risk_coverage(right, certainty), []
    for wanted in coverages:
        place = int((curve.coverage >= wanted - 1e-12).argmax())
        given = certainty >= curve.threshold[place]
        hits = int(right[given].sum())
        made = proportion(
            f"selective-accuracy-at-{wanted:g}",
            hits,
            int(given.sum()),
            positives=hits,
            confidence=confidence,
            threshold=float(curve.threshold[place]),
        )
        found.append(made)
    return found


def area(
    name: str,
    answers: Answers,
    at: np.ndarray,
    owner: np.ndarray | None,
    confidence: float,
    choices: Choices,
) -> Estimate:
    """``aurc`` or ``e-aurc`` with bootstrap percentiles over confidence and correctness."""
    import numpy as np

    blank = absent(
        name,
        "no answers in the denominator",
        n=int(at.sum()),
        positives=0,
        method=draws.method_name(owner),
        confidence=confidence,
        unit="mean risk",
    )
    if answers.certainty is None:
        return dataclasses.replace(blank, reason="the answers have no confidence")
    if not at.any():
        return blank
    wrong = 1 - answers.scored.value[at]
    _, place = np.unique(-answers.certainty[at], return_inverse=True)
    size = int(place.max()) + 1

    def statistic(flat: np.ndarray) -> np.ndarray:
        both = flat.reshape(len(flat), size, 2)
        number, errors = both.sum(axis=2), both[:, :, 1]
        found = areas(number, errors)
        return (found if name == "aurc" else found - _best(number, errors))[:, None]

    cell = place * 2 + (wrong > 0)
    inside = None if owner is None else np.unique(owner[at], return_inverse=True)[1]
    whole = np.bincount(cell, minlength=2 * size).astype(float)
    value = float(statistic(whole[None])[0, 0])
    if not choices.replicates:
        return dataclasses.replace(blank, value=value, reason="no replicates asked")
    units = draws.cluster_units(cell, 2 * size, np.ones(len(cell)), inside)
    resampling = draws.Resampling(times=choices.replicates, seed=choices.seed)
    drawn = draws.percentile(
        draws.replicate(units, statistic, resampling)[:, 0], confidence, method=blank.method
    )
    return dataclasses.replace(
        blank, value=value, low=drawn.low, high=drawn.high, reason=drawn.reason
    )


def areas(number: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """AURC of tables of answers and wrong ones by level, from the surest down.

    Within a level of w answers, e wrong, after N answers with E wrong, the expected risk at the
    i-th is (E + i e / w) / (N + i); its sum over i is a difference of harmonic numbers.

    Args:
        number: Answers a level, shape (tables, levels).
        errors: Wrong ones.
    """
    import numpy as np

    total = number.sum(axis=1)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, int(total.max()) + 1))])
    upto = np.cumsum(number, axis=1)
    before = upto - number
    wrong_before = np.cumsum(errors, axis=1) - errors
    sums = harmonic[upto.astype(int)] - harmonic[before.astype(int)]
    rate = np.divide(errors, number, out=np.zeros_like(errors, dtype=float), where=number > 0)
    within = wrong_before * sums + rate * (number - before * sums)
    return np.asarray(within.sum(axis=1) / total)


def _best(number: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """AURC when all right answers come first."""
    import numpy as np

    wrong = errors.sum(axis=1)
    right = number.sum(axis=1) - wrong
    return areas(np.column_stack([right, wrong]), np.column_stack([np.zeros_like(wrong), wrong]))
