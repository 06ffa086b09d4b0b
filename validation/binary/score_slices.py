"""Scores in fine slices: what resampling of outcomes and of cases needs of a million scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.count_bootstrap import BATCH

if TYPE_CHECKING:
    import numpy as np

    from validation.binary.grouping import Groups
    from validation.cases import Cases

SLICES = 2048  # finer steps of the score do not change an interval


def slices(cases: Cases, made: Groups) -> tuple[np.ndarray, np.ndarray]:
    """Rows of one group and (nearly) one score put together.

    Args:
        cases: The rows.
        made: Their groups.

    Returns:
        Index of each row's slice, and each slice's group.
    """
    import numpy as np

    distinct, place = np.unique(cases.score, return_inverse=True)
    if len(distinct) > SLICES:
        place = np.minimum((cases.score * SLICES).astype(int), SLICES - 1)
    width = int(place.max()) + 1
    keys, of_row = np.unique(made.of_row * width + place, return_inverse=True)
    return of_row.ravel(), keys // width


def if_calibrated(cases: Cases, made: Groups, replicates: int, seed: int) -> np.ndarray:
    """The ECE of samples whose outcomes follow the scores (Bröcker and Smith 2007).

    Args:
        cases: The rows.
        made: Their groups.
        replicates: Samples drawn.
        seed: Of the draws.

    Returns:
        Shape (replicates,).
    """
    import numpy as np

    of_row, group = slices(cases, made)
    people = np.bincount(of_row, weights=cases.count)
    total = np.bincount(of_row, weights=cases.count * cases.score)
    held = people > 0
    n, group = people[held].astype(int), group[held]
    mean = np.clip(total[held] / n, 0, 1)
    into = np.zeros((len(n), len(made.people)))
    into[np.arange(len(n)), group] = 1
    generator, found = np.random.default_rng(seed), []
    size = max(1, BATCH // len(n))
    for start in range(0, replicates, size):
        shape = (min(size, replicates - start), len(n))
        apart = (generator.binomial(n, mean, size=shape) - n * mean) @ into
        found.append(np.abs(apart).sum(axis=1) / cases.total)
    return np.concatenate(found)
