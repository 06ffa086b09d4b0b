"""Each column's own distribution, synthetic against real.

Numbers: 1 less the Kolmogorov-Smirnov statistic, and the Wasserstein distance in real standard
deviations; categories: 1 less the total variation distance. Both: coverage, and shares of blanks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.synthetic import similarity
from validation.synthetic.scores import score

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Estimate
    from validation.synthetic.cells import Cells

REFERENCES = {
    "wasserstein": "Kantorovich LV, Rubinstein GS. Vestnik Leningr Univ 1958; 13: 52-59 (first "
    "Wasserstein distance between the samples), over the real standard deviation.",
    "mean-of-columns": "The plain mean over the columns, ks-complement of numbers and "
    "tv-complement of categories (SDMetrics calls it Column Shapes).",
}
TWO = 2


def marginals(real: Cells, synthetic: Cells) -> list[Estimate]:
    """Every column's scores, and ``marginal-similarity``, their mean over the columns."""
    frames = real.frame(), synthetic.frame()
    found, shapes = [], []
    for column in real.coding.columns:
        number = column in real.coding.numbers
        pair = frames[0][column], frames[1][column]
        each = _column(column, *pair, number=number)
        shapes.append(each[0].value)
        found += each
    return [mean_of("marginal-similarity", shapes, len(synthetic)), *found]


def similarity_of(real: Cells, other: Cells, endpoint: str) -> Estimate:
    """The mean over the columns alone, such as of a holdout or of a subgroup."""
    frames = real.frame(), other.frame()
    shapes = [
        (similarity.of_numbers if name in real.coding.numbers else similarity.of_categories)(
            frames[0][name], frames[1][name]
        )
        for name in real.coding.columns
    ]
    return mean_of(endpoint, shapes, len(other))


def mean_of(
    endpoint: str, values: list[float | None], n: int, method: str = "mean-of-columns"
) -> Estimate:
    """The mean of the values that are defined."""
    known = [value for value in values if value is not None]
    return score(endpoint, sum(known) / len(known) if known else None, n=n, method=method)


def _column(
    name: str, real: pd.Series[Any], synthetic: pd.Series[Any], *, number: bool
) -> list[Estimate]:
    where, n = f"column={name}", int(synthetic.notna().sum())
    kind = "ks-complement" if number else "tv-complement"
    compute = similarity.of_numbers if number else similarity.of_categories
    found = [score(kind, compute(real, synthetic), n=n, method=f"sdmetrics-{kind}", subgroup=where)]
    if number:
        found.append(
            score(
                "wasserstein",
                wasserstein(real, synthetic),
                n=n,
                method="wasserstein",
                subgroup=where,
                unit="real standard deviations",
            )
        )
    cover = "range-coverage" if number else "category-coverage"
    value = similarity.coverage(real, synthetic, number=number)
    found.append(score(cover, value, n=n, method=f"sdmetrics-{cover}", subgroup=where))
    if real.isna().any() or synthetic.isna().any():
        blanks = "missing-value-similarity"
        value = similarity.of_blanks(real, synthetic)
        method = f"sdmetrics-{blanks}"
        found.append(score(blanks, value, n=len(synthetic), method=method, subgroup=where))
    return found


def wasserstein(real: pd.Series[float], synthetic: pd.Series[float]) -> float | None:
    """The first Wasserstein distance over the real standard deviation; None for constants."""
    from scipy.stats import wasserstein_distance

    a, b = real.dropna(), synthetic.dropna()
    spread = float(a.std()) if len(a) >= TWO else 0.0
    if not len(b) or not spread > 0:
        return None
    return float(wasserstein_distance(a, b)) / spread
