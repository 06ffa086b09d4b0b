"""What leaving cases out does: excluded, and at best and at worst for the model.

Two kinds of cases are often left out: those whose reference standard is indeterminate (no label),
and those whose input was rejected by quality control (no score). At best the model is right about
each of them, at worst wrong; the truth lies between. For the 2x2 table every endpoint is best, or
worst, at the same time. For AUROC the labels of indeterminate cases are those that make it largest
or smallest: for a given number of positives these are the highest scores, so all numbers are tried.

Cohen JF et al. (STARD 2015), BMJ Open 2016; 6: e012799, item 15 and 16; Shinkins B et al. BMJ 2013;
346: f2778.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc
from validation.binary.proportion import AT_THRESHOLD, at_threshold
from validation.estimate import Estimate, Result, Warned

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

EXCLUDED, BEST, WORST = "excluded", "best-case", "worst-case"


@dataclass(frozen=True, slots=True, kw_only=True)
class _All:
    """All cases; NaN where there is no label or no score."""

    label: np.ndarray
    score: np.ndarray
    count: np.ndarray

    def only(self, rows: np.ndarray) -> _All:
        return _All(label=self.label[rows], score=self.score[rows], count=self.count[rows])


def bounds(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    thresholds: Sequence[float],
    endpoints: Sequence[str] = (*AT_THRESHOLD, "auroc"),
    confidence: float = 0.95,
) -> Result:
    """Each endpoint with the incomplete cases excluded, at best and at worst.

    Args:
        label: 1 or 0; NaN where the reference standard is indeterminate.
        score: Higher means more likely positive; NaN where the input was rejected.
        count: People a row.
        thresholds: Operating points.
        endpoints: Of the 2x2 table, and ``auroc``.
        confidence: Of the intervals, which are those of complete data in each scenario.

    Returns:
        Estimates whose subgroup is ``excluded``, ``best-case`` or ``worst-case``, and warnings
        that count what is incomplete.

    Raises:
        ValueError: Labels that are neither 1, 0 nor NaN, unknown endpoints, differing lengths.
    """
    import numpy as np

    y, s = np.asarray(label, dtype=float), np.asarray(score, dtype=float)
    n = np.ones(len(y), dtype=int) if count is None else np.asarray(count, dtype=int)
    if not len(y) == len(s) == len(n):
        raise ValueError(f"lengths differ: {len(y)} labels, {len(s)} scores, {len(n)} counts")
    if strange := int((~np.isnan(y) & ~np.isin(y, (0, 1))).sum()):
        raise ValueError(f"{strange} labels are neither 0, 1 nor missing")
    if unknown := [name for name in endpoints if name not in (*AT_THRESHOLD, "auroc")]:
        raise ValueError(f"no bounds are known for: {', '.join(unknown)}")
    cases = _All(label=y, score=s, count=n)
    known = cases.only(~(np.isnan(y) & np.isnan(s)))
    estimates: list[Estimate] = []
    for name in endpoints:
        if name == "auroc":
            estimates += _aurocs(known, confidence)
            continue
        for threshold in thresholds:
            for scenario in (EXCLUDED, BEST, WORST):
                made = _scenario(known, threshold, scenario)
                found = at_threshold(name, *made, threshold=0.5, confidence=confidence)
                estimates.append(dataclasses.replace(found, threshold=threshold, subgroup=scenario))
    return Result(estimates=tuple(estimates), warnings=tuple(_counted(cases)))


def _counted(cases: _All) -> list[Warned]:
    import numpy as np

    no_label, no_score = np.isnan(cases.label), np.isnan(cases.score)
    kinds = {
        "indeterminate": (no_label & ~no_score, "have no reference standard"),
        "rejected-input": (no_score & ~no_label, "have no score"),
        "nothing-known": (no_label & no_score, "have neither, and are in no scenario"),
    }
    total = int(cases.count.sum())
    counts = {code: (int(cases.count[rows].sum()), said) for code, (rows, said) in kinds.items()}
    return [
        Warned(code=code, message=f"{number:,} of {total:,} cases {said}", count=number)
        for code, (number, said) in counts.items()
        if number
    ]


def _scenario(
    cases: _All, threshold: float, scenario: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Label, call and count of every case in a scenario."""
    import numpy as np

    no_label, no_score = np.isnan(cases.label), np.isnan(cases.score)
    called = (cases.score >= threshold).astype(float)
    if scenario == EXCLUDED:
        rows = ~no_label & ~no_score
        return cases.label[rows], called[rows], cases.count[rows]
    right = scenario == BEST
    label = np.where(no_label, called if right else 1 - called, cases.label)
    call = np.where(no_score, label if right else 1 - label, called)
    return label, call, cases.count


