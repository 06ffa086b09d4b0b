"""Sample sizes against R: pROC's power.roc.test, power.prop.test, RJafroc, and their own tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.power.power_auroc import auroc_plan, auroc_variance, unpaired_auroc_plan
from validation.power.power_gap import gap_plan, paired_proportion_plan
from validation.power.power_paired import (
    binormal,
    binormal_spread,
    correlated_spread,
    paired_auroc_plan,
    pilot_spread,
)
from validation.power.power_proportion import exact_power, precision_plan, proportion_plan
from validation.power.power_readers import Components, reader_plan, reader_power

if TYPE_CHECKING:
    from validation.power.plan import Plan

ASAH = Path(__file__).parents[1] / "data" / "asah_roc" / "asah.csv"
# Van Dyke 1993 by MRMCaov 0.3.0 (GPL-3), jackknife: var(TR), error, Cov1, Cov2, Cov3; 114 cases
VANDYKE = Components(
    modality_reader=0.0002004025236,
    error=0.0008022882656,
    cov1=0.0003466137094,
    cov2=0.0003440748289,
    cov3=0.0002390283709,
    cases=114,
)
DIFFERENCE = -0.043800322


def _pilot() -> tuple[pd.DataFrame, pd.Series[int]]:
    frame = pd.read_csv(ASAH)
    return frame, (frame.outcome == "Poor").astype(int)


def test_one_auc_agrees_with_proc() -> None:
    """The numbers of pROC's own tests (GPL): s100b, 41 positives and 72 negatives."""
    s100b, ratio = 0.7313685637, 72 / 41
    power = auroc_plan(s100b, positives=41, ratio=ratio, alpha=0.05, sides=2).power
    assert power == pytest.approx(0.9904833, abs=5e-8)
    rounded = auroc_plan(0.73, positives=41, ratio=ratio, alpha=0.05, sides=2)
    assert rounded.power == pytest.approx(0.9897453, abs=5e-8)
    size = auroc_plan(s100b, power=0.95, ratio=1.7, alpha=0.05, sides=2)
    assert size.exact == pytest.approx(29.29764, abs=5e-5)
    assert (size.positives, size.negatives, size.n) == (30, 50, 80)
    assert auroc_plan(s100b, power=0.9, ratio=ratio, alpha=0.05, sides=2).exact == pytest.approx(
        23.5598674, abs=5e-6
    )


@pytest.mark.parametrize(
    ("ratio", "auc", "positives"),
    [(0.25, 0.6, 334), (0.25, 0.7, 80), (0.5, 0.7, 49), (1, 0.6, 135), (1, 0.8, 14), (4, 0.6, 85)],
)
def test_one_auc_agrees_with_table_4_of_obuchowski_2004(
    ratio: float, auc: float, positives: int
) -> None:
    """Clin Chem 2004; 50: 1118, table 4: one-sided 0.05, power 0.9, cases at least 10."""
    assert auroc_plan(auc, power=0.9, alpha=0.05, ratio=ratio).positives == positives


def test_hanley_and_mcneils_variance_is_their_formula() -> None:
    """Exact for exponential scores: Q1 and Q2 by integration, negatives of rate 1, positives 0.2."""
    from scipy.integrate import quad

    rate = 0.2
    auc = quad(lambda x: rate * np.exp(-rate * x) * (1 - np.exp(-x)), 0, np.inf)[0]
    q1 = quad(lambda y: np.exp(-y) * np.exp(-2 * rate * y), 0, np.inf)[0]
    q2 = quad(lambda x: rate * np.exp(-rate * x) * (1 - np.exp(-x)) ** 2, 0, np.inf)[0]
    m, n = 51, 58
    expected = (auc * (1 - auc) + (m - 1) * (q1 - auc**2) + (n - 1) * (q2 - auc**2)) / (m * n)
    assert auroc_variance(auc, m, n, "hanley-mcneil") == pytest.approx(expected, rel=1e-7)
    with pytest.raises(ValueError, match="unknown variance"):
        auroc_variance(0.8, 10, 10, "delong")  # type: ignore[arg-type]


def test_two_aucs_from_a_pilot_agree_with_proc() -> None:
    """power.roc.test(ndka, wfns): power 0.7131594, 64.77777 for 90 %; (s100b, ndka): 213.117677."""
    frame, label = _pilot()
    a, b, spread = pilot_spread(label, frame.ndka, frame.wfns)
    assert paired_auroc_plan(a, b, spread, positives=41).power == pytest.approx(0.7131594, abs=5e-8)
    assert paired_auroc_plan(a, b, spread, power=0.9).exact == pytest.approx(64.77777, abs=5e-5)
    a, b, spread = pilot_spread(label, frame.s100b, frame.ndka)
    assert paired_auroc_plan(a, b, spread, power=0.9).exact == pytest.approx(213.117677, abs=1e-5)


