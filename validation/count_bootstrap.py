"""Resampling of counts, not rows: the bootstrap's distribution, thousands of times faster.

What is resampled is a *unit* (a case, or a patient with all of its cases), and a unit is the vector
of counts that it adds to the cells of a table. Units with the same vector are interchangeable, so
that one multinomial draw over the distinct vectors is one bootstrap sample (Efron and Tibshirani,
An Introduction to the Bootstrap, 1993; of whole clusters: Field and Welsh, J R Stat Soc B 2007;
69: 369-390).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import ArrayLike

SEED = 20240101
REPLICATES = 2000
BATCH = 4_000_000  # numbers held at a time
WORK = 100_000_000  # numbers drawn at most, some seconds; beyond it see `spans`
STEP = 1e-4  # of a cell, for slopes
TOLERATED = 0.05  # share of replicates that may be left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How often and from which seed.

    Attributes:
        times: Number of replicates.
        seed: Of the generator.
    """

    times: int = REPLICATES
    seed: int = SEED

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ValueError(f"{self.times} replicates were asked for; at least 1 is needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Distinct count vectors, and how many units have each.

    Attributes:
        vectors: Shape (distinct, cells).
        number: Units with each vector, shape (distinct,).
    """

    vectors: np.ndarray
    number: np.ndarray

    def draws(self, resampling: Resampling) -> Iterator[np.ndarray]:
        """Batches of resampled unit numbers, each of shape (batch, distinct)."""
        import numpy as np

        total = int(self.number.sum())
        share = self.number / total
        generator = np.random.default_rng(resampling.seed)
        size = max(1, BATCH // max(1, len(share)))
        for start in range(0, resampling.times, size):
            yield generator.multinomial(total, share, size=min(size, resampling.times - start))

    def tables(self, resampling: Resampling) -> Iterator[np.ndarray]:
        """Batches of resampled tables, each of shape (batch, cells)."""
        for drawn in self.draws(resampling):
            yield drawn @ self.vectors


def cell_units(table: ArrayLike) -> Units:
    """Every person a unit that falls into one cell of a table.

    Args:
        table: People a cell, shape (cells,) or flattened to it.
    """
    import numpy as np

    flat = np.asarray(table).ravel()
    held = np.flatnonzero(flat)
    return Units(vectors=np.eye(len(flat), dtype=float)[held], number=flat[held].astype(int))


def vector_units(vectors: np.ndarray, number: np.ndarray | None = None) -> Units:
    """Units given by their vectors, equal ones merged.

    Args:
        vectors: Shape (units, cells).
        number: How many units a row stands for; one each when None.
    """
    import numpy as np

    weights = np.ones(len(vectors), dtype=int) if number is None else number
    distinct, place = np.unique(vectors, axis=0, return_inverse=True)
    merged = np.bincount(place.ravel(), weights=weights, minlength=len(distinct))
    held = merged > 0
    return Units(vectors=distinct[held], number=merged[held].astype(int))


def cluster_units(
    cell: np.ndarray, cells: int, count: np.ndarray, cluster: np.ndarray | None
) -> Units:
    """Units from rows that each fall into one cell.

    Args:
        cell: Index of each row's cell, shape (rows,).
        cells: Number of cells.
        count: People (or cases) a row.
        cluster: Code of each row's patient, 0 to patients - 1; every case a unit when None.
    """
    import numpy as np
    from scipy.sparse import coo_array

    if cluster is None:
        return cell_units(np.bincount(cell, weights=count, minlength=cells))
    shape = (int(cluster.max()) + 1, cells)
    dense = coo_array((count, (cluster, cell)), shape=shape).toarray()
    return vector_units(dense[dense.any(axis=1)])


def cluster_codes(cluster: ArrayLike | None, rows: int) -> np.ndarray | None:
    """The patients of the rows as whole numbers from 0.

    Raises:
        ValueError: Another length than the rows, or patients that are missing.
    """
    import numpy as np

    if cluster is None:
        return None
    given = np.asarray(cluster)
    if len(given) != rows:
        raise ValueError(f"lengths differ: {rows} rows, {len(given)} clusters")
    if given.dtype == object:
        missing = sum(1 for value in given if value is None or value != value)  # noqa: PLR0124 - NaN
        if missing:
            raise ValueError(f"{missing} clusters are missing")
        given = given.astype(str)
    return np.asarray(np.unique(given, return_inverse=True)[1]).ravel()


def replicate(
    units: Units,
    statistics: Callable[[np.ndarray], np.ndarray],
    resampling: Resampling,
) -> np.ndarray:
    """The statistics of every replicate's table.

    Args:
        units: What is resampled.
        statistics: From tables of shape (batch, cells) to (batch, statistics); NaN where a
            statistic cannot be computed.
        resampling: How often and from which seed.

    Returns:
        Shape (times, statistics).
    """
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([statistics(tables) for tables in units.tables(resampling)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An interval and how it was made.

    Attributes:
        low: Lower bound; None when there is none.
        high: Upper bound.
        method: Its name.
        reason: Why there is no interval, or how many replicates could not be computed.
    """

    low: float | None
    high: float | None
    method: str
    reason: str = ""


def spans(
    units: Units,
    statistics: Callable[[np.ndarray], np.ndarray],
    resampling: Resampling,
    confidence: float,
    *,
    clustered: bool,
) -> list[Span]:
    """The interval of each statistic of a table: percentiles of replicates.

    With so many distinct units that the draws would take minutes (`WORK`), there are so many units
    that the statistic is linear in them: then the interval is the normal one from influences.

    Args:
        units: What is resampled.
        statistics: From tables of shape (batch, cells) to (batch, statistics); ratios, which do
            not change when a table is multiplied; NaN where one cannot be computed.
        resampling: How often and from which seed.
        confidence: Of the intervals.
        clustered: Whether units are patients.
    """
    suffix = "-clustered" if clustered else ""
    if len(units.number) * resampling.times <= WORK:
        name = f"bootstrap-percentile{suffix}"
        columns = replicate(units, statistics, resampling).T
        return [percentile(column, confidence, method=name) for column in columns]
    from validation.intervals import quantile

    values, errors = linearised(units, statistics)
    half = quantile(confidence) * errors
    return [
        Span(
            low=float(value - width),
            high=float(value + width),
            method="influence-function" + suffix,
        )
        for value, width in zip(values, half, strict=True)
    ]


def linearised(
    units: Units, statistics: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Statistics of the whole table, and their standard errors from the units' influences.

    The influence of a unit is the statistic's slope (by central differences) along its vector.

    Args:
        units: What varies.
        statistics: As for `spans`.

    Returns:
        Values and standard errors, each of shape (statistics,).
    """
    import numpy as np

    table = units.number @ units.vectors
    step = np.diag(np.maximum(table, 1.0) * STEP)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = statistics(table[None])[0]
        rise = statistics(table + step) - statistics(table - step)
    slope = rise / (2 * np.diag(step))[:, None]
    influence = units.vectors @ slope
    total = units.number.sum()
    mean = units.number @ influence / total
    squares = units.number @ (influence - mean) ** 2
    return values, np.sqrt(total / (total - 1) * squares)


def percentile(
    values: np.ndarray, confidence: float, *, method: str = "bootstrap-percentile"
) -> Span:
    """The percentile interval of the replicates that could be computed.

    In some resampled tables a class is empty. Up to `TOLERATED` of the replicates may be left out
    so, and the reason counts them; with more there is no interval. Nor is there one when all
    replicates are equal, as when every case is right: resampling cannot show the uncertainty then.

    Args:
        values: One a replicate, NaN where it could not be computed.
        confidence: Of the interval.
        method: The interval's name.
    """
    import numpy as np

    known = values[np.isfinite(values)]
    lost = len(values) - len(known)
    words = f"{lost:,} of {len(values):,} replicates could not be computed" if lost else ""
    if lost > TOLERATED * len(values):
        return Span(low=None, high=None, method=method, reason=f"no interval: {words}")
    if len(known) > 1 and np.ptp(known) == 0:
        return Span(low=None, high=None, method=method, reason="no interval: all replicates equal")
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Span(low=float(low), high=float(high), method=method, reason=words)


def method_name(cluster: object | None) -> str:
    """The interval's name: of cases, or of patients with all of their cases."""
    return "bootstrap-percentile" if cluster is None else "bootstrap-percentile-clustered"
