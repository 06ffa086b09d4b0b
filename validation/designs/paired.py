"""Two tests, or two scores, on the same cases: everything a reviewer asks, in one `Result`.

Differences are a minus b, ratios a over b. With several cases a patient, give `cluster`: then every
interval and test counts patients, and those that assume independent cases are left out.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc, paired_auroc_difference
from validation.binary.proportion import proportion
from validation.clustering.clustered_auroc import auroc as clustered_auroc
from validation.designs.hypothesis import non_inferiority
from validation.designs.mcnemar import mcnemar_tests
from validation.designs.paired_agreement import kappa_between
from validation.designs.paired_bootstrap import (
    SEED,
    bootstrap_auroc_difference,
    bootstrap_difference,
)
from validation.designs.paired_clusters import (
    ENDPOINTS,
    clustered_auroc_difference,
    clustered_difference,
    clustered_value,
    mcnemar_durkalski,
    mcnemar_obuchowski,
    parts,
)
from validation.designs.paired_difference import newcombe_paired, paired_ratio, tango, tango_score
from validation.designs.pairs import Pairs, coded
from validation.designs.predictive_values import (
    generalised_score,
    predictive_difference,
    relative_predictive_value,
    weighted_generalised_score,
)
from validation.estimate import Estimate, Result, Test, Warned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

MATCHED = ("sensitivity", "specificity", "accuracy")  # both tests share the denominator
PREDICTIVE = ("ppv", "npv")


def paired_tests(
    label: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    count: ArrayLike | None = None,
    *,
    cluster: ArrayLike | None = None,
    margin: float | None = None,
    confidence: float = 0.95,
    names: tuple[str, str] = ("a", "b"),
    replicates: int = 0,
    seed: int = SEED,
) -> Result:
    """Compare two binary tests on the same cases.

    Args:
        label: Reference standard, 1 or 0.
        a: Calls of test a, 1 or 0.
        b: Calls of test b.
        count: Cases a row.
        cluster: Patient of each row, when a patient may have several cases.
        margin: Largest loss of a against b that is still non-inferior; adds those tests.
        confidence: Two-sided level of the intervals.
        names: Of a and b, for the rows of each alone.
        replicates: Adds bootstrap intervals over patients from so many replicates.
        seed: Of the bootstrap.

    Raises:
        ValueError: Labels or calls that are none, or a margin below zero.
    """
    pairs = Pairs.of(label, a, b, count, cluster)
    compare = _independent if cluster is None else _clustered
    estimates, tests = compare(pairs, margin, confidence)
    alone = _alone(pairs, confidence, names)
    estimates = [*alone, *estimates, kappa_between(pairs, confidence=confidence)]
    if replicates:
        estimates += [
            bootstrap_difference(
                pairs, endpoint, confidence=confidence, replicates=replicates, seed=seed
            )
            for endpoint in ENDPOINTS
        ]
    return Result(
        estimates=tuple(estimates), tests=tuple(tests), warnings=repeats(pairs.cluster, pairs.count)
    )


def paired_scores(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    count: ArrayLike | None = None,
    *,
    cluster: ArrayLike | None = None,
    margin: float | None = None,
    confidence: float = 0.95,
    names: tuple[str, str] = ("a", "b"),
    replicates: int = 0,
    seed: int = SEED,
) -> Result:
    """Compare the AUROC of two scores on the same cases.

    DeLong 1988, or Obuchowski 1997 with patients; arguments as of `paired_tests`.

    Raises:
        ValueError: Labels or scores that are none, or a margin below zero.
    """
    import numpy as np

    patients = None if cluster is None else coded(cluster, len(np.asarray(label)))
    alone, found = _areas(label, (score_a, score_b), count, patients, confidence)
    tests = [as_test(found, found.method.removesuffix("-t"))]  # its p is the normal one
    if margin is not None:
        tests.append(non_inferiority(found, margin))
    estimates = [
        *(dataclasses.replace(e, subgroup=f"test={n}") for e, n in zip(alone, names, strict=True)),
        found,
    ]
    if replicates:
        estimates.append(
            bootstrap_auroc_difference(
                label, score_a, score_b, cluster, count,
                confidence=confidence, replicates=replicates, seed=seed,
            )
        )  # fmt: skip
    return Result(
        estimates=tuple(estimates),
        tests=tuple(tests),
        warnings=repeats(patients, None if count is None else np.asarray(count)),
    )


def _areas(
    label: ArrayLike,
    scores: tuple[ArrayLike, ArrayLike],
    count: ArrayLike | None,
    patients: np.ndarray | None,
    confidence: float,
) -> tuple[list[Estimate], Estimate]:
    """The AUROC of each score, and the difference."""
    a, b = scores
    if patients is None:
        alone = [auroc(label, s, count, confidence=confidence) for s in scores]
        return alone, paired_auroc_difference(label, a, b, count, confidence=confidence)
    alone = [clustered_auroc(label, s, patients, count, confidence=confidence) for s in scores]
    return alone, clustered_auroc_difference(label, a, b, patients, count, confidence=confidence)


def as_test(found: Estimate, name: str) -> Test:
    """A difference with a standard error, as the two-sided normal test of no difference."""
    statistic = None
    if found.value is not None and found.error:
        statistic = found.value / found.error
    reason = found.reason
    if statistic is None and not reason:
        reason = "the difference has no variance"
    return Test(
        test=name,
        endpoint=found.endpoint,
        statistic=statistic,
        p=found.p,
        estimate=found.value,
        low=found.low,
        high=found.high,
        method=found.method,
        confidence=found.confidence,
        n=found.n,
        unit=found.unit,
        reason=reason,
    )


def repeats(cluster: np.ndarray | None, count: np.ndarray | None) -> tuple[Warned, ...]:
    """A note when patients were named and none has more than one case."""
    import numpy as np

    if cluster is None or not len(cluster):
        return ()
    cases = np.bincount(cluster, weights=count)
    if cases.max() > 1:
        return ()
    message = "no patient has more than one case: the clustered methods were not needed"
    return (Warned(code="no-repeats", message=message, count=len(cases)),)


def _independent(
    pairs: Pairs, margin: float | None, confidence: float
) -> tuple[list[Estimate], list[Test]]:
    estimates: list[Estimate] = []
    tests: list[Test] = []
    tally, positives = pairs.tallies()[0], pairs.positives
    for endpoint in MATCHED:
        table, name = pairs.table(endpoint), f"{endpoint}-difference"
        first = newcombe_paired(table, name, positives=positives, confidence=confidence)
        estimates += [
            first,
            tango(table, name, positives=positives, confidence=confidence),
            paired_ratio(table, f"{endpoint}-ratio", positives=positives, confidence=confidence),
        ]
        tests += [_with_interval(test, first) for test in mcnemar_tests(table, name)]
        if margin is not None:
            tests.append(tango_score(table, name, margin=margin, confidence=confidence))
    for endpoint in PREDICTIVE:
        first = predictive_difference(tally, endpoint, confidence)
        estimates += [first, relative_predictive_value(tally, endpoint, confidence)]
        tests += [
            _with_interval(score(pairs, endpoint, confidence=confidence), first)
            for score in (generalised_score, weighted_generalised_score)
        ]
        if margin is not None:
            tests.append(non_inferiority(first, margin))
    return estimates, tests


def _clustered(
    pairs: Pairs, margin: float | None, confidence: float
) -> tuple[list[Estimate], list[Test]]:
    estimates = [clustered_difference(pairs, e, confidence=confidence) for e in ENDPOINTS]
    tests: list[Test] = []
    for endpoint, found in zip(ENDPOINTS, estimates, strict=True):
        if endpoint in MATCHED:
            tests += [
                _with_interval(test(pairs, endpoint), found)
                for test in (mcnemar_obuchowski, mcnemar_durkalski)
            ]
        else:
            score = generalised_score(pairs, endpoint, confidence=confidence)
            tests.append(_with_interval(score, found))
        if margin is not None:
            tests.append(non_inferiority(found, margin))
    return estimates, tests


def _with_interval(test: Test, found: Estimate) -> Test:
    return dataclasses.replace(
        test, low=found.low, high=found.high, method=found.method, confidence=found.confidence
    )


def _alone(pairs: Pairs, confidence: float, names: tuple[str, str]) -> list[Estimate]:
    """Each test's own proportions."""
    found = []
    for endpoint in ENDPOINTS:
        above, below = parts(endpoint, pairs.tallies())
        for column, name in enumerate(names):
            if pairs.cluster is None:
                one = proportion(
                    endpoint, int(above[0, column]), int(below[0, column]),
                    positives=pairs.positives, confidence=confidence,
                )  # fmt: skip
            else:
                one = clustered_value(pairs, endpoint, column, confidence=confidence)
            found.append(dataclasses.replace(one, subgroup=f"test={name}"))
    return found
