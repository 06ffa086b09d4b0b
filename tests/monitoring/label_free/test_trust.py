"""When label-free estimates are not to be trusted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from monitoring.label_free import calibrator, trust
from monitoring.label_free.calibrator import Calibrator  # noqa: TC001 - pytest reads the annotations
from monitoring.label_free.levels import Levels
from monitoring.label_free.performance import Asked, estimate
from monitoring.label_free.trust import Matured
from policies.labels import DistrustRules
from tests.monitoring.label_free import covid
from validation import endpoints
from validation.estimate import Estimate

DATA = Path(__file__).parents[2] / "data"
RULES = DistrustRules()


def _calibrated(n: int = 4000) -> Calibrator:
    rng = np.random.default_rng(1)
    score = rng.uniform(0.2, 0.8, n).round(3)
    return calibrator.fit(rng.binomial(1, score), score, replicates=200)


def _one(value: float, low: float, high: float) -> Estimate:
    return Estimate(
        endpoint="auroc", value=value, low=low, high=high, n=100, positives=50, method="cbpe"
    )


def test_covid_is_not_trusted_once_labels_have_come() -> None:
    """The first window is untested; its labels then mark the next ones, at the known distance.

    For 8 to 14 April the estimate says 0.903 where labels showed 0.829.
    """
    frame = covid.cohort()
    then = covid.between(frame, *covid.REFERENCE)
    learned = calibrator.fit(then["y"], then["p_all"], then["n"], replicates=200)
    asked = Asked(endpoints=["auroc", "sensitivity"], thresholds=[covid.POINT])
    oracle = json.loads((DATA / "covid_il_symptoms" / "oracle_cbpe_nannyml.json").read_text())
    matured: list[Matured] = []
    verdicts = []
    for window in oracle["windows"]:
        now = covid.between(frame, *covid.period(window["window"]))
        levels = Levels.of(now["p_all"], now["n"])
        verdicts.append(trust.judge(learned, levels, matured, RULES))
        matured.append(
            Matured(
                window=window["window"],
                estimated=estimate(learned, levels, asked),
                realised=endpoints.evaluate(
                    now["y"], now["p_all"], now["n"],
                    endpoints=asked.endpoints, thresholds=asked.thresholds,
                ),
            )
        )  # fmt: skip
    assert [one.verdict for one in verdicts] == ["untested", *["not-to-be-trusted"] * 3]
    assert "concept drift" in verdicts[0].statement
    said = verdicts[2].statement
    assert "in 2 of the last 2 windows with mature labels, auroc was off by up to -0.074" in said
    assert "(2020-04-08/14: estimated 0.903, labels 0.829)" in said


def test_estimates_that_labels_bear_out_are_trusted() -> None:
    """A window drawn by the reference's own concept, though its cases shift."""
    learned, rng = _calibrated(), np.random.default_rng(5)
    score = np.clip(rng.normal(0.6, 0.1, 2000), 0.2, 0.8).round(3)
    label = rng.binomial(1, score)
    asked = Asked(endpoints=["auroc", "ppv"], thresholds=[0.5])
    levels = Levels.of(score)
    shown = endpoints.evaluate(label, score, endpoints=asked.endpoints, thresholds=[0.5])
    window = Matured(window="w", estimated=estimate(learned, levels, asked), realised=shown)
    found = trust.judge(learned, levels, [window], RULES)
    assert found.verdict == "borne-out"
    assert len(found.offsets) == 2
    assert not found.reasons


@pytest.mark.parametrize(
    ("real", "verdict"),
    [(0.80, "borne-out"), (0.74, "not-to-be-trusted"), (0.785, "borne-out")],
)
def test_only_a_distance_that_is_sure_and_matters_counts(real: float, verdict: str) -> None:
    """0.785 is three standard errors off, but less than what matters."""
    window = Matured(
        window="w", estimated=[_one(0.8, 0.79, 0.81)], realised=[_one(real, real, real)]
    )
    levels = Levels.of(np.full(100, 0.5))
    assert trust.judge(_calibrated(), levels, [window], RULES).verdict == verdict


def test_an_uncertain_distance_does_not_count() -> None:
    """Far off, but the interval is wide."""
    window = Matured(window="w", estimated=[_one(0.8, 0.6, 1.0)], realised=[_one(0.7, 0.7, 0.7)])
    found = trust.judge(_calibrated(), Levels.of(np.full(100, 0.5)), [window], RULES)
    assert found.verdict == "borne-out"
    assert found.offsets[0].distance == pytest.approx(-0.1)


def test_only_the_latest_windows_are_looked_at() -> None:
    """A window that was off long ago is forgotten after as many good ones as the plan says."""
    bad = Matured(window="old", estimated=[_one(0.8, 0.79, 0.81)], realised=[_one(0.6, 0.6, 0.6)])
    good = Matured(window="new", estimated=[_one(0.8, 0.79, 0.81)], realised=[_one(0.8, 0.8, 0.8)])
    levels = Levels.of(np.full(100, 0.5))
    verdicts = [
        trust.judge(_calibrated(), levels, [bad, *[good] * n], RULES).verdict for n in (0, 2, 3)
    ]
    assert verdicts == ["not-to-be-trusted", "not-to-be-trusted", "borne-out"]


def test_scores_that_the_reference_set_hardly_has() -> None:
    """Beyond its range, or in a gap within it; the share is of people."""
    rng = np.random.default_rng(2)
    score = np.concatenate([rng.uniform(0, 0.4, 2000), rng.uniform(0.6, 1, 2000)])
    learned = calibrator.fit(rng.binomial(1, score), score, replicates=0)
    inside = trust.extrapolated(learned, Levels.of(rng.uniform(0.01, 0.39, 1000)), 30)
    gap = trust.extrapolated(learned, Levels.of(rng.uniform(0.46, 0.54, 1000)), 30)
    outside = trust.extrapolated(learned, Levels.of([0.2, 1.5], [3, 1]), 0)
    assert (inside, gap, outside) == (0.0, 1.0, 0.25)
    found = trust.judge(learned, Levels.of(np.full(50, 0.5)), [], RULES)
    assert found.verdict == "not-to-be-trusted"
    assert "100.0% of the people have scores that the reference set hardly has" in found.statement


def test_a_small_reference_set_cannot_calibrate() -> None:
    """The reason has the number."""
    learned = calibrator.fit(np.repeat([0, 1], [500, 20]), np.linspace(0, 1, 520), replicates=0)
    found = trust.judge(learned, Levels.of(np.linspace(0, 1, 520)), [], RULES)
    assert found.reasons == ("the reference set has 20 positives, 50 are needed to calibrate",)
