"""The distribution of the delay, held to a printed table, to statsmodels and to the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from monitoring.maturity import delays
from tests.monitoring.maturity.cardiac import operations

CHOP = Path(__file__).parents[2] / "data/chop_covid_turnaround/covid_testing.csv.gz"
# Remission of 21 children on 6-MP (Freireich et al., Blood 1963; 21: 699): weeks, 1 = relapse.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
# As printed from R's survfit(conf.type = "log-log"), and in many textbooks.
PRINTED = {
    6: (0.857, 0.0764, 0.620, 0.952),
    7: (0.807, 0.0869, 0.563, 0.923),
    10: (0.753, 0.0963, 0.503, 0.889),
    13: (0.690, 0.1068, 0.432, 0.849),
    16: (0.627, 0.1141, 0.368, 0.805),
    22: (0.538, 0.1282, 0.268, 0.747),
    23: (0.448, 0.1346, 0.188, 0.680),
}


def _late(n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 40, n).astype(float), rng.integers(0, 60, n).astype(float)


def test_the_printed_table_of_freireich() -> None:
    """Kaplan-Meier, Greenwood's error and log-log bounds, to the three decimals printed."""
    event, weeks = np.array(RELAPSE), np.array(WEEKS, dtype=float)
    found = delays.fit(np.where(event == 1, weeks, np.nan), weeks)
    assert found.delay.tolist() == list(PRINTED)
    for week, (survival, error, low, high) in PRINTED.items():
        one = found.complete_at(week)
        assert one.value == pytest.approx(1 - survival, abs=6e-4)
        assert (one.low, one.high) == pytest.approx((1 - high, 1 - low), abs=6e-4)
        place = list(PRINTED).index(week)
        assert found.error[place] * (1 - found.share[place]) == pytest.approx(error, abs=6e-5)
    median = found.quantile(0.5)
    assert (median.value, median.low, median.high) == (23, None, None)
    assert median.reason == "at least 13.0; the upper bound is not reached yet"  # printed: 13, NA


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # statsmodels takes logarithms of 0
def test_kaplan_meier_is_that_of_statsmodels() -> None:
    """Estimates and errors; a label later than the age has not come."""
    delay, age = _late(300)
    found = delays.fit(delay, age)
    theirs = SurvfuncRight(np.minimum(delay, age), (delay <= age).astype(int))
    at = theirs.n_events > 0
    assert found.share == pytest.approx(1 - theirs.surv_prob[at])
    errors = found.error * (1 - found.share)
    assert errors[:-1] == pytest.approx(theirs.surv_prob_se[at][:-1])  # theirs ends in 0 / 0
    for share in (0.25, 0.5, 0.75):
        one = found.quantile(share)
        assert one.value == theirs.quantile(share)
        assert (one.low, one.high) == tuple(theirs.quantile_ci(share))


def test_reverse_time_is_left_truncation_read_backwards() -> None:
    """Statsmodels with entry times, on delays that count down from day 100."""
    delay, age = _late(300)
    seen = delay <= age
    found = delays.fit(delay, age, design="reverse-kaplan-meier")
    theirs = SurvfuncRight(100 - delay[seen], np.ones(seen.sum()), entry=100 - age[seen] - 0.5)
    upto = np.append(1, theirs.surv_prob)
    place = np.searchsorted(theirs.surv_times, 100 - found.delay, side="left")
    assert found.share == pytest.approx(upto[place])
    assert found.n == seen.sum()


def test_reverse_time_by_hand() -> None:
    """Three cases: F(1) is the product over later delays of one less what came then.

    At delay 5 one of the three with delay <= 5 <= age came (the case of age 3 could not have been
    seen): 1 of 1. At delay 3, 1 of 2: F(1) = 1 x (1 - 1/2) ... only cases of age 3 and more count.
    """
    found = delays.fit([1, 3, 5], [3, 4, 9], design="reverse-kaplan-meier")
    # at risk: t=1: {1}; t=3: {1, 3}, both of age >= 3; t=5: {5} alone
    assert found.share.tolist() == [0.0, 0.0, 1.0]
    found = delays.fit([1, 3, 5], [9, 4, 9], design="reverse-kaplan-meier")
    # t=5: {1, 5}, 1 of 2 came; t=3: {1, 3}, 1 of 2 came
    assert found.share.tolist() == [0.25, 0.5, 1.0]


