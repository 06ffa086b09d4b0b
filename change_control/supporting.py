"""The records that a step of a change rests on, and what they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import lifecycle
from evidence.errors import NotFoundError, OutOfOrderError, UsageError
from evidence.records import GenerativeRun, ModelLock, MonitoringRun, ValidationRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from change_control.lifecycle import Change
    from evidence.kind import Body
    from evidence.records import Record
    from evidence.trail import AuditTrail
    from policies.access import Board


def records(trail: AuditTrail, numbers: Sequence[int]) -> list[Record]:
    """Records by their numbers.

    Raises:
        NotFoundError: There is none of a number.
    """
    wanted = {n: next(trail.records(after=n - 1), None) for n in dict.fromkeys(numbers) if n > 0}
    found = {n: r for n, r in wanted.items() if r is not None and r.seq == n}
    lost = sorted(set(numbers) - set(found))
    if lost:
        raise NotFoundError(f"There is no record {', '.join(map(str, lost))}.")
    return [found[number] for number in dict.fromkeys(numbers)]


def named(records: Sequence[Record]) -> list[Body]:
    """Records as another record names them."""
    return [{"record": r.seq, "digest": r.digest, "kind": r.kind} for r in records]


def _locks(records: Sequence[Record]) -> list[ModelLock]:
    return [value for r in records if isinstance(value := r.value(), ModelLock)]


def require_lock(change: Change, records: Sequence[Record]) -> None:
    """Refuse to implement a new version without its lock.

    Raises:
        OutOfOrderError: There is not exactly one lock of another version among the records.
    """
    others = [lock for lock in _locks(records) if lock.model != change.request.model]
    if len(others) != 1:
        raise OutOfOrderError(
            f"'{change.request.decision}' is implemented by one new locked version: name its "
            "record (tplc lock, then --record N)."
        )


def verdict(trail: AuditTrail, change: Change, records: Sequence[Record]) -> str:
    """The verdict of the protocol run that verifies a change.

    Raises:
        OutOfOrderError: There is not exactly one run, or it is not of the version implemented.
    """
    runs = [v for r in records if isinstance(v := r.value(), ValidationRun | GenerativeRun)]
    if len(runs) != 1:
        raise OutOfOrderError("Name the one protocol run that verifies it (--record N).")
    lock = _implemented(trail, change)
    if lock is None or runs[0].model_digest != lock.digest:
        wanted = lock.model if lock else "the version implemented"
        raise OutOfOrderError(f"That run is of {runs[0].model}, not of {wanted}.")
    return runs[0].verdict


def windows(trail: AuditTrail, change: Change, board: Board, outcome: str) -> list[Record]:
    """The windows since a change was implemented, on which its effect is judged.

    Raises:
        UsageError: The outcome is none.
        OutOfOrderError: There are fewer than the board asks for.
    """
    if outcome not in (lifecycle.EFFECTIVE, lifecycle.NOT_EFFECTIVE):
        raise UsageError(
            f"Say --outcome '{lifecycle.EFFECTIVE}' or --outcome '{lifecycle.NOT_EFFECTIVE}'."
        )
    begun = next(r for r, s in reversed(change.steps) if s.step == lifecycle.IMPLEMENTATION)
    lock = _implemented(trail, change)
    model = lock.model if lock else change.request.model
    found = [r for r, v in trail.all(MonitoringRun) if r.seq > begun.seq and v.model == model]
    if len(found) < board.windows:
        raise OutOfOrderError(
            f"{len(found)} windows of {model} were run since {begun.ref}; the board asks for "
            f"{board.windows} before a change is judged."
        )
    return found


def _implemented(trail: AuditTrail, change: Change) -> ModelLock | None:
    """The lock that the newest implementation names."""
    step = next(s for _, s in reversed(change.steps) if s.step == lifecycle.IMPLEMENTATION)
    found = _locks(records(trail, [e["record"] for e in step.evidence]))
    return next((lock for lock in found if lock.model != change.request.model), None)
