"""Paired comparisons when a patient has several cases.

Obuchowski, Stat Med 1998; 17: 1495-1507 (two proportions, ratio estimator; the null variance in
the test). Durkalski, Palesch, Lipsitz and Rust, Stat Med 2003; 22: 2417-2428 (each patient weighs
the same). Rao and Scott, Biometrics 1992; 48: 577-585 (ratio estimator's variance, for the
interval). Obuchowski, Biometrics 1997; 53: 567-578 (two AUCs, DeLong's placements summed over
each patient). Intervals of differences are Student's t with patients - 1 degrees of freedom, since
few patients tell little of the variance (Korn and Graubard, Survey Methodology 1998; 24: 193-201);
p values are the published normal ones.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from validation.binary.discrimination import placements
from validation.cases import Cases
from validation.clustering.clustered_auroc import variance
from validation.designs.pairs import coded
from validation.estimate import Estimate, Test, absent
from validation.intervals import normal, two_sided

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from validation.designs.pairs import Pairs

_RATIO = "Rao JNK, Scott AJ. Biometrics 1992; 48: 577-585 (ratio estimator, patients as units)."
_AUC = "Obuchowski NA. Biometrics 1997; 53: 567-578."
_FEW = "Student's t: Korn EL, Graubard BI. Survey Methodology 1998; 24: 193-201."
REFERENCES = {
    "mcnemar-obuchowski": "Obuchowski NA. Stat Med 1998; 17: 1495-1507.",
    "mcnemar-durkalski": "Durkalski VL, Palesch YY, Lipsitz SR, Rust PF. Stat Med 2003; 22: 2417.",
    "ratio-estimator-paired-t": f"{_RATIO} {_FEW}",
    "delong-paired-clustered": _AUC,
    "delong-paired-clustered-t": f"{_AUC} {_FEW}",
}
ENDPOINTS = ("sensitivity", "specificity", "accuracy", "ppv", "npv")
FEW = "fewer than two patients: no variance between patients"
_A, _B = 0, 1  # columns of a numerator


def parts(endpoint: str, tallies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numerators and denominators of an endpoint for a and b, for each patient.

    Args:
        endpoint: One of `ENDPOINTS`.
        tallies: Eight counts a patient, shape (patients, 8), in the order of `Pairs.tallies`.

    Returns:
        Two arrays of shape (patients, 2).
    """
    import numpy as np

    cell = np.arange(8)
    label, calls = cell // 4, np.stack([cell // 2 % 2, cell % 2])
    right = calls == label
    among = {
        "sensitivity": np.stack([label == 1] * 2),
        "specificity": np.stack([label == 0] * 2),
        "accuracy": np.ones((2, 8), dtype=bool),
        "ppv": calls == 1,
        "npv": calls == 0,
    }[endpoint]
    return tallies @ (right & among).T.astype(int), tallies @ among.T.astype(int)


def cases_of(endpoint: str, tallies: np.ndarray) -> int:
    """Cases that an endpoint's comparison rests on; all of them for predictive values."""
    if endpoint in ("ppv", "npv"):
        return int(tallies.sum())
    return int(parts(endpoint, tallies)[1].sum(axis=0)[0])


def clustered_difference(pairs: Pairs, endpoint: str, *, confidence: float = 0.95) -> Estimate:
    """Endpoint of a minus that of b; ratio estimator with patients as sampling units."""
    name = f"{endpoint}-difference"
    return _ratio(pairs, endpoint, (1, -1), name, "ratio-estimator-paired-t", confidence)


def clustered_value(
    pairs: Pairs, endpoint: str, column: int, *, confidence: float = 0.95
) -> Estimate:
    """Endpoint of a (column 0) or b (1) alone; ratio estimator, normal interval."""
    weights = (1, 0) if column == _A else (0, 1)
    return _ratio(pairs, endpoint, weights, endpoint, "ratio-estimator", confidence)


