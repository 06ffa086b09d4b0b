"""The design of a model that writes: accuracy, unparsable outputs, rules of texts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from evidence.errors import UsageError
from evidence.records import GenerativeRun, ReferenceFreeze
from monitoring.design import known, plan_rules
from policies import reader
from policies.plan import MonitoringPlan
from validation.binary.proportion import proportion

PLAN = """\
policy: monitoring
version: 1
title: Plan
model: reader/1
reference: questions
source: production.csv
schedule: {every: week, start: 2026-01-01, label_maturity_days: 10}
texts: {response: response}
performance: [{endpoint: accuracy, fall_of: 0.05}, {endpoint: unparsable-rate, rise_of: 0.05}]
charts:
  - {id: wrong, kind: bernoulli-cusum, watch: accuracy, loss_of: 0.1, in_control_arl: 5000, by: [site]}
  - {id: unread, kind: ewma, watch: unparsable, false_alarms_a_year: 0.2}
triggers:
  - {id: fell, finding: performance, severity: critical, windows_in_a_row: 2}
  - {id: unreadable, finding: unparsable, severity: critical}
"""


def _record(kind: type[Any], **given: Any) -> Any:
    """A record with empty fields but those given."""
    empty: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        text = str(field.type)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            starts = {"list": [], "dict": {}, "Body": {}, "int": 0, "bool": False}
            empty[field.name] = next((v for k, v in starts.items() if text.startswith(k)), "")
    return kind(**empty | given)


@pytest.fixture
def facts() -> known.Known:
    """800 questions at two sites, 480 right, 8 unparsable."""
    estimates = [
        proportion("accuracy", 480, 800, positives=0),
        dataclasses.replace(proportion("accuracy", 150, 300, positives=0), subgroup="site=north"),
        proportion("unparsable-rate", 8, 800, positives=0),
    ]
    column = {
        "type": "category",
        "edges": [],
        "counts": {"a": 500, "b": 300},
        "missing": 0,
        "total": 800,
    }
    frozen = _record(
        ReferenceFreeze, name="questions", cases=800, positives=0, task="answers",
        subgroups={"site": [{"value": "north", "cases": 300}, {"value": "south", "cases": 500}]},
        summaries={"language": column},
    )  # fmt: skip
    run = _record(GenerativeRun, estimates=[estimate.to_dict() for estimate in estimates])
    plan = reader.parse(PLAN, MonitoringPlan, "monitoring.yaml")
    return known.of(plan, frozen, run, cases_a_year=52_178)


def test_wrong_answers_are_watched_among_all_cases(facts: known.Known) -> None:
    """A group without an estimate of its own has that of all, which is said."""
    whole, north, south = facts.streams(facts.plan.charts[0])
    assert whole.rate == pytest.approx(0.4)
    assert whole.share == 1
    assert north.rate == pytest.approx(0.5)
    assert north.cases_a_year == pytest.approx(52_178 * 3 / 8)
    assert south.rate == pytest.approx(0.4)
    assert south.origin.endswith("overall")
    (unread,) = facts.streams(facts.plan.charts[1])
    assert unread.rate == pytest.approx(0.01)
    assert facts.pace.label_days == 10


def test_rules_of_texts_have_their_chances(facts: known.Known) -> None:
    """Two windows in a row for the accuracy; what has no number says so."""
    rows = {row.rule: row for row in plan_rules.rows(facts, 0.05)}
    accuracy = rows["accuracy falls 0.05"]
    assert (accuracy.trigger, accuracy.windows_in_a_row) == ("fell", 2)
    assert accuracy.chance is not None
    assert accuracy.delay is not None
    assert accuracy.delay.rate == pytest.approx(0.45)
    assert accuracy.delay.windows_mean > 2
    assert rows["unparsable-rate rises 0.05"].method == "binomial over Poisson windows"
    assert rows["collapsed generator"].chance is None
    assert rows["collapsed generator"].reason


def test_a_set_without_a_period_needs_a_volume(facts: known.Known) -> None:
    """Else nothing can be said."""
    with pytest.raises(UsageError, match="cases-a-year"):
        known.of(facts.plan, facts.frozen, facts.baseline)
