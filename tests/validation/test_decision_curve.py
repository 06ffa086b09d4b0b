"""Net benefit against R's dcurves, its interval against the bootstrap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.binary.decision_curve import decision_curve

if TYPE_CHECKING:
    from validation.estimate import Estimate

DATA = Path(__file__).parents[1] / "data" / "decision_curve_demo"
ORACLE: dict[str, Any] = json.loads((DATA / "oracle.json").read_text())
FRAME = pd.read_csv(DATA / "df_binary.csv.gz")
LABEL = FRAME.cancer.to_numpy(int)


def _of(found: tuple[Estimate, ...], endpoint: str) -> list[Estimate]:
    return [estimate for estimate in found if estimate.endpoint == endpoint]


@pytest.mark.parametrize("model", ["cancerpredmarker", "famhistory"])
def test_net_benefit_agrees_with_dcurves(model: str) -> None:
    """The model, treat all and treat none at eight thresholds, 0 among them."""
    theirs = list(ORACLE["net_benefit"][model].values())
    points = [row["threshold"] for row in theirs]
    found = decision_curve(LABEL, FRAME[model], thresholds=points)
    for endpoint, key in (
        ("net-benefit", model),
        ("net-benefit-treat-all", "all"),
        ("net-benefit-treat-none", "none"),
    ):
        wanted = [row["net_benefit"] for row in ORACLE["net_benefit"][key].values()]
        assert [e.value for e in _of(found, endpoint)] == pytest.approx(wanted, abs=1e-9)


def test_the_interval_is_that_of_the_bootstrap() -> None:
    """Delta-method errors of net benefit and of its standardised form."""
    rng = np.random.default_rng(3)
    score = FRAME.cancerpredmarker.to_numpy()
    found = [e for e in decision_curve(LABEL, score, thresholds=[0.2]) if e.error is not None]
    again = []
    for _ in range(1500):
        rows = rng.integers(0, 750, 750)
        drawn = decision_curve(LABEL[rows], score[rows], thresholds=[0.2])
        again.append([e.value for e in drawn if e.error is not None])
    assert [e.error for e in found] == pytest.approx(
        np.std(np.array(again, dtype=float), axis=0), rel=0.08
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10), st.integers(1, 5)), min_size=2),
    st.floats(0, 0.95),
)
def test_laws_of_net_benefit(rows: list[tuple[int, int, int]], threshold: float) -> None:
    """Never above prevalence; counts are rows; treating all is a score of 1 for everyone."""
    y, s, n = (np.array(column) for column in zip(*rows, strict=True))
    if len(set(y)) < 2:
        return
    model, everyone, _, standard = decision_curve(y, s / 10, n, thresholds=[threshold])
    rows_ = decision_curve(np.repeat(y, n), np.repeat(s, n) / 10, thresholds=[threshold])
    assert [e.value for e in rows_] == pytest.approx(
        [model.value, everyone.value, 0, standard.value]
    )
    assert model.value is not None
    assert standard.value is not None
    assert model.value <= np.average(y, weights=n) + 1e-12
    assert standard.value <= 1 + 1e-12
    # at threshold 0 those with a score above 0 are treated, so that all are when it is 1
    same = decision_curve(y, np.ones(len(y)), n, thresholds=[threshold])[0]
    assert same.value == pytest.approx(everyone.value)


def test_one_class_has_no_decision_curve() -> None:
    """A reason, and no number."""
    assert all(
        e.value is None and "negative" in e.reason for e in decision_curve([0, 0], [0.1, 0.3])
    )


@pytest.mark.parametrize("threshold", [1.0, -0.1, float("nan")])
def test_impossible_thresholds_are_refused(threshold: float) -> None:
    """At 1 the odds are infinite."""
    with pytest.raises(ValueError, match="threshold probability"):
        decision_curve([0, 1], [0.1, 0.3], thresholds=[threshold])
