"""Reliability and goodness of fit against R, and the laws that hold for any data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.binary.goodness_of_fit import consistency, hosmer_lemeshow, spiegelhalter
from validation.binary.grouping import grouped, quantiles
from validation.binary.reliability import curve, ece, log_loss
from validation.cases import Cases

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
COVID = ROOT / "demo" / "data" / "covid_il_symptoms"
WINDOWS = {
    "train_2020_03_22_31": ("2020-03-22", "2020-03-31"),
    "test_2020_04_01_07": ("2020-04-01", "2020-04-07"),
    "week_2020_04_08_14": ("2020-04-08", "2020-04-14"),
}


def _oracle(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / name / "oracle.json").read_text())
    return found


@pytest.fixture(scope="module")
def cancer() -> tuple[np.ndarray, np.ndarray]:
    """Label and probability of the decision curve cohort."""
    frame = pd.read_csv(DATA / "decision_curve_demo" / "df_binary.csv.gz")
    return frame.cancer.to_numpy(int), frame.cancerpredmarker.to_numpy()


def test_hosmer_lemeshow_agrees_with_r(cancer: tuple[np.ndarray, np.ndarray]) -> None:
    """Quantile groups as ResourceSelection cuts them; df 10 outside, 8 where the model was fitted."""
    theirs = _oracle("decision_curve_demo")["hosmer_lemeshow_external"]
    found = hosmer_lemeshow(*cancer)
    assert found.statistic == pytest.approx(theirs["chisq"], abs=1e-8)
    assert found.df == theirs["df"]
    assert found.p == pytest.approx(theirs["p"], abs=1e-9)
    fitted = hosmer_lemeshow(*cancer, fitted=True)
    assert (fitted.test, fitted.df, fitted.statistic) == ("hosmer-lemeshow", 8, found.statistic)


def test_log_loss_and_spiegelhalter_agree_with_r_on_the_cohort(
    cancer: tuple[np.ndarray, np.ndarray],
) -> None:
    """Both from the same R session as the calibration values."""
    theirs = _oracle("decision_curve_demo")["calibration"]
    assert log_loss(*cancer).value == pytest.approx(theirs["log_loss"], abs=1e-9)
    assert spiegelhalter(*cancer).statistic == pytest.approx(theirs["spiegelhalter_z"], abs=1e-8)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(
    ("column", "key"), [("p_all", "calibration_all"), ("p_balanced", "calibration_balanced")]
)
def test_log_loss_and_spiegelhalter_agree_with_r_on_counts(
    window: str, column: str, key: str
) -> None:
    """Rows that stand for many people give what R computed from expanded rows."""
    frame = pd.read_csv(COVID / "tests_snapshot_2020-05-04.csv.gz")
    known = frame.corona_result.isin(["positive", "negative"]) & frame.gender.notna()
    frame = frame[known & frame.test_date.between(*WINDOWS[window])]
    label = (frame.corona_result == "positive").astype(int)
    theirs = _oracle("covid_il_symptoms")["windows"][window].get(key)
    if theirs is None:
        pytest.skip("R computed no calibration of this model in this window")
    found = log_loss(label, frame[column], frame.n)
    assert found.value == pytest.approx(theirs["log_loss"], abs=1e-9)
    z = spiegelhalter(label, frame[column], frame.n).statistic
    assert z == pytest.approx(theirs["spiegelhalter_z"], abs=1e-6)


def test_the_two_definitions_of_ece_are_named_apart_and_computed_by_hand() -> None:
    """Two groups of width 1/2 against two halves of the people."""
    score, label = [0.1, 0.2, 0.3, 0.9], [0, 1, 0, 1]
    wide = ece(label, score, kind="equal-width", groups=2)
    mass = ece(label, score, kind="equal-mass", groups=2)
    assert (wide.endpoint, mass.endpoint) == ("ece-equal-width", "ece-equal-mass")
    assert wide.value == pytest.approx((abs(1 - 0.6) + abs(1 - 0.9)) / 4)
    assert mass.value == pytest.approx((abs(1 - 0.3) + abs(1 - 1.2)) / 4)


def test_the_bootstrap_of_ece_is_that_of_rows() -> None:
    """Counts resampled have the spread of rows resampled; far from 0 the bias is all that is left.

    The interval by turning a test round is then that of the rows' percentiles less twice the bias.
    """
    rng = np.random.default_rng(5)
    score = rng.uniform(0.05, 0.95, 300)
    label = rng.binomial(1, score**2)
    found = ece(label, score, replicates=4000)
    groups = grouped(Cases.of(label, score), 10, "equal-width").of_row
    again = []
    for _ in range(2000):
        rows = rng.integers(0, 300, 300)
        sums = np.bincount(groups[rows], weights=(label - score)[rows], minlength=10)
        again.append(np.abs(sums).sum() / 300)
    low, high = np.quantile(again, [0.025, 0.975]) - 2 * (np.mean(again) - (found.value or 0))
    assert [found.low, found.high] == pytest.approx([low, high], abs=0.006)
    assert found.error == pytest.approx(np.std(again), rel=0.06)


def test_the_ece_of_a_calibrated_model_may_be_zero() -> None:
    """Twenty calibrated samples: nearly all intervals hold 0; of a miscalibrated model none does."""
    rng = np.random.default_rng(9)
    held = wrong = 0
    for _ in range(20):
        score = rng.beta(2, 3, 500)
        fair = ece(rng.binomial(1, score), score, replicates=200)
        bad = ece(rng.binomial(1, score**2), score, replicates=200)
        held += fair.low == 0
        wrong += bad.low == 0
        for found in (fair, bad):
            assert (found.low or 0) <= (found.value or 0) <= (found.high or 0)
    assert (held >= 18, wrong) == (True, 0)


def test_chance_makes_an_ece_and_the_consistency_test_knows_it() -> None:
    """A calibrated model is not rejected, a model that doubles the odds is."""
    rng = np.random.default_rng(7)
    score = rng.beta(2, 2, 2000)
    fair = consistency(rng.binomial(1, score), score, replicates=500)
    assert fair.p is not None
    assert fair.p > 0.05
    assert fair.details["mean-if-calibrated"] > 0.01
    wrong = consistency(rng.binomial(1, score**1.3), score, replicates=500)
    assert wrong.p == pytest.approx(1 / 501)


def test_equal_scores_never_part_and_the_degrees_of_freedom_follow() -> None:
    """Five distinct scores give five groups, however many are asked for."""
    score = np.repeat([0.1, 0.2, 0.3, 0.4, 0.5], 40)
    label = np.tile([1, 0, 0, 0], 50)
    found = hosmer_lemeshow(label, score, groups=10)
    assert (found.details["groups"], found.details["asked"], found.df) == (5, 10, 5)
    shuffled = np.random.default_rng(1).permutation(200)
    assert hosmer_lemeshow(label[shuffled], score[shuffled]).statistic == pytest.approx(
        found.statistic
    )


def test_a_wrong_certainty_has_an_infinite_log_loss() -> None:
    """Nothing is clipped; the reason counts the cases."""
    found = log_loss([1, 0, 1], [0.0, 0.2, 0.9])
    assert found.value is None
    assert "1 scores of exactly 0 or 1 were wrong" in found.reason
    right = log_loss([1, 0], [1.0, 0.0])
    assert right.value == 0


@pytest.mark.parametrize("scores", [[-1.2, 0.4], [0.5, 1.7], [0.2, float("nan")]])
def test_logits_and_missing_scores_are_refused(scores: list[float]) -> None:
    """A clear message, not a number."""
    for function in (log_loss, ece, hosmer_lemeshow, spiegelhalter, curve, consistency):
        with pytest.raises(ValueError, match="outside 0 to 1|missing"):
            function([0, 1], scores)


def test_what_cannot_be_computed_has_a_reason() -> None:
    """No cases, one group, certain scores."""
    assert ece([], []).reason == log_loss([], []).reason == "no cases"
    assert hosmer_lemeshow([0, 1], [0.5, 0.5], fitted=True).reason
    assert spiegelhalter([0, 1], [0.0, 1.0]).reason
    zero = hosmer_lemeshow([1, 0, 1, 0], [0.0, 0.0, 0.5, 0.5], groups=2)
    assert (zero.p, zero.reason) == (None, "a group with an expected count of 0 has cases")


def test_the_reliability_curve_counts_everyone_once(
    cancer: tuple[np.ndarray, np.ndarray],
) -> None:
    """Points' people and positives add up; borders are closed on the right."""
    points = curve(*cancer)
    up = [point for point in points if point.endpoint == "observed-proportion"]
    assert sum(point.n for point in up) == 750
    assert sum(point.events or 0 for point in up) == 105
    assert curve([1, 0], [0.1, 0.2])[0].subgroup == "score=[0, 0.1]"


