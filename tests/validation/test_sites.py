"""Sites as strata, against R's metafor and meta on the BCG trials, and on four hospitals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from validation.binary.proportion import proportion
from validation.designs.pooling import between, pool
from validation.designs.sites import sites
from validation.estimate import Estimate

# Colditz et al. 1994, `dat.bcg` of metafor: TB positive and negative, vaccinated and not
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
        [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619],
        [505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600],
        [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
    ],
    dtype=float,
)  # fmt: skip
# Heart disease at four sites (UCI, CC BY 4.0): AUC and DeLong variance by R's pROC, n, positives
HEART = {
    "Cleveland": (0.8902000351, 0.0003392334083, 303, 139),
    "Hungary": (0.8790737564, 0.000502766232, 293, 106),
    "VA": (0.7298245614, 0.002584953332, 144, 114),
}


def _ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    return np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def _odds() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def _aucs() -> dict[str, Estimate]:
    return {
        name: Estimate(
            endpoint="auroc", value=value, low=None, high=None, n=n, positives=m,
            method="delong", unit="auc", error=variance**0.5,
        )
        for name, (value, variance, n, m) in HEART.items()
    }  # fmt: skip


def test_the_fixed_effect_and_q_agree_with_metafor() -> None:
    """rma(yi, vi, method = "EE") on log risk ratios and log odds ratios."""
    found = pool(*_ratios())
    assert found.fixed == pytest.approx((-0.4303, -0.5097, -0.3509), abs=5e-5)
    assert found.q[0] == pytest.approx(152.2330, abs=5e-5)
    assert found.q[1] == 12
    assert pool(*_odds()).q[0] == pytest.approx(163.1649, abs=5e-5)


def test_dersimonian_laird_agrees_with_metafor_and_stata() -> None:
    """As in metafor's own tests against Stata's metan (GPL)."""
    found = pool(*_ratios(), spread="dersimonian-laird", interval="normal")
    assert found.random == pytest.approx((-0.7141, -1.0644, -0.3638), abs=5e-5)
    assert found.tau2[0] == pytest.approx(0.3088, abs=5e-5)
    assert found.i2[0] == pytest.approx(0.921173, abs=5e-7)
    odds = pool(*_odds(), spread="dersimonian-laird", interval="normal")
    assert odds.random == pytest.approx((-0.7474, -1.1242, -0.3706), abs=5e-5)
    assert odds.tau2[0] == pytest.approx(0.3663, abs=5e-5)


def test_reml_with_hartung_knapp_agrees_with_metafor() -> None:
    """rma(yi, vi): tau2 0.3132, I2 92.22; test="knha": -1.1084 to -0.3206; confint: Q-profile."""
    found = pool(*_ratios())
    assert found.tau2 == pytest.approx((0.3132, 0.1197, 1.1115), abs=5e-5)
    assert found.i2_profile == pytest.approx((0.9222, 0.8192, 0.9768), abs=5e-5)
    assert found.random == pytest.approx((-0.7145, -1.1084, -0.3206), abs=5e-5)
    assert found.random_error == pytest.approx(0.1808, abs=5e-5)
    normal = pool(*_ratios(), interval="normal")
    assert normal.random == pytest.approx((-0.7145, -1.0669, -0.3622), abs=5e-5)


def test_paule_mandel_agrees_with_the_iterated_estimators_of_metafor() -> None:
    """rma(method = "DLIT") converges to the same root, 0.3181."""
    assert between(*_ratios(), "paule-mandel") == pytest.approx(0.3181, abs=5e-5)


def test_the_interval_of_i_squared_agrees_with_meta() -> None:
    """Metabin on the BCG trials prints I^2 = 92.1% [88.3%; 94.7%]."""
    assert pool(*_ratios()).i2 == pytest.approx((0.921, 0.883, 0.947), abs=5e-4)


def test_the_modified_interval_is_never_narrower_than_the_models_own() -> None:
    """Where sites agree by chance, Hartung and Knapp's would be."""
    y, v = np.array([0.1, 0.1001, 0.0999]), np.array([0.01, 0.02, 0.03])
    plain, modified = pool(y, v), pool(y, v, interval="hartung-knapp-modified")
    assert (
        plain.random_error < modified.random_error == pytest.approx(v.__rtruediv__(1).sum() ** -0.5)
    )


