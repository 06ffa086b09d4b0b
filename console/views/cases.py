"""Every trigger with what was decided on it, worked out again only when something of it changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from change_control import board
from evidence.records import (
    ChangeDecision,
    ChangeRequest,
    ChangeStep,
    CredentialChange,
    PolicyRegistration,
    Signature,
    Trigger,
    User,
)

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.reading import Reading

KINDS = (
    *(Trigger, ChangeDecision, ChangeRequest, ChangeStep),
    *(Signature, User, CredentialChange, PolicyRegistration),
)
SEVERITIES = ("critical", "major", "minor")


@dataclass(slots=True)
class _Kept:
    key: tuple[object, ...] = ()
    cases: list[Case] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def of(seen: Reading) -> list[Case]:
    """Every trigger, in the order they were raised."""
    kept = seen.trail.derived("cases", _Kept)
    key = (*(len(seen.trail.all(kind)) for kind in KINDS), seen.policy.model_dump_json())
    with kept.lock:
        if kept.key != key:
            kept.cases = board.cases(seen.trail, seen.policy, seen.access)
            kept.key = key
        return kept.cases


def opened(seen: Reading) -> list[Case]:
    """Open triggers, the gravest first, of these the oldest."""
    found = [case for case in of(seen) if not case.closed]
    return sorted(found, key=lambda case: (SEVERITIES.index(case.trigger.severity), case.record.at))


def days(case: Case, seen: Reading) -> int:
    """Days since a trigger was raised."""
    import datetime as dt

    return max(0, (seen.now - dt.datetime.fromisoformat(case.record.at)).days)
