"""AUROC and mean calibration by subgroup, and their bootstrap over distinct-score cells.

One replicate is a draw over the cells of subgroup x score x label (or over patients), and every
subgroup's AUC follows from cumulated counts, in the order of the scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.fairness.group_counts import CLUSTERED, METHOD, chunks, draw

if TYPE_CHECKING:
    import numpy as np

    from validation.cases import Cases
    from validation.fairness.groups import Grouping


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Values of each subgroup and of all, as counted (first row) and as drawn again.

    Attributes:
        auroc: Shape (1 + replicates, groups + 1); the last column is over all; NaN if one class.
        excess: Mean label minus mean score (observed − expected), same shape.
        method: How replicates were drawn.
    """

    auroc: np.ndarray
    excess: np.ndarray
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranks:
    """Which cells a subgroup has, and where its positives stand among its negatives.

    Attributes:
        negative: Cells of negatives, in the order of their scores.
        positive: Cells of positives.
        below: For each positive cell, how many negative cells have a lower score.
        upto: And how many have a lower or equal one.
    """

    negative: slice | np.ndarray
    positive: slice | np.ndarray
    below: np.ndarray
    upto: np.ndarray

    @classmethod
    def of(
        cls, score: np.ndarray, negative: slice | np.ndarray, positive: slice | np.ndarray
    ) -> _Ranks:
        """Rank the positives' scores among the negatives'."""
        import numpy as np

        below, upto = (
            np.searchsorted(score[negative], score[positive], side=side)
            for side in ("left", "right")
        )
        return cls(negative=negative, positive=positive, below=below, upto=upto)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """Distinct (subgroup, label, score) cells, in that order.

    Attributes:
        score: Of each cell.
        ranks: Of each subgroup, and last of all cases.
    """

    score: np.ndarray
    ranks: tuple[_Ranks, ...]

    @classmethod
    def of(cls, group: np.ndarray, label: np.ndarray, score: np.ndarray, groups: int) -> _Cells:
        """Find the subgroups' cells; they are contiguous."""
        import numpy as np

        edges = np.searchsorted(group * 2 + label, np.arange(2 * groups + 1))
        parts = [
            _Ranks.of(score, slice(*edges[2 * g : 2 * g + 2]), slice(*edges[2 * g + 1 : 2 * g + 3]))
            for g in range(groups)
        ]
        negative = np.flatnonzero(label == 0)
        negative = negative[np.argsort(score[negative])]
        whole = _Ranks.of(score, negative, np.flatnonzero(label == 1))
        return cls(score=score, ranks=(*parts, whole))


def resample_scores(
    cases: Cases,
    grouping: Grouping,
    patient: np.ndarray | None = None,
    *,
    replicates: int,
    seed: int,
) -> Scored:
    """AUROC and observed − expected of each subgroup in each replicate.

    Args:
        cases: One entry a row.
        grouping: The subgroups of the rows.
        patient: 0 to patients − 1, one a row, where patients are drawn.
        replicates: How often.
        seed: Of the draws.
    """
    import numpy as np

    order = np.lexsort((cases.score, cases.label, grouping.codes))
    keys = (grouping.codes[order], cases.label[order], cases.score[order])
    new = np.ones(len(order), dtype=bool)
    if len(order):
        new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    starts = np.flatnonzero(new)
    group, label, score = (key[starts] for key in keys)
    cells = _Cells.of(group, label, score, len(grouping))
    counted = np.add.reduceat(cases.count[order], starts)
    rng = np.random.default_rng(seed)
    found = [_values(cells, counted[None, :])]
    if patient is None:
        found += [
            _values(cells, draw(counted, number, rng))
            for number in chunks(replicates, len(counted))
        ]
    else:
        everyone = np.ones(int(patient.max()) + 1, dtype=int)
        owner, count = patient[order], cases.count[order]
        for number in chunks(replicates, len(order)):
            weight = draw(everyone, number, rng)[:, owner] * count
            found.append(_values(cells, np.add.reduceat(weight, starts, axis=1)))
    return Scored(
        auroc=np.concatenate([auroc for auroc, _ in found]),
        excess=np.concatenate([excess for _, excess in found]),
        method=METHOD if patient is None else CLUSTERED,
    )


def _values(cells: _Cells, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AUROC and observed − expected of each subgroup and of all, shape (replicates, groups + 1)."""
    import numpy as np

    auroc = np.full((len(drawn), len(cells.ranks)), np.nan)
    excess = auroc.copy()
    weight = drawn.astype(float)
    for index, ranks in enumerate(cells.ranks):
        miss, hit = weight[:, ranks.negative], weight[:, ranks.positive]
        total = np.zeros((len(drawn), miss.shape[1] + 1))
        np.cumsum(miss, axis=1, out=total[:, 1:])
        wins = np.einsum("ij,ij->i", hit, total[:, ranks.below])
        wins += np.einsum("ij,ij->i", hit, total[:, ranks.upto])
        hits, misses = hit.sum(axis=1), total[:, -1]
        expected = hit @ cells.score[ranks.positive] + miss @ cells.score[ranks.negative]
        with np.errstate(divide="ignore", invalid="ignore"):
            auroc[:, index] = wins / (2 * hits * misses)
            excess[:, index] = (hits - expected) / (hits + misses)
    return auroc, excess
