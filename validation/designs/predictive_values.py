"""Predictive values of two tests on the same cases.

The two denominators differ and overlap, so McNemar does not apply. Leisenring, Alonzo and Pepe,
Biometrics 2000; 56: 345-351 (generalised score statistic). Kosinski, Stat Med 2013; 32: 964-977
(weighted). Moskowitz and Pepe, Clin Trials 2006; 3: 272-279 (relative predictive values, and the
standard error of the difference by the same delta method). As `pv.gs`, `pv.wgs` and `pv.rpv` of
R's DTComPair, but a minus b and a over b.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test, absent
from validation.intervals import normal, quantile, two_sided

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.designs.pairs import Pairs

REFERENCES = {
    "generalised-score": "Leisenring W, Alonzo T, Pepe MS. Biometrics 2000; 56: 345-351.",
    "generalised-score-clustered": (
        "Leisenring W, Alonzo T, Pepe MS. Biometrics 2000; 56: 345-351; "
        "score contributions summed over each patient."
    ),
    "weighted-generalised-score": "Kosinski AS. Stat Med 2013; 32: 964-977.",
    "relative-predictive-value": "Moskowitz CS, Pepe MS. Clin Trials 2006; 3: 272-279.",
    "delta-method": "Moskowitz CS, Pepe MS. Clin Trials 2006; 3: 272-279 (difference, delta).",
}
NEVER = "a test never calls it: its predictive value has no denominator"
ALIKE = "no variance: both tests call alike, or never err, or one patient is all there is"


CELLS = {  # of the eight: rightly called by both, by a, by b alone; then wrongly
    "ppv": (7, 6, 5, 3, 2, 1),
    "npv": (0, 1, 2, 4, 5, 6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Cases by truth and by which tests call them, seen from one predictive value.

    Attributes:
        right: True cases called by both, by a alone, by b alone.
        wrong: False cases called by both, by a alone, by b alone.
        n: All cases, called or not.
        positives: Cases with a positive reference standard.
    """

    right: tuple[int, int, int]
    wrong: tuple[int, int, int]
    n: int
    positives: int

    @property
    def called_a(self) -> int:
        """Cases that a calls."""
        return self.right[0] + self.right[1] + self.wrong[0] + self.wrong[1]

    @property
    def called_b(self) -> int:
        """Cases that b calls."""
        return self.right[0] + self.right[2] + self.wrong[0] + self.wrong[2]

    @property
    def values(self) -> tuple[float, float]:
        """Predictive values of a and b."""
        return (
            (self.right[0] + self.right[1]) / self.called_a,
            (self.right[0] + self.right[2]) / self.called_b,
        )

    @property
    def pooled(self) -> float:
        """True calls among all calls of both tests."""
        true = 2 * self.right[0] + self.right[1] + self.right[2]
        return true / (self.called_a + self.called_b)


def calls_of(endpoint: str, tally: Sequence[int] | np.ndarray) -> Calls:
    """The calls behind ``ppv`` (positive calls) or ``npv`` (negative calls) from eight counts."""
    t = [int(k) for k in tally]
    both, a, b, both_wrong, a_wrong, b_wrong = (t[cell] for cell in CELLS[endpoint])
    return Calls(
        right=(both, a, b), wrong=(both_wrong, a_wrong, b_wrong), n=sum(t), positives=sum(t[4:])
    )


def generalised_score(pairs: Pairs, endpoint: str, *, confidence: float = 0.95) -> Test:
    """Difference of ``ppv`` or ``npv``: statistic of Leisenring, Alonzo and Pepe 2000.

    With patients given, the score contributions are summed over each patient before they are
    squared, the working-independence GEE that the paper's statistic comes from.
    """
    import numpy as np

    t = calls_of(endpoint, pairs.tallies()[0])
    name = "generalised-score" + ("-clustered" if pairs.cluster is not None else "")
    if not t.called_a or not t.called_b:
        return _test(name, endpoint, t, None, confidence)
    z, d = t.called_b / (t.called_a + t.called_b), t.pooled
    weights = np.array([1 - 2 * z, -z, 1 - z])  # called by both, by a alone, by b alone
    score = np.concatenate([(1 - d) * weights, -d * weights])
    if pairs.cluster is None:
        each = np.array([*t.right, *t.wrong])
        above, below = float((each * score).sum()) ** 2, float((each * score**2).sum())
    else:
        sums = pairs.tallies(by_cluster=True)[:, CELLS[endpoint]] @ score
        above = float(sums.sum()) ** 2
        below = float((sums**2).sum()) if len(sums) > 1 else 0.0  # one patient has no variance
    return _test(name, endpoint, t, above / below if below else None, confidence)


