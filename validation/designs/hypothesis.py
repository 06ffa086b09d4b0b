"""Superiority, non-inferiority and equivalence: an estimate against a goal or a margin.

The verdict is always on the confidence bound, never on the point estimate: a hypothesis at
one-sided level alpha is decided by the bound of the two-sided interval of level 1 - 2 alpha. The p
value belongs to the same interval (score test for Wilson, exact binomial for Clopper-Pearson,
normal for intervals from a standard error, on the interval's own scale); where an interval has no
test of its own there is a verdict and no p.

ICH E9, Stat Med 1999; 18: 1905-1942. FDA, Non-Inferiority Clinical Trials, 2016. Schuirmann,
J Pharmacokinet Biopharm 1987; 15: 657-680 (two one-sided tests).
"""

from __future__ import annotations

from math import isfinite, log, sqrt
from typing import TYPE_CHECKING, Any, Literal

from validation.estimate import Test
from validation.intervals import quantile

if TYPE_CHECKING:
    from validation.estimate import Estimate

_E9 = "ICH E9. Stat Med 1999; 18: 1905-1942"
REFERENCES = {
    "score-one-sided": f"{_E9}; score test, dual to Wilson EB. J Am Stat Assoc 1927; 22: 209-212.",
    "binomial-exact-one-sided": f"{_E9}; Clopper CJ, Pearson ES. Biometrika 1934; 26: 404-413.",
    "wald-one-sided": f"{_E9}; normal test from the standard error.",
    "recovered-one-sided": f"{_E9}; normal test, its standard error recovered from the bound as in "
    "Zou GY, Donner A. Stat Med 2008; 27: 1693-1702; of AUROCs on the logit scale.",
    "confidence-bound": f"{_E9}; decided by the confidence bound alone.",
    "two-one-sided": "Schuirmann DJ. J Pharmacokinet Biopharm 1987; 15: 657-680.",
}
Verdict = Literal["met", "not met", "not evaluable"]


def superiority(
    estimate: Estimate,
    goal: float = 0.0,
    *,
    alpha: float | None = None,
    higher_is_better: bool = True,
) -> Test:
    """Better than a performance goal; for a difference, better than the comparator (goal 0).

    Args:
        estimate: With its interval; a difference is new minus comparator (a previous locked
            version, or readers).
        goal: What must be exceeded.
        alpha: One-sided level; that of the estimate's interval when None.
        higher_is_better: False for errors and times: the upper bound must lie below the goal.

    Returns:
        A `Test` whose details hold verdict, goal, bound and alpha.

    Raises:
        ValueError: The interval's level does not belong to alpha, or the goal is no number.
    """
    return _decide(
        estimate, goal, alpha, higher=higher_is_better, alternative="superiority",
        facts={"goal": goal},
    )  # fmt: skip


def non_inferiority(
    difference: Estimate,
    margin: float,
    *,
    alpha: float | None = None,
    higher_is_better: bool = True,
) -> Test:
    """A difference, new minus comparator, that is not worse than minus the margin.

    Args:
        difference: With its interval.
        margin: Largest acceptable loss, not below zero.
        alpha: One-sided level; that of the interval when None.
        higher_is_better: False for errors and times.

    Raises:
        ValueError: A margin below zero, or an interval of another level.
    """
    _margin(margin)
    return _decide(
        difference, -margin if higher_is_better else margin, alpha, higher=higher_is_better,
        alternative="non-inferiority", facts={"margin": margin},
    )  # fmt: skip


def equivalence(difference: Estimate, margin: float, *, alpha: float | None = None) -> Test:
    """A difference that lies wholly within plus and minus the margin (two one-sided tests).

    Raises:
        ValueError: A margin below zero, or an interval of another level.
    """
    _margin(margin)
    facts = {"margin": margin}
    above = _decide(difference, -margin, alpha, higher=True, alternative="equivalence", facts=facts)
    below = _decide(difference, margin, alpha, higher=False, alternative="equivalence", facts=facts)
    verdicts = {above.details["verdict"], below.details["verdict"]}
    known = [test.p for test in (above, below) if test.p is not None]
    worst = min(verdicts, key=["not evaluable", "not met", "met"].index)
    return Test(
        test="two-one-sided",
        endpoint=difference.endpoint,
        statistic=None,
        p=max(known) if len(known) == 2 else None,  # noqa: PLR2004 - both sides
        estimate=difference.value,
        low=difference.low,
        high=difference.high,
        method=difference.method,
        alternative="equivalence",
        confidence=difference.confidence,
        n=difference.n,
        unit=difference.unit,
        reason=above.reason,
        details={**above.details, "verdict": worst, "bound": [difference.low, difference.high]},
    )


