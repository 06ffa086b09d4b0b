"""Tests of whether probabilities are calibrated: Hosmer-Lemeshow, Spiegelhalter, consistency.

A test that does not reject is no proof of calibration, and with very many cases every model is
rejected: read them beside intercept, slope and the reliability curve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.binary.grouping import EQUAL_MASS, EQUAL_WIDTH, grouped
from validation.binary.score_slices import if_calibrated
from validation.cases import Cases
from validation.count_bootstrap import REPLICATES, SEED
from validation.estimate import Test

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_HOSMER = (
    "Hosmer DW, Lemeshow S. Commun Stat Theory Methods 1980; 9: 1043-1069. Groups cut at the "
    "type-7 quantiles of the scores, closed on the right, equal quantiles merged (ties stay "
    "together), as ResourceSelection::hoslem.test in R. Degrees of freedom: "
)
REFERENCES = {
    "hosmer-lemeshow": _HOSMER + "groups - 2, for data on which the model was fitted.",
    "hosmer-lemeshow-external": _HOSMER + "groups, for data on which it was not fitted.",
    "spiegelhalter": "Spiegelhalter DJ. Stat Med 1986; 5: 421-433.",
    "consistency-resampling": "Bröcker J, Smith LA. Weather and Forecasting 2007; 22: 651-661.",
}
TWO = 2


def hosmer_lemeshow(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    groups: int = 10,
    fitted: bool = False,
) -> Test:
    """The Hosmer-Lemeshow test over groups of equal mass.

    Ties: cases of equal score are never parted, so that fewer groups may come out than asked; the
    degrees of freedom follow the groups that came out (as R's ResourceSelection since 0.3-3).

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        groups: How many groups to ask for.
        fitted: Whether the model was fitted on these data: ``hosmer-lemeshow``, groups - 2 degrees
            of freedom; else ``hosmer-lemeshow-external``, as many as groups.
    """
    import numpy as np
    from scipy.stats import chi2

    cases = Cases.of(label, score, count, probability=True)
    name = "hosmer-lemeshow" if fitted else "hosmer-lemeshow-external"
    if not cases.total:
        return _without(name, "no cases", 0)
    made = grouped(cases, groups, EQUAL_MASS)
    size = int((made.people > 0).sum())
    df = size - TWO if fitted else size
    seen = np.concatenate([made.observed, made.people - made.observed])
    due = np.concatenate([made.expected, made.people - made.expected])
    counted = ~(np.isclose(due, 0) & np.isclose(seen, 0))  # nothing expected, nothing seen
    seen, due = seen[counted], due[counted]
    if np.isclose(due, 0).any():
        return _without(name, "a group with an expected count of 0 has cases", cases.total)
    if df < 1:
        return _without(name, f"{size} distinct groups of scores leave no freedom", cases.total)
    statistic = float(((seen - due) ** 2 / due).sum())
    return Test(
        test=name,
        endpoint="calibration",
        statistic=statistic,
        df=df,
        p=float(chi2.sf(statistic, df)),
        n=cases.total,
        details={"groups": size, "asked": groups, "smallest-expected": float(due.min())},
    )


def spiegelhalter(label: ArrayLike, score: ArrayLike, count: ArrayLike | None = None) -> Test:
    """Spiegelhalter's z: the Brier score against its expectation under calibration.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
    """
    from scipy.stats import norm

    cases = Cases.of(label, score, count, probability=True)
    p, n = cases.score, cases.count
    variance = float((n * (1 - 2 * p) ** 2 * p * (1 - p)).sum())
    if variance <= 0:
        reason = "no cases" if not cases.total else "all scores are 0, 0.5 or 1: no variance"
        return _without("spiegelhalter", reason, cases.total)
    z = float((n * (cases.label - p) * (1 - 2 * p)).sum()) / variance**0.5
    return Test(
        test="spiegelhalter",
        endpoint="calibration",
        statistic=z,
        p=float(2 * norm.sf(abs(z))),
        n=cases.total,
    )


def consistency(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    kind: str = EQUAL_WIDTH,
    groups: int = 10,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Test:
    """Whether the ECE is larger than chance makes it in a perfectly calibrated model.

    Outcomes are drawn anew from the scores themselves (Bröcker and Smith 2007); p is the share of
    such samples with an ECE at least as large.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        kind: ``equal-width`` or ``equal-mass``.
        groups: How many groups.
        replicates: Samples drawn.
        seed: Of the draws.
    """
    import numpy as np

    cases = Cases.of(label, score, count, probability=True)
    name = "consistency-resampling"
    if not cases.total:
        return _without(name, "no cases", 0, endpoint=f"ece-{kind}")
    made = grouped(cases, groups, kind)
    seen = float(np.abs(made.observed - made.expected).sum() / cases.total)
    drawn = if_calibrated(cases, made, replicates, seed)
    larger = int((drawn >= seen - 1e-12).sum())
    return Test(
        test=name,
        endpoint=f"ece-{kind}",
        statistic=seen,
        p=(1 + larger) / (1 + replicates),
        n=cases.total,
        details={
            "mean-if-calibrated": float(drawn.mean()),
            "upper-95-if-calibrated": float(np.quantile(drawn, 0.95)),
        },
    )


def _without(test: str, reason: str, n: int, *, endpoint: str = "calibration") -> Test:
    return Test(test=test, endpoint=endpoint, statistic=None, p=None, n=n, reason=reason)
