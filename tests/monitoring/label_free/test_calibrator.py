"""The chance of a positive at each score, and whether it needs to be learned."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from monitoring.label_free import calibrator, need
from monitoring.label_free.curve import centred, isotonic


def _draw(n: int, *, sharper: float = 1.0, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores with two decimals; calibrated where `sharper` is 1."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1, 1.5, n)
    score = expit(logit).round(2).clip(0.01, 0.99)
    return rng.binomial(1, expit(sharper * np.log(score / (1 - score)))), score


def test_the_curve_is_scikit_learn_s() -> None:
    """On scores that repeat, between them and beyond them."""
    label, score = _draw(800)
    learned = calibrator.fit(label, score, replicates=0)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(score, label)
    at = np.linspace(-0.2, 1.2, 501)
    assert learned.chance(at) == pytest.approx(theirs.predict(at), abs=1e-12)


def test_counts_are_the_expanded_rows() -> None:
    """Curve and replicates alike."""
    label, score = _draw(300)
    count = np.random.default_rng(1).integers(0, 5, 300)
    one = calibrator.fit(label, score, count, replicates=20)
    other = calibrator.fit(np.repeat(label, count), np.repeat(score, count), replicates=20)
    at = np.linspace(0, 1, 101)
    assert one.chance(at) == pytest.approx(other.chance(at), abs=1e-12)
    assert one.drawn[7].at(at) == pytest.approx(other.drawn[7].at(at), abs=1e-12)


def test_labels_are_drawn_from_chances_that_are_never_certain() -> None:
    """A hundred negatives at one score do not make a positive there impossible."""
    curve = centred(np.array([0.1, 0.9]), np.array([0.0, 50.0]), np.array([100.0, 0.0]))
    assert curve.chance == pytest.approx([0.5 / 101, 50.5 / 51])
    plain = isotonic(np.array([0.1, 0.9]), np.array([0.0, 50.0]), np.array([100.0, 0.0]))
    assert plain.chance.tolist() == [0, 1]


def test_the_error_is_nannyml_s_where_scores_do_not_repeat() -> None:
    """Ten groups of a hundred sorted rows: mean distance of mean chance and mean label."""
    rng = np.random.default_rng(5)
    chance = rng.random(1000)
    label = rng.binomial(1, chance**2)
    order = np.argsort(chance)
    parts = np.split(order, 10)
    theirs = np.mean([abs(chance[part].mean() - label[part].mean()) for part in parts])
    assert need.error(chance, label, np.ones(1000)) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize(("sharper", "most"), [(1.0, 15), (3.0, 20)])
def test_calibration_is_needed_where_scores_are_off(sharper: float, most: int) -> None:
    """Always where scores are far off; where they are calibrated the check is a toss of a coin.

    So it is in NannyML itself, which finds the need in about half of samples like these.
    """
    found = [
        calibrator.fit(
            *_draw(200, sharper=sharper, seed=seed), kind="if-needed", replicates=0
        ).method
        for seed in range(20)
    ]
    needed = found.count("cbpe-isotonic")
    assert (needed == most) if sharper > 1 else (2 <= needed <= most)


def test_nearly_perfect_scores_are_left_alone() -> None:
    """As NannyML does above an AUROC of 0.999, however far the scores are off."""
    score = np.repeat([0.3, 0.4], 500)
    learned = calibrator.fit(score == 0.4, score, kind="if-needed", replicates=0)
    assert learned.method == "cbpe"


def test_what_cannot_calibrate_is_refused() -> None:
    """One class, or logits taken at their word."""
    with pytest.raises(ValueError, match="cannot calibrate: all 3 cases are positive"):
        calibrator.fit([1, 1, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="no probabilities"):
        calibrator.fit([1, 0, 1], [-2, 0.2, 3], kind="none")
    assert calibrator.fit([1, 0, 1], [-2, 0.2, 3], kind="if-needed", replicates=0).curve is not None