def _margin(margin: float) -> None:
    if not isfinite(margin) or margin < 0:
        raise ValueError(f"a margin is a number not below zero, not {margin}")


def _decide(
    estimate: Estimate,
    limit: float,
    alpha: float | None,
    *,
    higher: bool,
    alternative: str,
    facts: dict[str, Any],
) -> Test:
    level = (1 - estimate.confidence) / 2
    if alpha is not None and abs(alpha - level) > 1e-9:  # noqa: PLR2004 - rounding
        raise ValueError(
            f"a one-sided alpha of {alpha:g} needs an interval of {1 - 2 * alpha:g}, "
            f"this one has {estimate.confidence:g}"
        )
    if not isfinite(limit):
        raise ValueError(f"a goal is a number, not {limit}")
    bound = estimate.low if higher else estimate.high
    verdict: Verdict = "not evaluable"
    if bound is not None and estimate.value is not None:
        verdict = "met" if (bound > limit if higher else bound < limit) else "not met"
    name, statistic, p = _one_sided(estimate, limit, higher=higher)
    return Test(
        test=name,
        endpoint=estimate.endpoint,
        statistic=statistic,
        p=p,
        estimate=estimate.value,
        low=estimate.low,
        high=estimate.high,
        method=estimate.method,
        alternative=alternative,
        confidence=estimate.confidence,
        n=estimate.n,
        unit=estimate.unit,
        reason=estimate.reason if verdict == "not evaluable" else "",
        details={**facts, "verdict": verdict, "bound": bound, "alpha": level},
    )


def _one_sided(
    estimate: Estimate, limit: float, *, higher: bool
) -> tuple[str, float | None, float | None]:
    """The one-sided test that belongs to the estimate's interval."""
    from scipy.stats import binom, norm

    value, n, x = estimate.value, estimate.n, estimate.events
    sign = 1 if higher else -1
    if value is None:
        return "confidence-bound", None, None
    if x is not None and n and estimate.method == "clopper-pearson" and 0 <= limit <= 1:
        p = binom.sf(x - 1, n, limit) if higher else binom.cdf(x, n, limit)
        return "binomial-exact-one-sided", None, float(p)
    if x is not None and n and estimate.method == "wilson" and 0 < limit < 1:
        z = (value - limit) / sqrt(limit * (1 - limit) / n)
        return "score-one-sided", z, float(norm.sf(sign * z))
    if recovered := _recovered(estimate, limit, higher=higher):
        return "recovered-one-sided", recovered, float(norm.sf(sign * recovered))
    if estimate.error:
        z = (value - limit) / estimate.error
        return "wald-one-sided", z, float(norm.sf(sign * z))
    return "confidence-bound", None, None


def _recovered(estimate: Estimate, limit: float, *, higher: bool) -> float | None:
    """The z whose standard error the bound implies, of intervals on the logit scale and of scores.

    At the interval's own level the test then agrees with the bound. None for other intervals.
    """
    value, bound = estimate.value, estimate.low if higher else estimate.high
    on_logit = "-logit" in estimate.method
    if value is None or bound is None or not (on_logit or estimate.method == "score"):
        return None
    places = (value, bound, limit)
    if on_logit:
        if not all(0 < place < 1 for place in places):
            return None
        places = (_logit(value), _logit(bound), _logit(limit))
    width = abs(places[0] - places[1])
    return quantile(estimate.confidence) * (places[0] - places[2]) / width if width else None


def _logit(share: float) -> float:
    return log(share / (1 - share))