def test_two_partial_aucs_agree_with_obuchowski_and_mcclish_1997() -> None:
    """Their example 2, as in pROC's tests: 107.0238 positives, power 0.7999286 with 107."""
    spread = binormal_spread(
        (2.6, 1.0), (1.9, 1.0), correlation_positives=0.6, correlation_negatives=0.6,
        false_positive_range=(0, 0.2),
    )  # fmt: skip
    assert paired_auroc_plan(0.237, 0.2, spread).exact == pytest.approx(107.0238, abs=5e-5)
    power = paired_auroc_plan(0.237, 0.2, spread, positives=107).power
    assert power == pytest.approx(0.7999286, abs=5e-8)
    turned = binormal_spread(
        (2.6, 1.0), (1.9, 1.0), correlation_positives=0.6, correlation_negatives=0.6,
        false_positive_range=(0.2, 0),
    )  # fmt: skip
    assert turned == spread


def test_uncorrelated_scores_have_no_covariance_and_more_correlation_needs_fewer_cases() -> None:
    """The binormal covariance at correlations of 0, and the sizes along the correlation."""
    a, b = binormal(0.9), binormal(0.8)
    none = binormal_spread(a, b, correlation_positives=0, correlation_negatives=0)
    assert none.shared == 0
    sizes = [
        paired_auroc_plan(
            0.9, 0.8, binormal_spread(a, b, correlation_positives=r, correlation_negatives=r)
        ).exact
        for r in (0.0, 0.3, 0.6)
    ]
    assert sizes == sorted(sizes, reverse=True)  # type: ignore[type-var]
    linked = [paired_auroc_plan(0.9, 0.8, correlated_spread(0.9, 0.8, r)).exact for r in (0, 0.5)]
    assert linked[0] > linked[1]  # type: ignore[operator]


def test_a_gap_of_proportions_agrees_with_power_prop_test() -> None:
    """R's help page: n = 50, 0.50 and 0.75 has power 0.740; power 0.90 needs 76.7."""
    assert gap_plan(0.5, 0.75, n=50).power == pytest.approx(0.740, abs=5e-4)
    size = gap_plan(0.5, 0.75, power=0.9)
    assert size.exact == pytest.approx(76.7, abs=0.05)
    assert size.n == 2 * 77


def test_connors_sample_size_for_mcnemar_is_his_formula() -> None:
    """Connor 1987: discordance 0.25, difference 0.1, 5 % two-sided, 80 %."""
    found = paired_proportion_plan(0.8, 0.7, discordant=0.25)
    expected = ((1.959964 * 0.5 + 0.841621 * (0.25 - 0.01) ** 0.5) / 0.1) ** 2
    assert found.exact == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ValueError, match="discordance"):
        paired_proportion_plan(0.9, 0.7, discordant=0.1)


@pytest.mark.parametrize(("expected", "goal"), [(0.9, 0.8), (0.97, 0.9), (0.1, 0.2)])
def test_the_exact_size_holds_the_power_for_every_larger_study(
    expected: float, goal: float
) -> None:
    """By adding up binomial probabilities over the rejection region, n by n."""
    from scipy.stats import binom

    def power(n: int) -> float:
        x = np.arange(n + 1)
        tail = binom.sf(x - 1, n, goal) if expected > goal else binom.cdf(x, n, goal)
        return float(binom.pmf(x[tail <= 0.025], n, expected).sum())

    plan = proportion_plan(expected, goal)
    assert plan.n is not None
    assert plan.power == pytest.approx(power(plan.n))
    assert power(plan.n - 1) < 0.8
    assert min(power(n) for n in range(plan.n, plan.n + 150)) >= 0.8


def test_the_normal_size_is_fleiss_formula_and_precision_buderers() -> None:
    """N = ((z sqrt(p0 q0) + z sqrt(p1 q1)) / d)^2; Buderer 1996: z^2 p q / d^2 / prevalence."""
    normal = proportion_plan(0.9, 0.8, method="normal")
    assert normal.exact == pytest.approx(((1.959964 * 0.4 + 0.841621 * 0.3) / 0.1) ** 2, rel=1e-5)
    precise = precision_plan(0.9, 0.05, prevalence=0.1)
    assert precise.n == 139
    assert "1,390 consecutive" in precise.justification
    for_negatives = precision_plan(0.9, 0.05, prevalence=0.1, endpoint="specificity")
    assert "155 consecutive" in for_negatives.justification


@pytest.mark.parametrize(
    ("generalise", "cases", "power"),
    [
        ("readers-and-cases", 165, 0.80541995),
        ("cases", 131, 0.80091813),
        ("readers", 53, 0.80496663),
    ],
)
def test_reader_studies_agree_with_rjafroc_on_van_dyke(
    generalise: str, cases: int, power: float
) -> None:
    """SsPowerGivenJK(dataset02, "Wilcoxon", "OR", J = 10), in RJafroc's own tests (GPL-3)."""
    found, _, _ = reader_power(
        DIFFERENCE,
        VANDYKE,
        readers=10,
        cases=cases,
        generalise=generalise,  # type: ignore[arg-type]
    )
    assert found == pytest.approx(power, abs=5e-8)