def _aurocs(cases: _All, confidence: float) -> list[Estimate]:
    import numpy as np

    complete = ~np.isnan(cases.label) & ~np.isnan(cases.score)
    made = {EXCLUDED: cases.only(complete)}
    for scenario, sign in ((BEST, 1), (WORST, -1)):
        made[scenario] = _relabelled(_rescored(cases, sign), sign)
    return [
        dataclasses.replace(
            auroc(each.label, each.score, each.count, confidence=confidence), subgroup=scenario
        )
        for scenario, each in made.items()
    ]


def _rescored(cases: _All, sign: int) -> _All:
    """Rejected inputs scored beyond all others: on the side of their label at best."""
    import numpy as np

    known = cases.score[~np.isnan(cases.score)]
    low, high = (known.min() - 1, known.max() + 1) if len(known) else (0.0, 1.0)
    beyond = np.where(cases.label == (sign > 0), high, low)
    return dataclasses.replace(cases, score=np.where(np.isnan(cases.score), beyond, cases.score))


def _relabelled(cases: _All, sign: int) -> _All:
    """Indeterminate people labelled so that the AUC is largest (sign 1) or smallest (-1).

    The positives among them are the highest (lowest) scores; the number is that of the best AUC.
    """
    import numpy as np

    unknown = np.isnan(cases.label)
    each = np.repeat(np.arange(len(unknown)), np.where(unknown, cases.count, 1))
    people = dataclasses.replace(cases.only(each), count=np.where(unknown, 1, cases.count)[each])
    rows = np.flatnonzero(np.isnan(people.label))
    order = rows[np.argsort(-sign * people.score[rows], kind="stable")]
    if not len(order):
        return people
    label = people.label.copy()
    label[order] = (np.arange(len(order)) < _best_number(people, order, sign)).astype(float)
    return dataclasses.replace(people, label=label)


def _best_number(cases: _All, order: np.ndarray, sign: int) -> int:
    """How many of the indeterminate cases, in order, are positive where the AUC is best."""
    import numpy as np

    fixed = ~np.isnan(cases.label)
    score, weight = sign * cases.score, cases.count.astype(float)
    positive, negative = (fixed & (cases.label == value) for value in (1, 0))
    mine = score[order]
    gain = _beaten(mine, score[negative], weight[negative])
    loss = weight[positive].sum() - _beaten(mine, score[positive], weight[positive])
    # among the indeterminate themselves: the first k (highest) against the others
    before = np.arange(len(order) + 1.0)
    within = before * (len(order) - before) - _tied(mine) / 2
    base = (weight[positive] * _beaten(score[positive], score[negative], weight[negative])).sum()
    wins = base + np.concatenate([[0.0], np.cumsum(gain)]) + within
    wins += loss.sum() - np.concatenate([[0.0], np.cumsum(loss)])
    pairs = (weight[positive].sum() + before) * (weight[negative].sum() + len(order) - before)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(pairs > 0, wins / pairs, -1.0)
    return int(value.argmax())


def _beaten(mine: np.ndarray, others: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The weight of others with a lower score, ties counted half."""
    import numpy as np

    order = np.argsort(others)
    total = np.concatenate([[0.0], np.cumsum(weight[order])])
    left, right = (np.searchsorted(others[order], mine, side=side) for side in ("left", "right"))
    return np.asarray((total[left] + total[right]) / 2)


def _tied(mine: np.ndarray) -> np.ndarray:
    """For each cut k of the scores, highest first, the pairs across it that have the same score."""
    import numpy as np

    _, block, size = np.unique(-mine, return_inverse=True, return_counts=True)
    start = np.cumsum(size) - size
    cut = np.arange(1, len(mine))
    before = cut - start[block[1:]]  # of the block of the first score after the cut
    across = np.where(block[1:] == block[:-1], before * (size[block[1:]] - before), 0)
    return np.concatenate([[0], across, [0]])
