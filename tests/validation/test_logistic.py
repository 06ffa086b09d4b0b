"""The logistic model is the one that statsmodels fits."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from validation.binary import logistic


@pytest.mark.parametrize("spread", [0.3, 3.0, 8.0])
@pytest.mark.parametrize("seed", range(5))
def test_coefficients_and_errors_are_those_of_statsmodels(spread: float, seed: int) -> None:
    """Intercept with the logit as offset, and slope; with counts, and logits far from 0."""
    draw = np.random.default_rng(seed)
    logit, count = draw.normal(0.5, spread, 80), draw.integers(1, 4, 80)
    label = draw.binomial(1, 1 / (1 + np.exp(-draw.normal(0, 0.5) - 0.5 * logit)))
    ones = np.ones((80, 1))
    for design, offset in ((ones, logit), (np.column_stack([ones, logit]), None)):
        family = sm.families.Binomial()
        model = sm.GLM(label, design, family=family, freq_weights=count, offset=offset)
        theirs = model.fit(tol=1e-12)
        mine = logistic.fit(label, design, count, offset=offset)
        assert mine == pytest.approx((theirs.params[-1], theirs.bse[-1]), rel=1e-7)


def test_separated_classes_and_one_score_have_no_solution() -> None:
    """The coefficient is infinite, or there is none."""
    label, count = np.array([0, 0, 1, 1]), np.ones(4, dtype=int)
    for score in ([-2.0, -1.0, 1.0, 2.0], [1.0, 1.0, 1.0, 1.0]):
        design = np.column_stack([np.ones(4), score])
        assert logistic.fit(label, design, count) is None


def test_where_it_starts_does_not_matter() -> None:
    """Also from far away: steps that lose likelihood are halved."""
    draw = np.random.default_rng(9)
    logit = draw.normal(0, 4, 60)
    label = draw.binomial(1, 1 / (1 + np.exp(-0.3 * logit)))
    design, count = np.column_stack([np.ones(60), logit]), np.ones(60, dtype=int)
    plain = logistic.fit(label, design, count)
    for start in ((0.0, 1.0), (3.0, -5.0)):
        assert logistic.fit(label, design, count, start=start) == pytest.approx(plain, rel=1e-9)
