"""Every endpoint by name: what a policy may ask for is answered, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policies
from policies import endpoint as criteria
from policies.criteria import Criterion, Intervals, ValidationPolicy
from policies.policy import load
from validation import measurement, methods
from validation.choices import Choices
from validation.endpoints import ENDPOINTS, difference, evaluate, needs_threshold

NAMED = [*ENDPOINTS, "sensitivity-at-specificity-0.9", "partial-auroc-specificity-0.9-1"]
QUICK = Choices(replicates=20)
rng = np.random.default_rng(2)
LABEL = np.arange(80) % 2
SCORE = np.clip(0.5 + 0.2 * (LABEL - 0.5) + rng.normal(scale=0.2, size=80), 0.01, 0.99)
PATIENT = np.arange(80) // 3


@pytest.mark.parametrize("clustered", [None, PATIENT])
def test_every_endpoint_has_an_interval_a_method_and_its_reference(
    clustered: np.ndarray | None,
) -> None:
    """In ordinary data nothing is missing, and nothing is without a citation."""
    found = evaluate(
        LABEL, SCORE, endpoints=NAMED, thresholds=[0.5], cluster=clustered, choices=QUICK
    )
    assert [e.endpoint for e in found] == NAMED
    for e in found:
        assert None not in (e.value, e.low, e.high), e
        assert e.method in methods.REFERENCES, e.method
        assert e.threshold == (0.5 if needs_threshold(e.endpoint) else None)


def test_each_threshold_gives_its_own_estimate_and_unknown_names_are_refused() -> None:
    """In the order of names, then thresholds."""
    found = evaluate(LABEL, SCORE, endpoints=["f1", "auroc"], thresholds=[0.4, 0.6])
    assert [(e.endpoint, e.threshold) for e in found] == [
        ("f1", 0.4),
        ("f1", 0.6),
        ("auroc", None),
    ]
    with pytest.raises(ValueError, match="unknown endpoint 'poem'"):
        evaluate(LABEL, SCORE, endpoints=["poem"], thresholds=[])


def test_a_policy_may_ask_for_what_the_registry_answers_and_nothing_else() -> None:
    """Names, and which of them need an operating point, are the same in both."""
    assert {*ENDPOINTS} == criteria.AT_THRESHOLD | criteria.WITHOUT
    assert {name for name in ENDPOINTS if needs_threshold(name)} == criteria.AT_THRESHOLD
    for name in ("sensitivity-at-specificity-0.95", "partial-auroc-corrected-sensitivity-0.9-1"):
        assert Criterion(id="V1", endpoint=name, at_least=0.5).endpoint == name
        assert not needs_threshold(name)
    for name, limit in (("poem", 0.5), ("kappa", 1.5), ("number-needed-to-predict", 0.5)):
        with pytest.raises(ValueError, match="impossible|no endpoint"):
            Criterion(id="V1", endpoint=name, at_least=limit, at="standard")


def test_scores_that_are_no_probabilities_are_refused_or_told() -> None:
    """By default they are refused; at the calculator, AUROC is there and calibration says why."""
    logits = np.log(SCORE / (1 - SCORE))
    names = ["auroc", "brier", "calibration-slope"]
    with pytest.raises(ValueError, match="not logits or percentages"):
        evaluate(LABEL, logits, endpoints=names, thresholds=[])
    found = evaluate(LABEL, logits, endpoints=names, thresholds=[], choices=Choices(scale="any"))
    assert found[0].value == evaluate(LABEL, SCORE, endpoints=["auroc"], thresholds=[])[0].value
    for e in found[1:]:
        assert (e.value, "no probabilities" in e.reason) == (None, True)
    other = Choices(scale="other")
    (within,) = evaluate(LABEL, SCORE, endpoints=["brier"], thresholds=[], choices=other)
    assert (within.value, within.reason) == (None, "scores are no probabilities")


def test_calls_of_zero_and_one_have_no_calibration_slope() -> None:
    """They have a Brier score, the share of errors."""
    called = (SCORE >= 0.5).astype(float)
    slope, brier = evaluate(LABEL, called, endpoints=["calibration-slope", "brier"], thresholds=[])
    assert (slope.value, "calls, not probabilities" in slope.reason) == (None, True)
    assert brier.value == pytest.approx((called != LABEL).mean())


def test_weights_and_missing_counts_are_refused() -> None:
    """A count is people, and whole."""
    for count in ([1.5] * 80, [np.nan] * 80):
        with pytest.raises(ValueError, match="80 counts are missing or no whole numbers"):
            evaluate(LABEL, SCORE, count, endpoints=["auroc"], thresholds=[])


def test_differences_use_the_limits_that_the_estimates_have() -> None:
    """MOVER with Wilson's limits is Newcombe's method 10; clustered estimates keep their own."""
    half = LABEL.size // 2
    parts = [slice(0, half), slice(half, None)]
    asked = {"endpoints": ["sensitivity", "auroc", "kappa"], "thresholds": [0.5]}
    plain = [evaluate(LABEL[p], SCORE[p], **asked) for p in parts]  # type: ignore[arg-type]
    by = [
        evaluate(LABEL[p], SCORE[p], cluster=np.arange(half), **asked)  # type: ignore[arg-type]
        for p in parts
    ]
    newcombe, delong, mover = (difference(a, b) for a, b in zip(*plain, strict=True))
    assert (newcombe.method, delong.method, mover.method) == (
        "newcombe",
        "delong-unpaired",
        "mover",
    )
    found = difference(by[0][0], by[1][0])
    assert (found.method, found.value) == ("mover", newcombe.value)
    a, b = by[0][0], by[1][0]
    below = np.hypot((a.value or 0) - (a.low or 0), (b.high or 0) - (b.value or 0))
    assert found.low == pytest.approx((found.value or 0) - below)
    a, b = plain[0][0], plain[1][0]
    below = np.hypot((a.value or 0) - (a.low or 0), (b.high or 0) - (b.value or 0))
    assert newcombe.low == pytest.approx((newcombe.value or 0) - below)
    assert difference(by[0][1], by[1][1]).method == "mover"
    assert mover.endpoint == "kappa-difference"


rows = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 9), st.integers(1, 3)), min_size=4, max_size=30
).filter(lambda found: {label for label, _, _ in found} == {0, 1})


@settings(deadline=None, max_examples=40)
@given(rows, rows)
def test_merging_counts_of_sites_is_pooling_their_rows(
    one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]
) -> None:
    """Counts summed by label and score give every figure of the pooled rows."""
    pooled = pd.DataFrame([*one, *other], columns=["y", "s", "n"])
    merged = pooled.groupby(["y", "s"], as_index=False).n.sum()
    choices = Choices(replicates=10)
    a, b = (
        evaluate(d.y, d.s / 10, d.n, endpoints=NAMED, thresholds=[0.5], choices=choices)
        for d in (pooled, merged)
    )
    for x, z in zip(a, b, strict=True):
        assert (x.n, x.positives, x.method, x.reason) == (z.n, z.positives, z.method, z.reason)
        for name in ("value", "low", "high"):
            ours, theirs = getattr(x, name), getattr(z, name)
            if ours is None or theirs is None:
                assert ours is theirs
            else:
                assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-8), (x, name)


def test_the_policy_chooses_the_scale_of_the_auroc() -> None:
    """As it does the interval of proportions; without a word it is one that covers when small."""
    defaults = Path(policies.__file__).parent / "validation.yaml"
    policy = load(defaults).value
    assert isinstance(policy, ValidationPolicy)
    assert measurement.choices(policy).auroc_scale == "logit"
    assert measurement.choices(policy).kappa == "small-sample"
    plain = policy.model_copy(update={"intervals": Intervals(auroc_scale="plain")})
    assert measurement.choices(plain).auroc_scale == "plain"
