"""The 2x2 table: published figures, statsmodels, scikit-learn, and the laws of each measure."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.inter_rater import cohens_kappa

from validation.binary.confusion import CONFUSION, confusion, measured
from validation.binary.measures import MEASURES, mcc
from validation.binary.proportion import proportion
from validation.binary.two_by_two import Table

DATA = Path(__file__).parents[1] / "data"
SCOTT = Table(tp=670, fp=202, fn=74, tn=640)
FDA = Table(tp=4200, fp=3400, fn=800, tn=16600)
ROWS = ([1, 0, 1, 0], [1, 1, 0, 0])


def test_likelihood_ratio_of_the_example_of_epir() -> None:
    """The manual of epiR's epi.tests (Scott et al. 2008, Table 1): 3.75 (3.32 to 4.24)."""
    found = measured("positive-likelihood-ratio", SCOTT)
    assert [found.value, found.low, found.high] == pytest.approx([3.75, 3.32, 4.24], abs=0.005)
    assert found.method == "simel-log"
    assert measured("number-needed-to-diagnose", SCOTT).value == pytest.approx(1.51, abs=0.005)


def test_worked_example_of_the_fda_draft_guidance() -> None:
    """Appendix F: LR+ 4.9 (4.8 to 5.1), LR- 0.2 (0.2 to 0.2), number needed to predict 1.97."""
    found = measured("positive-likelihood-ratio", FDA)
    assert [found.value, found.low, found.high] == pytest.approx([4.9, 4.8, 5.1], abs=0.05)
    found = measured("negative-likelihood-ratio", FDA)
    assert [found.value, found.low, found.high] == pytest.approx([0.2, 0.2, 0.2], abs=0.05)
    assert measured("number-needed-to-predict", FDA).value == pytest.approx(1.97, abs=0.005)


def test_liver_scan_is_the_textbook_table() -> None:
    """Altman and Bland, BMJ 1994; 309: 102: sensitivity 0.895 over 1 - specificity 0.372 = 2.4."""
    t = json.loads((DATA / "textbook_accuracy_tables" / "oracle.json").read_text())["liver"]
    table = Table(tp=t["tp"], fp=t["fp"], fn=t["fn"], tn=t["tn"])
    assert measured("positive-likelihood-ratio", table).value == pytest.approx(2.4, abs=0.05)
    se, sp = t["sensitivity"], t["specificity"]
    balanced = measured("balanced-accuracy", table)
    assert balanced.value == pytest.approx((se["estimate"] + sp["estimate"]) / 2, abs=1e-9)
    youden = measured("youden", table)
    below = math.hypot(
        se["estimate"] - se["wilson95"][0], sp["estimate"] - sp["wilson95"][0]
    )  # square-and-add of Wilson's limits
    assert youden.low == pytest.approx(se["estimate"] + sp["estimate"] - 1 - below, abs=1e-8)
    assert balanced.low == pytest.approx((1 + (youden.low or 0)) / 2)


def test_likelihood_ratios_take_the_formula_of_simel() -> None:
    """exp(log LR +/- 1.96 sqrt((1 - se) / tp + sp / fp)), as epi.tests has it."""
    se, sp = 670 / 744, 640 / 842
    spread = math.sqrt((1 - se) / 670 + sp / 202)
    found = measured("positive-likelihood-ratio", SCOTT)
    assert found.error == pytest.approx(spread, rel=1e-12)
    assert found.high == pytest.approx(se / (1 - sp) * math.exp(1.959963984540054 * spread))
    spread = math.sqrt(se / 74 + (1 - sp) / 640)
    assert measured("negative-likelihood-ratio", SCOTT).error == pytest.approx(spread, rel=1e-12)


def test_odds_ratio_and_kappa_agree_with_statsmodels() -> None:
    """Woolf's interval; the standard error of Fleiss, Cohen and Everitt 1969."""
    table = [[670, 202], [74, 640]]
    found, theirs = measured("diagnostic-odds-ratio", SCOTT), Table2x2(table)
    assert found.value == pytest.approx(theirs.oddsratio)
    assert [found.low, found.high] == pytest.approx(theirs.oddsratio_confint())
    found, agreed = measured("kappa", SCOTT), cohens_kappa(table)
    assert found.value == pytest.approx(agreed.kappa)
    assert found.error == pytest.approx(agreed.std_kappa, rel=1e-9)


def test_mcc_has_the_variance_of_phi() -> None:
    """Bishop, Fienberg and Holland 1975: the delta-method variance of phi, written out."""
    t, n = SCOTT, SCOTT.total
    phi = float(MEASURES["mcc"].value(t.cells()))
    a1, a2 = (t.tp + t.fp) / n, (t.fn + t.tn) / n
    b1, b2 = t.positives / n, t.negatives / n
    rows, columns = (a1 - a2) / math.sqrt(a1 * a2), (b1 - b2) / math.sqrt(b1 * b2)
    variance = 1 - phi**2 + phi * (1 + phi**2 / 2) * rows * columns
    variance -= 0.75 * phi**2 * (rows**2 + columns**2)
    error = measured("mcc", t).error
    assert error is not None
    assert error * (1 - phi**2) == pytest.approx(math.sqrt(variance / n), rel=1e-9)


