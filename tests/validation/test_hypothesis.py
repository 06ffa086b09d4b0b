"""Verdicts on the bound, and which hypotheses are rejected when there are several."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.binary.discrimination import auroc, paired_auroc_difference
from validation.binary.proportion import proportion
from validation.designs.hypothesis import equivalence, non_inferiority, superiority
from validation.designs.multiplicity import fixed_sequence, gatekeeping, holm
from validation.estimate import absent


@given(st.integers(1, 80), st.integers(0, 80), st.floats(0.05, 0.95))
def test_p_and_bound_never_disagree_for_wilson_and_clopper_pearson(
    n: int, x: int, goal: float
) -> None:
    """The p value is below alpha exactly when the bound clears the goal."""
    for method in ("wilson", "clopper-pearson"):
        estimate = proportion("sensitivity", min(x, n), n, positives=n, method=method)
        for higher in (True, False):
            test = superiority(estimate, goal, higher_is_better=higher)
            assert test.p is not None
            bound = test.details["bound"]
            if abs(test.p - 0.025) > 1e-6 and abs(bound - goal) > 1e-9:
                assert (test.p < 0.025) == (test.details["verdict"] == "met")


def test_the_exact_test_is_the_binomial_tail() -> None:
    """R: binom.test(95, 100, 0.9, alternative = "greater") has p = 0.05757689."""
    estimate = proportion("sensitivity", 95, 100, positives=100, method="clopper-pearson")
    test = superiority(estimate, 0.9)
    assert (test.test, test.alternative) == ("binomial-exact-one-sided", "superiority")
    assert test.p == pytest.approx(0.05757689, abs=1e-8)
    assert test.details["verdict"] == "not met"


def test_non_inferiority_of_an_auc_difference_uses_its_standard_error() -> None:
    """Wald statistic against minus the margin, or plus it where lower is better."""
    label = [0, 0, 0, 1, 1, 1, 0, 1]
    a, b = [1, 2, 3, 4, 5, 2.5, 1, 6], [1, 2, 3, 3.5, 5, 2.6, 1, 2]
    difference = paired_auroc_difference(label, a, b)
    assert difference.value is not None
    assert difference.error
    test = non_inferiority(difference, 0.1)
    assert test.statistic == pytest.approx((difference.value + 0.1) / difference.error)
    assert test.details["alpha"] == pytest.approx(0.025)
    worse = non_inferiority(difference, 0.1, higher_is_better=False)
    assert worse.statistic == pytest.approx((difference.value - 0.1) / difference.error)


def test_equivalence_needs_both_sides() -> None:
    """Two one-sided tests: the whole interval lies within the margins."""
    difference = paired_auroc_difference([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4])
    assert equivalence(difference, 0.05).details["verdict"] == "met"  # no variance at all
    far = paired_auroc_difference([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], [1, 5, 3, 4, 2, 6])
    assert equivalence(far, 0.05).details["verdict"] == "not met"


def test_the_interval_must_belong_to_alpha() -> None:
    """A 95 % interval cannot decide at a one-sided 0.05; margins and goals are numbers."""
    estimate = auroc([0, 0, 1, 1], [1, 2, 2, 3])
    with pytest.raises(ValueError, match="needs an interval of 0.9"):
        superiority(estimate, 0.7, alpha=0.05)
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(estimate, -0.1)
    with pytest.raises(ValueError, match="goal"):
        superiority(estimate, nan)


def test_what_has_no_value_is_not_evaluable_with_its_reason() -> None:
    """Three answers, not two."""
    nothing = absent("auroc", "all 3 cases are positive", n=3, positives=3, method="delong")
    test = superiority(nothing, 0.8)
    assert (test.details["verdict"], test.p) == ("not evaluable", None)
    assert test.reason == "all 3 cases are positive"
    assert equivalence(nothing, 0.1).details["verdict"] == "not evaluable"


def test_holm_agrees_with_r() -> None:
    """p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02."""
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}, alpha=0.05)
    assert [r.adjusted for r in found] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert [r.rejected for r in found] == [True, False, False, True]
    assert found[1].reason == "Holm-adjusted p 0.06 > 0.05"


def test_a_fixed_sequence_stops_at_the_first_that_is_not_rejected() -> None:
    """However small the p values after it."""
    found = fixed_sequence({"auroc": 0.001, "sensitivity": 0.2, "specificity": 0.0001})
    assert [r.rejected for r in found] == [True, False, False]
    assert [r.adjusted for r in found] == [0.001, 0.2, 0.2]
    assert "'sensitivity'" in found[2].reason


def test_gatekeeping_opens_the_next_family_only_when_all_before_are_rejected() -> None:
    """Holm within a family, adjusted p values that never fall."""
    closed = gatekeeping([{"a": 0.001, "b": 0.03}, {"c": 0.001}], alpha=0.025)
    assert [r.rejected for r in closed] == [True, False, False]
    opened = gatekeeping([{"a": 0.001, "b": 0.02}, {"c": 0.001}], alpha=0.025)
    assert [r.rejected for r in opened] == [True, True, True]
    assert opened[2].adjusted == 0.02


def test_a_hypothesis_that_is_not_evaluable_counts_against() -> None:
    """And closes the gate."""
    found = fixed_sequence({"a": None, "b": 0.0001})
    assert [r.rejected for r in found] == [False, False]
    assert "not evaluable" in found[0].reason


def test_impossible_p_values_and_doubled_names_are_refused() -> None:
    """Before anything is decided."""
    with pytest.raises(ValueError, match="outside 0 to 1"):
        holm({"a": 1.2})
    with pytest.raises(ValueError, match="alpha"):
        holm({"a": 0.2}, alpha=2)
    with pytest.raises(ValueError, match="twice"):
        gatekeeping([{"a": 0.1}, {"a": 0.1}])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_rejects_at_least_what_bonferroni_rejects(values: list[float]) -> None:
    """For any p values."""
    p: dict[str, float | None] = {str(i): v for i, v in enumerate(values)}
    for ruling, value in zip(holm(p, alpha=0.05), values, strict=True):
        assert ruling.adjusted >= value - 1e-12
        if value <= 0.05 / len(values):
            assert ruling.rejected
