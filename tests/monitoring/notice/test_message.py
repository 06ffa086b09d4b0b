"""What a notice tells: a record's facts, and no small count."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.records import Record, Trigger
from monitoring import findings
from monitoring.notice.message import Message, compose, withheld
from policies import reader
from policies.plan import MonitoringPlan
from tests.clinic import PLAN
from tests.monitoring.notice.world import AT, trigger

MINIMUM = 10


def _record(value: Trigger) -> Record:
    digest = "sha256:" + "ab" * 32
    return Record(
        seq=12,
        schema="trigger/1",
        at=AT,
        actor="night job",
        body=value.body(),
        previous="",
        digest=digest,
    )


def _of(found: findings.Finding) -> Trigger:
    return trigger(cause=found.cause, statement=found.statement, finding=found.body())


def _plan() -> MonitoringPlan:
    return reader.parse(PLAN, MonitoringPlan, "monitoring.yaml")


def test_a_notice_holds_the_facts_of_the_record_and_nothing_else() -> None:
    """Neither the actor nor the finding's body; it reads back as it was."""
    value = trigger()
    told = compose(_record(value), value, MINIMUM)
    assert set(told.body()) == {
        "schema",
        *("key", "trigger", "model", "window", "cause", "severity", "rule", "statement"),
        *("record", "raised_at", "reporting", "text"),
    }
    assert told.statement == value.statement
    assert Message.read(told.body()) == told
    assert "night job" not in told.text
    assert "record 12" in told.text


@pytest.mark.parametrize(
    ("broken", "cases", "hidden"),
    [(3, 4000, True), (9, 4000, True), (10, 4000, False), (3995, 4000, True), (400, 4000, False)],
)
def test_a_broken_expectation_of_few_people_is_not_counted_in_public(
    broken: int, cases: int, *, hidden: bool
) -> None:
    """*Broken by 3 of 4,000*, or by all but 5: the record has it, the notice does not."""
    result = {
        "column": "age",
        "statement": "age is from 0 to 120",
        "observed": f"{broken:,} of {cases:,} ({broken / cases:.1%})",
        "unexpected": broken,
        "cases": cases,
        "ok": False,
        "expectation": "be_between",
    }
    (found,) = findings.broken([result], "2025-02")
    value = _of(found)
    told = compose(_record(value), value, MINIMUM)
    assert (told.statement != found.statement) is hidden
    if hidden:
        assert str(broken) not in told.statement.replace("fewer than 10", "")
        assert "record 12" in told.statement


@pytest.mark.parametrize(("cases", "hidden"), [(0, False), (4, True), (40, False)])
def test_a_window_of_few_cases_is_not_counted_in_public(cases: int, *, hidden: bool) -> None:
    """*The window has 4 cases*; an empty one is no person."""
    value = _of(findings.too_few(cases, _plan(), "2025-02"))
    assert withheld(value, MINIMUM) is hidden


@pytest.mark.parametrize(
    ("keys", "hidden"),
    [
        ({"kind": "prevalence", "value": 0.001, "n": 4000, "unit": "proportion"}, True),
        ({"kind": "prevalence", "value": 0.01, "n": 4000, "unit": "proportion"}, False),
        ({"kind": "missingness", "value": 0.999, "n": 4000, "unit": "proportion"}, True),
        ({"kind": "missingness", "value": 1.0, "n": 4000, "unit": "proportion"}, False),
        ({"kind": "performance", "value": 0.4, "n": 8, "unit": "proportion"}, True),
        ({"kind": "performance", "subject": "sensitivity@s", "value": 0.1, "n": 60}, True),
        ({"kind": "performance", "subject": "sensitivity@s", "value": 0.9, "n": 60}, False),
        ({"kind": "performance", "subject": "auroc", "value": 0.1, "n": 60}, False),
        ({"kind": "drift", "value": None, "n": 4000, "unit": "divergence"}, False),
    ],
)
def test_a_share_that_gives_few_people_away_is_not_told(
    keys: dict[str, Any], *, hidden: bool
) -> None:
    """Share times people, as anyone could compute it."""
    finding = {"subject": "x", "unit": "proportion"} | keys
    assert withheld(trigger(statement="It moved.", finding=finding), MINIMUM) is hidden


@pytest.mark.parametrize(
    ("statement", "hidden"),
    [
        ("New values were seen in 7 cases.", True),
        ("7 reports could not be read.", True),
        ("Broken by (3).", True),
        ("AUROC has fallen to 0.801 (95% CI 0.7 to 0.9) from 0.9 (limit 0.85).", False),
        ("Found in 3 windows in a row.", False),
        ("The plan allows 1 to 2.", False),
        ("PSI 1.3, limit 1.", False),
        ("lab_3 is missing in 20.5% of 4,000 cases, since 2025-02-03.", False),
        ("The chart signalled at case 4,512.", False),
        ("Of 4,000 outputs 12 are distinct.", False),
        ("Of 4,000 outputs 2 are distinct.", True),
    ],
)
def test_a_small_whole_number_in_a_sentence_is_not_told(statement: str, *, hidden: bool) -> None:
    """Whatever finding a later check makes: limits, dates, windows and decimals are no people."""
    assert withheld(trigger(statement=statement), MINIMUM) is hidden


def test_the_reporting_clocks_are_told_as_the_board_reads_them() -> None:
    """From the finding, where the rule names an authority."""
    finding = {"kind": "drift", "value": 0.4, "n": 4000, "reporting": {"statement": "If this ..."}}
    value = trigger(finding=finding)
    assert compose(_record(value), value, MINIMUM).reporting == "If this ..."
