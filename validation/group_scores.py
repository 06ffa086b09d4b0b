"""AUROC and mean calibration by subgroup, and their bootstrap over distinct-score cells.

One replicate is a draw over the cells of subgroup x score x label (or over patients), and every
subgroup's AUC follows from cumulated counts, in the order of the scores.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.group_counts import CLUSTERED, METHOD, chunks, draw

if TYPE_CHECKING:
    import numpy as np

    from validation.cases import Cases
    from validation.groups import Grouping


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
class _Levels:
    """Cells sorted by subgroup, then score; a cell has one column for each label."""

    group: np.ndarray
    score: np.ndarray
    by_score: np.ndarray  # the cells in the order of scores, over all subgroups
    groups: int


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

    order = np.lexsort((cases.label, cases.score, grouping.codes))
    keys = (grouping.codes[order], cases.score[order], cases.label[order])
    new = np.ones(len(order), dtype=bool)
    if len(order):
        new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    starts = np.flatnonzero(new)
    group, score, label = (key[starts] for key in keys)
    counted = np.add.reduceat(cases.count[order], starts)
    levels = _Levels(
        group=group, score=score, by_score=np.argsort(score, kind="stable"), groups=len(grouping)
    )
    rng = np.random.default_rng(seed)
    found = [_values(levels, label, counted[None, :])]
    if patient is None:
        found += [
            _values(levels, label, draw(counted, number, rng))
            for number in chunks(replicates, len(counted))
        ]
    else:
        everyone = np.ones(int(patient.max()) + 1, dtype=int)
        owner, count = patient[order], cases.count[order]
        for number in chunks(replicates, len(order)):
            weight = draw(everyone, number, rng)[:, owner] * count
            found.append(_values(levels, label, np.add.reduceat(weight, starts, axis=1)))
    return Scored(
        auroc=np.concatenate([auroc for auroc, _ in found]),
        excess=np.concatenate([excess for _, excess in found]),
        method=METHOD if patient is None else CLUSTERED,
    )


def _values(levels: _Levels, label: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AUROC and observed − expected of each subgroup and of all, shape (replicates, groups + 1)."""
    import numpy as np

    hit, miss = drawn * label, drawn * (1 - label)
    edges = np.searchsorted(levels.group, np.arange(levels.groups + 1))
    parts: list[slice | np.ndarray] = [slice(*pair) for pair in itertools.pairwise(edges)]
    auroc = np.full((len(drawn), levels.groups + 1), np.nan)
    excess = auroc.copy()
    for index, cells in enumerate([*parts, levels.by_score]):
        score, ones, zeros = levels.score[cells], hit[:, cells], miss[:, cells]
        auroc[:, index] = _auc(score, ones, zeros)
        with np.errstate(divide="ignore", invalid="ignore"):
            people = ones + zeros
            excess[:, index] = (ones.sum(axis=1) - people @ score) / people.sum(axis=1)
    return auroc, excess


def _auc(score: np.ndarray, hit: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """AUC of each replicate; cells in the order of scores, those of one score adjacent."""
    import numpy as np

    if not len(score):
        return np.full(len(hit), np.nan)
    starts = np.flatnonzero(np.diff(score, prepend=np.nan) != 0)
    if len(starts) < len(score):
        hit, miss = (np.add.reduceat(counts, starts, axis=1) for counts in (hit, miss))
    below = np.cumsum(miss, axis=1) - miss / 2
    pairs = hit.sum(axis=1) * miss.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.einsum("ij,ij->i", hit, below) / pairs)