@pytest.mark.parametrize("name", list(MEASURES))
def test_each_gradient_is_the_slope_of_its_value(name: str) -> None:
    """By central differences, on the measure's own scale."""
    measure, cells = MEASURES[name], SCOTT.cells()
    scale = {"log": np.log, "fisher-z": np.arctanh}.get(measure.scale, lambda x: x)
    steps = np.eye(4) * 1e-3
    slope = [
        (scale(measure.value(cells + h)) - scale(measure.value(cells - h))) / 2e-3 for h in steps
    ]
    assert measure.gradient(SCOTT) == pytest.approx(slope, rel=1e-5, abs=1e-9)


counts = st.integers(0, 40)
four = st.builds(Table, tp=counts, fp=counts, fn=counts, tn=counts)


@settings(deadline=None)
@given(four)
def test_values_agree_with_scikit_learn(t: Table) -> None:
    """Where both are defined."""
    if t.one_class or t.tp + t.fp in (0, t.total):
        return
    y, called = np.repeat([[1, 1], [0, 1], [1, 0], [0, 0]], [t.tp, t.fp, t.fn, t.tn], axis=0).T
    theirs = {
        "f1": metrics.f1_score(y, called, zero_division=0),
        "kappa": metrics.cohen_kappa_score(y, called),
        "mcc": metrics.matthews_corrcoef(y, called),
        "balanced-accuracy": metrics.balanced_accuracy_score(y, called),
    }
    for name, value in theirs.items():
        assert measured(name, t).value == pytest.approx(value, abs=1e-9), name


@settings(deadline=None)
@given(four)
def test_intervals_lie_within_the_parameter_space_and_hold_the_value(t: Table) -> None:
    """For any table: an interval around the value, or a reason."""
    for name in CONFUSION:
        e = measured(name, t)
        assert (e.low is None) == (e.high is None)
        if e.low is None or e.high is None or e.value is None:
            assert e.reason, name
            continue
        least, most = MEASURES[name].within if name in MEASURES else (1.0, math.inf)
        assert least - 1e-9 <= e.low <= e.value + 1e-9, name
        assert e.value - 1e-9 <= e.high <= most + 1e-9, name
        assert e.low < e.high, name


@settings(deadline=None)
@given(four)
def test_flipping_labels_and_calls_swaps_the_likelihood_ratios(t: Table) -> None:
    """Kappa, MCC, Youden and the odds ratio stay; LR+ becomes 1 / LR-."""
    other = Table(tp=t.tn, fp=t.fn, fn=t.fp, tn=t.tp)
    for name in ("kappa", "mcc", "youden", "balanced-accuracy", "diagnostic-odds-ratio"):
        a, b = measured(name, t), measured(name, other)
        assert (a.value is None) == (b.value is None)
        if a.low is not None:
            assert [a.value, a.low, a.high] == pytest.approx([b.value, b.low, b.high]), name
    a, b = measured("positive-likelihood-ratio", t), measured("negative-likelihood-ratio", other)
    if a.low and b.low and b.high:
        assert [a.low, a.high] == pytest.approx([1 / b.high, 1 / b.low])


def test_zero_cells_give_a_reason_and_never_a_silent_correction() -> None:
    """No false positives: no LR+, no odds ratio; perfect agreement: no interval of kappa or MCC."""
    perfect = Table(tp=10, fp=0, fn=0, tn=16)
    for name in ("positive-likelihood-ratio", "diagnostic-odds-ratio"):
        found = measured(name, perfect)
        assert found.value is None
        assert "no false positives" in found.reason
    found = measured("negative-likelihood-ratio", perfect)
    assert (found.value, found.low) == (0, None)
    assert "no interval" in found.reason
    for name in ("kappa", "mcc"):
        found = measured(name, perfect)
        assert found.value == pytest.approx(1)
        assert found.low is None
        assert "no interval" in found.reason
    found = measured("f1", perfect)
    assert (found.value, found.high) == (1, 1)
    assert 0.8 < (found.low or 0) < 1


def test_one_class_or_one_call_has_a_reason() -> None:
    """All positive, no cases, all called positive."""
    assert "all 7 cases are positive" in measured("youden", Table(tp=5, fp=0, fn=2, tn=0)).reason
    assert "no cases" in measured("kappa", Table(tp=0, fp=0, fn=0, tn=0)).reason
    all_called = Table(tp=5, fp=9, fn=0, tn=0)
    assert "all 14 cases are called positive" in measured("mcc", all_called).reason
    assert measured("kappa", all_called).low is None
    assert measured("number-needed-to-diagnose", all_called).value is None


def test_rows_with_counts_give_the_table() -> None:
    """The same from rows as from the four counts."""
    found = confusion("f1", *ROWS, [4200, 3400, 800, 16600], threshold=0.5)
    assert found == measured("f1", FDA, threshold=0.5)
    assert (found.n, found.positives) == (25000, 5000)


@pytest.mark.parametrize("n", [3, 49, 93, 104, 257, 1000])
def test_rounding_never_leaves_the_parameter_space(n: int) -> None:
    """All or none right: the bound is 1 or 0 itself; perfect agreement is 1."""
    for method in ("wilson", "clopper-pearson"):
        every = proportion("sensitivity", n, n, positives=n, method=method)
        none = proportion("sensitivity", 0, n, positives=n, method=method)
        assert (every.value, every.high, none.value, none.low) == (1, 1, 0, 0)
    assert float(mcc(np.array([n, 0, 0, n + 7.0]))) <= 1
