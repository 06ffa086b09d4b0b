"""Whether positives come earlier, and what that does to a young window."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import survdiff

from monitoring.maturity import by_age, outcome
from monitoring.maturity.by_age import Labelled
from tests.monitoring.maturity.cardiac import operations


def test_the_test_is_the_log_rank_of_left_truncated_times() -> None:
    """Statsmodels with entry times, on delays that count down from day 100."""
    rng = np.random.default_rng(3)
    label, age = rng.integers(0, 2, 300), rng.integers(0, 60, 300)
    delay = rng.integers(0, 40, 300) + 5 * label
    found = outcome.compare(delay, age, label).test
    seen = delay <= age
    statistic, p = survdiff(
        100 - delay[seen], np.ones(seen.sum()), label[seen], entry=100 - age[seen] - 0.5
    )
    assert found.statistic == pytest.approx(statistic)
    assert found.p == pytest.approx(p)


def test_cardiac_deaths_are_known_before_survivals() -> None:
    """Deaths after 4 days in the median, survivals after 30; it is said in words."""
    frame = operations()
    frame = frame[frame["date"] <= 1000]
    found = outcome.compare(frame["delay"], 1000 - frame["date"], frame["died30"])
    assert found.depends
    medians = {one.subgroup: one.value for one in found.medians(0.95, "days")}
    assert medians == {"outcome=positive": 4, "outcome=negative": 30}
    assert "Early labels are biased: positive labels come first" in found.statement


def test_a_false_alarm_is_as_rare_as_its_level() -> None:
    """Both equally late, ages and prevalence mixed: rejected in about 5 % of 300 samples."""
    rng = np.random.default_rng(9)
    wrong = 0
    for _ in range(300):
        age, delay = rng.uniform(0, 60, 200), rng.exponential(15, 200)
        label = rng.binomial(1, 0.3, 200)
        wrong += outcome.compare(delay, age, label, level=0.05).depends
    assert 4 <= wrong <= 27  # 15 expected, three errors of 3.8


def test_counts_are_the_expanded_rows_and_one_outcome_cannot_be_compared() -> None:
    """The reason is in the sentence."""
    rng = np.random.default_rng(5)
    delay, age, label = rng.integers(0, 9, 80), rng.integers(3, 20, 80), rng.integers(0, 2, 80)
    count = rng.integers(0, 4, 80)
    rows = [np.repeat(part, count) for part in (delay, age, label)]
    one, other = outcome.compare(delay, age, label, count), outcome.compare(*rows)
    assert one.test.statistic == pytest.approx(other.test.statistic)
    alone = outcome.compare(delay, age, np.ones(80))
    assert alone.test.p is None
    assert not alone.depends
    assert "cannot be said" in alone.statement
    assert alone.negative is None


def test_a_young_window_is_measured_on_a_biased_sample() -> None:
    """A month of operations: 30-day mortality at ages 0 to 30, and how many labels there were."""
    frame = operations()
    frame = frame[frame["date"].between(971, 1000)]
    cases = Labelled(
        label=frame["died30"].to_numpy(),
        score=frame["p_model"].to_numpy(),
        count=np.ones(len(frame), dtype=int),
        known=frame["known"].to_numpy(),
        patient=np.arange(len(frame)),
    )
    found = by_age.by_age(
        cases,
        1000,
        endpoints=["prevalence", "auroc"],
        thresholds=[],
        ages=(0, 14, 30, 60),
        until=1030,
    )
    assert [one.age for one in found] == [0, 14, 30]
    share = [one.completeness.value for one in found]
    assert share[0] < share[1] < share[2] == 1  # type: ignore[operator]
    mortality = [one.estimates[0].value for one in found]
    assert mortality == pytest.approx([1, 0.1, 3 / 78], abs=1e-12)
    assert found[0].estimates[1].value is None  # nobody is known to have survived
    assert found[2].estimates[1].n == 78
