"""Differences of each two subgroups as tests: how large, with which interval, how surprising.

Proportions of separate people: Newcombe's interval; Pearson's chi-square without correction, or
Fisher's exact test where an expected count is below 5. AUROC: DeLong, unpaired. Everything else,
and all of it when patients have several cases: the replicates' percentiles, and a Wald test with
their standard deviation.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

from validation.endpoints import difference
from validation.estimate import Estimate, Test, Warned
from validation.fairness.gaps import central
from validation.fairness.group_counts import PARTS
from validation.intervals import two_sided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from validation.fairness.gaps import Spread

REFERENCES = {
    "pearson-chi-square": "Pearson K. Philos Mag 1900; 50: 157-175 (no continuity correction).",
    "fisher-exact": "Fisher RA. J R Stat Soc 1922; 85: 87-94; two-sided by probability, as R.",
    "wald-bootstrap": "Efron B, Tibshirani R. An Introduction to the Bootstrap. 1993, ch. 12.",
}
LEAST_EXPECTED = 5


def by_counts(spread: Spread, table: np.ndarray, found: Mapping[str, Estimate]) -> list[Test]:
    """Each two subgroups' difference in a proportion of separate people.

    Args:
        spread: The endpoint, one of `group_counts.PARTS`.
        table: tp, fp, fn, tn of each subgroup, shape (groups, 4).
        found: Estimates of the endpoint by subgroup, with events and n.
    """
    top, bottom = (list(part) for part in PARTS[spread.endpoint])
    events, people = table[:, top].sum(axis=1), table[:, bottom].sum(axis=1)
    tests = []
    for a, b in _pairs(spread):
        gap = difference(found[spread.names[a]], found[spread.names[b]])
        pair = [a, b]
        name, statistic, p = independence(events[pair], people[pair] - events[pair])
        tests.append(_of(gap, name, statistic, p, 1.0 if statistic is not None else None))
    return tests


def independence(yes: np.ndarray, no: np.ndarray) -> tuple[str, float | None, float]:
    """Whether two groups have the same share.

    Args:
        yes: Events in each, int, shape (2,).
        no: The others.

    Returns:
        The test's name (Fisher's exact where an expected count is below 5), statistic and p.
    """
    import numpy as np
    from scipy.stats import chi2_contingency, fisher_exact

    table = np.array([yes, no])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() < LEAST_EXPECTED:
        return "fisher-exact", None, float(fisher_exact(table)[1])
    result = chi2_contingency(table, correction=False)
    return "pearson-chi-square", float(result.statistic), float(result.pvalue)


def by_delong(spread: Spread, found: Mapping[str, Estimate]) -> list[Test]:
    """Each two subgroups' difference in AUROC, separate people."""
    tests = []
    for a, b in _pairs(spread):
        gap = difference(found[spread.names[a]], found[spread.names[b]])
        z = None if not gap.error or gap.value is None else gap.value / gap.error
        tests.append(_of(gap, "delong-unpaired", z, gap.p, None))
    return tests


def by_replicates(spread: Spread) -> list[Test]:
    """Each two subgroups' difference, from the replicates."""
    import numpy as np

    tests = []
    for a, b in _pairs(spread):
        draws = spread.draws[:, a] - spread.draws[:, b]
        low, high, reason = central(draws, spread.confidence)
        value = float(spread.values[a] - spread.values[b])
        error = float(np.nanstd(draws, ddof=1)) if low is not None else None
        n, positives = (int(x) for x in spread.people[[a, b]].sum(axis=0))
        gap = Estimate(
            endpoint=f"{spread.endpoint}-difference",
            value=value,
            low=low,
            high=high,
            n=n,
            positives=positives,
            method=spread.method,
            confidence=spread.confidence,
            threshold=spread.threshold,
            subgroup=f"{spread.names[a]} − {spread.names[b]}",
            unit=spread.unit,
            reason=reason,
        )
        z = value / error if error else None
        tests.append(_of(gap, "wald-bootstrap", z, two_sided(value, error), None))
    return tests


def _pairs(spread: Spread) -> list[tuple[int, int]]:
    """Each two usable subgroups, the larger value first."""
    return [
        (i, j) if spread.values[i] >= spread.values[j] else (j, i)
        for i, j in itertools.combinations(spread.usable, 2)
    ]


def _of(
    gap: Estimate, name: str, statistic: float | None, p: float | None, df: float | None
) -> Test:
    details: dict[str, Any] = {} if gap.threshold is None else {"threshold": gap.threshold}
    return Test(
        test=name,
        endpoint=gap.endpoint,
        between=gap.subgroup,
        statistic=statistic,
        df=df,
        p=p,
        estimate=gap.value,
        low=gap.low,
        high=gap.high,
        method=gap.method,
        confidence=gap.confidence,
        n=gap.n,
        unit=gap.unit,
        reason=gap.reason if p is None else "",
        details=details,
    )


def with_holm(tests: Sequence[Test]) -> tuple[tuple[Test, ...], list[Warned]]:
    """Holm's p values in `details`, over all tests of a run, and how many they were."""
    from statsmodels.stats.multitest import multipletests

    known = [test.p for test in tests if test.p is not None]
    if len(known) < 2:  # noqa: PLR2004 - one comparison needs no adjustment
        return tuple(tests), []
    adjusted = iter(multipletests(known, method="holm")[1].tolist())
    message = (
        f"{len(known):,} comparisons between subgroups: at 0.05 each, about "
        f"{0.05 * len(known):.1f} would be below by chance alone. Holm's p values, which allow for "
        "all of them, are in details as p_holm"
    )
    return tuple(
        test
        if test.p is None
        else dataclasses.replace(
            test, details=test.details | {"p_holm": next(adjusted), "comparisons": len(known)}
        )
        for test in tests
    ), [Warned(code="multiplicity", message=message, count=len(known))]
