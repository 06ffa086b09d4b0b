"""Channels of notices: one place each, and no secret in the plan."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.errors import NotFoundError, PolicyError
from policies import reader
from policies.notice import Channel, filled, masked
from policies.plan import MonitoringPlan
from tests.clinic import PLAN

NOTIFY = """\
notify:
  - webhook: https://hooks.example/${TOKEN}
    secret: ${HOOK_SECRET}
    severity_at_least: major
  - smtp: mail.example:587
    sender: tplc@hospital.example
    to: [board@hospital.example]
    user: ${MAIL_USER}
    password: ${MAIL_PASSWORD}
  - file: notices.jsonl
work_holidays: [2026-12-25]
"""


def test_a_plan_names_its_channels() -> None:
    """Three kinds; the names of the environment are known, their values are not."""
    plan = reader.parse(PLAN + NOTIFY, MonitoringPlan, "monitoring.yaml")
    web, mail, file = plan.notify
    assert [c.kind for c in plan.notify] == ["webhook", "smtp", "file"]
    assert web.names == ["TOKEN", "HOOK_SECRET"]
    assert mail.names == ["MAIL_USER", "MAIL_PASSWORD"]
    assert (web.wants("minor"), web.wants("critical"), file.wants("minor")) == (False, True, True)
    assert web.label == "webhook https://hooks.example/${TOKEN}"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "exactly one of webhook, smtp and file"),
        ({"file": "a", "webhook": "https://a/"}, "exactly one of webhook, smtp and file"),
        ({"webhook": "https://a/"}, "secret: is required"),
        ({"webhook": "https://a/", "secret": "hunter2"}, "a secret may not stand in the plan"),
        ({"webhook": "https://u:p@a/", "secret": "${S}"}, "credentials and values of the query"),
        ({"webhook": "https://a/?k=v", "secret": "${S}"}, "credentials and values of the query"),
        ({"webhook": "ftp://a/", "secret": "${S}"}, "begins with https://"),
        ({"webhook": "https:///x", "secret": "${S}"}, "begins with https://"),
        ({"smtp": "mail", "sender": "a@b", "to": ["c@d"]}, "write host:port"),
        ({"smtp": "mail:25"}, "sender: is required for mails; to: is required for mails"),
        ({"smtp": "mail:25", "sender": "a@b", "to": ["c d"]}, "'c d' is no address"),
        ({"smtp": "mail:25", "sender": "a@b\nX: y", "to": ["c@d"]}, "is no address"),
        (
            {"smtp": "m:25", "sender": "a@b", "to": ["c@d"], "user": "${U}"},
            "user and password go together",
        ),
        (
            {"smtp": "m:25", "sender": "a@b", "to": ["c@d"], "starttls": False}
            | {"user": "${U}", "password": "${P}"},
            "not sent without TLS",
        ),
        ({"file": "a", "secret": "${S}"}, "secret: goes with webhook"),
    ],
)
def test_a_channel_that_cannot_be_used_is_refused_in_words(keys: dict[str, Any], said: str) -> None:
    """By its key, and without repeating a secret."""
    with pytest.raises(ValueError, match=said) as refused:
        Channel.model_validate(keys)
    assert "hunter2" not in str(refused.value).split("[type=")[0]


def test_a_secret_that_was_written_into_the_plan_is_not_repeated_in_the_refusal() -> None:
    """The reader's message names the line, not the value."""
    text = PLAN + "notify:\n  - webhook: https://a/\n    secret: hunter2\n"
    with pytest.raises(PolicyError) as refused:
        reader.parse(text, MonitoringPlan, "monitoring.yaml")
    assert "notify.0" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_same_place_twice_would_be_told_twice() -> None:
    """Also when only its retries differ."""
    text = PLAN + "notify:\n  - file: a.jsonl\n  - {file: a.jsonl, tries: 5}\n"
    with pytest.raises(PolicyError, match="file a.jsonl is given twice"):
        reader.parse(text, MonitoringPlan, "monitoring.yaml")


def test_port_465_carries_a_password_without_starttls() -> None:
    """TLS comes first there."""
    keys = {"smtp": "m:465", "sender": "a@b", "to": ["c@d"], "starttls": False}
    Channel.model_validate(keys | {"user": "${U}", "password": "${P}"})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@a.example/x?k=v#f", "https://***@a.example/x?***"),
        ("https://a.example/x", "https://a.example/x"),
        ("${HOOK}", "${HOOK}"),
    ],
)
def test_a_url_is_shown_without_credentials_and_query(url: str, shown: str) -> None:
    """Masked, not shortened."""
    assert masked(url) == shown


def test_names_are_filled_and_what_is_absent_is_named() -> None:
    """An empty value is no value."""
    assert filled("a-${X}-${Y}", {"X": "1", "Y": "2"}) == "a-1-2"
    with pytest.raises(NotFoundError, match="no X and no Y"):
        filled("${X}${Y}", {"X": ""})
