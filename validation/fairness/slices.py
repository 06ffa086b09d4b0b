"""Where the model errs: the slices of one or two attributes that are worse than the rest.

Each slice's endpoint is compared with that of all other cases (Fisher's exact test or Pearson's
chi-square; DeLong, unpaired, for AUROC), and the p values of all slices that were tried are
adjusted: Benjamini and Hochberg 1995 (false discovery rate) or Holm 1979. Shown are those that are
worse, whose interval excludes the overall value, and whose adjusted p is at most `alpha`. Only
counts leave this module; a slice below the minimum is not shown.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.cases import Cases
from validation.endpoints import auroc, difference, proportion
from validation.estimate import Estimate, Result, Test, Warned
from validation.fairness.group_counts import PARTS, tabulate
from validation.fairness.group_tests import independence
from validation.fairness.groups import Grouping, cross

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import ArrayLike

REFERENCES = {
    "benjamini-hochberg": "Benjamini Y, Hochberg Y. J R Stat Soc B 1995; 57: 289-300.",
    "holm": "Holm S. Scand J Stat 1979; 6: 65-70.",
}
ADJUSTMENTS = {"benjamini-hochberg": "fdr_bh", "holm": "holm"}  # our name to statsmodels'
EVENTS = {"error-rate": ((1, 2), (0, 1, 2, 3)), **PARTS}  # of tp, fp, fn, tn
ENDPOINTS = ("auroc", *EVENTS)
LARGER_IS_WORSE = ("error-rate", "false-positive-rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One slice and how it compares.

    Attributes:
        estimate: The endpoint within it; its subgroup is the slice's name.
        overall: The endpoint over all cases.
        rest: The endpoint outside of it.
        test: The test's name.
        p: Of the slice against the rest, two-sided.
        p_adjusted: For all slices that were tried.
        cases: How many the slice has.
    """

    estimate: Estimate
    overall: float
    rest: float
    test: str
    p: float
    p_adjusted: float
    cases: int

    def against_rest(self, adjustment: str) -> Test:
        """The comparison with all other cases."""
        return Test(
            test=self.test,
            endpoint=f"{self.estimate.endpoint}-difference",
            between=f"{self.estimate.subgroup} − rest",
            statistic=None,
            p=self.p,
            estimate=(self.estimate.value or 0.0) - self.rest,
            method=adjustment,
            n=self.cases,
            unit=self.estimate.unit,
            details={"p_adjusted": self.p_adjusted, "rest": self.rest},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The slices found, and what was looked at.

    Attributes:
        slices: Worst first.
        tried: How many slices were tested.
        small: How many were below the minimum.
        adjustment: ``benjamini-hochberg`` or ``holm``.
        overall: The endpoint over all cases.
    """

    slices: tuple[Slice, ...]
    tried: int
    small: int
    adjustment: str
    overall: Estimate

    def result(self) -> Result:
        """As the calculator gives it: slices, their tests against the rest, what was tried."""
        message = (
            f"{self.tried:,} slices were compared with the rest ({self.small:,} more were too "
            f"small); p values are adjusted by {self.adjustment}, in details as p_adjusted"
        )
        return Result(
            estimates=(self.overall, *(each.estimate for each in self.slices)),
            tests=tuple(each.against_rest(self.adjustment) for each in self.slices),
            warnings=(Warned(code="multiplicity", message=message, count=self.tried),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How slices are looked for.

    Attributes:
        endpoint: One of `ENDPOINTS`.
        threshold: The operating point; not used for ``auroc``.
        minimum: Cases in the endpoint's denominator that a slice needs (for AUROC of each class).
        alpha: The most that an adjusted p value may be.
        adjustment: ``benjamini-hochberg`` or ``holm``.
        confidence: Of the intervals.
        depth: 1 for single attributes, 2 for pairs as well.
    """

    endpoint: str = "error-rate"
    threshold: float = 0.5
    minimum: int = 30
    alpha: float = 0.05
    adjustment: str = "benjamini-hochberg"
    confidence: float = 0.95
    depth: int = 2


def worst_slices(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    groupings: Sequence[Grouping],
    search: Search | None = None,
) -> Worst:
    """Find the slices that are worse than the rest.

    Args:
        label: 1 or 0, one a row.
        score: Higher means more likely positive.
        count: People a row.
        groupings: Attributes, cut where they are continuous (`groups.cut`).
        search: What is looked for.

    Raises:
        ValueError: Data that do not fit, an unknown endpoint or adjustment.
    """
    from statsmodels.stats.multitest import multipletests

    how = search or Search()
    if how.endpoint not in ENDPOINTS or how.adjustment not in ADJUSTMENTS:
        raise ValueError(
            f"'{how.endpoint}' is none of {', '.join(ENDPOINTS)}, or '{how.adjustment}' none of "
            f"{', '.join(ADJUSTMENTS)}"
        )
    cases = Cases.of(label, score, count)
    looked = _by_auroc if how.endpoint == "auroc" else _by_counts
    overall, found, small = looked(cases, groupings, how)
    if not found or overall.value is None:
        return Worst(slices=(), tried=0, small=small, adjustment=how.adjustment, overall=overall)
    adjusted = multipletests([s.p for s in found], method=ADJUSTMENTS[how.adjustment])[1]
    import dataclasses

    pairs = zip(found, adjusted.tolist(), strict=True)
    named = [dataclasses.replace(s, p_adjusted=p) for s, p in pairs]
    kept = [s for s in named if s.p_adjusted <= how.alpha and _worse(s, how)]
    sign = -1 if how.endpoint in LARGER_IS_WORSE else 1
    kept.sort(key=lambda s: (sign * (s.estimate.value or 0), s.estimate.subgroup))
    return Worst(
        slices=tuple(kept),
        tried=len(found),
        small=small,
        adjustment=how.adjustment,
        overall=overall,
    )


def _worse(found: Slice, how: Search) -> bool:
    """Whether the interval lies wholly on the worse side of the overall value."""
    low, high = found.estimate.low, found.estimate.high
    if low is None or high is None:
        return False
    return low > found.overall if how.endpoint in LARGER_IS_WORSE else high < found.overall


def _slices(groupings: Sequence[Grouping], depth: int) -> Iterator[Grouping]:
    yield from groupings
    if depth > 1:
        for a, b in itertools.combinations(groupings, 2):
            yield cross(a, b)


def _by_counts(
    cases: Cases, groupings: Sequence[Grouping], how: Search
) -> tuple[Estimate, list[Slice], int]:
    """Slices by a proportion of the 2x2 table: overall, tested slices, how many are too small."""
    import numpy as np

    top, bottom = EVENTS[how.endpoint]
    one = Grouping(attribute="", names=("overall",), codes=np.zeros(len(cases.label), dtype=int))
    whole = tabulate(cases, one, how.threshold)[0]
    overall = _share(whole, how, "overall")
    found, small = [], 0
    for grouping in _slices(groupings, how.depth):
        for name, inside in zip(
            grouping.names, tabulate(cases, grouping, how.threshold), strict=True
        ):
            outside = whole - inside
            rest = _share(outside, how, "rest")
            if inside[list(bottom)].sum() < how.minimum:
                small += 1
            elif rest.value is not None and overall.value is not None:
                tables = (inside, outside)
                yes = np.array([t[list(top)].sum() for t in tables])
                no = np.array([t[list(bottom)].sum() for t in tables]) - yes
                test, _, p = independence(yes, no)
                each = _share(inside, how, name)
                found.append(_slice(each, overall.value, rest.value, test, p, inside.sum()))
    return overall, found, small


def _share(table: np.ndarray, how: Search, name: str) -> Estimate:
    import dataclasses

    top, bottom = EVENTS[how.endpoint]
    made = proportion(
        how.endpoint,
        int(table[list(top)].sum()),
        int(table[list(bottom)].sum()),
        positives=int(table[[0, 2]].sum()),
        confidence=how.confidence,
        threshold=how.threshold,
    )
    return dataclasses.replace(made, subgroup=name)


def _by_auroc(
    cases: Cases, groupings: Sequence[Grouping], how: Search
) -> tuple[Estimate, list[Slice], int]:
    """Slices by AUROC; both classes must have the minimum."""
    import numpy as np

    overall = _auroc(cases, np.ones(len(cases.label), dtype=bool), how, "overall")
    found, small = [], 0
    for grouping in _slices(groupings, how.depth):
        for code, name in enumerate(grouping.names):
            rows = grouping.codes == code
            each, rest = _auroc(cases, rows, how, name), _auroc(cases, ~rows, how, "rest")
            gap = difference(each, rest)
            if min(each.positives, each.n - each.positives) < how.minimum:
                small += 1
            elif gap.p is not None and overall.value is not None and rest.value is not None:
                args = (each, overall.value, rest.value, "delong-unpaired", gap.p, each.n)
                found.append(_slice(*args))
    return overall, found, small


def _auroc(cases: Cases, rows: np.ndarray, how: Search, name: str) -> Estimate:
    import dataclasses

    made = auroc(cases.label[rows], cases.score[rows], cases.count[rows], confidence=how.confidence)
    return dataclasses.replace(made, subgroup=name)


def _slice(
    estimate: Estimate, overall: float, rest: float, test: str, p: float, cases: int
) -> Slice:
    return Slice(
        estimate=estimate,
        overall=overall,
        rest=rest,
        test=test,
        p=p,
        p_adjusted=p,
        cases=int(cases),
    )
