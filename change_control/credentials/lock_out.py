"""When failed tries lock an id, and when they are written into the trail. Pure.

10,000 tries must not write 10,000 records: a record is written when a lock begins (once a day at
most) and whenever the count has grown tenfold.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.access import LockOut

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Failed tries of one id since its last success.

    Attributes:
        count: All of them, refused ones too.
        first: When the first one was.
        last: When the last one was.
        opened: When the present window of counting began.
        failures: Failures in that window.
        locked: Until when the id is locked; empty when it is not.
        told: The count at the last record of them.
        told_at: When that was.
    """

    count: int = 0
    first: str = ""
    last: str = ""
    opened: str = ""
    failures: int = 0
    locked: str = ""
    told: int = 0
    told_at: str = ""


def is_locked(tries: Tries, at: str) -> bool:
    """Whether an id is locked now."""
    return bool(tries.locked) and _time(at) < _time(tries.locked)


def refused(tries: Tries, at: str) -> Tries:
    """One more try, refused unread because the id is locked or too many came at once."""
    return replace(tries, count=tries.count + 1, first=tries.first or at, last=at)


def failed(tries: Tries, at: str, rules: LockOut) -> Tries:
    """One more try, with a wrong password; the last one allowed locks."""
    now = refused(tries, at)
    window = dt.timedelta(minutes=rules.within_minutes)
    fresh = not tries.opened or _time(at) - _time(tries.opened) > window
    if fresh:
        now = replace(now, opened=at, failures=0, locked="")
    now = replace(now, failures=now.failures + 1)
    if now.failures < rules.failures:
        return now
    until = _time(at) + dt.timedelta(minutes=rules.minutes)
    return replace(now, failures=0, opened="", locked=until.isoformat(timespec="seconds"))


def to_tell(before: Tries, now: Tries, rules: LockOut) -> bool:
    """Whether the trail must hear of it."""
    began = now.locked != before.locked and bool(now.locked)
    if began:
        return not now.told_at or _time(now.last) - _time(now.told_at) >= DAY
    return now.count >= max(now.told, rules.failures) * 10


def told(tries: Tries) -> Tries:
    """The same, written down."""
    return replace(tries, told=tries.count, told_at=tries.last)


def _time(at: str) -> dt.datetime:
    return dt.datetime.fromisoformat(at)
