"""What is signed, as it is now: the value whose digest a signature is bound to. Pure.

A thing to sign is a change request by its id (``C-1``), as its newest revision and its assessments
make it, or any record by its number. A request that is amended or assessed again is another value:
what was signed before is void by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import NotFoundError
from evidence.records import ChangeDecision, ChangeRequest, ChangeStep, Trigger

if TYPE_CHECKING:
    from evidence.kind import Body
    from evidence.records import Record
    from evidence.signing.register import Register
    from evidence.trail import AuditTrail

ASSESSMENT = "assessment"
OF_TRIGGER = ("id", "model", "window", "cause", "severity", "statement", "finding")


def counts(known: Register, record: Record) -> bool:
    """Whether an act counts: proven, or written before there were users."""
    before = not known.since or record.seq < known.since
    return before or bool(known.acts.get(record.seq))


def revisions(
    trail: AuditTrail, known: Register, request: str
) -> list[tuple[Record, ChangeRequest]]:
    """The revisions of a change request that count, oldest first."""
    found = trail.all(ChangeRequest)
    return [(r, v) for r, v in found if v.id == request and counts(known, r)]


def steps(trail: AuditTrail, known: Register, request: str) -> list[tuple[Record, ChangeStep]]:
    """The steps of a change request that count, oldest first."""
    found = trail.all(ChangeStep)
    return [(r, v) for r, v in found if v.request == request and counts(known, r)]


def now(trail: AuditTrail, known: Register, thing: str) -> Body:
    """What is shown to whoever signs a thing, and what their signature is bound to.

    Args:
        trail: The trail.
        known: Its people.
        thing: Id of a change request, or a record's number.

    Raises:
        NotFoundError: There is no such thing.
    """
    if thing.isdecimal():
        return _record(trail, int(thing))
    return _request(trail, known, thing)


def digest(shown: Body) -> str:
    """The digest of what is shown, over its canonical JSON (RFC 8785)."""
    return digests.of_value(shown)


def thing_of(record: Record, decision: ChangeDecision) -> str:
    """What is signed where a decision is: its change request, or the decision's own record."""
    return decision.request or str(record.seq)


def _record(trail: AuditTrail, number: int) -> Body:
    found = next(iter(trail.records(after=number - 1)), None) if number > 0 else None
    if found is None or found.seq != number:
        raise NotFoundError(f"There is no record {number}.")
    shown: Body = {"thing": f"record {number}", "kind": found.kind} | _named(found)
    shown["body"] = found.body
    if found.kind == "change-decision":
        shown["trigger"] = _trigger(trail, found.body["trigger"])
    return shown


def _request(trail: AuditTrail, known: Register, request: str) -> Body:
    found = revisions(trail, known, request)
    if not found:
        ids = ", ".join(dict.fromkeys(v.id for _, v in trail.all(ChangeRequest))) or "none"
        raise NotFoundError(f"There is no change request '{request}' (there are: {ids}).")
    record, value = found[-1]
    hidden = ("authority", "files", "key")
    return {
        "thing": f"change request {request}",
        "request": {k: v for k, v in record.body.items() if k not in hidden},
        "revision": _named(record),
        "trigger": _trigger(trail, value.trigger),
        "assessments": [
            _named(r) | {"text": s.text, "outcome": s.outcome, "evidence": s.evidence}
            for r, s in steps(trail, known, request)
            if s.step == ASSESSMENT and r.seq > record.seq
        ],
    }


def _named(record: Record) -> Body:
    return {"record": record.seq, "digest": record.digest, "at": record.at, "by": record.actor}


def _trigger(trail: AuditTrail, trigger: str) -> Body:
    for record, value in trail.all(Trigger):
        if value.id == trigger:
            return {name: record.body[name] for name in OF_TRIGGER} | {"record": record.seq}
    return {}
