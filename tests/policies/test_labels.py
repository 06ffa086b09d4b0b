"""What a plan may say of late labels and of estimates without labels."""

from __future__ import annotations

import pytest

from evidence.errors import PolicyError
from monitoring.label_free import performance
from policies import reader
from policies.labels import POSSIBLE, LabelFreePlan, LabelPlan


def test_a_plan_of_late_labels_is_read() -> None:
    """What is left out has its default."""
    plan = reader.parse(
        "known: result_day\njudged_after_days: [0, 30, 90]\nreopen_days: 60", LabelPlan, "p"
    )
    assert (plan.known, plan.judged_after_days, plan.complete_at) == (
        "result_day",
        [0, 30, 90],
        0.9,
    )
    assert LabelPlan().judged_after_days == [0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("known: a\ndelay_days: b", "give either known or delay_days"),
        ("known: a\njudged_after_days: [30, 0]", "whole days from 0, rising"),
        ("known: a\njudged_after_days: [0, 30, 30]", "whole days from 0, rising"),
        ("known: a\njudged_after_days: [-1, 3]", "whole days from 0, rising"),
        ("complete_at: 1.2", "less than or equal to 1"),
        ("nown: a", "unknown key"),
    ],
)
def test_impossible_plans_are_refused(text: str, words: str) -> None:
    """In the person's words."""
    with pytest.raises(PolicyError, match=words):
        reader.parse(text, LabelPlan, "p")


LABEL_FREE = """\
endpoints:
  - {endpoint: auroc, fall_of: 0.05}
  - {endpoint: sensitivity, at: standard}
  - {endpoint: sensitivity, at: strict}
calibration: if-needed
distrust: {windows: 5, off_by: 0.03}
"""


def test_a_plan_of_estimates_without_labels_is_read() -> None:
    """An endpoint may stand at several points, and without a rule."""
    plan = reader.parse(LABEL_FREE, LabelFreePlan, "p")
    assert [rule.at for rule in plan.endpoints] == [None, "standard", "strict"]
    assert (plan.distrust.windows, plan.distrust.support) == (5, 30)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{endpoint: calibration-slope}", "cannot be estimated without labels"),
        ("{endpoint: number-needed-to-predict, at: x}", "cannot be estimated without labels"),
        ("{endpoint: happiness}", "there is no endpoint 'happiness'"),
        ("{endpoint: ppv}", "needs an operating point"),
        ("{endpoint: auroc, at: standard}", "takes no operating point"),
        ("{endpoint: auroc, fall_of: 0.1, rise_of: 0.1}", "fall_of or rise_of"),
    ],
)
def test_impossible_rules_are_refused(rule: str, words: str) -> None:
    """Endpoints that need labels among them."""
    with pytest.raises(PolicyError, match=words):
        reader.parse(f"endpoints: [{rule}]", LabelFreePlan, "p")


def test_an_endpoint_stands_once() -> None:
    """At one point."""
    with pytest.raises(PolicyError, match="endpoint 'ppv@a' is given twice"):
        reader.parse(
            "endpoints: [{endpoint: ppv, at: a}, {endpoint: ppv, at: a}]", LabelFreePlan, "p"
        )


def test_the_plan_names_what_can_be_estimated() -> None:
    """The plan's list and the estimator's are one."""
    assert set(performance.ENDPOINTS) == POSSIBLE
