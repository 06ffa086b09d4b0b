"""ICC, repeatability and errors on a scale against the papers and R (psych)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.rating.icc import icc
from validation.rating.ratings import Ratings
from validation.rating.regression import ENDPOINTS, measured
from validation.rating.repeatability import repeatability

if TYPE_CHECKING:
    from validation.estimate import Estimate

# Shrout and Fleiss 1979, table 2: six targets, four judges
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
FORMS = {  # their table 4; intervals as R's psych::ICC prints them for these data
    "icc-1-1": (0.17, -0.133, 0.72),
    "icc-2-1": (0.29, 0.019, 0.76),
    "icc-3-1": (0.71, 0.342, 0.95),
    "icc-1-k": (0.44, -0.884, 0.91),
    "icc-2-k": (0.62, 0.071, 0.93),
    "icc-3-k": (0.91, 0.676, 0.99),
}
# Bland and Altman, Lancet 1986; i: 307-310, table 1: peak flow, 17 subjects, two meters, twice
WRIGHT = [
    [494, 490], [395, 397], [516, 512], [434, 401], [476, 470], [557, 611], [413, 415], [442, 431],
    [650, 638], [433, 429], [417, 420], [656, 633], [267, 275], [478, 492], [178, 165], [423, 372],
    [427, 421],
]  # fmt: skip
MINI = [
    [512, 525], [430, 415], [520, 508], [428, 444], [500, 500], [600, 625], [364, 460], [380, 390],
    [658, 642], [445, 432], [432, 420], [626, 605], [260, 227], [477, 467], [259, 268], [350, 370],
    [451, 443],
]  # fmt: skip


def _bounds(found: Estimate) -> np.ndarray:
    """Value and interval, NaN where there is none."""
    return np.array([found.value, found.low, found.high], dtype=float)


def test_the_six_forms_of_shrout_and_fleiss() -> None:
    """Values of the paper, intervals of psych, F of 1.79 and 11.03."""
    estimates, tests = icc(Ratings.of_matrix(JUDGES))
    for found in estimates:
        value, low, high = FORMS[found.endpoint]
        assert found.value == pytest.approx(value, abs=5e-3)
        assert found.low == pytest.approx(low, abs=6e-4)
        assert found.high == pytest.approx(high, abs=5e-3)
    assert [test.statistic for test in tests] == pytest.approx([1.79, 11.03, 11.03], abs=6e-3)
    assert [test.p for test in tests] == pytest.approx([0.16477, 0.00013, 0.00013], abs=6e-6)
    assert [test.df for test in tests] == [(5, 18), (5, 15), (5, 15)]


def test_a_unit_that_a_rater_missed_is_left_out() -> None:
    """As irr::icc; the n says so."""
    whole, _ = icc(Ratings.of_matrix(JUDGES))
    lacking, _ = icc(Ratings.of_matrix([*JUDGES, [5, 5, None, 5]]))
    assert [(e.value, e.low, e.n) for e in lacking] == [(e.value, e.low, e.n) for e in whole]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=8),
    st.integers(-50, 50),
)
def test_a_rater_who_is_always_higher_is_consistent(rows: list[list[int]], shift: int) -> None:
    """Form 3 does not mind a constant added by a rater; forms 1 and 2 do not gain from it."""
    matrix = np.array(rows)
    moved = matrix + np.array([0, 0, shift])
    one, two = (icc(Ratings.of_matrix(m))[0] for m in (matrix, moved))
    if one[2].value is not None and two[2].value is not None:
        assert two[2].value == pytest.approx(one[2].value, abs=1e-9)
    for found in (*one, *two):
        if found.low is not None and found.value is not None and found.high is not None:
            assert found.low <= found.value + 1e-9
            assert found.value <= found.high + 1e-9
            assert found.high <= 1 + 1e-12


def test_ratings_without_variance_have_no_icc() -> None:
    """Reasons, not NaN."""
    estimates, tests = icc(Ratings.of_matrix([[3, 3], [3, 3]]))
    assert all(e.reason == "all ratings are equal" for e in estimates)
    assert not tests
    alone, _ = icc(Ratings.of_matrix([[1, 2]]))
    assert alone[0].reason.startswith("fewer than two raters")
    same, _ = icc(Ratings.of_matrix([[1, 1], [2, 2], [5, 5]]))
    assert (same[0].value, same[0].low) == (1, None)
    assert same[0].reason == "no interval: no variance within units"
    with pytest.raises(ValueError, match="needs numbers"):
        icc(Ratings.of_matrix([["a", "b"], ["a", "a"]]))


@pytest.mark.parametrize(("meter", "published"), [(WRIGHT, 43.2), (MINI, 56.4)])
def test_repeatability_of_the_peak_flow_meters(meter: list[list[int]], published: float) -> None:
    """Bland and Altman 1986: coefficients of 2 SD of the repeats' differences, 43.2 and 56.4."""
    within, coefficient, cv = repeatability(Ratings.of_matrix(meter))
    assert within.value is not None
    assert 2 * round(within.value * 2**0.5, 1) == pytest.approx(published)
    assert coefficient.value == pytest.approx(1.96 * 2**0.5 * within.value)
    pairs = np.array(meter, dtype=float)
    ratios = pairs.std(axis=1, ddof=1) / pairs.mean(axis=1)
    assert cv.value == pytest.approx(100 * np.sqrt((ratios**2).mean()))
    assert (cv.unit, within.n) == ("percent", 17)


