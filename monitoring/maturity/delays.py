"""The distribution of the delay of labels, from cases whose labels are partly still to come.

The default is the Kaplan-Meier estimator, since a deployed model's cases are all known, with or
without a label: each case counts from its day on, and what never comes stays out of the labels for
good. The reverse-time estimator is for sources that hold labelled cases only; it gives the share of
labels come by t *among those that come within the longest age seen*, and is blind to labels that
never come.

Pointwise intervals: Greenwood's variance on the complementary log-log scale (Kalbfleisch JD,
Prentice RL. The Statistical Analysis of Failure Time Data, 1980, p. 15); quantiles invert them
(Brookmeyer R, Crowley J. Biometrics 1982; 38: 29-41).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitoring.maturity import risk_set
from monitoring.maturity.risk_set import Labelled
from validation.cases import whole
from validation.estimate import Estimate, absent
from validation.intervals import quantile as normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from monitoring.maturity.risk_set import RiskSet

Design = Literal["kaplan-meier", "reverse-kaplan-meier"]
REFERENCES = {
    "kaplan-meier": "Kaplan EL, Meier P. J Am Stat Assoc 1958; 53: 457-481; interval: Greenwood, "
    "complementary log-log scale; quantiles: Brookmeyer R, Crowley J. Biometrics 1982; 38: 29-41.",
    "reverse-kaplan-meier": "Lagakos SW, Barraj LM, De Gruttola V. Biometrika 1988; 75: 515-523 "
    "(right truncation, in reverse time); interval: Greenwood, complementary log-log scale.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """The share of labels that have come by each delay.

    Attributes:
        design: Which estimator.
        delay: Distinct delays at which labels came, rising, shape (delays,).
        share: Of labels come by then, shape (delays,).
        error: Standard error of log of the share not yet come (of the share come, reversed).
        longest: The longest age seen; nothing is known beyond it.
        n: Cases.
        come: Cases whose label had come.
    """

    design: Design
    delay: np.ndarray
    share: np.ndarray
    error: np.ndarray
    longest: float
    n: int
    come: int

    def at(self, age: ArrayLike) -> np.ndarray:
        """The share of labels come by an age; NaN beyond the longest that was seen."""
        import numpy as np

        given = np.asarray(age, dtype=float)
        place = np.searchsorted(self.delay, given, side="right")
        share = np.append(0.0, self.share)[place]
        beyond = (given > self.longest) & (share < 1)
        return np.asarray(np.where(beyond, np.nan, share))

    def bounds(self, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bound of the share at each delay."""
        import numpy as np

        survival = self.design == "kaplan-meier"
        part = 1 - self.share if survival else self.share
        inside = (part > 0) & (part < 1)
        safe = np.where(inside, part, 0.5)
        half = normal_quantile(confidence) * self.error / np.abs(np.log(safe))
        wide, slim = (np.where(inside, safe ** np.exp(sign * half), part) for sign in (1, -1))
        return (1 - slim, 1 - wide) if survival else (wide, slim)

    def complete_at(self, age: float, confidence: float = 0.95) -> Estimate:
        """The share of labels come by an age, with its interval; `threshold` is the age."""
        import numpy as np

        value = float(self.at(age))
        if np.isnan(value):
            reason = f"no case is {age:g} old yet (the oldest: {self.longest:g})"
            return absent(
                "label-completeness", reason, n=self.n, positives=self.come, method=self.design,
                confidence=confidence, threshold=age,
            )  # fmt: skip
        place = int(np.searchsorted(self.delay, age, side="right")) - 1
        low, high = self.bounds(confidence) if place >= 0 else ([0.0], [0.0])
        return Estimate(
            endpoint="label-completeness",
            value=value,
            low=float(low[place]),
            high=float(high[place]),
            n=self.n,
            positives=self.come,
            method=self.design,
            confidence=confidence,
            threshold=age,
        )

    def quantile(self, share: float, confidence: float = 0.95, unit: str = "days") -> Estimate:
        """The delay by which a share of all labels has come; `threshold` is the share."""
        import numpy as np

        def first(reached: np.ndarray) -> float | None:
            places = np.flatnonzero(reached >= share - 1e-12)
            return float(self.delay[places[0]]) if len(places) else None

        value = first(self.share)
        low, high = self.bounds(confidence)
        early, late = (first(high), first(low)) if value is not None else (None, None)
        reason = "" if late is not None else f"at least {early}; the upper bound is not reached yet"
        if value is None:
            reached = float(self.share[-1]) if len(self.share) else 0.0
            reason = f"only {reached:.1%} of the labels have come by {self.longest:g} {unit}"
        return Estimate(
            endpoint="label-delay-quantile",
            value=value,
            low=early if late is not None else None,
            high=late,
            n=self.n,
            positives=self.come,
            method=self.design,
            confidence=confidence,
            threshold=share,
            unit=unit,
            reason=reason,
        )

    def quantiles(
        self, shares: Sequence[float], confidence: float = 0.95, unit: str = "days"
    ) -> list[Estimate]:
        """Several of them."""
        return [self.quantile(share, confidence, unit) for share in shares]


