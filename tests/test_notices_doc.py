"""docs/notices.md says what the code does: its snippet runs, its tables and rules are the code's."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.metrics.families import NAMES
from monitoring.notice import signature
from monitoring.notice.message import SCHEMA, Message
from policies import reader, reporting_clocks
from policies.plan import MonitoringPlan, TriggerRule
from tests.clinic import PLAN

PAGE = (Path(__file__).parents[1] / "docs" / "notices.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_snippet_takes_what_we_sign_and_refuses_what_we_did_not() -> None:
    """Executed as it stands on the page."""
    space: dict[str, Any] = {}
    exec(_blocks("python")[0], space)  # noqa: S102 - our own page
    check, body, now = space["is_from_tplc"], '{"text": "ü"}'.encode(), int(time.time())
    assert check("key", signature.sign("key", now, body), body)
    assert not check("other", signature.sign("key", now, body), body)
    assert not check("key", signature.sign("key", now, body), body + b" ")
    assert not check("key", signature.sign("key", now - 400, body), body)
    assert not check("key", "", body)


def test_the_posted_object_has_the_keys_of_a_notice() -> None:
    """And reads as one."""
    shown = json.loads(_blocks("json")[0])
    assert shown["schema"] == SCHEMA
    told = Message.read(shown)
    assert list(told.body()) == list(shown)
    assert f"`{signature.HEADER}: t=TIME,v1=HEX`" in PAGE


def test_the_table_of_metrics_is_the_codes() -> None:
    """Name, labels, meaning."""
    rows = [
        f"| `{name}` | {', '.join(f'`{label}`' for label in labels) or '—'} | {meaning} |"
        for name, (labels, meaning) in NAMES.items()
    ]
    assert "| metric | labels | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n\n" in PAGE


def test_the_table_of_clocks_is_the_datas() -> None:
    """Each clock that is shown for a device."""
    rows = []
    for clock in reporting_clocks.load().value.clocks:
        if clock.devices:
            days = "no number of days" if clock.days is None else f"{clock.days} {clock.kind} days"
            doubt = "yes" if clock.verify or not clock.verified else "no"
            rows.append(f"| `{clock.id}` | {days} | {clock.begins} | {clock.ref} | {doubt} |")
    assert "|---|---|---|---|---|\n" + "\n".join(rows) + "\n\n" in PAGE


def test_the_alert_rules_are_yaml_and_use_metrics_and_labels_that_exist() -> None:
    """Every name with our prefix, every label that is selected."""
    (group,) = yaml.safe_load(next(b for b in _blocks("yaml") if "alert:" in b))["groups"]
    assert len(group["rules"]) >= 5
    for rule in group["rules"]:
        names = re.findall(r"tplc_[a-z_]+", rule["expr"])
        assert names
        assert set(names) <= set(NAMES), rule["alert"]
        labels = {label for name in names for label in NAMES[name][0]}
        used = re.findall(r"(\w+)=\"", rule["expr"])
        used += re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        assert set(used) <= labels, rule["alert"]


@pytest.mark.parametrize("which", ["notify:", "reportable:"])
def test_the_plans_on_the_page_can_be_used(which: str) -> None:
    """Put into a plan, they are read without a fault."""
    block = next(b for b in _blocks("yaml") if which in b)
    plan = PLAN.split("triggers:")[0] if "triggers:" in block else PLAN
    reader.parse(plan + block, MonitoringPlan, "monitoring.yaml")


def test_the_keys_of_episodes_are_on_the_page() -> None:
    """Every key of a rule that is not told elsewhere."""
    told = set(re.findall(r"\| `(\w+)` \|", PAGE))
    assert {*TriggerRule.model_fields} - told == {"id", "finding", "severity", "windows_in_a_row"}
