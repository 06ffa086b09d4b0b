"""Electronic signatures as a page shows them: name, time, meaning, role, digest, valid or void.

21 CFR 11.50(b): they are part of any human-readable form of what was signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.signing import shown, standing
from evidence.signing.register import Register
from policies import in_force, voting
from reports import origin

if TYPE_CHECKING:
    from evidence.records import Body, ChangeDecision, Record
    from evidence.signing.standing import Standing
    from evidence.trail import AuditTrail
    from policies.in_force import Access


def every(trail: AuditTrail) -> list[Body]:
    """Every signature of the trail, in order."""
    known = Register.of(trail)
    things = dict.fromkeys(value.object for _, value, _ in known.signed)
    found = [each for thing in things for each in standing.of(trail, known, thing)]
    return [printed(each) for each in sorted(found, key=lambda each: each.record.seq)]


def of_decision(
    trail: AuditTrail, access: Access | None, record: Record, value: ChangeDecision
) -> Body:
    """The signatures on a decision, whether it counts, and what it still needs.

    Args:
        trail: The trail.
        access: People and rules; none in a workspace without users.
        record: The decision's record.
        value: The same.
    """
    if access is None or record.seq < access.known.since:
        return {"signatures": [], "counts": True, "signed": "unsigned"}
    thing = shown.thing_of(record, value)
    proven = bool(access.known.acts.get(record.seq))
    votes = (
        voting.tally(trail, access, thing).words if proven else "nobody proved that they took it"
    )
    return {
        "signatures": [printed(each) for each in standing.of(trail, access.known, thing)],
        "counts": voting.counts(trail, access, record, value),
        "signed": votes,
    }


def access(trail: AuditTrail) -> Access | None:
    """People and rules of a trail; none without users."""
    return in_force.access(trail)


def printed(found: Standing) -> Body:
    """A signature as a page shows it."""
    value = found.signature
    request = value.object.startswith("C-")
    return origin.of(found.record) | {
        "name": value.name,
        "roles": ", ".join(value.roles),
        "meaning": value.meaning,
        "thing": f"change request {value.object}" if request else f"record {value.object}",
        "digest": digests.short(value.object_digest),
        "valid": found.valid,
        "void": found.reason,
        "when": found.record.at.replace("T", " ").replace("+00:00", " UTC"),
    }
