"""Two tests, or one test in two groups of people: independent samples.

Newcombe, Stat Med 1998; 17: 873-890 (difference). Katz, Baptista, Azen and Pike, Biometrics 1978;
34: 469-474 (ratio). Pearson 1900 and Yates 1934 (chi-squared), Fisher 1922 (exact). AUCs: DeLong
1988 with the normal, and with Welch's degrees of freedom as `roc.test` of R's pROC has it.
"""

from __future__ import annotations

import dataclasses
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc, auroc_difference
from validation.binary.proportion import proportion_difference
from validation.estimate import Estimate, Result, Test, absent
from validation.intervals import quantile, two_sided

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

REFERENCES = {
    "chi-squared": "Pearson K. Phil Mag 1900; 50: 157-175 (no continuity correction).",
    "chi-squared-continuity": "Yates F. J R Stat Soc Suppl 1934; 1: 217-235.",
    "fisher-exact": "Fisher RA. J R Stat Soc 1922; 85: 87-94; two-sided by probability, as R.",
    "katz-log-ratio": "Katz D, Baptista J, Azen SP, Pike MC. Biometrics 1978; 34: 469-474.",
    "delong-unpaired-welch": (
        "DeLong ER et al. Biometrics 1988; 44: 837-845; df by Welch BL. Biometrika 1947; 34: 28, "
        "as pROC (Robin X et al. BMC Bioinformatics 2011; 12: 77)."
    ),
}


def unpaired_proportions(a: Estimate, b: Estimate) -> Result:
    """The same proportion in two separate groups: difference, ratio, and three tests.

    Args:
        a: From `validation.binary.proportion`, with events and n.
        b: The other group.
    """
    difference = proportion_difference(a, b)
    estimates = (a, b, difference, proportion_ratio(a, b))
    if difference.value is None:
        return Result(estimates=estimates)
    tests = tuple(
        dataclasses.replace(
            test, estimate=difference.value, low=difference.low, high=difference.high,
            method=difference.method, confidence=a.confidence,
        )
        for test in _independence(a, b)
    )  # fmt: skip
    return Result(estimates=estimates, tests=tests)


def proportion_ratio(a: Estimate, b: Estimate) -> Estimate:
    """Proportion of a over that of b in two separate groups (Katz et al. 1978)."""
    name, n = f"{a.endpoint}-ratio", a.n + b.n
    positives, label = a.positives + b.positives, f"{a.subgroup} / {b.subgroup}"
    if not a.events or not b.events:
        reason = a.reason or b.reason or "a proportion is zero: the ratio has no logarithm"
        return absent(
            name, reason, n=n, positives=positives, method="katz-log-ratio", unit="ratio",
            confidence=a.confidence, subgroup=label,
        )  # fmt: skip
    value = (a.events / a.n) / (b.events / b.n)
    error = sqrt(max(0.0, 1 / a.events - 1 / a.n + 1 / b.events - 1 / b.n))
    half = quantile(a.confidence) * error if error else None
    return Estimate(
        endpoint=name,
        value=value,
        low=None if half is None else exp(log(value) - half),
        high=None if half is None else exp(log(value) + half),
        n=n,
        positives=positives,
        method="katz-log-ratio",
        confidence=a.confidence,
        subgroup=label,
        unit="ratio",
        p=two_sided(log(value), error),
        reason="" if error else "both proportions are 1: the ratio has no variance",
    )


def unpaired_auroc(
    label_a: ArrayLike,
    score_a: ArrayLike,
    label_b: ArrayLike,
    score_b: ArrayLike,
    count_a: ArrayLike | None = None,
    count_b: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    names: tuple[str, str] = ("a", "b"),
) -> Result:
    """AUROC of a minus b on separate people, normal and Welch tests named apart."""
    a, b = (
        dataclasses.replace(auroc(y, s, n, confidence=confidence), subgroup=f"group={name}")
        for y, s, n, name in (
            (label_a, score_a, count_a, names[0]),
            (label_b, score_b, count_b, names[1]),
        )
    )
    difference = auroc_difference(a, b)
    plain = Test(
        test="delong-unpaired",
        endpoint="auroc-difference",
        statistic=_over(difference.value, difference.error),
        p=difference.p,
        estimate=difference.value,
        low=difference.low,
        high=difference.high,
        method="delong-unpaired",
        confidence=confidence,
        n=difference.n,
        unit="auc",
        reason=difference.reason,
    )
    return Result(estimates=(a, b, difference), tests=(plain, welch(a, b)))


def welch(a: Estimate, b: Estimate) -> Test:
    """The difference of two AUCs against t with Welch's df, n - 1 people a group (pROC)."""
    from scipy.stats import t

    plain = auroc_difference(a, b)
    name = "delong-unpaired-welch"
    statistic = _over(plain.value, plain.error)
    if plain.value is None or statistic is None or plain.error is None:
        return Test(
            test=name, endpoint="auroc-difference", statistic=None, p=None, method=name,
            estimate=plain.value, n=plain.n, unit="auc", confidence=a.confidence,
            reason=plain.reason or "the difference has no variance",
        )  # fmt: skip
    va, vb = (a.error or 0.0) ** 2, (b.error or 0.0) ** 2
    df = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    half = float(t.ppf(0.5 + a.confidence / 2, df)) * plain.error
    return Test(
        test=name,
        endpoint="auroc-difference",
        statistic=statistic,
        df=df,
        p=float(2 * t.sf(abs(statistic), df)),
        estimate=plain.value,
        low=max(-1.0, plain.value - half),
        high=min(1.0, plain.value + half),
        method=name,
        confidence=a.confidence,
        n=plain.n,
        unit="auc",
    )


def _over(value: float | None, error: float | None) -> float | None:
    return value / error if value is not None and error else None


def _independence(a: Estimate, b: Estimate) -> list[Test]:
    import numpy as np
    from scipy.stats import chi2_contingency, fisher_exact

    x, y = a.events or 0, b.events or 0
    table = np.array([[x, a.n - x], [y, b.n - y]])
    name, n = f"{a.endpoint}-difference", a.n + b.n
    found = []
    empty = not table.sum(axis=0).all()
    for test, corrected in (("chi-squared", False), ("chi-squared-continuity", True)):
        statistic = p = None
        if not empty:
            result = chi2_contingency(table, correction=corrected)
            statistic, p = float(result.statistic), float(result.pvalue)
        found.append(
            Test(
                test=test,
                endpoint=name,
                statistic=statistic,
                df=1,
                p=p,
                n=n,
                reason="both groups succeed always, or never" if empty else "",
            )
        )
    exact = float(fisher_exact(table).pvalue)
    found.append(Test(test="fisher-exact", endpoint=name, statistic=None, p=exact, n=n))
    return found
