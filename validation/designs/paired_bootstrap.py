"""Percentile bootstrap over patients for paired differences: the fallback, named as such.

Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13; patients are drawn, not cases
(Rutter, Acad Radiol 2000; 7: 413-419). What is drawn are counts of patients: patients with equal
tallies are one cell of a multinomial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.cases import Cases
from validation.designs.paired_clusters import cases_of, parts
from validation.designs.pairs import coded
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.designs.pairs import Pairs

METHOD = "bootstrap-percentile-patient"
REFERENCES = {
    METHOD: "Efron B, Tibshirani RJ. 1993, ch. 13; by patient: Rutter CM. Acad Radiol 2000; 7: 413."
}
SEED = 20240101
CHUNK = 200  # replicates drawn at a time, to bound the memory


def bootstrap_difference(
    pairs: Pairs,
    endpoint: str,
    *,
    confidence: float = 0.95,
    replicates: int = 2000,
    seed: int = SEED,
) -> Estimate:
    """Endpoint of a minus that of b; interval from replicates over patients."""
    import numpy as np

    tallies = pairs.tallies(by_cluster=True)
    if pairs.cluster is None:  # every case a patient: the eight cells are the kinds
        kinds, people = np.eye(8), tallies[0]
    else:
        kinds, people = np.unique(tallies, axis=0, return_counts=True)
    above, below = parts(endpoint, kinds.astype(float))

    def gap(drawn: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            values = (drawn @ above) / (drawn @ below)
        return np.asarray(values[:, 0] - values[:, 1])

    n = cases_of(endpoint, tallies)
    point = float(gap(people[None, :])[0]) if people.sum() else float("nan")
    draws = _drawn(people, replicates, seed)
    found = np.concatenate([gap(d) for d in draws]) if people.sum() else np.array([])
    return _estimate(f"{endpoint}-difference", point, found, n, pairs.positives, confidence)


def bootstrap_auroc_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    cluster: ArrayLike | None = None,
    count: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    replicates: int = 2000,
    seed: int = SEED,
) -> Estimate:
    """AUROC of a minus b; interval from replicates over patients."""
    import numpy as np

    cases, other = Cases.of(label, score_a, count), Cases.of(label, score_b, count)
    n, positives = cases.total, cases.positives
    if cases.one_class:
        return absent(
            "auroc-difference", cases.one_class, n=n, positives=positives, method=METHOD,
            confidence=confidence, unit="auc",
        )  # fmt: skip
    ranks = [np.unique(s, return_inverse=True)[1] for s in (cases.score, other.score)]

    def gap(weight: np.ndarray) -> float:
        a, b = (_area(cases.label, place, weight) for place in ranks)
        return a - b

    patient = None if cluster is None else coded(cluster, len(cases.label))
    # with every case a patient, what is drawn are counts of the rows
    people = cases.count if patient is None else np.ones(int(patient.max()) + 1, dtype=int)
    found = np.array(
        [
            gap(one if patient is None else one[patient] * cases.count)
            for some in _drawn(people, replicates, seed)
            for one in some
        ]
    )
    return _estimate(
        "auroc-difference", gap(cases.count), found, n, positives, confidence, unit="auc"
    )


def _drawn(people: np.ndarray, replicates: int, seed: int) -> Iterator[np.ndarray]:
    """Multinomial counts of patients, in chunks; the last is what remains."""
    import numpy as np

    generator = np.random.default_rng(seed)
    total = int(people.sum())
    for start in range(0, replicates, CHUNK):
        yield generator.multinomial(total, people / total, size=min(CHUNK, replicates - start))


def _area(label: np.ndarray, place: np.ndarray, weight: np.ndarray) -> float:
    import numpy as np

    hit = np.bincount(place, weights=weight * (label == 1))
    miss = np.bincount(place, weights=weight * (label == 0))
    pairs = hit.sum() * miss.sum()
    if not pairs:
        return float("nan")
    return float((hit * (np.cumsum(miss) - miss / 2)).sum() / pairs)


def _estimate(
    endpoint: str,
    value: float,
    found: np.ndarray,
    n: int,
    positives: int,
    confidence: float,
    unit: str = "proportion",
) -> Estimate:
    import numpy as np

    if np.isnan(value):
        return absent(
            endpoint, "no cases in a denominator", n=n, positives=positives, method=METHOD,
            confidence=confidence, unit=unit,
        )  # fmt: skip
    known = found[~np.isnan(found)]
    lost = len(found) - len(known)
    tail = 100 * (1 - confidence) / 2
    reason = f"{lost} of {len(found)} replicates had an empty class" if lost else ""
    if not len(known) or known.min() == known.max():
        low = high = None
        reason = reason or "all replicates are equal: too few patients, or both tests call alike"
    else:
        low, high = (float(x) for x in np.percentile(known, [tail, 100 - tail]))
    return Estimate(
        endpoint=endpoint,
        value=value,
        low=low,
        high=high,
        n=n,
        positives=positives,
        method=METHOD,
        confidence=confidence,
        unit=unit,
        error=float(known.std(ddof=1)) if len(known) > 1 else None,
        reason=reason,
    )