def _ratio(
    pairs: Pairs,
    endpoint: str,
    weights: tuple[int, int],
    name: str,
    method: str,
    confidence: float,
) -> Estimate:
    """A combination of the two tests' ratios, with the variance between patients."""
    import numpy as np

    tallies = pairs.tallies(by_cluster=True).astype(float)
    used = [column for column, weight in enumerate(weights) if weight]
    above, below = (part[:, used] for part in parts(endpoint, tallies))
    total = below.sum(axis=0)
    difference = len(used) > 1
    n = cases_of(endpoint, tallies) if difference else int(total[0])
    if not total.all():
        return absent(
            name, "no cases in a denominator", n=n, positives=pairs.positives, method=method,
            confidence=confidence,
        )  # fmt: skip
    values, sign = above.sum(axis=0) / total, np.array(weights)[used]
    gaps = ((above - values * below) / total) @ sign
    units = int((below.sum(axis=1) > 0).sum())
    error = sqrt(units / (units - 1) * float((gaps**2).sum())) if units > 1 else None
    value = float(values @ sign)
    df = units - 1 if difference else None
    low, high = normal(value, error, confidence, within=(-1.0 if difference else 0.0, 1.0), df=df)
    return Estimate(
        endpoint=name,
        value=value,
        low=low,
        high=high,
        n=n,
        positives=pairs.positives,
        method=method,
        confidence=confidence,
        events=None if difference else int(above.sum()),
        error=error,
        p=two_sided(value, error) if difference else None,
        reason="" if error is not None else FEW,
    )


def mcnemar_obuchowski(pairs: Pairs, endpoint: str) -> Test:
    """Obuchowski 1998: (K - 1) / K (sum of gaps)^2 / sum of gaps^2 over K patients."""
    gaps, size = _gaps(pairs, endpoint)
    units = len(gaps)
    below = float((gaps**2).sum())
    found = (units - 1) / units * float(gaps.sum()) ** 2 / below if below else None
    return _test("mcnemar-obuchowski", endpoint, gaps, size, found)


def mcnemar_durkalski(pairs: Pairs, endpoint: str) -> Test:
    """Durkalski et al. 2003: as McNemar on each patient's mean gap."""
    gaps, size = _gaps(pairs, endpoint)
    shares = gaps / size
    below = float((shares**2).sum())
    found = float(shares.sum()) ** 2 / below if below else None
    return _test("mcnemar-durkalski", endpoint, gaps, size, found)


def _gaps(pairs: Pairs, endpoint: str) -> tuple[np.ndarray, np.ndarray]:
    """Successes of a less those of b, and cases, for each patient that has cases."""
    above, below = parts(endpoint, pairs.tallies(by_cluster=True).astype(float))
    there = below[:, _A] > 0
    return above[there, _A] - above[there, _B], below[there, _A]


def _test(
    name: str, endpoint: str, gaps: np.ndarray, size: np.ndarray, statistic: float | None
) -> Test:
    from scipy.stats import chi2

    n = int(size.sum())
    reason = "" if statistic is not None else "no discordant pairs in any patient"
    if n and len(gaps) < 2:  # noqa: PLR2004 - a variance needs two
        statistic, reason = None, FEW
    return Test(
        test=name,
        endpoint=f"{endpoint}-difference",
        statistic=statistic,
        df=1,
        p=None if statistic is None else float(chi2.sf(statistic, 1)),
        estimate=float(gaps.sum()) / n if n else None,
        n=n,
        reason=reason if n else "no cases in the denominator",
        details={"patients": len(gaps)},
    )


def clustered_auroc_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    cluster: ArrayLike,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """AUROC of a minus b, several cases a patient (Obuchowski 1997).

    Args:
        label: 1 or 0, one a row.
        score_a: Higher means more likely positive.
        score_b: The other test's score.
        cluster: Patient of each row.
        count: Cases a row.
        confidence: Of the interval.
    """
    import numpy as np

    cases, other = Cases.of(label, score_a, count), Cases.of(label, score_b, count)
    patient = coded(cluster, len(cases.label))
    method = "delong-paired-clustered-t"
    if cases.one_class:
        return absent(
            "auroc-difference", cases.one_class, n=cases.total, positives=cases.positives,
            method=method, confidence=confidence, unit="auc",
        )  # fmt: skip
    va, positive, _ = placements(cases.label, cases.score, cases.count)
    vb, _, _ = placements(cases.label, other.score, cases.count)
    value = float(np.average((va - vb)[positive], weights=cases.count[positive]))
    spread = variance(va - vb - value, cases, patient)
    error = None if spread is None else sqrt(spread)
    df = int((np.bincount(patient, weights=cases.count) > 0).sum()) - 1
    low, high = normal(value, error, confidence, within=(-1.0, 1.0), df=df)
    return Estimate(
        endpoint="auroc-difference",
        value=value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        unit="auc",
        error=error,
        p=two_sided(value, error),
        reason="" if error is not None else FEW + " of a class",
    )
