"""Paired comparisons against published tables and R (DTComPair, mcnemar.test, pROC)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.designs.mcnemar import (
    mcnemar_asymptotic,
    mcnemar_exact,
    mcnemar_midp,
    mcnemar_tests,
)
from validation.designs.paired import paired_scores, paired_tests
from validation.designs.paired_agreement import kappa_between
from validation.designs.paired_clusters import clustered_difference
from validation.designs.paired_difference import (
    newcombe_paired,
    paired_ratio,
    tango,
    tango_score,
    tango_statistic,
)
from validation.designs.pairs import Discordance, Pairs
from validation.designs.predictive_values import (
    generalised_score,
    predictive_difference,
    relative_predictive_value,
    weighted_generalised_score,
)

if TYPE_CHECKING:
    from validation.estimate import Result, Test

DATA = Path(__file__).parents[1] / "data"
ECG: dict[str, Any] = json.loads((DATA / "code_ecg" / "oracle_paired.json").read_text())
ASAH: dict[str, Any] = json.loads((DATA / "asah_roc" / "oracle.json").read_text())
# Bentur et al. 2009: airway hyper-responsiveness of 21 children before and after stem cell transplantation
AIRWAY = Discordance(both=1, a_only=1, b_only=7, neither=12)
# `Paired1` of R's DTComPair (GPL): label, a, b, and how many
PAIRED1 = np.array(
    [
        [1, 1, 1, 319], [1, 0, 1, 22], [1, 1, 0, 78], [1, 0, 0, 32],
        [0, 1, 1, 31], [0, 0, 1, 22], [0, 1, 0, 53], [0, 0, 0, 155],
    ]
)  # fmt: skip


def _pairs(**more: Any) -> Pairs:
    label, a, b, count = PAIRED1.T
    return Pairs.of(label, a, b, count, **more)


def _ecg() -> pd.DataFrame:
    return pd.read_csv(DATA / "code_ecg" / "annotations_long.csv.gz")


def _asah() -> tuple[pd.DataFrame, pd.Series[int]]:
    frame = pd.read_csv(DATA / "asah_roc" / "asah.csv")
    return frame, (frame.outcome == "Poor").astype(int)


def _test(result: Result, test: str, endpoint: str) -> Test:
    return next(t for t in result.tests if (t.test, t.endpoint) == (test, endpoint))


def test_the_four_mcnemar_tests_agree_with_fagerland_2013_on_the_airway_data() -> None:
    """Fagerland, Lydersen and Laake 2013, table 4: 0.0703, 0.0391, 0.0339, 0.0771."""
    found = {t.test: t.p for t in mcnemar_tests(AIRWAY, "accuracy-difference")}
    assert found == {
        "mcnemar-exact": pytest.approx(0.0703125, abs=1e-12),
        "mcnemar-midp": pytest.approx(0.0390625, abs=1e-12),
        "mcnemar-asymptotic": pytest.approx(0.0339, abs=5e-5),
        "mcnemar-asymptotic-continuity": pytest.approx(0.0771, abs=5e-5),
    }


def test_equal_discordant_pairs_give_the_midp_of_its_definition() -> None:
    """One less half the probability of the observed table."""
    table = Discordance(both=5, a_only=3, b_only=3, neither=5)
    assert mcnemar_exact(table).p == 1
    assert mcnemar_midp(table).p == pytest.approx(1 - 0.5 * 20 / 64)


def test_paired_intervals_agree_with_fagerland_2014() -> None:
    """Stat Med 2014; 33: 2850: airway Newcombe -0.507 to -0.026, Tango -0.517 to -0.026."""
    wilson, score = newcombe_paired(AIRWAY), tango(AIRWAY)
    assert (wilson.low, wilson.high) == pytest.approx((-0.507, -0.026), abs=5e-4)
    assert (score.low, score.high) == pytest.approx((-0.517, -0.026), abs=5e-4)


def test_newcombe_paired_agrees_with_r_contingencytables() -> None:
    """Fagerland, Lydersen and Laake 2017, ch. 8: 59, 6, 16, 80 gives -0.1186 to -0.0046."""
    found = newcombe_paired(Discordance(both=59, a_only=6, b_only=16, neither=80))
    assert (found.value, found.low, found.high) == pytest.approx(
        (-0.0621, -0.1186, -0.0046), abs=5e-5
    )


def test_predictive_values_agree_with_dtcompair() -> None:
    """pv.wgs and pv.rpv on Paired1, as printed in DTComPair's documentation (test 2 over 1)."""
    pairs = _pairs()
    ppv, npv = (weighted_generalised_score(pairs, e) for e in ("ppv", "npv"))
    assert (ppv.statistic, ppv.p) == pytest.approx((5.46588745, 0.01939120), abs=5e-9)
    assert npv.statistic == pytest.approx(16.53540, abs=5e-5)
    assert npv.p == pytest.approx(4.775012e-05, rel=1e-6)
    for endpoint, value, low, high, p in (
        ("ppv", 1.04860694, 1.00847050, 1.09034078, 0.01714612),
        ("npv", 0.8536403, 0.7926258, 0.9193516, 2.885568e-05),
    ):
        found = relative_predictive_value(pairs.tallies()[0], endpoint, 0.95)
        ours = np.array([found.value, found.high, found.low], dtype=float)
        assert 1 / ours == pytest.approx([value, low, high], abs=5e-8)
        assert found.p == pytest.approx(p, rel=1e-6)


