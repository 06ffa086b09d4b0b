"""2x2 tables by subgroup, and their bootstrap: counts are resampled, never rows.

Drawing all people again with replacement is one multinomial draw over the cells of subgroup x label
x call, which is the row bootstrap's own distribution. Where a patient has several cases the patient
is drawn with his or her whole vector of counts (Field and Welsh, J R Stat Soc B 2007; 69: 369-390);
patients with equal vectors are one cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from validation.cases import Cases
    from validation.fairness.groups import Grouping

METHOD, CLUSTERED = "bootstrap-percentile", "bootstrap-percentile-clustered"
HELD = 300_000  # numbers held at a time: what a processor keeps at hand
CELLS = 4  # tp, fp, fn, tn


def _over(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(top / bottom)


def _mean_of_rates(t: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray((RATES["sensitivity"](t) + RATES["specificity"](t)) / 2)


RATES: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # of tp, fp, fn, tn on the last axis
    "sensitivity": lambda t: _over(t[..., 0], t[..., 0] + t[..., 2]),
    "specificity": lambda t: _over(t[..., 3], t[..., 3] + t[..., 1]),
    "ppv": lambda t: _over(t[..., 0], t[..., 0] + t[..., 1]),
    "npv": lambda t: _over(t[..., 3], t[..., 3] + t[..., 2]),
    "accuracy": lambda t: _over(t[..., 0] + t[..., 3], t.sum(axis=-1)),
    "balanced-accuracy": _mean_of_rates,
    "f1": lambda t: _over(2 * t[..., 0], 2 * t[..., 0] + t[..., 1] + t[..., 2]),
    "false-positive-rate": lambda t: _over(t[..., 1], t[..., 3] + t[..., 1]),
    "selection-rate": lambda t: _over(t[..., 0] + t[..., 1], t.sum(axis=-1)),
    "prevalence": lambda t: _over(t[..., 0] + t[..., 2], t.sum(axis=-1)),
}
PARTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {  # events and denominator, by cell
    "sensitivity": ((0,), (0, 2)),
    "specificity": ((3,), (3, 1)),
    "ppv": ((0,), (0, 1)),
    "npv": ((3,), (3, 2)),
    "accuracy": ((0, 3), (0, 1, 2, 3)),
    "false-positive-rate": ((1,), (1, 3)),
    "selection-rate": ((0, 1), (0, 1, 2, 3)),
    "prevalence": ((0, 2), (0, 1, 2, 3)),
}


def fractions(table: np.ndarray, name: str) -> np.ndarray | None:
    """Events and denominator of a rate in each subgroup, shape (groups, 2); None for no proportion.

    Args:
        table: tp, fp, fn, tn of each subgroup.
        name: Of the rate.
    """
    import numpy as np

    if name not in PARTS:
        return None
    events, n = PARTS[name]
    return np.column_stack([table[:, list(events)].sum(axis=1), table[:, list(n)].sum(axis=1)])


SHRINKING = ("false-positive-rate",)  # the smaller the better


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Tables of each subgroup, as counted and as drawn again.

    Attributes:
        table: tp, fp, fn, tn, shape (groups, 4).
        drawn: The same in each replicate, shape (replicates, groups, 4).
        method: `METHOD` or `CLUSTERED`.
    """

    table: np.ndarray
    drawn: np.ndarray
    method: str


def cell(cases: Cases, grouping: Grouping, threshold: float) -> np.ndarray:
    """The cell of each row among groups x 4; a score at or above the threshold is a call."""
    import numpy as np

    called, true = cases.score >= threshold, cases.label == 1
    place = np.where(called, np.where(true, 0, 1), np.where(true, 2, 3))
    return np.asarray(grouping.codes * CELLS + place)


def tabulate(cases: Cases, grouping: Grouping, threshold: float) -> np.ndarray:
    """Counts of tp, fp, fn, tn, int, shape (groups, 4)."""
    import numpy as np

    size = len(grouping) * CELLS
    flat = np.bincount(cell(cases, grouping, threshold), weights=cases.count, minlength=size)
    return flat.reshape(-1, CELLS).astype(int)


def resample(table: np.ndarray, *, replicates: int, seed: int) -> Resampled:
    """Draw as many people again over all cells.

    Args:
        table: Shape (groups, 4).
        replicates: How often.
        seed: Of the draws.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    flat = table.reshape(-1)
    drawn = rng.multinomial(flat.sum(), flat / flat.sum(), size=replicates)
    return Resampled(table=table, drawn=drawn.reshape(replicates, -1, CELLS), method=METHOD)


def resample_patients(
    cases: Cases,
    grouping: Grouping,
    threshold: float,
    patient: np.ndarray,
    *,
    replicates: int,
    seed: int,
) -> Resampled:
    """Draw as many patients again, each with his or her counts over all cells.

    Args:
        cases: One entry a row.
        grouping: The subgroups of the rows.
        threshold: The operating point.
        patient: 0 to patients − 1, one a row.
        replicates: How often.
        seed: Of the draws.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    size = len(grouping) * CELLS
    place = cell(cases, grouping, threshold)
    vectors = csr_matrix(
        (cases.count, (patient, place)), shape=(patient.max() + 1, size), dtype=np.int32
    )
    kinds, people = np.unique(vectors.toarray(), axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    parts = [draw(people, number, rng) @ kinds for number in chunks(replicates, len(people))]
    drawn = np.concatenate(parts).reshape(replicates, -1, CELLS)
    table = vectors.sum(axis=0).A1.reshape(-1, CELLS).astype(int)
    return Resampled(table=table, drawn=drawn, method=CLUSTERED)


def chunks(replicates: int, width: int) -> Iterator[int]:
    """How many replicates to hold at a time."""
    most = max(1, HELD // max(1, width))
    while replicates > 0:
        yield min(most, replicates)
        replicates -= most


def draw(people: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Draw as many people again, `number` times; int, shape (number, cells).

    A multinomial draw costs one binomial a cell; where there are about as many cells as people it
    is cheaper to draw the people.
    """
    import numpy as np

    total = int(people.sum())
    if total > 8 * len(people):
        return np.asarray(rng.multinomial(total, people / total, size=number))
    owner = np.repeat(np.arange(len(people)), people)
    found = np.empty((number, len(people)), dtype=np.int64)
    for row in found:
        row[:] = np.bincount(owner[rng.integers(0, total, total)], minlength=len(people))
    return found
