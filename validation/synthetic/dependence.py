"""Pairs of columns: whether what goes together in the real data does so in the synthetic data."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.synthetic import similarity
from validation.synthetic.marginals import mean_of
from validation.synthetic.scores import score

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Estimate
    from validation.synthetic.cells import Cells

REFERENCES = {
    "mean-of-pairs": "The plain mean over all pairs of columns where the score is defined "
    "(SDMetrics calls it Column Pair Trends).",
    "largest-difference": "The pair of columns with the lowest score, named; chosen after the "
    "fact, so without an interval.",
}
COEFFICIENTS = ("Pearson", "Spearman")
CHOSEN = "no interval: the pair was chosen because it is the worst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two columns.

    Attributes:
        names: Of the columns.
        value: Similarity, 0 to 1; None where it is not defined.
        difference: Synthetic coefficient less the real one; None for tables.
    """

    names: tuple[str, str]
    value: float | None
    difference: float | None = None

    @property
    def label(self) -> str:
        """As a subgroup is named."""
        return f"columns={self.names[0]} & {self.names[1]}"


def correlations(real: Cells, other: Cells, coefficient: str) -> list[Pair]:
    """All pairs of numbers.

    Args:
        real: The real rows.
        other: Synthetic rows, or a holdout's.
        coefficient: ``Pearson`` or ``Spearman``.
    """
    frames, found = (real.frame(), other.frame()), []
    for names in itertools.combinations(real.coding.numbers, 2):
        a, b = (frame[list(names)] for frame in frames)
        scores = similarity.correlation(a, b, coefficient)
        if scores is None:
            found.append(Pair(names=names, value=None))
        else:
            found.append(Pair(names=names, value=scores[0], difference=scores[2] - scores[1]))
    return found


def contingencies(real: Cells, other: Cells) -> list[Pair]:
    """All pairs with a category; numbers in ten bins of the real range, blanks a category."""
    frames = [_filled(cells) for cells in (real, other)]
    numbers = set(real.coding.numbers)
    found = []
    for names in itertools.combinations(real.coding.columns, 2):
        cut = [name for name in names if name in numbers]
        if len(cut) < len(names):
            a, b = (frame[list(names)] for frame in frames)
            found.append(Pair(names=names, value=similarity.contingency(a, b, cut)))
    return found


def _filled(cells: Cells) -> pd.DataFrame:
    frame = cells.frame()
    names = list(cells.coding.categories)
    return frame.assign(**{name: frame[name].fillna("(blank)") for name in names})


def dependence(real: Cells, synthetic: Cells, holdout: Cells | None) -> list[Estimate]:
    """Mean similarity over the pairs, that of a holdout beside it, and the worst pair by name."""
    found = []
    for coefficient in COEFFICIENTS:
        name = f"correlation-similarity-{coefficient.lower()}"
        pairs = correlations(real, synthetic, coefficient)
        base = correlations(real, holdout, coefficient) if holdout is not None else None
        found += _told(name, pairs, base, len(synthetic), "correlation-similarity")
    base = contingencies(real, holdout) if holdout is not None else None
    pairs = contingencies(real, synthetic)
    name = "contingency-similarity"
    return found + _told(name, pairs, base, len(synthetic), name)


def _told(
    name: str, pairs: list[Pair], baseline: list[Pair] | None, n: int, method: str
) -> list[Estimate]:
    if not pairs:
        return []
    found = [mean_of(name, [p.value for p in pairs], n, "mean-of-pairs")]
    if baseline is not None:
        held = mean_of(f"{name}-of-holdout", [p.value for p in baseline], n, "mean-of-pairs")
        found.append(held)
    known = [p for p in pairs if p.value is not None]
    if not known:
        return found
    worst = min(known, key=lambda p: (p.value or 0.0, p.names))
    found.append(
        score(
            f"{name}-lowest",
            worst.value,
            n=n,
            method=f"sdmetrics-{method}",
            subgroup=worst.label,
            reason=CHOSEN,
        )
    )
    if worst.difference is not None:
        found.append(
            score(
                f"correlation-difference-{name.rpartition('-')[2]}",
                worst.difference,
                n=n,
                method="largest-difference",
                subgroup=worst.label,
                unit="coefficient",
                reason=CHOSEN,
            )
        )
    return found