def test_equal_sites_have_no_heterogeneity_and_pool_to_themselves() -> None:
    """Nothing between sites, whatever their sizes."""
    found = pool([0.5] * 4, [0.01, 0.02, 0.03, 0.04])
    assert found.tau2[0] == 0
    assert found.i2[0] == 0
    assert found.random[0] == pytest.approx(0.5)


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=3, max_size=8),
    st.sampled_from(["reml", "paule-mandel", "dersimonian-laird"]),
)
@settings(max_examples=60, deadline=None)
def test_shifting_all_sites_shifts_the_mean_and_leaves_the_spread(
    rows: list[tuple[float, float]], spread: str
) -> None:
    """For each estimator of the spread."""
    y, v = np.array(rows).T
    here, there = (pool(at, v, spread=spread) for at in (y, y + 1))  # type: ignore[arg-type]
    assert there.random[0] == pytest.approx(here.random[0] + 1, abs=1e-5)
    assert there.tau2[0] == pytest.approx(here.tau2[0], abs=1e-5)
    assert min(y) - 1e-9 <= here.random[0] <= max(y) + 1e-9


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=7))
@example([(0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (1.0, 0.125)])  # plain scoring swings
@settings(max_examples=60, deadline=None)
def test_reml_is_where_the_restricted_likelihood_is_greatest_nearby(
    rows: list[tuple[float, float]],
) -> None:
    """Checked against the likelihood itself."""
    y, v = np.array(rows).T

    def likelihood(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return float(
            0.5 * np.log(w).sum() - 0.5 * np.log(w.sum()) - 0.5 * (w * (y - mean) ** 2).sum()
        )

    at = between(y, v, "reml")
    for step in (1e-3, -1e-3):
        if at + step >= 0:
            assert likelihood(at + step) <= likelihood(at) + 1e-7


def test_hospitals_are_pooled_on_the_logit_and_inside_zero_to_one() -> None:
    """The delta method by hand; on the identity scale bounds are cut at the ends."""
    found = sites(_aucs())
    logit = {k: np.log(v / (1 - v)) for k, (v, *_) in HEART.items()}
    variance = {k: s / (v * (1 - v)) ** 2 for k, (v, s, *_) in HEART.items()}
    expected = pool(list(logit.values()), list(variance.values()))
    random = found.find("auroc", "all sites")
    assert random.method == "fixed-effect"
    mean = next(e for e in found.estimates if e.method == "random-reml-hartung-knapp")
    assert mean.value == pytest.approx(1 / (1 + np.exp(-expected.random[0])))
    assert found.tests[0].statistic == pytest.approx(expected.q[0])
    plain = sites(_aucs(), scale="identity")
    for e in [*found.estimates, *plain.estimates]:
        if e.endpoint == "auroc" and e.low is not None:
            assert e.high is not None
            assert 0 <= e.low <= e.high <= 1


def test_leaving_a_site_out_is_pooling_the_others() -> None:
    """Each in turn."""
    whole = _aucs()
    found = sites(whole)
    for name in whole:
        rest = sites({k: e for k, e in whole.items() if k != name})
        alone = next(e for e in rest.estimates if e.method.startswith("random"))
        assert found.find("auroc", f"without {name}").value == pytest.approx(alone.value)


def test_a_site_with_all_or_none_gets_half_a_case_as_in_escalc() -> None:
    """escalc(measure="PLO", xi=0, ni=10): yi = log(0.5 / 10.5), vi = 1/0.5 + 1/10.5."""
    three = {
        k: proportion("sensitivity", x, 10, positives=10)
        for k, x in zip("abc", (0, 5, 7), strict=True)
    }
    found = sites(three)
    expected = pool(
        [np.log(0.5 / 10.5), 0.0, np.log(7 / 3)],
        [1 / 0.5 + 1 / 10.5, 2 / 5, 1 / 7 + 1 / 3],
    )
    assert found.tests[0].statistic == pytest.approx(expected.q[0])


def test_a_site_that_cannot_be_pooled_is_named_and_kept_in_the_table() -> None:
    """An AUC of 1 has no logit."""
    perfect = dataclasses.replace(_aucs()["VA"], value=1.0, error=0.0)
    found = sites({**_aucs(), "Perfect": perfect})
    assert found.find("auroc", "site=Perfect").value == 1
    assert found.warnings[0].code == "sites-not-pooled"
    assert "Perfect" in found.warnings[0].message
    assert found.tests[0].details == {"sites": 3}


def test_one_site_is_not_pooled_and_two_make_no_prediction() -> None:
    """With the reason."""
    one = sites({"Cleveland": _aucs()["Cleveland"]})
    assert "two are needed" in one.find("auroc", "all sites").reason
    two = sites(dict(list(_aucs().items())[:2]))
    assert two.find("auroc", "a new site").low is None
    assert "three sites" in two.find("auroc", "a new site").reason


def test_mixed_endpoints_and_no_sites_are_refused() -> None:
    """Also variances that are not positive."""
    with pytest.raises(ValueError, match="no sites"):
        sites({})
    other = dataclasses.replace(_aucs()["VA"], endpoint="brier")
    with pytest.raises(ValueError, match="different endpoints"):
        sites({**_aucs(), "other": other})
    with pytest.raises(ValueError, match="positive variance"):
        pool([0.1, 0.2], [0.1, 0.0])