counted = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.integers(1, 4)), min_size=2, max_size=30
)


@settings(max_examples=40, deadline=None)
@given(counted)
def test_counts_give_what_expanded_rows_give(rows: list[tuple[int, int, int]]) -> None:
    """Every value of this module, at any counts."""
    y, s, n = (np.array(column) for column in zip(*rows, strict=True))
    p = s / 20
    wide, deep = (y, p, n), (np.repeat(y, n), np.repeat(p, n))
    assert log_loss(*wide).value == pytest.approx(log_loss(*deep).value)
    for kind in ("equal-width", "equal-mass"):
        a, b = (ece(*data, kind=kind, replicates=20) for data in (wide, deep))
        assert [a.value, a.low, a.high] == pytest.approx([b.value, b.low, b.high])
    a_, b_ = hosmer_lemeshow(*wide), hosmer_lemeshow(*deep)
    assert (a_.df, a_.reason) == (b_.df, b_.reason)
    assert a_.statistic == pytest.approx(b_.statistic)


@settings(max_examples=60, deadline=None)
@given(counted)
def test_quantiles_are_those_of_numpy_and_r(rows: list[tuple[int, int, int]]) -> None:
    """Type 7 of the expanded rows."""
    _, s, n = (np.array(column) for column in zip(*rows, strict=True))
    at = np.arange(11) / 10
    assert quantiles(s.astype(float), n, at) == pytest.approx(np.quantile(np.repeat(s, n), at))
