"""The endpoints of findings as functions of summed counts.

Positive means asserted, with ``uncertain`` of the vocabulary for what is left open
(`validation.clinical_findings.tallies`). One pair is one finding in one case.

====================  ========================================  =================================
endpoint              numerator                                 denominator
====================  ========================================  =================================
finding-precision     pairs positive in both                    pairs positive in the candidate
finding-recall        pairs positive in both                    pairs positive in the reference
finding-f1            2 x pairs positive in both                positive in the candidate + in the
                                                                reference
hallucination-rate    pairs positive in the candidate and not   pairs positive in the candidate
                      in the reference (not mentioned or
                      negated there): 1 - finding-precision
reports-with-         cases with at least one such pair         cases
hallucination
omission-rate         pairs positive in the reference and not   pairs positive in the reference
                      in the candidate: 1 - finding-recall
negation-flip-rate    pairs that one text asserts and the       pairs that both texts assert or
                      other denies, in words                    deny, in words
laterality-error-     pairs where the two sides named are not   pairs that both texts assert, each
rate                  the same (left, right, both)              naming a side
uncertain-rate        pairs that the candidate leaves open      pairs that the candidate mentions
====================  ========================================  =================================

The ``-macro`` endpoints are plain means over the findings whose denominator is not 0; the others
are of all pairs together (micro).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.clinical_findings.tallies import CASE, CELL, PER_FINDING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Ratio:
    """An endpoint as sums of counts: numerator over denominator.

    Attributes:
        over: Counts in the numerator, with their weights.
        under: Counts in the denominator, with their weights.
        none: Why there is no value when the denominator is 0.
    """

    over: dict[str, int]
    under: dict[str, int]
    none: str


_NOTHING = "the candidate asserts none of the findings"
_NO_TRUTH = "the reference asserts none of the findings"
RATIOS = {
    "finding-precision": Ratio({"both": 1}, {"both": 1, "candidate-only": 1}, _NOTHING),
    "finding-recall": Ratio({"both": 1}, {"both": 1, "reference-only": 1}, _NO_TRUTH),
    "finding-f1": Ratio(
        {"both": 2},
        {"both": 2, "candidate-only": 1, "reference-only": 1},
        "neither candidate nor reference asserts any of the findings",
    ),
    "hallucination-rate": Ratio({"candidate-only": 1}, {"both": 1, "candidate-only": 1}, _NOTHING),
    "omission-rate": Ratio({"reference-only": 1}, {"both": 1, "reference-only": 1}, _NO_TRUTH),
    "negation-flip-rate": Ratio(
        {"flips": 1},
        {"said-in-both": 1},
        "no finding is asserted or denied in both candidate and reference",
    ),
    "laterality-error-rate": Ratio(
        {"other-side": 1},
        {"sided-in-both": 1},
        "no finding is asserted with a side in both candidate and reference",
    ),
    "uncertain-rate": Ratio(
        {"left-open": 1}, {"mentioned": 1}, "the candidate mentions none of the findings"
    ),
}
MACRO = {f"{name}-macro": name for name in ("finding-precision", "finding-recall", "finding-f1")}
REPORTS = "reports-with-hallucination"
ENDPOINTS = (*RATIOS, REPORTS, *MACRO)
PAIRS = {"finding-f1": {"both": 1, "candidate-only": 1, "reference-only": 1}}  # its n


def weighed(cells: np.ndarray, weights: dict[str, int]) -> np.ndarray:
    """A weighted sum of counts.

    Args:
        cells: Shape (..., `PER_FINDING`).
        weights: By the counts' names.
    """
    import numpy as np

    total = sum(weight * cells[..., CELL[name]] for name, weight in weights.items())
    return np.asarray(total, dtype=float)


def by_finding(tables: np.ndarray) -> np.ndarray:
    """Tables of shape (batch, cells) as (batch, findings, `PER_FINDING`)."""
    cells = tables[:, : -len(CASE)]
    findings = cells.shape[1] // len(PER_FINDING)  # also of no table at all
    return cells.reshape(len(tables), findings, len(PER_FINDING))


def values(tables: np.ndarray, summary: np.ndarray) -> np.ndarray:
    """Every endpoint of all findings, then the ratios of each finding.

    Args:
        tables: Summed vectors of cases, shape (batch, cells).
        summary: Whether each finding is a summary, which the endpoints of all findings leave out.

    Returns:
        Shape (batch, `ENDPOINTS` + findings x `RATIOS`), NaN where a denominator is 0.
    """
    import numpy as np

    each = by_finding(tables)
    own = each[:, ~summary]
    with np.errstate(divide="ignore", invalid="ignore"):
        micro = [_ratio(own.sum(axis=1), ratio) for ratio in RATIOS.values()]
        reports = tables[:, -2] / tables[:, -1]
        macro = [_mean(_ratio(own, RATIOS[name])) for name in MACRO.values()]
        single = np.stack([_ratio(each, ratio) for ratio in RATIOS.values()], axis=-1)
    return np.column_stack([*micro, reports, *macro, single.reshape(len(tables), -1)])


def _ratio(cells: np.ndarray, ratio: Ratio) -> np.ndarray:
    import numpy as np

    return np.asarray(weighed(cells, ratio.over) / weighed(cells, ratio.under))


def _mean(rates: np.ndarray) -> np.ndarray:
    """The mean over findings that have a value; NaN without any. Shape (batch, findings)."""
    import numpy as np

    known = np.isfinite(rates)
    return np.asarray(np.where(known, rates, 0).sum(axis=1) / known.sum(axis=1))
