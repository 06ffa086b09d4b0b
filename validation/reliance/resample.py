"""Pooled shares and means over readers: intervals where cases vary, and where readers vary too.

``bootstrap-percentile-cases`` draws cases, each with all its readings: it speaks for these readers.
``bootstrap-percentile-readers-cases`` draws readers and cases, and a reading counts as often as its
reader times its case was drawn: it speaks for readers like these, and is on the wide side, since
what a reading has of its own is counted twice (Owen, Ann Appl Stat 2007; 1: 386-411). Both draw
counts, never rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.count_bootstrap import Span, percentile, replicate, vector_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from validation.count_bootstrap import Resampling

CASES = "bootstrap-percentile-cases"
CROSSED = "bootstrap-percentile-readers-cases"
REFERENCES = {
    CASES: "Efron B, Tibshirani R. An Introduction to the Bootstrap. 1993, ch. 13; cases drawn "
    "with all their readings: Field CA, Welsh AH. J R Stat Soc B 2007; 69: 369-390.",
    CROSSED: "Owen AB. The pigeonhole bootstrap. Ann Appl Stat 2007; 1: 386-411.",
}
BATCH = 4_000_000  # numbers held at a time


def over_cases(
    vectors: np.ndarray,
    case: np.ndarray,
    weights: np.ndarray,
    resampling: Resampling,
    confidence: float,
) -> list[Span]:
    """The interval of each ratio, cases drawn.

    Args:
        vectors: What each reading adds to the columns, shape (readings, columns).
        case: Of each reading, coded from 0.
        weights: Of each ratio: columns to numerator and denominator, shape (ratios, columns, 2).
        resampling: How often and from which seed.
        confidence: Of the intervals.
    """
    import numpy as np

    sums = np.zeros((int(case.max()) + 1, vectors.shape[1]))
    np.add.at(sums, case, vectors)
    drawn = replicate(vector_units(sums), lambda tables: _ratios(tables, weights), resampling)
    return [percentile(column, confidence, method=CASES) for column in drawn.T]


def over_both(
    vectors: np.ndarray,
    reader: np.ndarray,
    case: np.ndarray,
    weights: np.ndarray,
    resampling: Resampling,
    confidence: float,
) -> list[Span]:
    """The interval of each ratio, readers and cases drawn; arguments as of `over_cases`."""
    import numpy as np

    parts = [_ratios(tables, weights) for tables in _tables(vectors, reader, case, resampling)]
    return [percentile(column, confidence, method=CROSSED) for column in np.concatenate(parts).T]


def _tables(
    vectors: np.ndarray, reader: np.ndarray, case: np.ndarray, resampling: Resampling
) -> Iterator[np.ndarray]:
    """Batches of sums of readings, each as often as its reader times its case was drawn."""
    import numpy as np

    readers, cases = int(reader.max()) + 1, int(case.max()) + 1
    width = vectors.shape[1]
    cells = np.zeros((readers, cases, width))
    cells[reader, case] = vectors
    flat = cells.reshape(readers, cases * width)
    generator = np.random.default_rng(resampling.seed)
    size = max(1, BATCH // (cases * width))
    for start in range(0, resampling.times, size):
        number = min(size, resampling.times - start)
        who = generator.multinomial(readers, np.full(readers, 1 / readers), size=number)
        what = generator.multinomial(cases, np.full(cases, 1 / cases), size=number)
        summed = (who.astype(float) @ flat).reshape(number, cases, width)
        yield np.einsum("bc,bck->bk", what.astype(float), summed)


def _ratios(tables: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Numerator over denominator of each ratio, NaN over zero."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.einsum("bk,rkj->brj", tables, weights)
        return np.where(parts[..., 1] > 0, parts[..., 0] / parts[..., 1], np.nan)
