"""Separate samples against R: pROC's unpaired test, fisher.test, chisq.test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.binary.proportion import proportion
from validation.designs.unpaired import unpaired_auroc, unpaired_proportions

DATA = Path(__file__).parents[1] / "data"
ASAH: dict[str, Any] = json.loads((DATA / "asah_roc" / "oracle.json").read_text())
COVID: dict[str, Any] = json.loads((DATA / "covid_il_symptoms" / "oracle.json").read_text())
SNAPSHOT = (
    Path(__file__).parents[2]
    / "demo" / "data" / "covid_il_symptoms" / "tests_snapshot_2020-05-04.csv.gz"
)  # fmt: skip
TEXTBOOK: dict[str, Any] = json.loads(
    (DATA / "textbook_accuracy_tables" / "oracle.json").read_text()
)


def test_men_and_women_of_the_asah_study_agree_with_proc() -> None:
    """D = 0.5018807743, df = 106.46255, p = 0.6167877593; the normal test is named apart."""
    frame = pd.read_csv(DATA / "asah_roc" / "asah.csv")
    frame["label"] = (frame.outcome == "Poor").astype(int)
    men, women = (frame[frame.gender == g] for g in ("Male", "Female"))
    found = unpaired_auroc(men.label, men.s100b, women.label, women.s100b, names=("men", "women"))
    oracle = ASAH["unpaired_s100b_male_vs_female"]
    plain, welch = found.tests
    assert (plain.test, welch.test) == ("delong-unpaired", "delong-unpaired-welch")
    assert (welch.statistic, welch.df, welch.p) == pytest.approx(
        (oracle["D"], oracle["df"], oracle["p"]), abs=1e-5
    )
    assert plain.statistic == welch.statistic
    assert plain.p is not None
    assert welch.p is not None
    assert plain.p < welch.p
    assert [e.subgroup for e in found.estimates[:2]] == ["group=men", "group=women"]


def test_women_and_men_of_the_covid_test_week_agree_with_proc_from_counts() -> None:
    """47,401 people in a few thousand rows: statistic, Welch's df and p."""
    oracle = COVID["windows"]["test_2020_04_01_07"]["unpaired_delong_female_vs_male"]
    frame = pd.read_csv(SNAPSHOT)
    known = frame.corona_result.isin(["positive", "negative"]) & frame.gender.notna()
    frame = frame[known & frame.test_date.between("2020-04-01", "2020-04-07")]
    label = (frame.corona_result == "positive").astype(int)
    women, men = frame.gender == "female", frame.gender == "male"
    found = unpaired_auroc(
        label[women], frame.p_all[women], label[men], frame.p_all[men],
        frame.n[women], frame.n[men],
    )  # fmt: skip
    welch = found.tests[1]
    assert welch.statistic == pytest.approx(oracle["stat"], rel=1e-7)
    assert welch.df == pytest.approx(oracle["df"], rel=1e-7)
    assert welch.p == pytest.approx(oracle["p"], rel=1e-5)


def test_newcombes_first_example_has_difference_ratio_and_tests() -> None:
    """Newcombe 1998, case a: 56/70 and 48/80; R gives chi-squared 7.0021, corrected 6.1205."""
    a, b = (proportion("sensitivity", x, n, positives=n) for x, n in ((56, 70), (48, 80)))
    found = unpaired_proportions(a, b)
    difference = found.find("sensitivity-difference", "overall − overall")
    oracle = TEXTBOOK["difference"][0]["newcombe_method10"]
    assert (difference.low, difference.high) == pytest.approx(oracle, abs=1e-8)
    ratio = found.find("sensitivity-ratio", "overall / overall")
    assert ratio.value == pytest.approx(4 / 3)
    error = (1 / 56 - 1 / 70 + 1 / 48 - 1 / 80) ** 0.5
    assert (ratio.low, ratio.high) == pytest.approx(
        (4 / 3 * np.exp(-1.959964 * error), 4 / 3 * np.exp(1.959964 * error)), rel=1e-6
    )
    plain = 150 * (56 * 32 - 48 * 14) ** 2 / (70 * 80 * 104 * 46)
    yates = 150 * (abs(56 * 32 - 48 * 14) - 75) ** 2 / (70 * 80 * 104 * 46)
    statistics = {t.test: t.statistic for t in found.tests}
    assert statistics["chi-squared"] == pytest.approx(plain)
    assert statistics["chi-squared-continuity"] == pytest.approx(yates)


def test_fishers_tea_is_as_in_r() -> None:
    """fisher.test on the tea tasting table: p = 0.4857, two-sided."""
    a, b = (proportion("accuracy", x, 4, positives=4) for x in (3, 1))
    tests = {t.test: t.p for t in unpaired_proportions(a, b).tests}
    assert tests["fisher-exact"] == pytest.approx(0.4857, abs=5e-5)


def test_zero_cells_and_one_class_have_reasons() -> None:
    """No ratio of zero, no chi-squared without variety, no AUC of one class."""
    none, some = (proportion("sensitivity", x, 10, positives=10) for x in (0, 5))
    assert "zero" in unpaired_proportions(none, some).estimates[3].reason
    tests = unpaired_proportions(none, none).tests
    assert [t.p for t in tests] == [None, None, 1.0]
    assert tests[0].reason
    nobody = proportion("sensitivity", 0, 0, positives=0)
    assert unpaired_proportions(nobody, some).estimates[2].reason
    one = unpaired_auroc([1, 1], [0.1, 0.2], [0, 1], [0.3, 0.4])
    assert [t.p for t in one.tests] == [None, None]
    assert all(t.reason for t in one.tests)


@given(*[st.integers(1, 50)] * 4)
def test_swapping_the_groups_turns_the_difference_and_inverts_the_ratio(
    x: int, y: int, more_x: int, more_y: int
) -> None:
    """Interval bounds change places."""
    a = proportion("sensitivity", x, x + more_x, positives=0)
    b = proportion("sensitivity", y, y + more_y, positives=0)
    there, back = unpaired_proportions(a, b).estimates, unpaired_proportions(b, a).estimates
    assert there[2].low == pytest.approx(-(back[2].high or 0), abs=1e-9)
    assert there[3].low == pytest.approx(1 / (back[3].high or 1))
