"""The ruler against published numbers and R (pROC 1.18): values stored beside as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation import endpoints
from validation.endpoints import (
    at_threshold,
    auroc,
    calibrated,
    paired_auroc_difference,
    proportion,
)
from validation.subgroups import evaluate_by

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
COVID = ROOT / "demo" / "data" / "covid_il_symptoms"
ORACLE: dict[str, Any] = json.loads((DATA / "covid_il_symptoms" / "oracle.json").read_text())
TEXTBOOK: dict[str, Any] = json.loads(
    (DATA / "textbook_accuracy_tables" / "oracle.json").read_text()
)
WINDOWS = {
    "train_2020_03_22_31": ("2020-03-22", "2020-03-31"),
    "test_2020_04_01_07": ("2020-04-01", "2020-04-07"),
    "week_2020_04_08_14": ("2020-04-08", "2020-04-14"),
    "week_2020_04_15_21": ("2020-04-15", "2020-04-21"),
    "days_2020_04_22_30": ("2020-04-22", "2020-04-30"),
}


def _cohort(first: str, last: str) -> pd.DataFrame:
    frame = pd.read_csv(COVID / "tests_snapshot_2020-05-04.csv.gz")
    known = frame.corona_result.isin(["positive", "negative"]) & frame.gender.notna()
    frame = frame[known & frame.test_date.between(first, last)].copy()
    frame["label"] = (frame.corona_result == "positive").astype(int)
    return frame


def test_published_cohort_and_operating_points_of_the_test_week() -> None:
    """Zoabi et al. 2021: 47,401 people, 3,624 positive; the two operating points, exactly."""
    d = _cohort("2020-04-01", "2020-04-07")
    assert (int(d.n.sum()), int(d.n[d.label == 1].sum())) == (47401, 3624)
    for threshold, hits, clear in ((0.145, 3164, 31515), (0.1529, 3108, 34663)):
        for name, events, n in (("sensitivity", hits, 3624), ("specificity", clear, 43777)):
            found = at_threshold(name, d.label, d.p_all, d.n, threshold=threshold)
            assert (found.events, found.n) == (events, n)


@pytest.mark.parametrize("window", WINDOWS)
def test_each_window_agrees_with_r(window: str) -> None:
    """AUROC and DeLong interval, calibration, Brier, 2x2 endpoints with both intervals, by sex."""
    d, oracle = _cohort(*WINDOWS[window]), ORACLE["windows"][window]
    found = auroc(d.label, d.p_all, d.n)
    assert found.value == pytest.approx(oracle["all_features"]["auc"], abs=1e-9)
    assert [found.low, found.high] == pytest.approx(oracle["all_features"]["delong_ci95"], abs=1e-9)
    theirs = oracle["calibration_all"]
    for name, key in (
        ("brier", "brier"),
        ("observed-expected", "oe_ratio"),
        ("calibration-intercept", "calibration_intercept_slope1"),
        ("calibration-slope", "calibration_slope"),
    ):
        value = calibrated(name, d.label, d.p_all, d.n).value
        assert value == pytest.approx(theirs[key], rel=1e-6), name
    for name in endpoints.AT_THRESHOLD:
        table = oracle["operating_points"]["p_all_ge_0.145"][name]
        for method, key in (("wilson", "wilson95"), ("clopper-pearson", "clopper_pearson95")):
            e = at_threshold(name, d.label, d.p_all, d.n, threshold=0.145, method=method)
            assert (e.events, e.n) == (table["x"], table["n"])
            assert [e.low, e.high] == pytest.approx(table[key], abs=1e-8)


def test_subgroups_and_paired_differences_agree_with_r() -> None:
    """AUROC by sex; women minus men; all against balanced features on the same cases."""
    d, oracle = _cohort("2020-04-01", "2020-04-07"), ORACLE["windows"]["test_2020_04_01_07"]
    result = evaluate_by(
        d.label, d.p_all, d.n, {"gender": list(d.gender)}, endpoints=["auroc"], thresholds=[]
    )
    for e in result.estimates:
        assert e.value == pytest.approx(
            oracle["auc_by_sex"][e.subgroup.split("=")[1]]["auc"], abs=1e-9
        )
    (gap,) = result.gaps
    assert gap.value == pytest.approx(oracle["unpaired_delong_female_vs_male"]["diff"], abs=1e-9)
    assert gap.p == pytest.approx(
        oracle["unpaired_delong_female_vs_male"]["p"], rel=5e-3
    )  # t there
    paired = paired_auroc_difference(d.label, d.p_all, d.p_balanced, d.n)
    assert paired.value == pytest.approx(oracle["paired_delong_all_vs_balanced"]["diff"], abs=1e-9)
    assert paired.p == pytest.approx(oracle["paired_delong_all_vs_balanced"]["p"], rel=1e-6)


def test_asah_paired_auroc_agrees_with_the_manual_of_proc() -> None:
    """Robin et al. 2011: s100b 0.7314 (0.6301 to 0.8326); against wfns p = 0.02718."""
    d = pd.read_csv(DATA / "asah_roc" / "asah.csv")
    label = (d.outcome == "Poor").astype(int)
    found = auroc(label, d.s100b / d.s100b.max())  # a monotone scale leaves the AUROC alone
    assert [found.value, found.low, found.high] == pytest.approx(
        [0.7313686, 0.6301182, 0.8326189], abs=1e-6
    )
    paired = paired_auroc_difference(label, d.s100b / d.s100b.max(), d.wfns / d.wfns.max())
    assert paired.p == pytest.approx(0.02717578, abs=1e-7)


def test_textbook_intervals_of_single_proportions_and_differences() -> None:
    """Newcombe 1998, both papers."""
    for row in TEXTBOOK["single"]:
        for method, key in (("wilson", "wilson95"), ("clopper-pearson", "clopper_pearson95")):
            e = proportion("ppv", row["x"], row["n"], positives=row["n"], method=method)
            assert [e.low, e.high] == pytest.approx(row[key], abs=1e-8)
    table = pd.read_csv(DATA / "textbook_accuracy_tables" / "newcombe1998_difference.csv")
    for row, (_, case) in zip(TEXTBOOK["difference"], table.iterrows(), strict=True):
        a = proportion("ppv", int(case.x1), int(case.n1), positives=1)
        b = proportion("ppv", int(case.x2), int(case.n2), positives=1)
        e = endpoints.difference(a, b)
        assert [e.low, e.high] == pytest.approx(row["newcombe_method10"], abs=1e-8), row["case"]


def test_worked_example_of_the_fda_draft_guidance() -> None:
    """Appendix F, TP 4200, FP 3400, FN 800, TN 16600, to 0.1 point."""
    label, score, count = [1, 0, 1, 0], [1, 1, 0, 0], [4200, 3400, 800, 16600]
    printed = {
        "sensitivity": (0.84, 0.829, 0.85),
        "specificity": (0.83, 0.825, 0.835),
        "ppv": (0.553, 0.541, 0.564),
        "npv": (0.954, 0.951, 0.957),
    }
    for name, values in printed.items():
        e = at_threshold(name, label, score, count, threshold=0.5)
        assert [e.value, e.low, e.high] == pytest.approx(values, abs=0.001), name


def test_what_cannot_be_computed_says_why() -> None:
    """One class, no cases, an empty denominator: a reason and no exception."""
    found = endpoints.evaluate(
        [1, 1],
        [0.2, 0.9],
        endpoints=["auroc", "specificity", "calibration-slope"],
        thresholds=[0.5],
    )
    assert [e.value for e in found] == [None, None, None]
    assert all(e.reason for e in found)
    with pytest.raises(ValueError, match="give probabilities"):
        calibrated("brier", [0, 1], [-3.0, 2.0])
    assert auroc([0, 1], [-3.0, 2.0]).value == 1  # ranks ask for no probabilities
    with pytest.raises(ValueError, match="missing"):
        auroc([0, 1], [float("nan"), 0.2])


cases = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.integers(1, 4)), min_size=4, max_size=40
).filter(lambda rows: {label for label, _, _ in rows} == {0, 1})


@settings(deadline=None)
@given(cases)
def test_counts_give_what_the_expanded_rows_give(rows: list[tuple[int, int, int]]) -> None:
    """A row that stands for four people is four rows; order and monotone scores do not matter."""
    y, s, n = (np.array(column) for column in zip(*rows, strict=True))
    score = s / 20
    one = auroc(y, score, n)
    many = auroc(np.repeat(y, n)[::-1], np.repeat(score, n)[::-1] ** 2)
    assert [one.value, one.n] == pytest.approx([many.value, many.n])
    if one.low is not None:
        assert [one.low, one.high] == pytest.approx([many.low, many.high])
        assert 0 <= one.low <= (one.value or 0) + 1e-12
    flipped = auroc(1 - y, 1 - score, n)
    assert flipped.value == pytest.approx(one.value)


def test_law_1_missing_is_a_subgroup_and_small_ones_are_shown() -> None:
    """A subgroup of three stands in the result."""
    label, score = [1, 0, 1] * 20 + [1, 0, 0], [0.9, 0.2, 0.6] * 20 + [0.5, 0.4, 0.1]
    group = ["a"] * 60 + [None, None, None]
    found = evaluate_by(label, score, None, {"g": group}, endpoints=["auroc"], thresholds=[])
    assert {(e.subgroup, e.n) for e in found.estimates} == {("g=a", 60), ("g=missing", 3)}
