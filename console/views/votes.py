"""The board's votes on a thing: who has signed, whether it stands, and who is missing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View
from evidence.signing import standing
from policies import quorum, voting

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.signing.register import Person
    from evidence.signing.standing import Standing
    from policies.in_force import Access


class Signed(View):
    """A signature."""

    record: int
    """Its record."""
    name: str
    """Who signed, as it was printed then."""
    roles: list[str]
    """What they were."""
    meaning: str
    """What they meant by it."""
    at: str
    """When, UTC."""
    statement: str
    """The sentence that they signed."""
    reason: str
    """What they added in their own words."""
    digest: str
    """Of what was shown to them."""
    valid: bool
    """Whether it stands."""
    why_void: str
    """Why it does not."""


class Missing(View):
    """A seat of the board that is still empty."""

    seat: str
    """The role, or how many more people."""
    people: list[str]
    """Names of those who can fill it."""


class Votes(View):
    """Where the board stands."""

    words: str
    """In one sentence."""
    reached: bool
    """Whether it has approved."""
    approvals: list[str]
    """Names of those whose approval counts."""
    rejections: list[str]
    """Names of those who are against it."""
    missing: list[Missing]
    """What is still needed."""
    authors: list[str]
    """Names of those whose change it is, who may not vote on it."""
    signatures: list[Signed]
    """Every signature, oldest first; void ones too."""


def votes(seen: Reading, thing: str) -> Votes | None:
    """The votes on a thing; none in a workspace without users.

    Args:
        seen: What the request sees.
        thing: Id of a change request, or a record's number.
    """
    access = seen.access
    if access is None:
        return None
    tally = voting.tally(seen.trail, access, thing)
    authors = voting.authors(seen.trail, access, thing)
    done = {s.signer for s in (*tally.approvals, *tally.rejections)}
    free = _free(access, authors, done)
    return Votes(
        words=tally.words,
        reached=tally.reached,
        approvals=[s.name for s in tally.approvals],
        rejections=[s.name for s in tally.rejections],
        missing=[_missing(seat, free) for seat in tally.missing],
        authors=sorted(map(seen.name, authors)) if access.policy.board.not_own else [],
        signatures=[_signed(each) for each in standing.of(seen.trail, access.known, thing)],
    )


def _free(access: Access, authors: frozenset[str], done: set[str]) -> list[Person]:
    """Who may still approve it."""
    barred = done | (authors if access.policy.board.not_own else frozenset())
    return [
        person
        for person in access.known.active()
        if person.id not in barred and quorum.may(access.policy, quorum.APPROVAL, person.roles)
    ]


def _missing(seat: str, free: list[Person]) -> Missing:
    holders = [person for person in free if seat in person.roles]
    more = seat[:1].isdigit()  # "1 more person": whoever may approve
    return Missing(seat=seat, people=[person.name for person in (free if more else holders)])


def _signed(found: Standing) -> Signed:
    value = found.signature
    return Signed(
        record=found.record.seq,
        name=value.name,
        roles=list(value.roles),
        meaning=value.meaning,
        at=found.record.at,
        statement=value.statement,
        reason=value.reason,
        digest=value.object_digest,
        valid=found.valid,
        why_void=found.reason,
    )
