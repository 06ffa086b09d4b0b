"""Who approved what a memo is about: signatures on its record, and on requests that rest on it.

An assessment is seldom signed by itself: the board signs the change request that names it as its
evidence. Both are shown, with what the board decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.records import ChangeDecision, ChangeRequest, ChangeStep
from evidence.signing import shown, standing
from evidence.signing.register import Register
from policies import in_force, voting
from reports import origin, signatures

if TYPE_CHECKING:
    from evidence.records import Body
    from evidence.trail import AuditTrail
    from policies.in_force import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Signatures and decisions about a record.

    Attributes:
        signed: Each signature as a page shows it, void ones too.
        requests: Each change request that rests on the record, its votes and its decision.
        through: The number of the newest record among all these; 0 without any.
    """

    signed: list[Body]
    requests: list[Body]
    through: int

    @property
    def reached(self) -> bool:
        """Whether the board has approved one of the requests."""
        return any(each["reached"] for each in self.requests)


def of(trail: AuditTrail, number: int) -> Approval:
    """What was signed and decided about a record, as the trail stands now.

    Args:
        trail: The trail.
        number: The record's number.
    """
    access = in_force.access(trail)
    known = access.known if access else Register.of(trail)
    names = _resting(trail, known, number)
    found = [each for thing in (str(number), *names) for each in standing.of(trail, known, thing)]
    found.sort(key=lambda each: each.record.seq)
    requests = [_request(trail, access, known, name) for name in names]
    numbers = [each.record.seq for each in found] + [each["seq"] for each in requests]
    return Approval(
        signed=[signatures.printed(each) for each in found],
        requests=requests,
        through=max(numbers, default=0),
    )


def _resting(trail: AuditTrail, known: Register, number: int) -> list[str]:
    """Change requests that name the record, or whose assessment does; oldest first."""
    named = [
        value.id
        for record, value in trail.all(ChangeRequest)
        if shown.counts(known, record) and _names(value.evidence, number)
    ]
    named += [
        value.request
        for record, value in trail.all(ChangeStep)
        if shown.counts(known, record) and _names(value.evidence, number)
    ]
    return list(dict.fromkeys(named))


def _names(evidence: list[Body], number: int) -> bool:
    return any(each["record"] == number for each in evidence)


def _request(trail: AuditTrail, access: Access | None, known: Register, name: str) -> Body:
    """A request in its newest revision, how the board voted, and what was decided."""
    record, value = shown.revisions(trail, known, name)[-1]
    decisions = [(r, d) for r, d in trail.all(ChangeDecision) if d.request == name]
    votes = voting.tally(trail, access, name) if access else None
    newest = decisions[-1] if decisions else None
    by = newest[1].actor if newest else ""
    person = known.person(by)
    words = "unsigned: nobody had an account"
    return origin.of(newest[0] if newest else record) | {
        "id": name,
        "title": value.title,
        "proposes": value.decision,
        "votes": votes.words if votes else words,
        "reached": bool(votes and votes.reached),
        "decided": f"{newest[1].decision}, by {person.name if person else by}" if newest else "",
    }
