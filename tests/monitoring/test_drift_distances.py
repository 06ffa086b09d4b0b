"""Distances and tests from counts, held to NannyML's published car loan, scipy and definitions."""

from __future__ import annotations

import functools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from monitoring.drift import cells, distances, two_sample
from tests.monitoring.counting import category, number, pair

LOAN = Path(__file__).parents[1] / "data" / "nannyml_car_loan"
SIZE = 5000  # rows of a chunk
CONTINUOUS = ("car_value", "debt_to_income_ratio", "driver_tenure")
DISCRETE = ("loan_length", "y_pred_proba")
CATEGORIES = ("salary_range", "size_of_downpayment", "repaid_loan_on_prev_car")


@functools.cache
def loan() -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    """NannyML's values of ten chunks, the reference rows, the rows analysed."""
    oracle = json.loads((LOAN / "oracle.json").read_text())["car_loan_univariate_drift_chunk5000"]
    then, now = (pd.read_csv(LOAN / f"{name}.csv.gz") for name in ("reference", "analysis"))
    return oracle, then, now


def chunks(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Reference and window of a column, of each chunk."""
    _, then, now = loan()
    return [
        (then[name].to_numpy(), now[name][i : i + SIZE].to_numpy()) for i in range(0, 50_000, SIZE)
    ]


@pytest.mark.parametrize("name", CATEGORIES)
def test_distances_of_categories_are_nannymls_to_1e_6(name: str) -> None:
    """Jensen-Shannon, Hellinger, L-infinity and chi-square of each of the ten chunks."""
    oracle = loan()[0][name]
    for place, (then, now) in enumerate(chunks(name)):
        one, other = category(then), category(now)
        found = distances.measures(one, other)
        for ours, theirs in (
            ("jensenshannon", "jensen_shannon"),
            ("hellinger", "hellinger"),
            ("l-infinity", "l_infinity"),
        ):
            assert found[ours] == pytest.approx(oracle[theirs]["value"][place], abs=1e-6), ours
        counts = cells.categories(one, other)[1]
        wanted = oracle["chi2"]["value"][place]
        if counts.shape[1] > 2:
            test = two_sample.test(one, other, "chisquare-homogeneity")
            assert isinstance(test, two_sample.TwoSample)
            assert test.statistic == pytest.approx(wanted, abs=1e-6)
        else:  # NannyML takes Yates' correction there, which makes the test miss too often
            assert stats.chi2_contingency(counts).statistic == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("name", DISCRETE)
def test_ks_of_columns_whose_values_are_the_edges_is_nannymls_to_1e_6(name: str) -> None:
    """Nothing lies inside a bin: D is exact, and has no other upper bound. Wasserstein to 1e-3."""
    oracle = loan()[0][name]
    for place, (then, now) in enumerate(chunks(name)):
        one, other = pair(then, now)
        test = two_sample.kolmogorov_smirnov(one, other)
        assert (
            test.statistic
            == test.highest
            == pytest.approx(oracle["kolmogorov_smirnov"]["value"][place], abs=1e-6)
        )
        wanted = oracle["wasserstein"]["value"][place]
        assert distances.wasserstein(one, other) == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_ks_of_continuous_columns_is_bracketed_within_the_share_of_a_bin(name: str) -> None:
    """Of raw rows D lies between ours and 0.0051 more (200 bins); ours is at most 0.0011 below.

    NannyML's own value is read off quantiles of a large reference, and may lie as far above it.
    """
    oracle = loan()[0][name]
    for place, (then, now) in enumerate(chunks(name)):
        one, other = pair(then, now)
        test = two_sample.kolmogorov_smirnov(one, other)
        raw = stats.ks_2samp(then, now, method="asymp")
        assert test.statistic <= raw.statistic <= test.highest <= test.statistic + 0.0055
        assert test.statistic == pytest.approx(raw.statistic, abs=0.0011)
        assert test.p >= raw.pvalue >= test.least_p
        assert test.statistic == pytest.approx(
            oracle["kolmogorov_smirnov"]["value"][place], abs=0.0011
        )
        wanted = oracle["wasserstein"]["value"][place]
        # Where the two hardly differ, a few per cent of hardly anything.
        near = 0.002 * float(np.std(then))
        assert distances.wasserstein(one, other) == pytest.approx(wanted, rel=0.01, abs=near)


@pytest.mark.parametrize("name", [*CONTINUOUS, *DISCRETE])
def test_over_nannymls_own_bins_our_shares_give_its_values_to_1e_6(name: str) -> None:
    """It takes numpy's "doane" bins of the reference, and one more for what lies outside."""
    oracle = loan()[0][name]
    for place, (then, now) in enumerate(chunks(name)):
        bins = np.histogram_bin_edges(then.astype(float), bins="doane")
        shares = [np.histogram(side, bins)[0] / len(side) for side in (then, now)]
        p, q = (np.append(share, max(0.0, 1 - share.sum())) for share in shares)
        for ours, theirs in (
            (distances.jensenshannon(p, q), "jensen_shannon"),
            (distances.hellinger(p, q), "hellinger"),
        ):
            assert ours == pytest.approx(oracle[theirs]["value"][place], abs=1e-6), theirs


def test_psi_is_of_tenths_whatever_the_edges() -> None:
    """200 edges are grouped to the tenths that ten bins have; PSI is then the textbook's."""
    draw = np.random.default_rng(1)
    then, now = draw.normal(size=50_000), draw.normal(0.3, 1, 20_000)
    cuts = np.quantile(then, np.arange(1, 10) / 10, method="inverted_cdf").tolist()
    ten = number(then, cuts, discrete=False), number(now, cuts, discrete=False)
    p, q = (np.array(list(side["counts"].values())) / side["total"] for side in ten)
    textbook = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert distances.exact(*ten, "psi") == pytest.approx(textbook, abs=1e-12)
    assert distances.exact(*pair(then, now), "psi") == pytest.approx(textbook, rel=1e-9)


def test_p_values_have_the_true_number_of_cases() -> None:
    """They are scipy's on the raw rows, not those of 10,000 rebuilt ones."""
    draw = np.random.default_rng(2)
    then = np.round(draw.normal(60, 15, 40_000))
    now = np.round(draw.normal(60.6, 15, 90_000))
    found = two_sample.test(*pair(then, now), "ks")
    wanted = stats.ks_2samp(then, now, method="asymp")
    assert isinstance(found, two_sample.TwoSample)
    assert found.statistic == pytest.approx(wanted.statistic, abs=1e-12)
    assert found.p == pytest.approx(wanted.pvalue, rel=1e-9)
    some = stats.ks_2samp(then[:10_000], now[:10_000], method="asymp").pvalue
    assert found.p < 1e-3 < some  # a sample of that size asks another question
    one, other = draw.choice(["a", "b"], 5000), draw.choice(["a", "b"], 8000, p=[0.52, 0.48])
    z = two_sample.test(category(one), category(other), "z")
    square = two_sample.test(category(one), category(other), "chisquare-homogeneity")
    assert isinstance(z, two_sample.TwoSample)
    assert isinstance(square, two_sample.TwoSample)
    assert z.statistic**2 == pytest.approx(square.statistic)
    assert z.p == pytest.approx(square.p)


@pytest.mark.parametrize(("method", "most"), [("ks", 33), ("chisquare-homogeneity", 33)])
def test_tests_keep_their_level(method: str, most: int) -> None:
    """Of 400 windows like the reference about 20 are called at 5 %; Evidently's chi-square: many.

    It takes the reference's shares for the truth.
    """
    draw = np.random.default_rng(3)
    calls, taken = 0, 0
    for _ in range(400):
        if method == "ks":
            one, other = pair(draw.normal(size=400), draw.normal(size=400), 100)
        else:
            one, other = (category(draw.choice(list("abcd"), 1000)) for _ in range(2))
            known = two_sample.test(one, other, "chisquare")
            taken += isinstance(known, two_sample.TwoSample) and known.p <= 0.05
        found = two_sample.test(one, other, method)
        assert isinstance(found, two_sample.TwoSample)
        calls += found.p <= 0.05
    assert 8 <= calls <= most
    assert taken == 0 or taken > 60


def test_wasserstein_is_the_area_between_the_distribution_functions() -> None:
    """Of raw rows to half a per cent, and exactly where two uniform halves are exchanged."""
    draw = np.random.default_rng(4)
    then, now = draw.gamma(2, 3, 30_000), draw.gamma(3, 3, 30_000)
    wanted = stats.wasserstein_distance(then, now)
    assert distances.wasserstein(*pair(then, now)) == pytest.approx(wanted, rel=0.005)
    body = {"type": "number", "edges": [0.0, 1.0, 2.0], "missing": 0, "total": 4}
    one = body | {"counts": {"0": 0, "1": 3, "2": 1, "3": 0}}
    other = body | {"counts": {"0": 0, "1": 1, "2": 3, "3": 0}}
    assert distances.wasserstein(one, other) == pytest.approx(0.5)
    assert distances.exact(one, one, "wasserstein") == 0
