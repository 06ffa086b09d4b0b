"""Scores of the same items under several conditions, such as ROUGE of each report.

Means with Student's t; differences with the paired t interval and a bootstrap over items; over the
conditions Friedman's test; for each two paired t and Wilcoxon's signed ranks, with Holm's p values.
With several items a patient: the ratio estimator with Student's t, bootstrap over patients, Wald.
"""

from __future__ import annotations

import dataclasses
from math import sqrt
from typing import TYPE_CHECKING

from validation.count_bootstrap import Resampling, spans, vector_units
from validation.estimate import Estimate, Result, Test, absent
from validation.intervals import normal
from validation.modality.cochran import wald
from validation.modality.comparison import with_holm
from validation.modality.contribution import judge
from validation.modality.layout import Layout, arrange
from validation.modality.notices import nameless, unpaired
from validation.modality.pairing import pair_of, usable
from validation.modality.verdicts import doubt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from validation.modality.setting import Setting

MEAN, DIFFERENCE, UNIT = "mean-score", "mean-score-difference", "score"
FEW = "fewer than two items (or patients): no variance"
_T = "Student. Biometrika 1908; 6: 1-25"
REFERENCES = {
    "student-t-mean": f"{_T}.",
    "paired-t": f"{_T}, on paired differences.",
    "ratio-estimator-t": "Rao JNK, Scott AJ. Biometrics 1992; 48: 577-585 (patients as units), "
    "Student's t: Korn EL, Graubard BI. Survey Methodology 1998; 24: 193-201.",
    "wilcoxon-signed-rank": "Wilcoxon F. Biometrics Bull 1945; 1: 80-83 (zeros dropped).",
    "friedman": "Friedman M. J Am Stat Assoc 1937; 32: 675-701 (chi-squared, corrected for ties: "
    "Conover WJ. Practical Nonparametric Statistics, 3rd ed. 1999, ch. 5.8).",
}


def compare_scores(
    items: ArrayLike,
    conditions: ArrayLike,
    score: ArrayLike,
    setting: Setting,
    *,
    cluster: ArrayLike | None = None,
    resampling: Resampling | None = None,
) -> Result:
    """Compare the mean score of conditions on the same items, one row an item and condition.

    Args:
        items: Which item.
        conditions: In which condition.
        score: Any number; higher is better.
        setting: How to compare; its margin is in the score's own unit.
        cluster: Patient of each row's item.
        resampling: Of the bootstrap.

    Raises:
        ValueError: Rows that do not fit, or a reference that is not there.
    """
    laid = arrange(items, conditions, score, cluster=cluster, binary=False)
    return analyse_scores(laid, setting, resampling or Resampling())


def analyse_scores(laid: Layout, setting: Setting, resampling: Resampling) -> Result:
    """`compare_scores`, of items that are laid out.

    Raises:
        ValueError: A reference that is not there.
    """
    if setting.reference is not None:
        laid.column(setting.reference)
    used, names = usable(laid)
    estimates = [_mean(used, name, setting) for name in laid.conditions]
    tests: list[Test] = []
    differences = {}
    for pair in setting.pairs(laid.conditions):
        first, found = _pair(used, setting, pair, resampling)
        differences[pair] = first[0]
        estimates += first
        tests += found
    overall = [_overall(used, setting)] if len(names) > 2 else []  # noqa: PLR2004 - Friedman's
    judged = [
        judge(
            differences[setting.reference or "", name],
            modality=modality,
            margin=setting.margin,
            doubt=doubt(laid, used, setting, (setting.reference or "", name)),
        )
        for name, modality in setting.withheld(laid.conditions).items()
    ]
    return Result(
        estimates=tuple(estimates),
        tests=(
            *overall,
            *with_holm(tests),
            *(dataclasses.replace(each.as_test(), unit=UNIT) for each in judged),
        ),
        warnings=(*unpaired(laid, setting), *nameless(laid, setting)),
    )


def mean_error(values: np.ndarray, cluster: np.ndarray | None) -> tuple[float, float | None, int]:
    """Mean, its standard error, and degrees of freedom; patients are the units where named."""
    import numpy as np

    mean, n = float(values.mean()), len(values)
    owner = np.arange(n) if cluster is None else cluster
    sums = np.bincount(owner, weights=values - mean)
    units = int((np.bincount(owner) > 0).sum())
    if units < 2:  # noqa: PLR2004 - a variance needs two
        return mean, None, 0
    return mean, sqrt(units / (units - 1) * float((sums**2).sum())) / n, units - 1


