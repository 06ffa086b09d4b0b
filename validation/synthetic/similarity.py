"""The door to SDMetrics: similarity of columns and of pairs of columns, 0 to 1, 1 being equal.

A score that is not defined for the data (constant or empty columns) is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_SDMETRICS = "DataCebo, Inc. Synthetic Data Metrics (SDMetrics), docs.sdv.dev/sdmetrics"
REFERENCES = {
    "sdmetrics-ks-complement": f"1 less the Kolmogorov-Smirnov statistic. {_SDMETRICS}.",
    "sdmetrics-tv-complement": f"1 less the total variation distance. {_SDMETRICS}.",
    "sdmetrics-missing-value-similarity": f"1 less the difference in shares. {_SDMETRICS}.",
    "sdmetrics-range-coverage": f"Share of the real range that is covered. {_SDMETRICS}.",
    "sdmetrics-category-coverage": f"Share of the real categories that occur. {_SDMETRICS}.",
    "sdmetrics-correlation-similarity": f"1 less half the difference of the coefficients. "
    f"{_SDMETRICS}.",
    "sdmetrics-contingency-similarity": "1 less the total variation distance of both columns' "
    f"joint table, numbers in 10 bins of the real range. {_SDMETRICS}.",
}
TWO = 2  # distinct values that a coefficient needs
BINS = 10


def of_numbers(real: pd.Series[float], synthetic: pd.Series[float]) -> float | None:
    """``ks-complement``."""
    from sdmetrics.single_column import KSComplement

    if not real.notna().any() or not synthetic.notna().any():
        return None
    return _number(KSComplement.compute, real, synthetic)


def of_categories(real: pd.Series[str], synthetic: pd.Series[str]) -> float | None:
    """``tv-complement``."""
    from sdmetrics.single_column import TVComplement

    if not real.notna().any() or not synthetic.notna().any():
        return None
    return _number(TVComplement.compute, real, synthetic)


def of_blanks(real: pd.Series[Any], synthetic: pd.Series[Any]) -> float | None:
    """``missing-value-similarity``."""
    from sdmetrics.single_column import MissingValueSimilarity

    return _number(MissingValueSimilarity.compute, real, synthetic)


def coverage(real: pd.Series[Any], synthetic: pd.Series[Any], *, number: bool) -> float | None:
    """``range-coverage`` of a number, ``category-coverage`` of a category."""
    from sdmetrics.single_column import CategoryCoverage, RangeCoverage

    if not real.notna().any() or not synthetic.notna().any():
        return None
    return _number((RangeCoverage if number else CategoryCoverage).compute, real, synthetic)


def correlation(
    real: pd.DataFrame, synthetic: pd.DataFrame, coefficient: str
) -> tuple[float, float, float] | None:
    """Similarity of two numbers' coefficients, and the coefficients.

    Args:
        real: Two columns; rows with a blank are left aside.
        synthetic: The same.
        coefficient: ``Pearson`` or ``Spearman``.

    Returns:
        Similarity, coefficient of the real data, of the synthetic data.
    """
    from sdmetrics.column_pairs import CorrelationSimilarity

    pair = [frame.dropna() for frame in (real, synthetic)]
    if any((frame.nunique() < TWO).any() for frame in pair):
        return None
    found = CorrelationSimilarity.compute_breakdown(*pair, coefficient=coefficient)
    return float(found["score"]), float(found["real"]), float(found["synthetic"])


def contingency(real: pd.DataFrame, synthetic: pd.DataFrame, numbers: list[str]) -> float | None:
    """``contingency-similarity`` of two columns; blanks are a category.

    Args:
        real: Two columns.
        synthetic: The same.
        numbers: Which of them are numbers: cut into `BINS` bins of the real range.
    """
    import warnings

    from sdmetrics.column_pairs import ContingencySimilarity

    if any(not frame[name].notna().any() for name in numbers for frame in (real, synthetic)):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of chained assignment inside the library
        return _number(
            ContingencySimilarity.compute,
            real.copy(),
            synthetic.copy(),
            continuous_column_names=numbers or None,
            num_discrete_bins=BINS,
        )


def _number(compute: Callable[..., Any], *columns: Any, **how: Any) -> float | None:
    value = float(compute(*columns, **how))
    return value if value == value else None  # noqa: PLR0124 - NaN
