"""Bootstraps that resample counts, never rows: the same distribution, much faster.

People of one kind are alike, so that drawing n people again is one multinomial draw over the cells
of a table. Where a patient has several cases the patient is drawn, with the whole vector of counts
that he or she contributes (Field CA, Welsh AH. J R Stat Soc B 2007; 69: 369-390).

Intervals are percentiles of the replicates (Efron B, Tibshirani R. An Introduction to the
Bootstrap, 1993, ch. 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np

    from validation.cases import Cases

    Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]

CHUNK = 4_000_000  # cells held at a time
LEVELS = 20_000  # most score levels that replicates are made on as they are
MERGED = 2_000  # levels that more are merged into
TOLERATED = 0.05  # share of replicates that may be undefined
_EFRON = "Efron B, Tibshirani R. An Introduction to the Bootstrap. Chapman & Hall 1993, ch. 13"
REFERENCES = {
    "bootstrap-percentile": f"{_EFRON}; multinomial over the cells.",
    "bootstrap-percentile-stratified": f"{_EFRON}; within positives and within negatives, as "
    "Robin X et al. BMC Bioinformatics 2011; 12: 77 (pROC).",
    "bootstrap-percentile-clustered": f"{_EFRON}; patients drawn with all their cases: Field CA, "
    "Welsh AH. J R Stat Soc B 2007; 69: 369-390.",
    "bootstrap-expanded-percentile-clustered": "Patients drawn with all their cases (Field CA, "
    "Welsh AH. J R Stat Soc B 2007; 69: 369-390); percentiles expanded for few patients: "
    "Hesterberg TC. Am Stat 2015; 69: 371-386, section 4.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Positives and negatives at each distinct score, from the highest score down.

    Attributes:
        hit: Positives, float, shape (levels,).
        miss: Negatives, float, shape (levels,).
        place: The level of each row, shape (rows,).
    """

    hit: np.ndarray
    miss: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, cases: Cases) -> Levels:
        """Count by distinct score; O(n log n)."""
        import numpy as np

        values, place = np.unique(-cases.score, return_inverse=True)
        place, size = place.reshape(-1), len(values)
        return cls(
            hit=np.bincount(place, weights=cases.count * (cases.label == 1), minlength=size),
            miss=np.bincount(place, weights=cases.count * (cases.label == 0), minlength=size),
            place=place,
        )

    def thinned(self) -> Levels:
        """The same; more than `LEVELS` become about `MERGED`, evenly in both classes.

        A merged level holds at most some thousandth of a class. A straight line across it takes
        less than a hundredth from the standard error of a reading (the variance of a bridge between
        two points of the curve is a quarter of their distance), and makes replicates of a million
        scores affordable. Values are never made on it.
        """
        import numpy as np

        if len(self.hit) <= LEVELS:
            return self
        share = self.hit / self.hit.sum() + self.miss / self.miss.sum()
        before = np.cumsum(share) - share
        _, merged = np.unique((before * MERGED / 2).astype(int), return_inverse=True)
        return Levels(
            hit=np.bincount(merged, weights=self.hit),
            miss=np.bincount(merged, weights=self.miss),
            place=merged[self.place],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Percentiles of replicates, or why there are none."""

    low: float | None
    high: float | None
    reason: str = ""


def percentile(
    replicates: np.ndarray, confidence: float, *, patients: int | None = None
) -> Interval:
    """The central interval of the replicates that are defined.

    Some resampled tables have no value (an empty class). Up to `TOLERATED` of them are left out and
    counted in the reason; above that there is no interval.

    Args:
        replicates: NaN where undefined.
        confidence: Of the interval.
        patients: Widen the percentiles as for a mean over so many patients (Hesterberg 2015);
            plain percentiles when None.
    """
    import numpy as np

    if not len(replicates):
        return Interval(low=None, high=None, reason="no replicates were asked for")
    known = replicates[np.isfinite(replicates)]
    lost = len(replicates) - len(known)
    words = f"{lost:,} of {len(replicates):,} replicates are undefined" if lost else ""
    if lost > TOLERATED * len(replicates):
        return Interval(low=None, high=None, reason=f"no interval: {words}")
    tail = (1 - confidence) / 2 if patients is None else _expanded(confidence, patients)
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(low=float(low), high=float(high), reason=words)


def _expanded(confidence: float, patients: int) -> float:
    """Of each tail: what makes percentiles of a mean as wide as Student's t interval of it."""
    from scipy.stats import norm, t

    df = max(1, patients - 1)
    return float(norm.sf(((df + 1) / df) ** 0.5 * t.ppf(0.5 + confidence / 2, df)))


def draw(count: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Draw as many people as there are again, `number` times, over their cells.

    Args:
        count: People a cell, whole numbers, shape (cells,).
        number: How often.
        rng: The source of chance.

    Returns:
        Drawn people a cell, shape (number, cells).
    """
    import numpy as np

    found = np.zeros((number, len(count)))
    filled = np.flatnonzero(count)
    people = count[filled].astype(int)
    total = int(people.sum())
    if total > len(filled) * 8:  # few cells for many people: one binomial a cell
        found[:, filled] = rng.multinomial(total, people / total, size=number)
        return found
    owner = np.repeat(filled, people)  # about as many cells as people: draw the people
    for row in range(number):
        drawn = owner[rng.integers(0, total, total)]
        found[row] = np.bincount(drawn, minlength=len(count))
    return found


def _chunks(replicates: int, width: int) -> Iterator[int]:
    """How many replicates to hold at a time."""
    most = max(1, CHUNK // max(1, width))
    while replicates > 0:
        yield min(most, replicates)
        replicates -= most


def stratified(
    levels: Levels, statistics: Mapping[str, Statistic], *, replicates: int, seed: int
) -> dict[str, np.ndarray]:
    """Replicates of several statistics of a ROC curve, on the same draws within each class.

    Args:
        levels: Both classes must be there.
        statistics: Of `hit` and `miss`, vectorised over all axes before the last.
        replicates: How many.
        seed: Of the source of chance.

    Returns:
        Name to replicates, shape (replicates,).
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    return _gather(
        (
            (draw(levels.hit, size, rng), draw(levels.miss, size, rng))
            for size in _chunks(replicates, len(levels.hit))
        ),
        statistics,
    )


def joint(
    levels: Levels, statistics: Mapping[str, Statistic], *, replicates: int, seed: int
) -> dict[str, np.ndarray]:
    """As `stratified`, but over all people, so that the prevalence varies too."""
    import numpy as np

    rng = np.random.default_rng(seed)
    both = np.concatenate([levels.hit, levels.miss])
    drawn = (draw(both, size, rng) for size in _chunks(replicates, len(both)))
    return _gather((np.split(cells, 2, axis=1) for cells in drawn), statistics)


def patients(
    table: np.ndarray,
    statistics: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    *,
    replicates: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Replicates of functions of summed tables; patients are drawn with their tables.

    Patients with equal tables are one cell of a multinomial draw.

    Args:
        table: Counts of each patient, shape (patients, cells).
        statistics: Of summed cells, vectorised over all axes before the last.
        replicates: How many.
        seed: Of the source of chance.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    kinds, people = np.unique(table, axis=0, return_counts=True)
    sums = [draw(people, size, rng) @ kinds for size in _chunks(replicates, len(kinds))]
    cells = np.concatenate(sums) if sums else np.zeros((0, table.shape[1]))
    return {name: np.asarray(statistic(cells)) for name, statistic in statistics.items()}


def patients_on_levels(
    levels: Levels,
    cases: Cases,
    owner: np.ndarray,
    statistics: Mapping[str, Statistic],
    *,
    replicates: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """As `stratified`, but patients are drawn, each with all of his or her cases.

    Args:
        levels: Of the cases.
        cases: One entry a row.
        owner: The patient of each row, 0 to patients - 1.
        statistics: Of `hit` and `miss`.
        replicates: How many.
        seed: Of the source of chance.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    rng = np.random.default_rng(seed)
    shape = (len(levels.hit), int(owner.max()) + 1)
    hit, miss = (
        csr_matrix((cases.count * (cases.label == label), (levels.place, owner)), shape=shape)
        for label in (1, 0)
    )
    ones = np.ones(shape[1], dtype=int)
    drawn = (draw(ones, size, rng) for size in _chunks(replicates, max(shape)))
    return _gather(
        ((np.asarray((hit @ w.T).T), np.asarray((miss @ w.T).T)) for w in drawn), statistics
    )


def _gather(
    pairs: Iterator[tuple[np.ndarray, np.ndarray]] | Iterator[list[np.ndarray]],
    statistics: Mapping[str, Statistic],
) -> dict[str, np.ndarray]:
    import numpy as np

    found: dict[str, list[np.ndarray]] = {name: [] for name in statistics}
    for hit, miss in pairs:
        for name, statistic in statistics.items():
            found[name].append(statistic(hit, miss))
    return {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in found.items()}