def mean_estimate(
    endpoint: str,
    values: np.ndarray,
    cluster: np.ndarray | None,
    *,
    method: str,
    subgroup: str,
    confidence: float,
    unit: str = UNIT,
) -> Estimate:
    """A mean with Student's t."""
    method = method if cluster is None else "ratio-estimator-t"
    if not len(values):
        reason = "no items in the denominator"
        return absent(
            endpoint, reason, n=0, positives=0, method=method, confidence=confidence,
            subgroup=subgroup, unit=unit,
        )  # fmt: skip
    mean, error, df = mean_error(values, cluster)
    low, high = normal(mean, error, confidence, df=df)
    return Estimate(
        endpoint=endpoint,
        value=mean,
        low=low,
        high=high,
        n=len(values),
        positives=0,
        method=method,
        confidence=confidence,
        subgroup=subgroup,
        unit=unit,
        error=error,
        reason="" if error is not None else FEW,
    )


def _mean(layout: Layout, name: str, how: Setting) -> Estimate:
    import numpy as np

    column = layout.outcome[:, layout.column(name)]
    there = ~np.isnan(column)
    return mean_estimate(
        MEAN,
        column[there],
        None if layout.cluster is None else layout.cluster[there],
        method="student-t-mean",
        subgroup=how.subgroup(name),
        confidence=how.confidence,
    )


def _pair(
    layout: Layout, how: Setting, names: tuple[str, str], resampling: Resampling
) -> tuple[list[Estimate], list[Test]]:
    pair = pair_of(layout, how, names)
    gaps = pair.a - pair.b
    first = mean_estimate(
        DIFFERENCE, gaps, pair.cluster,
        method="paired-t", subgroup=pair.name, confidence=how.confidence,
    )  # fmt: skip
    if not len(gaps):
        return [first], []
    return [first, bootstrapped(first, gaps, pair.cluster, resampling)], [
        t_test(first, gaps, pair.cluster),
        *([signed_ranks(first, gaps)] if pair.cluster is None else []),
    ]


def bootstrapped(
    first: Estimate, gaps: np.ndarray, cluster: np.ndarray | None, resampling: Resampling
) -> Estimate:
    """The same mean with percentiles of resampled items, or patients."""
    import numpy as np

    owner = np.arange(len(gaps)) if cluster is None else cluster
    sums = np.column_stack([np.bincount(owner, weights=gaps), np.bincount(owner)])
    (span,) = spans(
        vector_units(sums),
        lambda tables: tables[:, :1] / tables[:, 1:],
        resampling,
        first.confidence,
        clustered=cluster is not None,
    )
    return dataclasses.replace(
        first, low=span.low, high=span.high, method=span.method, reason=span.reason, error=None
    )


def t_test(first: Estimate, gaps: np.ndarray, cluster: np.ndarray | None) -> Test:
    """Two-sided, of a mean difference of zero; identical scores have p = 1."""
    from scipy.stats import t

    _, error, df = mean_error(gaps, cluster)
    p = statistic = None
    if error:
        statistic = (first.value or 0.0) / error
        p = float(2 * t.sf(abs(statistic), df))
    elif error is not None and not gaps.any():
        p = 1.0
    return _test(first, first.method, p=p, statistic=statistic, df=df)


def signed_ranks(first: Estimate, gaps: np.ndarray) -> Test:
    """Wilcoxon's test as scipy has it; exact for small samples without ties."""
    from scipy.stats import wilcoxon

    if not gaps.any():
        return _test(first, "wilcoxon-signed-rank", p=1.0)
    found = wilcoxon(gaps)
    statistic = float(found.statistic)
    return _test(first, "wilcoxon-signed-rank", p=float(found.pvalue), statistic=statistic)


def _test(
    first: Estimate,
    name: str,
    *,
    p: float | None,
    statistic: float | None = None,
    df: float | None = None,
) -> Test:
    return Test(
        test=name,
        endpoint=first.endpoint,
        between=first.subgroup,
        statistic=statistic,
        df=df,
        p=p,
        estimate=first.value,
        low=first.low,
        high=first.high,
        method=first.method,
        confidence=first.confidence,
        n=first.n,
        unit=first.unit,
        reason="" if p is not None else first.reason or "the differences have no variance",
    )


def _overall(layout: Layout, how: Setting) -> Test:
    """Friedman's test over three or more conditions; Wald's with patients."""
    import numpy as np
    from scipy.stats import friedmanchisquare

    there = ~np.isnan(layout.outcome).all(axis=0)
    whole = layout.outcome[:, there]
    kept = ~np.isnan(whole).any(axis=1)
    values, between = whole[kept], how.all_of()
    if layout.cluster is not None:
        owner = np.unique(layout.cluster[kept], return_inverse=True)[1]
        return wald(values, owner, between=between, endpoint=MEAN)
    reason, statistic, p = "", None, None
    if not len(values):
        reason = "no complete items"
    elif (values.min(axis=1) == values.max(axis=1)).all():
        reason, p = "no item differs between the conditions", 1.0
    else:
        found = friedmanchisquare(*values.T)
        statistic, p = float(found.statistic), float(found.pvalue)
    return Test(
        test="friedman",
        endpoint=MEAN,
        between=between,
        statistic=statistic,
        p=p,
        df=float(values.shape[1] - 1),
        n=len(values),
        unit=UNIT,
        reason=reason,
    )
