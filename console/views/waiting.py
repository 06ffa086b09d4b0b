"""What waits for one person, by their roles: the board's rules, asked from the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control.desk import AS
from console.views.view import View
from evidence.signing import shown
from evidence.signing_records import QUALITY
from policies import quorum, voting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from change_control.board import Case
    from change_control.lifecycle import Change
    from console.views.reading import Reading

ACTS = {  # state of a change to the act that takes it on, and how that is said
    "requested": ("assessment", "assess it"),
    "approved": ("decide", "record the decision"),
    "decided": ("implementation", "write down its implementation"),
    "implemented": ("verification", "verify it by a protocol run"),
    "verification failed": ("implementation", "implement it anew"),
    "in effect": ("effectiveness", "judge whether it was effective"),
}


class Waiting(View):
    """Something that one person may do now."""

    address: str
    """Where."""
    title: str
    """What it is about."""
    act: str
    """What they may do."""


def waiting(
    seen: Reading,
    user: str,
    roles: Collection[str],
    cases: Sequence[Case],
    changes: Sequence[Change],
) -> list[Waiting]:
    """What waits for a person; nothing for a guest.

    Args:
        seen: What the request sees.
        user: Id of the person; empty for a guest.
        roles: What they may do.
        cases: Triggers.
        changes: Change requests.
    """
    if not user or seen.access is None:
        return []
    found = [_of_change(seen, user, roles, change) for change in changes if change.open]
    found += [_of_case(seen, user, roles, case) for case in cases if not case.closed]
    newer = seen.access.waiting
    if newer is not None and QUALITY in roles:
        found.append(
            Waiting(
                address=f"/trail/{newer.seq}",
                title=f"Access policy, version {newer.body.get('version')}",
                act="sign it, so that it comes into force",
            )
        )
    return [each for each in found if each is not None]


def _of_change(seen: Reading, user: str, roles: Collection[str], change: Change) -> Waiting | None:
    request = change.request
    title, address = f"{request.id}: {request.title}", f"/requests/{request.id}"
    if change.state == "assessed":
        return _vote(seen, user, roles, request.id, title, address)
    if change.state == "rejected":
        mine = user == request.requester
        act = "amend or withdraw it" if mine else ""
        return Waiting(address=address, title=title, act=act) if act else None
    name, act = ACTS.get(change.state, ("", ""))
    if not name or not _may(seen, AS[name], roles):
        return None
    return Waiting(address=address, title=title, act=act)


def _of_case(seen: Reading, user: str, roles: Collection[str], case: Case) -> Waiting | None:
    if not case.decisions or not case.awaits:
        return None
    record, decision = case.decisions[-1]
    if decision.request:  # it is voted on there
        return None
    name = case.trigger.id
    title = f"Decision on {name}: {decision.decision.replace('-', ' ')}"
    thing = shown.thing_of(record, decision)
    return _vote(seen, user, roles, thing, title, f"/triggers/{name}")


def _vote(
    seen: Reading, user: str, roles: Collection[str], thing: str, title: str, address: str
) -> Waiting | None:
    """A vote that is missing and that this person may give."""
    access = seen.access
    if access is None or not _may(seen, "approval", roles):
        return None
    own = access.policy.board.not_own and user in voting.authors(seen.trail, access, thing)
    votes = voting.tally(seen.trail, access, thing)
    if own or votes.reached or user in {s.signer for s in (*votes.approvals, *votes.rejections)}:
        return None
    return Waiting(address=address, title=title, act="approve or reject it")


def _may(seen: Reading, meaning: str, roles: Collection[str]) -> bool:
    return seen.access is not None and quorum.may(seen.access.policy, meaning, roles)
