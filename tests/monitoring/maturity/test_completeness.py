"""Complete, maturing or late."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.maturity import delays
from monitoring.maturity.completeness import completeness
from monitoring.maturity.delays import Delays  # noqa: TC001 - pytest reads the annotations


@pytest.fixture(scope="module")
def known() -> Delays:
    """Delays of mean 10 days, from cases of up to 90 days."""
    rng = np.random.default_rng(1)
    age, delay = rng.uniform(0, 90, 5000), rng.exponential(10, 5000)
    return delays.fit(np.where(delay <= age, delay, np.nan), age)


def _window(n: int, seed: int, *, mean: float = 10) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    age = rng.uniform(0, 14, n)
    return age, rng.exponential(mean, n) <= age


def test_a_window_whose_labels_come_as_they_used_to_is_maturing(known: Delays) -> None:
    """The expected share is the mean over ages of the share come by then."""
    age, there = _window(1000, 2)
    found = completeness(age, there, known)
    assert found.verdict == "maturing"
    assert found.expected.value == pytest.approx(1 - (1 - np.exp(-1.4)) / 1.4, abs=0.02)
    assert found.observed.value == pytest.approx(there.mean())
    assert "labels are still to come" in found.statement


def test_a_feed_that_stopped_is_late(known: Delays) -> None:
    """Nothing has come in for a week: fewer than expected."""
    age, _ = _window(1000, 3)
    there = np.random.default_rng(3).exponential(10, 1000) <= age - 7
    found = completeness(age, there, known)
    assert found.verdict == "late"
    assert "a feed has stopped" in found.statement


def test_the_tolerance_keeps_large_windows_quiet(known: Delays) -> None:
    """A mean of 11 days instead of 10 is sure in 50,000 cases, and no lost feed."""
    age, there = _window(50_000, 4, mean=11)
    found = completeness(age, there, known)
    assert found.observed.value < found.expected.low  # type: ignore[operator]
    assert found.verdict == "maturing"
    assert completeness(age, there, known, late_by=0).verdict == "late"


def test_enough_labels_are_complete_whatever_was_expected() -> None:
    """From the share that the plan names; without delays nothing is expected."""
    found = completeness([30] * 10, [True] * 9 + [False], None)
    assert found.verdict == "complete"
    assert found.expected.reason == "no delays are known yet"
    assert (
        completeness([30] * 10, [True] * 9 + [False], None, complete_at=0.95).verdict == "maturing"
    )
    assert completeness([], [], None).statement == "The window has no cases."


def test_ages_beyond_any_seen_are_said() -> None:
    """Half of the labels never came within 10 days; what comes by day 40 is unknown."""
    known = delays.fit([2, np.nan], [10, 10])
    found = completeness([40, 5], [True, False], known)
    assert found.expected.value is None
    assert "1 cases are older than any whose delay was seen (10)" in found.expected.reason
    assert found.verdict == "maturing"


def test_the_expected_interval_covers_what_comes() -> None:
    """300 windows of 200 cases, delays from 400 each: at most 5 % and three errors outside."""
    rng = np.random.default_rng(8)
    outside = 0
    for _ in range(300):
        age, delay = rng.uniform(0, 60, 400), rng.exponential(10, 400)
        before = delays.fit(np.where(delay <= age, delay, np.nan), age)
        now = rng.uniform(0, 14, 200)
        found = completeness(now, rng.exponential(10, 200) <= now, before)
        low, high = found.expected.low, found.expected.high
        outside += not low <= found.observed.value <= high  # type: ignore[operator]
    assert 2 <= outside <= 27


def test_counts_are_people() -> None:
    """A row of three is three labels."""
    found = completeness([5, 5], [True, False], None, [3, 1])
    assert (found.observed.events, found.observed.n) == (3, 4)