def test_six_readers_need_251_cases_as_in_rjafroc() -> None:
    """SsSampleSizeKGivenJ(dataset02, J = 6): 251; with 111 cases the power is 0.5526116."""
    plan = reader_plan(DIFFERENCE, VANDYKE, readers=6)
    assert (plan.n, plan.readers) == (251, 6)
    power = reader_power(DIFFERENCE, VANDYKE, readers=6, cases=111)[0]
    assert power == pytest.approx(0.5526116, abs=5e-8)


def test_too_few_readers_are_told_apart_from_a_mistake() -> None:
    """With three readers no number of cases is enough: no size, and the reason."""
    plan = reader_plan(0.04, VANDYKE, readers=3)
    assert plan.n is None
    assert "more readers" in plan.reason
    assert plan.to_result().find("sample-size").reason == plan.reason


def test_negative_components_count_as_zero() -> None:
    """Cov2 below Cov3 and a negative var(TR), as pilots give them."""
    odd = Components(modality_reader=-1e-4, error=8e-4, cov1=3e-4, cov2=2e-4, cov3=3e-4, cases=100)
    even = Components(modality_reader=0, error=8e-4, cov1=3e-4, cov2=3e-4, cov3=3e-4, cases=100)
    assert reader_power(0.05, odd, readers=5, cases=100) == reader_power(
        0.05, even, readers=5, cases=100
    )


PLANS: list[Plan] = [
    proportion_plan(0.9, 0.8, prevalence=0.2),
    auroc_plan(0.85, 0.75),
    unpaired_auroc_plan(0.9, 0.8),
    unpaired_auroc_plan(0.9, 0.9, margin=0.05, sides=1, alpha=0.025),
    paired_auroc_plan(0.9, 0.85, correlated_spread(0.9, 0.85, 0.5)),
    gap_plan(0.9, 0.9, margin=0.1, sides=1, alpha=0.025),
    paired_proportion_plan(0.9, 0.8),
    reader_plan(0.05, VANDYKE, readers=6),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.design)
def test_the_paragraph_states_the_size_the_power_and_the_level(plan: Plan) -> None:
    """All that a protocol must state, in words, and the power is that of the rounded size."""
    assert plan.power is not None
    assert plan.power >= 0.8 - 1e-9
    assert f"{plan.power:.1%}" in plan.justification
    assert f"significance level of {plan.alpha:g}" in plan.justification
    number = plan.positives or plan.n or 0
    parts = {f"{number:,}", f"{number // 2:,}"}
    assert any(part in plan.justification for part in parts)
    assert plan.to_result().find("power").value == plan.power


@given(
    st.floats(0.55, 0.95), st.floats(0.02, 0.3), st.sampled_from(["obuchowski", "hanley-mcneil"])
)
@settings(max_examples=40, deadline=None)
def test_a_nearer_goal_needs_more_cases(expected: float, gap: float, variance: str) -> None:
    """Sizes never fall as the goal comes nearer."""
    near, far = expected - gap / 2, expected - gap
    if far < 0.5:
        return
    sizes = [auroc_plan(expected, goal, variance=variance).exact for goal in (near, far)]  # type: ignore[arg-type]
    assert sizes[0] >= sizes[1]  # type: ignore[operator]


@given(st.integers(1, 400), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_the_exact_test_never_exceeds_its_level(n: int, expected: float, goal: float) -> None:
    """At the goal itself the power is the size of the test."""
    del expected
    assert exact_power(goal + 1e-9, goal, n, 0.025) <= 0.025 + 1e-6


def test_impossible_plans_are_refused() -> None:
    """Out of range, nothing to detect, or a pilot of one class."""
    for make, words in (
        (lambda: proportion_plan(1.2, 0.8), "expected lies between"),
        (lambda: proportion_plan(0.8, 0.8), "equal"),
        (lambda: proportion_plan(0.9, 0.8, power=1.2), "power"),
        (lambda: proportion_plan(0.9, 0.8, sides=3), "sides"),
        (lambda: auroc_plan(0.8, 0.9), "goal"),
        (lambda: gap_plan(0.8, 0.8), "equal"),
        (lambda: gap_plan(0.7, 0.9, margin=0.1), "margin"),
        (lambda: pilot_spread([1, 1], [0, 1], [1, 0]), "no variance"),
        (lambda: reader_plan(0.0, VANDYKE, readers=5), "difference of 0"),
        (lambda: reader_power(0.1, VANDYKE, readers=1, cases=10), "two readers"),
    ):
        with pytest.raises(ValueError, match=words):
            make()
