"""Votes on a thing to sign: whose it is, and whether the board has approved it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import NotFoundError
from evidence.signing import shown, standing
from policies import quorum

if TYPE_CHECKING:
    from evidence.records import ChangeDecision, Record
    from evidence.trail import AuditTrail
    from policies.in_force import Access
    from policies.quorum import Tally


def authors(trail: AuditTrail, access: Access, thing: str) -> frozenset[str]:
    """Ids of those whose change it is: who may not approve it."""
    if thing.isdecimal():
        found = next(iter(trail.records(after=int(thing) - 1)), None)
        return frozenset({access.known.acts.get(found.seq) or found.actor} if found else ())
    mine = shown.revisions(trail, access.known, thing)
    return frozenset(access.known.acts.get(r.seq) or v.requester for r, v in mine)


def tally(trail: AuditTrail, access: Access, thing: str, number: int = 0) -> Tally:
    """The votes on a thing.

    Args:
        trail: The trail.
        access: People and rules.
        thing: Id of a change request, or a record's number.
        number: The record whose time's policy counts; 0 for that of the newest vote.
    """
    found = standing.of(trail, access.known, thing)
    newest = number or max((each.record.seq for each in found if each.valid), default=0)
    policy = access.at(newest) if newest else access.policy
    return quorum.tally(found, policy, authors(trail, access, thing))


def counts(
    trail: AuditTrail, access: Access | None, record: Record, decision: ChangeDecision
) -> bool:
    """Whether a decision counts: signed by the board, or taken before there were users."""
    if access is None or record.seq < access.known.since:
        return True
    if not access.known.acts.get(record.seq):
        return False
    thing = shown.thing_of(record, decision)
    try:
        return tally(trail, access, thing, record.seq if decision.request else 0).reached
    except NotFoundError:
        return False
