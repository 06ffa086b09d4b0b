"""Chart rules: what fits together is read, everything else is refused at once with a message."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from evidence.errors import PolicyError
from policies import reader
from policies.chart import ChartRule
from policies.plan import MonitoringPlan
from tests.clinic import PLAN

GOOD = {"id": "a", "kind": "bernoulli-cusum", "watch": "sensitivity", "at": "standard",
        "loss_of": 0.05, "false_alarms_a_year": 0.5}  # fmt: skip


def _without(*names: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in (GOOD | more).items() if key not in names}


def test_a_rule_is_read() -> None:
    """Defaults too."""
    rule = ChartRule.model_validate(GOOD)
    assert rule.directions == ("worse",)
    assert rule.weight == 0.2
    assert ChartRule.model_validate(GOOD | {"direction": "both"}).directions == ("worse", "better")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (_without("false_alarms_a_year"), "either false_alarms_a_year or in_control_arl"),
        (_without(in_control_arl=500), "either false_alarms_a_year or in_control_arl"),
        (_without("loss_of"), "either odds_ratio or loss_of"),
        (_without(odds_ratio=2), "either odds_ratio or loss_of"),
        (_without("at"), "needs an operating point"),
        (_without("at", watch="event", column="age"), "event takes no 'column'"),
        (_without("at", watch="missing"), "missing needs a 'column'"),
        (_without(watch="event"), "event takes no operating point"),
        (_without("at", watch="prevalence"), "watches event, case by case"),
        (_without("at", "loss_of", kind="ewma", watch="event"), "watches prevalence"),
        (_without(smoothing=0.1), "only an ewma has it"),
        (_without(kind="risk-adjusted-cusum"), "tuned to an odds_ratio"),
        (_without("loss_of", kind="risk-adjusted-cusum", odds_ratio=2), "watches event, not"),
        (_without(by=["sex", "sex"]), "given twice"),
        (_without(odds_ratio=0.5), "greater than 1"),
        (_without(watch="auroc"), "Input should be"),
        (_without(odd=1), "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(body: dict[str, Any], said: str) -> None:
    """With what is wrong."""
    with pytest.raises(ValidationError, match=said):
        ChartRule.model_validate(body)


def test_several_faults_are_told_at_once() -> None:
    """One message."""
    with pytest.raises(ValidationError) as refused:
        ChartRule.model_validate(_without("loss_of", "at", "false_alarms_a_year", smoothing=0.3))
    told = str(refused.value)
    assert all(part in told for part in ("false_alarms_a_year", "odds_ratio", "smoothing", "'at'"))


def _plan(charts: str) -> MonitoringPlan:
    return reader.parse(PLAN + f"charts:\n{charts}\n", MonitoringPlan, "monitoring.yaml")


def test_a_plan_knows_its_operating_points() -> None:
    """All faults of the charts at once."""
    base = "kind: bernoulli-cusum, odds_ratio: 2, in_control_arl: 900"
    assert _plan(f"  - {{id: a, watch: event, {base}}}").charts[0].watch == "event"
    with pytest.raises(PolicyError) as refused:
        _plan(
            f"  - {{id: a, watch: sensitivity, at: elsewhere, {base}}}\n"
            f"  - {{id: a, watch: accuracy, {base}}}\n"
            f"  - {{id: b, watch: unparsable, {base}}}"
        )
    told = str(refused.value)
    assert "'a' is given twice" in told
    assert "charts.a: no operating point 'elsewhere'" in told
    assert "accuracy of scores needs an operating point" in told
    assert "unparsable is of texts" in told
