"""Paired comparisons with several cases a patient, against their papers written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from validation.designs.paired import paired_scores, paired_tests
from validation.designs.paired_bootstrap import bootstrap_auroc_difference, bootstrap_difference
from validation.designs.paired_clusters import (
    ENDPOINTS,
    clustered_auroc_difference,
    clustered_difference,
    mcnemar_durkalski,
    mcnemar_obuchowski,
)
from validation.designs.pairs import Pairs

DATA = Path(__file__).parents[1] / "data"
# `Paired1` of R's DTComPair (GPL): label, a, b, and how many
PAIRED1 = np.array(
    [
        [1, 1, 1, 319], [1, 0, 1, 22], [1, 1, 0, 78], [1, 0, 0, 32],
        [0, 1, 1, 31], [0, 0, 1, 22], [0, 1, 0, 53], [0, 0, 0, 155],
    ]
)  # fmt: skip


def _asah() -> tuple[pd.DataFrame, pd.Series[int]]:
    frame = pd.read_csv(DATA / "asah_roc" / "asah.csv")
    return frame, (frame.outcome == "Poor").astype(int)


def test_the_clustered_mcnemar_tests_are_those_of_obuchowski_and_durkalski() -> None:
    """Three patients with 2, 3 and 1 positives: gaps +2, -1, 0, worked by hand."""
    a, b = [1, 1, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]
    pairs = Pairs.of([1] * 6, a, b, cluster=list("xxyyyz"))
    assert mcnemar_obuchowski(pairs, "sensitivity").statistic == pytest.approx(2 / 3 * 1 / 5)
    shares = np.array([2 / 2, -1 / 3, 0])
    expected = shares.sum() ** 2 / (shares**2).sum()
    assert mcnemar_durkalski(pairs, "sensitivity").statistic == pytest.approx(expected)


def test_clustered_auroc_difference_agrees_with_obuchowski_1997_written_out() -> None:
    """The paper's S10, S01 and S11 by plain loops over patients."""
    draw = np.random.default_rng(3)
    n, patient = 60, draw.integers(0, 20, 60)
    label = (draw.random(n) < 0.5).astype(int)
    scores = [np.round(label + draw.normal(size=n), 1) for _ in range(2)]
    groups, (pos, neg) = np.unique(patient), (label == 1, label == 0)
    of: list[tuple[np.ndarray, np.ndarray]] = []
    for s in scores:
        kernel = (s[pos][:, None] > s[neg]) + 0.5 * (s[pos][:, None] == s[neg])
        area, v10, v01 = kernel.mean(), kernel.mean(axis=1), kernel.mean(axis=0)
        x = np.array([(v10[patient[pos] == g] - area).sum() for g in groups])
        y = np.array([(v01[patient[neg] == g] - area).sum() for g in groups])
        of.append((x, y))
    x, y = of[0][0] - of[1][0], of[0][1] - of[1][1]
    m, k = pos.sum(), neg.sum()
    i10, i01, i = len(set(patient[pos])), len(set(patient[neg])), len(groups)
    variance = i10 / (i10 - 1) * (x**2).sum() / m**2 + i01 / (i01 - 1) * (y**2).sum() / k**2
    variance += 2 * i / (i - 1) * (x * y).sum() / (m * k)
    found = clustered_auroc_difference(label, scores[0], scores[1], patient)
    assert found.error == pytest.approx(variance**0.5, rel=1e-10)


def test_one_case_a_patient_is_delong_itself() -> None:
    """And the user hears that the cluster was not needed."""
    frame, label = _asah()
    plain = paired_scores(label, frame.s100b, frame.wfns).tests[0]
    alone = paired_scores(label, frame.s100b, frame.wfns, cluster=range(len(label)))
    assert alone.tests[0].p == pytest.approx(plain.p, rel=1e-9)
    assert [w.code for w in alone.warnings] == ["no-repeats"]


def test_repeating_every_case_widens_the_clustered_interval_to_the_unclustered_one() -> None:
    """Three copies of each patient carry no more than one: the cluster must undo the copies."""
    label, a, b, count = PAIRED1.T
    once = np.repeat(np.arange(8), count)
    tripled = np.repeat(once, 3)
    patient = np.repeat(np.arange(len(once)), 3)
    for endpoint in ENDPOINTS:
        one = clustered_difference(
            Pairs.of(label[once], a[once], b[once], cluster=np.arange(len(once))), endpoint
        )
        three = clustered_difference(
            Pairs.of(label[tripled], a[tripled], b[tripled], cluster=patient), endpoint
        )
        assert three.error == pytest.approx(one.error, rel=1e-12)


def test_the_bootstrap_over_patients_agrees_with_the_ratio_estimator_and_is_seeded() -> None:
    """Standard errors within a tenth; the same seed gives the same interval."""
    draw = np.random.default_rng(8)
    patient = draw.integers(0, 150, 600)
    lean = draw.normal(size=150)[patient]
    label = (draw.random(600) < 0.5).astype(int)
    scores = [label + 0.7 * lean + draw.normal(size=600) for _ in range(2)]
    a, b = ((s > 0.5).astype(int) for s in scores)
    pairs = Pairs.of(label, a, b, cluster=patient)
    for endpoint in ENDPOINTS:
        made, ratio = bootstrap_difference(pairs, endpoint), clustered_difference(pairs, endpoint)
        assert made.value == pytest.approx(ratio.value)
        assert made.n == ratio.n
        assert made.error == pytest.approx(ratio.error, rel=0.1)
    first, second = (
        bootstrap_auroc_difference(label, scores[0], scores[1], patient, replicates=400)
        for _ in range(2)
    )
    assert first == second
    exact = clustered_auroc_difference(label, scores[0], scores[1], patient)
    assert (first.value, first.error) == pytest.approx((exact.value, exact.error), rel=0.15)


def test_one_patient_alone_makes_no_test_and_no_interval() -> None:
    """Not even a bootstrap interval of no width."""
    found = paired_tests(
        [1, 0, 1], [1, 0, 1], [0, 1, 1], cluster=["x"] * 3, margin=0.1, replicates=50
    )
    assert all(test.p is None and test.reason for test in found.tests)
    assert all(
        test.details.get("verdict", "not evaluable") == "not evaluable" for test in found.tests
    )
    assert all(e.low is None and e.reason for e in found.estimates)


def test_many_rows_with_repeated_patients_are_fast() -> None:
    """A million rows of 400,000 patients."""
    import time

    draw = np.random.default_rng(1)
    n = 1_000_000
    label, a, b = draw.integers(0, 2, (3, n))
    patient = draw.integers(0, 400_000, n)
    start = time.perf_counter()
    paired_tests(label, a, b, cluster=patient)
    assert time.perf_counter() - start < 20