def test_repeats_may_differ_in_number_and_zero_means_have_no_cv() -> None:
    """Pooled within units; a unit measured once says nothing."""
    found = repeatability(Ratings.of_matrix([[1, 3, None], [2, 4, 6], [9, None, None]]))
    assert found[0].value == pytest.approx(((2 + 8) / 3) ** 0.5)
    assert found[0].n == 2
    centred = repeatability(Ratings.of_matrix([[-1, 1], [2, 4]]))
    assert centred[2].reason == "a unit's mean is not positive"


def test_bland_and_altmans_peak_flow_example() -> None:
    """Bias -2.1 (-22.0 to 17.8), SD 38.8, error of a limit near sqrt(3 SD^2 / n) = 16.3."""
    first = {e.endpoint: e for e in measured([r[0] for r in MINI], [r[0] for r in WRIGHT])}
    bias, upper = first["bias"], first["limit-of-agreement-upper"]
    assert [bias.value, bias.low, bias.high] == pytest.approx([-2.1, -22.0, 17.8], abs=0.06)
    lower = first["limit-of-agreement-lower"]
    assert lower.value is not None
    assert upper.value is not None
    assert (upper.value - lower.value) / (2 * 1.959964) == pytest.approx(38.8, abs=0.05)
    assert upper.error == pytest.approx(16.3, abs=0.15)


def test_concordance_is_correlation_times_accuracy() -> None:
    """Lin 1989: rho_c = rho * C_b; value and epiR's interval formula written out."""
    x, y = np.array([r[0] for r in MINI], float), np.array([r[0] for r in WRIGHT], float)
    found = measured(x, y)[-1]
    rho, v = np.corrcoef(x, y)[0, 1], y.std() / x.std()
    u = (y.mean() - x.mean()) / np.sqrt(x.std() * y.std())
    value = rho * 2 / (v + 1 / v + u**2)
    assert found.value == pytest.approx(value)
    variance = (
        (1 - rho**2) * value**2 * (1 - value**2) / rho**2
        + 2 * value**3 * (1 - value) * u**2 / rho
        - 0.5 * value**4 * u**4 / rho**2
    ) / (len(x) - 2)
    half = 1.959964 * np.sqrt(variance) / (1 - value**2)
    assert [found.low, found.high] == pytest.approx(
        list(np.tanh(np.arctanh(value) + np.array([-half, half]))), abs=1e-6
    )


def test_delta_errors_are_those_of_the_bootstrap() -> None:
    """RMSE and R squared."""
    rng = np.random.default_rng(6)
    truth = rng.normal(0, 2, 400)
    guess = truth + rng.normal(0, 1, 400)
    found = {e.endpoint: e for e in measured(truth, guess)}
    again = []
    for _ in range(600):
        rows = rng.integers(0, 400, 400)
        drawn = {e.endpoint: e.value for e in measured(truth[rows], guess[rows])}
        again.append([drawn["rmse"], drawn["r-squared"]])
    spread = np.std(np.array(again, dtype=float), axis=0)
    assert [found["rmse"].error, found["r-squared"].error] == pytest.approx(spread, rel=0.12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(1, 4)),
        min_size=2,
        max_size=20,
    )
)
def test_counts_are_rows_and_signs_turn(rows: list[tuple[int, int, int]]) -> None:
    """Counts as expanded; exchanging reference and prediction turns the bias."""
    x, y, n = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    one, deep = (
        measured(x, y, n),
        measured(np.repeat(x, n.astype(int)), np.repeat(y, n.astype(int))),
    )
    turned = {e.endpoint: e for e in measured(y, x, n)}
    for mine, theirs in zip(one, deep, strict=True):
        assert _bounds(mine) == pytest.approx(_bounds(theirs), rel=1e-9, abs=1e-9, nan_ok=True)
        if mine.endpoint == "bias":
            assert turned["bias"].value == pytest.approx(-(mine.value or 0), abs=1e-9)
        if mine.endpoint in ("mae", "rmse", "concordance-correlation"):
            other = turned[mine.endpoint].value
            assert (other is None) == (mine.value is None)
            assert other is None or other == pytest.approx(mine.value, abs=1e-9)


def test_a_perfect_prediction_and_too_few_pairs() -> None:
    """Zero error without NaN; reasons where nothing varies."""
    found = {e.endpoint: e for e in measured([1, 2, 3, 4], [1, 2, 3, 4])}
    assert found["rmse"].value == found["mae"].value == 0
    assert found["r-squared"].value == found["concordance-correlation"].value == 1
    flat = {e.endpoint: e for e in measured([2, 2, 2], [1, 2, 3])}
    assert flat["r-squared"].reason == "the values do not vary"
    assert {e.endpoint for e in measured([1], [1])} == set(ENDPOINTS)
    assert all(e.value is None for e in measured([1], [1]))
    with pytest.raises(ValueError, match="1 pairs have a missing or infinite value"):
        measured([1, 2], [1, float("nan")])