def weighted_generalised_score(pairs: Pairs, endpoint: str, *, confidence: float = 0.95) -> Test:
    """Difference of ``ppv`` or ``npv``: statistic of Kosinski 2013."""
    t = calls_of(endpoint, pairs.tallies()[0])
    name = "weighted-generalised-score"
    if not t.called_a or not t.called_b:
        return _test(name, endpoint, t, None, confidence)
    d, (a, b) = t.pooled, t.values
    shared = (t.right[0] * (1 - d) ** 2 + t.wrong[0] * d**2) / (t.called_a + t.called_b)
    below = (d * (1 - d) - 2 * shared) * (1 / t.called_a + 1 / t.called_b)
    return _test(name, endpoint, t, (a - b) ** 2 / below if below > 0 else None, confidence)


def predictive_difference(
    tally: Sequence[int] | np.ndarray, endpoint: str, confidence: float
) -> Estimate:
    """Predictive value of a minus that of b; Wald interval, delta method on the pairs."""
    t = calls_of(endpoint, tally)
    name, method = f"{endpoint}-difference", "delta-method"
    if not t.called_a or not t.called_b:
        return absent(
            name, NEVER, n=t.n, positives=t.positives, method=method, confidence=confidence
        )
    a, b = t.values
    error = sqrt(_variance(t, 1.0, 1.0))
    low, high = normal(a - b, error or None, confidence, within=(-1.0, 1.0))
    return Estimate(
        endpoint=name,
        value=a - b,
        low=low,
        high=high,
        n=t.n,
        positives=t.positives,
        method=method,
        confidence=confidence,
        error=error,
        p=two_sided(a - b, error),
        reason="" if error else ALIKE,
    )


def relative_predictive_value(
    tally: Sequence[int] | np.ndarray, endpoint: str, confidence: float
) -> Estimate:
    """Predictive value of a over that of b (Moskowitz and Pepe 2006), log-normal interval."""
    t = calls_of(endpoint, tally)
    name, method = f"{endpoint}-ratio", "relative-predictive-value"
    if not t.called_a or not t.called_b or 0 in t.values:
        zero = "a predictive value is zero: the ratio has no logarithm"
        reason = zero if t.called_a and t.called_b else NEVER
        return absent(
            name, reason, n=t.n, positives=t.positives, method=method,
            confidence=confidence, unit="ratio",
        )  # fmt: skip
    a, b = t.values
    error = sqrt(_variance(t, a, b))
    half = quantile(confidence) * error if error else None
    return Estimate(
        endpoint=name,
        value=a / b,
        low=None if half is None else exp(log(a / b) - half),
        high=None if half is None else exp(log(a / b) + half),
        n=t.n,
        positives=t.positives,
        method=method,
        confidence=confidence,
        unit="ratio",
        p=two_sided(log(a / b), error),
        reason="" if error else ALIKE,
    )


def _variance(t: Calls, scale_a: float, scale_b: float) -> float:
    """Of a / scale_a minus b / scale_b; scales at the values give the log ratio's variance."""
    a, b = t.values
    of_a = [(1 - a) / (t.called_a * scale_a), -a / (t.called_a * scale_a)]
    of_b = [(1 - b) / (t.called_b * scale_b), -b / (t.called_b * scale_b)]
    total = 0.0
    for truth, cells in enumerate((t.right, t.wrong)):
        gaps = (of_a[truth] - of_b[truth], of_a[truth], of_b[truth])
        total += sum(k * gap**2 for k, gap in zip(cells, gaps, strict=True))
    return total


def _test(name: str, endpoint: str, t: Calls, statistic: float | None, confidence: float) -> Test:
    from scipy.stats import chi2

    called = bool(t.called_a and t.called_b)
    reason = "" if called else NEVER
    if called and statistic is None:
        reason = ALIKE
    return Test(
        test=name,
        endpoint=f"{endpoint}-difference",
        statistic=statistic,
        df=1,
        p=None if statistic is None else float(chi2.sf(statistic, 1)),
        estimate=t.values[0] - t.values[1] if called else None,
        confidence=confidence,
        n=t.n,
        reason=reason,
    )
