"""Whether positive and negative labels come equally late.

Where they do not, the labels known so far are a biased sample, and the endpoints of a young window
are those of another mix of cases. A case without a label has no outcome to compare by, so that both
sides are labelled cases only: their delays, truncated by age, are compared in reverse time, by the
log-rank test over the risk sets of `risk_set.truncated` (Lagakos et al. 1988; Peto R, Peto J. J R
Stat Soc A 1972; 135: 185-207).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.maturity import delays, risk_set
from validation.estimate import Estimate, Test

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from monitoring.maturity.delays import Delays
    from monitoring.maturity.risk_set import Labelled, RiskSet

METHOD = "log-rank-reverse-time"
REFERENCES = {
    METHOD: "Lagakos SW, Barraj LM, De Gruttola V. Biometrika 1988; 75: 515-523; log-rank over "
    "reverse-time risk sets: Peto R, Peto J. J R Stat Soc A 1972; 135: 185-207.",
}
SIDES = {1: "positive", 0: "negative"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByOutcome:
    """The delay of positive and of negative labels.

    Attributes:
        positive: Of positive labels; None where none has come.
        negative: Of negative labels; None where none has come.
        test: That both come equally late.
        depends: Whether they do not, at the level asked for.
        statement: In words.
    """

    positive: Delays | None
    negative: Delays | None
    test: Test
    depends: bool
    statement: str

    def medians(self, confidence: float, unit: str) -> list[Estimate]:
        """The median delay of each, among labels that come within the longest age seen."""
        return [
            dataclasses.replace(side.quantile(0.5, confidence, unit), subgroup=f"outcome={name}")
            for name, side in (("positive", self.positive), ("negative", self.negative))
            if side is not None
        ]


def compare(
    delay: ArrayLike,
    age: ArrayLike | None,
    outcome: ArrayLike,
    count: ArrayLike | None = None,
    *,
    level: float = 0.01,
) -> ByOutcome:
    """Compare the delays of positive and negative labels.

    Args:
        delay: One a row; NaN while the label has not come.
        age: Of the case; None where all labels have come.
        outcome: 1 or 0; not looked at where the label has not come.
        count: People a row.
        level: Of the test.
    """
    import numpy as np

    cases = delays.labelled(delay, age, count)
    given = np.asarray(outcome, dtype=float)
    if count is not None:
        given = given[np.asarray(count) > 0]
    sides: dict[int, Delays | None] = {}
    parts: list[Labelled] = []
    for value in SIDES:
        which = cases.seen & (given == value)
        part = risk_set.Labelled(
            delay=cases.delay[which], age=cases.age[which], count=cases.count[which]
        )
        parts.append(part)
        sides[value] = (
            delays.fit(part.delay, part.age, part.count, design="reverse-kaplan-meier")
            if which.any()
            else None
        )
    test = _log_rank(parts)
    depends = test.p is not None and test.p < level
    return ByOutcome(
        positive=sides[1],
        negative=sides[0],
        test=test,
        depends=depends,
        statement=_statement(test, sides, depends=depends),
    )


def _log_rank(parts: list[Labelled]) -> Test:
    """Chi-squared on one degree of freedom over both sides' reverse-time risk sets."""
    import numpy as np
    from scipy.stats import chi2

    one, other = (risk_set.truncated(part) for part in parts)
    n = int(sum(part.count.sum() for part in parts))
    at = np.union1d(one.delay, other.delay)
    come, mine = _at(one, parts[0], at)
    more, theirs = _at(other, parts[1], at)
    total, events = mine + theirs, come + more
    both = total > 1
    share = mine[both] / total[both]
    variance = share * (1 - share) * events[both]
    variance *= (total[both] - events[both]) / (total[both] - 1)
    apart = float((come[both] - events[both] * share).sum())
    statistic = apart**2 / float(variance.sum()) if variance.sum() > 0 else None
    return Test(
        test=METHOD,
        endpoint="label-delay",
        statistic=statistic,
        df=1,
        p=None if statistic is None else float(chi2.sf(statistic, 1)),
        n=n,
        between="positive − negative",
        reason="labels of one outcome only, or all came at once" if statistic is None else "",
        details={"direction": "positive-earlier" if apart < 0 else "positive-later"},
    )


def _at(risk: RiskSet, part: Labelled, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels come and cases at risk of one side, at the delays of both."""
    import numpy as np

    come = np.zeros(len(at))
    come[np.searchsorted(at, risk.delay)] = risk.come
    age = np.sort(part.age)
    weight = np.append(0, np.cumsum(part.count[np.argsort(part.age)]))
    younger = weight[np.searchsorted(age, at, side="left")]
    return come, np.cumsum(come) - younger


def _statement(test: Test, sides: dict[int, Delays | None], *, depends: bool) -> str:
    if test.p is None:
        return f"Whether the delay depends on the outcome cannot be said: {test.reason}."
    p = "p < 0.0001" if test.p < 1e-4 else f"p = {test.p:.4f}"  # noqa: PLR2004 - as it is printed
    if not depends:
        return f"No sign that the delay of a label depends on its outcome (log-rank, {p})."
    early = "positive" if test.details["direction"] == "positive-earlier" else "negative"
    spans = ", ".join(
        f"{SIDES[value]} {side.quantile(0.5).value:g}"
        for value, side in sides.items()
        if side is not None
    )
    return (
        f"Early labels are biased: {early} labels come first (median delay: {spans}; log-rank, "
        f"{p}). Endpoints on the labels known so far are biased: judge cases that are old enough "
        "for all labels to be due, or wait until the window is complete."
    )
