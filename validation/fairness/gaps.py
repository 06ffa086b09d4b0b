"""Gaps between subgroups from replicates: each two, each to overall, the worst, the widest.

Intervals are percentiles of the replicates, and Newcombe's for a proportion in a subgroup less that
in all. The widest gap (largest minus smallest) is never
negative, so its lower bound is above zero even where all subgroups are alike: hold its upper bound
against a margin. A subgroup that is too small takes no part, and is named where it is left out.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np

PART = "newcombe-part-of-whole"
REFERENCES = {
    PART: "Newcombe RG. Stat Med 1998; 17: 873-890 (method 10, hybrid score), of subgroup minus "
    "rest, times the share of the rest."
}
TOLERATED = 0.05  # share of replicates that may be without a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """An endpoint in every subgroup of an attribute, with its replicates.

    Attributes:
        endpoint: Its name.
        attribute: Whose subgroups they are.
        names: Of the subgroups.
        values: Shape (groups + 1,); the last is overall; NaN without a value.
        draws: Shape (replicates, groups + 1).
        people: Cases and positives of each subgroup, int, shape (groups, 2).
        kept: Whether a subgroup is large enough, shape (groups,).
        method: How the replicates were drawn.
        confidence: Of the intervals.
        threshold: The operating point, where it applies.
        unit: Of the endpoint.
        smaller_is_better: Such as for the false positive rate.
        counts: Events and denominator of each subgroup, shape (groups, 2), of a proportion of
            separate people; None for all else.
    """

    endpoint: str
    attribute: str
    names: tuple[str, ...]
    values: np.ndarray
    draws: np.ndarray
    people: np.ndarray
    kept: np.ndarray
    method: str
    confidence: float
    threshold: float | None = None
    unit: str = "proportion"
    smaller_is_better: bool = False
    counts: np.ndarray | None = None

    @property
    def usable(self) -> list[int]:
        """Subgroups that are large enough and have a value."""
        import numpy as np

        return [int(i) for i in np.flatnonzero(self.kept & np.isfinite(self.values[:-1]))]

    @property
    def left_out(self) -> str:
        """Which subgroups take no part, in words; empty when all do."""
        out = [name for i, name in enumerate(self.names) if i not in self.usable]
        return f"without {', '.join(out)} (not evaluable)" if out else ""

    def estimate(
        self, endpoint: str, subgroup: str, value: float, draws: np.ndarray, groups: list[int]
    ) -> Estimate:
        """A value with the percentiles of its replicates, of the people of some groups."""
        low, high, reason = central(draws, self.confidence)
        n, positives = (int(x) for x in self.people[groups].sum(axis=0))
        import math

        finite = math.isfinite(value)
        return Estimate(
            endpoint=endpoint,
            value=value if finite else None,
            low=low if finite else None,
            high=high if finite else None,
            n=n,
            positives=positives,
            method=self.method,
            confidence=self.confidence,
            threshold=self.threshold,
            subgroup=subgroup,
            unit="ratio" if endpoint.endswith("-ratio") else self.unit,
            reason=reason if finite else "not evaluable: no value, or a ratio to zero",
        )


def central(draws: np.ndarray, confidence: float) -> tuple[float | None, float | None, str]:
    """The central interval of replicates; up to `TOLERATED` of them may be without a value."""
    import numpy as np

    known = draws[np.isfinite(draws)]
    lost = len(draws) - len(known)
    said = f"{lost:,} of {len(draws):,} replicates have no value" if lost else ""
    if not len(known) or lost > TOLERATED * len(draws):
        return None, None, f"no interval: {said or 'no replicates'}"
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, (tail, 1 - tail))
    return float(low), float(high), said


def each(spread: Spread) -> list[Estimate]:
    """Every subgroup's value with the percentiles of its replicates."""
    return [
        spread.estimate(spread.endpoint, spread.names[i], float(spread.values[i]), draws, [i])
        for i, draws in ((i, spread.draws[:, i]) for i in spread.usable)
    ]


def between(spread: Spread) -> list[Estimate]:
    """Ratio of each two subgroups, the larger value first; `group_tests` has the differences."""
    found = []
    for i, j in itertools.combinations(spread.usable, 2):
        a, b = (i, j) if spread.values[i] >= spread.values[j] else (j, i)
        found.append(_contrast(spread, a, b, (spread.names[a], spread.names[b]), [i, j])[1])
    return found


def to_overall(spread: Spread) -> list[Estimate]:
    """Difference and ratio of each subgroup to overall (of which it is a part)."""
    found = []
    for i in spread.usable:
        difference, ratio = _contrast(spread, i, -1, (spread.names[i], "overall"), [i])
        found += [_of_a_part(spread, i, difference), ratio]
    return found


def _of_a_part(spread: Spread, place: int, difference: Estimate) -> Estimate:
    """Newcombe's interval of subgroup minus overall, where the endpoint is a proportion.

    It is subgroup minus rest, times the share of the rest in the denominator: two separate groups.
    """
    import dataclasses

    from statsmodels.stats.proportion import confint_proportions_2indep

    if spread.counts is None or difference.value is None:
        return difference
    events, n = spread.counts[place]
    others, rest = spread.counts.sum(axis=0) - spread.counts[place]
    if not rest:
        return difference
    low, high = confint_proportions_2indep(
        events, n, others, rest, method="newcomb", compare="diff", alpha=1 - spread.confidence
    )
    share = float(rest / (n + rest))
    return dataclasses.replace(
        difference, low=share * float(low), high=share * float(high), method=PART, reason=""
    )


def _contrast(
    spread: Spread, a: int, b: int, names: tuple[str, str], groups: list[int]
) -> list[Estimate]:
    import numpy as np

    v, d = spread.values, spread.draws
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, ratios = np.divide(v[a], v[b]), d[:, a] / d[:, b]
    return [
        spread.estimate(
            f"{spread.endpoint}-difference",
            f"{names[0]} − {names[1]}",
            float(v[a] - v[b]),
            d[:, a] - d[:, b],
            groups,
        ),
        spread.estimate(
            f"{spread.endpoint}-ratio", f"{names[0]} / {names[1]}", float(ratio), ratios, groups
        ),
    ]


def extremes(spread: Spread) -> list[Estimate]:
    """The worst subgroup, and the widest gap: largest minus smallest, smallest over largest."""
    import dataclasses

    import numpy as np

    used = spread.usable
    if not used:
        return []
    values, draws = spread.values[used], spread.draws[:, used]
    worst = int(values.argmax() if spread.smaller_is_better else values.argmin())
    worst_draws = draws.max(axis=1) if spread.smaller_is_better else draws.min(axis=1)
    found = [
        spread.estimate(
            f"worst-group-{spread.endpoint}",
            spread.names[used[worst]],
            float(values[worst]),
            worst_draws,
            [used[worst]],
        )
    ]
    if len(used) > 1:
        low, high = draws.min(axis=1), draws.max(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio, ratios = np.divide(values.min(), values.max()), low / high
        name, gap = spread.attribute, float(values.max() - values.min())
        found += [
            spread.estimate(f"{spread.endpoint}-widest-difference", name, gap, high - low, used),
            spread.estimate(f"{spread.endpoint}-widest-ratio", name, float(ratio), ratios, used),
        ]
    return [
        dataclasses.replace(e, reason="; ".join(filter(None, (spread.left_out, e.reason))))
        for e in found
    ]


def every(spread: Spread) -> list[Estimate]:
    """Every gap of an endpoint."""
    return [*between(spread), *to_overall(spread), *extremes(spread)]