def test_both_designs_recover_the_truth_and_naive_shares_do_not() -> None:
    """Exponential delays of mean 20 days, cases aged 0 to 60 days: P(T <= 14)."""
    rng = np.random.default_rng(11)
    age, delay = rng.uniform(0, 60, 20_000), rng.exponential(20, 20_000)
    come = delay <= age
    truth, within = 1 - np.exp(-14 / 20), 1 - np.exp(-60 / 20)
    forward = delays.fit(np.where(come, delay, np.nan), age)
    backward = delays.fit(delay[come], age[come], design="reverse-kaplan-meier")
    assert forward.at(14) == pytest.approx(truth, abs=0.01)
    assert backward.at(14) == pytest.approx(truth / within, abs=0.015)
    assert (delay[come] <= 14).mean() > truth / within + 0.1


def test_the_interval_covers() -> None:
    """Share come by day 14 in 400 samples of 150 cases: 95 % within three errors of 0.011."""
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(400):
        age, delay = rng.uniform(0, 60, 150), rng.exponential(20, 150)
        one = delays.fit(np.where(delay <= age, delay, np.nan), age).complete_at(14)
        assert one.low is not None
        assert one.high is not None
        inside += one.low <= 1 - np.exp(-14 / 20) <= one.high
    assert 0.917 <= inside / 400 <= 0.983


def test_chop_turnaround_as_published() -> None:
    """5, 25, 50, 75 and 95 %: 3.2 / 4 / 5 / 6.2 / 9.5 hours; receipt 0.3 / 0.7 / 1.9 / 3.6 / 8."""
    frame = pd.read_csv(CHOP)
    for column, published in (
        ("rec_ver_tat", [3.2, 4, 5, 6.2, 9.5]),
        ("col_rec_tat", [0.3, 0.7, 1.9, 3.6, 8]),
    ):
        hours = frame.loc[frame[column] >= 0, column]
        found = delays.fit(hours).quantiles((0.05, 0.25, 0.5, 0.75, 0.95), unit="hours")
        assert [one.value for one in found] == pytest.approx(published)
        assert {one.unit for one in found} == {"hours"}


def test_counts_are_the_expanded_rows() -> None:
    """Both designs."""
    delay, age = _late(60)
    count = np.random.default_rng(2).integers(0, 4, 60)
    designs: tuple[delays.Design, ...] = ("kaplan-meier", "reverse-kaplan-meier")
    for design in designs:
        one = delays.fit(delay, age, count, design=design)
        rows = delays.fit(np.repeat(delay, count), np.repeat(age, count), design=design)
        assert one.share == pytest.approx(rows.share)
        assert one.error == pytest.approx(rows.error)
        assert (one.n, one.come) == (rows.n, rows.come)


def test_nothing_is_said_beyond_the_longest_age() -> None:
    """Cardiac labels on day 1000: all come by day 30; a set that is too young says so."""
    frame = operations()
    frame = frame[frame["date"] <= 1000]
    found = delays.fit(frame["delay"], 1000 - frame["date"])
    assert found.complete_at(30).value == 1
    assert found.at(29) < 0.2  # deaths only
    young = delays.fit([2, np.nan], [5, 10])
    assert young.complete_at(11).value is None
    assert "no case is 11 old yet" in young.complete_at(11).reason
    assert young.quantile(0.9).value is None
    assert "only 50.0% of the labels have come by 10 days" in young.quantile(0.9).reason
    assert young.complete_at(1).value == 0


@pytest.mark.parametrize(
    ("delay", "age", "words"),
    [
        ([-1.0], [3], "1 delays are negative"),
        ([1.0], [-3], "1 cases have not happened yet"),
        ([np.nan], None, "1 cases have no label and no age"),
        ([np.nan, np.nan], [3, 4], "no label has come yet"),
        ([1.0], [3, 4], "lengths differ"),
    ],
)
def test_impossible_delays_are_refused(
    delay: list[float], age: list[float] | None, words: str
) -> None:
    """With their number."""
    with pytest.raises(ValueError, match=words):
        delays.fit(delay, age)
