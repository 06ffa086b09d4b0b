"""The gate: who is asking, how often they failed, and what the trail hears of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from change_control.credentials import lock_out
from evidence.errors import NotAllowedError
from evidence.records import SecurityEvent

if TYPE_CHECKING:
    from change_control.credentials.lock_out import Tries
    from change_control.credentials.vault import Counter, Vault
    from evidence.trail import AuditTrail
    from policies.in_force import Access

FAILED, UNREAD = "failed tries to sign in", "tries refused unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Where people sign in.

    Attributes:
        vault: Their credentials.
        trail: The trail, which hears of failures.
        access: People and rules in force.
        at: Now, UTC, ISO 8601.
        actor: Who is at the machine, as the door read it.
    """

    vault: Vault
    trail: AuditTrail
    access: Access
    at: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person gave to prove who they are; never printed.

    Attributes:
        user: User id.
        password: The password.
        code: The one-time password; empty without one.
    """

    user: str
    password: str
    code: str = ""

    def __repr__(self) -> str:
        return f"Given(user={self.user!r})"


def require_clock(trail: AuditTrail, allowed: int, at: str) -> None:
    """Refuse to sign with a clock that is behind the trail: it would hide an expired password.

    Raises:
        NotAllowedError: It is further behind than the policy allows.
    """
    last = trail.last()
    if last is None:
        return
    behind = (moment(last.at) - moment(at)).total_seconds()
    if behind > allowed:
        raise NotAllowedError(
            f"This machine's clock says {at}, {behind:.0f} s before the trail's last record "
            f"({last.ref}, {last.at}). Set the clock right, then sign."
        )


def admit(gate: Gate, user: str) -> None:
    """Refuse, unread, whoever is locked or comes too often."""
    rules = gate.access.policy.lock_out
    with gate.vault.tries(user) as counter:
        before = counter.get()
        locked = lock_out.is_locked(before, gate.at)
        crowded = not locked and counter.in_minute(gate.at[:16]) > rules.tries_a_minute
        event = _count(counter, before, lock_out.refused(before, gate.at), gate)
        if not (locked or crowded):
            counter.put(before)
            return
    _tell(gate, event, UNREAD)
    if locked:
        until = moment(before.locked).strftime("%H:%M")
        raise NotAllowedError(f"Too many failures: this user id is locked until {until} UTC.")
    raise NotAllowedError("Too many people are signing in at once. Try again in a minute.")


def _count(counter: Counter, before: Tries, now: Tries, gate: Gate) -> tuple[str, Tries] | None:
    """Keep the count; what the trail must hear of, if anything."""
    heard = lock_out.to_tell(before, now, gate.access.policy.lock_out)
    counter.put(lock_out.told(now) if heard else now)
    return (counter.known, now) if heard else None


def _tell(gate: Gate, event: tuple[str, Tries] | None, what: str) -> None:
    if event is None:
        return
    user, tries = event
    value = SecurityEvent(
        event=what,
        user=user,
        count=tries.count,
        first=tries.first,
        last=tries.last,
        locked_until=tries.locked,
    )
    gate.trail.append([value], at=gate.at, actor=gate.actor)


def fail(gate: Gate, user: str, message: str) -> NoReturn:
    """Count a failure, lock if it is one too many, and refuse.

    Raises:
        NotAllowedError: Always, with the message.
    """
    with gate.vault.tries(user) as counter:
        before = counter.get()
        now = lock_out.failed(before, gate.at, gate.access.policy.lock_out)
        event = _count(counter, before, now, gate)
    _tell(gate, event, FAILED)
    raise NotAllowedError(message)


def succeed(gate: Gate, user: str) -> None:
    """Forget the failures; those that the trail has not heard of are written down now."""
    with gate.vault.tries(user) as counter:
        before = counter.get()
        counter.clear()
    if before.count > before.told:
        _tell(gate, (user, before), FAILED)


def moment(at: str) -> dt.datetime:
    """A time as it stands in a record."""
    return dt.datetime.fromisoformat(at)