def test_the_generalised_score_is_the_gee_score_of_leisenring_with_its_robust_variance() -> None:
    """The score of D on the test, pooled, from one row a call: what the paper derives."""
    label, a, b, count = np.repeat(PAIRED1, PAIRED1[:, 3], axis=0).T
    for endpoint, wanted in (("ppv", 1), ("npv", 0)):
        person = np.concatenate([np.flatnonzero(a == wanted), np.flatnonzero(b == wanted)])
        which = np.repeat([0, 1], [(a == wanted).sum(), (b == wanted).sum()])
        right = (label[person] == wanted).astype(float)
        score = (which - which.mean()) * (right - right.mean())
        each = np.bincount(person, weights=score, minlength=len(label))
        statistic = each.sum() ** 2 / (each**2).sum()
        assert generalised_score(_pairs(), endpoint).statistic == pytest.approx(statistic)
    assert len(count) == 712


@pytest.mark.parametrize("finding", ["1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"])
def test_readers_of_the_ecg_study_agree_with_r(finding: str) -> None:
    """Ribeiro et al. 2020: McNemar of correctness without correction, exact, and kappa of calls."""
    wide = _ecg().pivot_table(index="exam", columns="reader", values=finding)
    for names, oracle in ECG["mcnemar_correctness"][finding].items():
        a, b = names.split(" vs ")
        pairs = Pairs.of(wide.gold_standard, wide[a], wide[b])
        table = pairs.table("accuracy")
        assert (table.a_only, table.b_only) == (oracle["b"], oracle["c"])
        assert mcnemar_exact(table).p == pytest.approx(oracle["exact_p"], abs=1e-9)
        assert mcnemar_asymptotic(table).p == pytest.approx(oracle["chisq_p_no_cc"], abs=1e-9)
        assert kappa_between(pairs).value == pytest.approx(oracle["kappa"], abs=1e-9)


@pytest.mark.parametrize("pair", ["s100b_vs_ndka", "s100b_vs_wfns", "ndka_vs_wfns"])
def test_paired_scores_agree_with_proc(pair: str) -> None:
    """Statistic, p and interval of the aSAH study, to 1e-6."""
    frame, label = _asah()
    a, b = pair.split("_vs_")
    oracle = ASAH["paired_delong"][pair]
    test = paired_scores(label, frame[a], frame[b]).tests[0]
    assert test.test == "delong-paired"
    assert (test.statistic, test.p) == pytest.approx((oracle["z"], oracle["p"]), abs=1e-6)
    assert (test.low, test.high) == pytest.approx(oracle["ci95"], abs=1e-6)


def test_counts_are_as_good_as_rows() -> None:
    """Aggregated and expanded data give equal results, clustered or not."""
    label, a, b, count = PAIRED1.T
    rows = np.repeat(np.arange(8), count)
    merged = paired_tests(label, a, b, count, margin=0.05)
    pooled = paired_tests(label[rows], a[rows], b[rows], margin=0.05)
    assert merged == pooled
    patient = np.arange(8) % 3
    assert paired_tests(label, a, b, count, cluster=patient) == paired_tests(
        label[rows], a[rows], b[rows], cluster=patient[rows]
    )


cell = st.integers(0, 40)


@given(cell, cell, cell, cell)
@settings(max_examples=60, deadline=None)
def test_intervals_hold_the_difference_stay_in_range_and_turn_with_the_tests(
    both: int, a_only: int, b_only: int, neither: int
) -> None:
    """For any table, empty ones too."""
    table = Discordance(both=both, a_only=a_only, b_only=b_only, neither=neither)
    other = Discordance(both=both, a_only=b_only, b_only=a_only, neither=neither)
    for method in (newcombe_paired, tango):
        found, turned = method(table), method(other)
        if not table.n:
            assert found.value is None
            assert found.reason
            continue
        assert found.low is not None
        assert found.high is not None
        assert -1 <= found.low <= found.value + 1e-12  # type: ignore[operator]
        assert found.value - 1e-12 <= found.high <= 1  # type: ignore[operator]
        assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