def fit(
    delay: ArrayLike,
    age: ArrayLike | None = None,
    count: ArrayLike | None = None,
    *,
    design: Design = "kaplan-meier",
) -> Delays:
    """Estimate the distribution of the delay.

    Args:
        delay: From the case to its label, one a row; NaN (or longer than the age) while it has not
            come.
        age: Of the case on the day of counting; None where all labels have come.
        count: People a row; one each when None.
        design: ``kaplan-meier`` where every case is known, ``reverse-kaplan-meier`` where only
            cases with a label are.

    Raises:
        ValueError: Delays or ages that are negative, ages that are missing, lengths that differ,
            or no label at all.
    """
    import numpy as np

    cases = labelled(delay, age, count)
    if not cases.count[cases.seen].sum():
        raise ValueError("no label has come yet: nothing is known about the delay")
    finite = np.isfinite(cases.age)
    last = cases.age[finite] if finite.all() else cases.delay[cases.seen]
    if design == "kaplan-meier":
        return _forward(cases, risk_set.censored(cases), float(last.max()))
    return _backward(risk_set.truncated(cases), float(last.max()))


def labelled(
    delay: ArrayLike, age: ArrayLike | None = None, count: ArrayLike | None = None
) -> Labelled:
    """Check and align; cases that nobody stands for are left out.

    Raises:
        ValueError: As `fit`.
    """
    import numpy as np

    d = np.asarray(delay, dtype=float)
    a = np.full(len(d), np.inf) if age is None else np.asarray(age, dtype=float)
    n = np.ones(len(d), dtype=int) if count is None else whole(count)
    if not len(d) == len(a) == len(n):
        raise ValueError(f"lengths differ: {len(d)} delays, {len(a)} ages, {len(n)} counts")
    for name, bad in (
        ("delays are negative", d < 0),
        ("cases have not happened yet (negative age)", a < 0),
        ("ages are missing", np.isnan(a)),
        ("cases have no label and no age", np.isnan(d) & np.isinf(a)),
    ):
        if bad.any():
            raise ValueError(f"{int(bad.sum()):,} {name}")
    kept = n > 0
    return Labelled(delay=d[kept], age=a[kept], count=n[kept])


def _forward(cases: Labelled, risk: RiskSet, longest: float) -> Delays:
    import numpy as np

    left = risk.at_risk - risk.come
    survival = np.cumprod(left / risk.at_risk)
    error = _greenwood(risk.come, risk.at_risk)
    return Delays(
        design="kaplan-meier",
        delay=risk.delay,
        share=1 - survival,
        error=np.cumsum(error) ** 0.5,
        longest=longest,
        n=int(cases.count.sum()),
        come=int(risk.come.sum()),
    )


def _backward(risk: RiskSet, longest: float) -> Delays:
    import numpy as np

    stay = (risk.at_risk - risk.come) / risk.at_risk
    # F(t) is the product over later delays; at the last one it is 1 by definition
    share = np.append(np.cumprod(stay[:0:-1])[::-1], 1.0)
    terms = _greenwood(risk.come, risk.at_risk)
    error = np.append(np.cumsum(terms[:0:-1])[::-1], 0.0) ** 0.5
    seen = int(risk.come.sum())
    return Delays(
        design="reverse-kaplan-meier",
        delay=risk.delay,
        share=share,
        error=error,
        longest=longest,
        n=seen,
        come=seen,
    )


def _greenwood(come: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Each delay's term of Greenwood's variance; 0 where all that were left came at once."""
    import numpy as np

    bottom = at_risk * (at_risk - come)
    return np.asarray(
        np.divide(come, bottom, out=np.zeros_like(bottom, dtype=float), where=bottom > 0)
    )