@given(cell, cell, cell, cell)
@settings(max_examples=60, deadline=None)
def test_tangos_interval_is_where_its_score_test_does_not_reject(
    both: int, a_only: int, b_only: int, neither: int
) -> None:
    """At both bounds the statistic is the normal quantile."""
    table = Discordance(both=both, a_only=a_only, b_only=b_only, neither=neither)
    if not table.n:
        return
    found = tango(table)
    for bound, sign in ((found.low, 1), (found.high, -1)):
        assert bound is not None
        if abs(bound) < 1 - 1e-9:
            assert tango_statistic(table, bound) == pytest.approx(sign * 1.959964, abs=1e-4)


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=1, max_size=60), st.randoms())
@settings(max_examples=40, deadline=None)
def test_row_order_means_nothing_and_relabelling_swaps_sensitivity_with_specificity(
    rows: list[tuple[int, int, int]], shuffle: Any
) -> None:
    """Calling negatives positive exchanges the roles, of predictive values too."""
    label, a, b = np.array(rows).T
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    assert paired_tests(label, a, b) == paired_tests(label[order], a[order], b[order])
    there, flipped = Pairs.of(label, a, b), Pairs.of(1 - label, 1 - a, 1 - b)
    assert there.table("sensitivity") == flipped.table("specificity")
    assert generalised_score(there, "ppv").statistic == pytest.approx(
        generalised_score(flipped, "npv").statistic, nan_ok=True
    )


def test_what_cannot_be_computed_has_a_reason() -> None:
    """No positives, no discordance, a test that never calls, one class for scores."""
    empty = paired_tests([0, 0], [0, 0], [0, 0])
    for name in ("sensitivity-difference", "ppv-difference", "ppv-ratio"):
        assert empty.find(name).value is None
        assert empty.find(name).reason
    assert _test(empty, "mcnemar-midp", "specificity-difference").p is None
    assert "discordant" in _test(empty, "mcnemar-midp", "specificity-difference").reason
    assert _test(empty, "mcnemar-exact", "specificity-difference").p == 1
    assert empty.find("cohen-kappa").reason
    same = paired_ratio(Discordance(both=9, a_only=0, b_only=0, neither=1))
    assert (same.value, same.low) == (1, None)
    assert "discordant" in same.reason
    one = paired_scores([1, 1], [0.1, 0.2], [0.3, 0.1])
    assert one.tests[0].p is None
    assert "positive" in one.tests[0].reason
    single = clustered_difference(Pairs.of([1, 0], [1, 0], [0, 0], cluster=["x", "x"]), "accuracy")
    assert single.error is None
    assert "two patients" in single.reason


def test_identical_tests_have_no_variance_and_no_interval_of_no_width() -> None:
    """An interval of width zero would pretend to certainty."""
    found = predictive_difference(
        Pairs.of([1, 0, 1], [1, 1, 0], [1, 1, 0]).tallies()[0], "ppv", 0.95
    )
    assert (found.value, found.low, found.p) == (0, None, None)
    assert "alike" in found.reason


def test_wrong_input_is_refused() -> None:
    """With the count of what is wrong."""
    with pytest.raises(ValueError, match="lengths differ"):
        Pairs.of([1, 0], [1], [0, 1])
    with pytest.raises(ValueError, match="1 calls of test b are neither 0 nor 1"):
        Pairs.of([1, 0], [1, 0], [0, 0.4])
    with pytest.raises(ValueError, match="1 rows name no cluster"):
        Pairs.of([1, 0], [1, 0], [0, 1], cluster=np.array(["x", None], dtype=object))
    with pytest.raises(ValueError, match="1 rows name no cluster"):
        Pairs.of([1, 0], [1, 0], [0, 1], cluster=[1.0, float("nan")])
    with pytest.raises(ValueError, match="2 scores are missing"):
        paired_scores([1, 0], [np.nan, np.nan], [0.1, 0.2])
    with pytest.raises(ValueError, match="margin"):
        tango_score(AIRWAY, "accuracy-difference", margin=-0.1)


def test_non_inferiority_by_tangos_score_is_decided_as_by_its_interval() -> None:
    """One-sided p below 0.025 exactly when the lower bound lies above minus the margin."""
    low = tango(AIRWAY).low
    assert low is not None
    for margin, verdict in ((-low + 1e-4, "met"), (-low - 1e-4, "not met")):
        test = tango_score(AIRWAY, "accuracy-difference", margin=margin)
        assert test.details["verdict"] == verdict
        assert test.p is not None
        assert (test.p < 0.025) == (verdict == "met")
