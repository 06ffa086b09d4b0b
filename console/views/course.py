"""The course of a change request as a board reads it: each step, when, by whom, or what is ahead.

Pure; the state is that of `change_control.lifecycle`, which derives it from the trail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import lifecycle
from console.views.view import View
from evidence.signing import standing
from policies.access import Board

if TYPE_CHECKING:
    from change_control.lifecycle import Change
    from console.views.reading import Reading
    from evidence.records import ChangeStep, Record

DONE, NOW, AHEAD, LEFT_OUT, REFUSED = "done", "now", "ahead", "not needed", "refused"
BEFORE = {  # where each state stands: the place that comes next
    "requested": "assessed",
    "assessed": "approved",
    "rejected": "approved",
    "approved": "decided",
    "decided": "implemented",
    "implemented": "verified",
    "verification failed": "verified",
    "in effect": "in effect",
}


class Place(View):
    """One place of the course."""

    name: str
    """What it is called."""
    status: str
    """Done, now, ahead, not needed, or refused."""
    at: str
    """When it was reached, UTC; empty before."""
    by: list[str]
    """Names of those who took it there."""
    text: str
    """What there is to say of it."""


def course(seen: Reading, change: Change) -> list[Place]:
    """The places of a change request, in order.

    Args:
        seen: What the request sees.
        change: The change.
    """
    board = seen.access.policy.board if seen.access else Board()
    decision = change.request.decision
    places = [_requested(seen, change), _assessed(seen, change), _approved(seen, change)]
    places.append(_decided(seen, change))
    needed = {
        "implemented": decision not in board.nothing_to_do,
        "verified": decision in board.new_version,
        "in effect": decision not in board.nothing_to_do and board.windows > 0,
    }
    kinds = (lifecycle.IMPLEMENTATION, lifecycle.VERIFICATION, lifecycle.EFFECTIVENESS)
    for (name, wanted), kind in zip(needed.items(), kinds, strict=True):
        places.append(_after(seen, change, name, kind) if wanted else _left_out(name))
    end = "withdrawn" if change.state == "withdrawn" else "closed"
    ended = not change.open
    last = max((p.at for p in places), default="") if ended else ""
    if change.state == "withdrawn":
        last = change.steps[-1][0].at
    places.append(Place(name=end, status=DONE if ended else AHEAD, at=last, by=[], text=""))
    return [_marked(change, place) for place in places]


def _marked(change: Change, place: Place) -> Place:
    """Where the course stands; what follows a withdrawal is left out."""
    if place.status == AHEAD and not change.open:
        return place.model_copy(update={"status": LEFT_OUT})
    if BEFORE.get(change.state) != place.name:
        return place
    if change.state in ("rejected", "verification failed"):
        return place.model_copy(update={"status": REFUSED})
    return place.model_copy(
        update={"status": NOW, "text": place.text or f"waits for {change.waits_for}"}
    )


def _requested(seen: Reading, change: Change) -> Place:
    revised = f"revision {change.revisions}" if change.revisions > 1 else ""
    by = [seen.name(change.request.requester)]
    return Place(name="requested", status=DONE, at=change.record.at, by=by, text=revised)


def _assessed(seen: Reading, change: Change) -> Place:
    return _place("assessed", seen, _newest(change, lifecycle.ASSESSMENT, _since(change)))


def _approved(seen: Reading, change: Change) -> Place:
    votes = change.votes
    if votes is None:
        return _left_out("approved", "there are no users: nobody can sign")
    if votes.rejections:
        names = [s.name for s in votes.rejections]
        return Place(name="approved", status=REFUSED, at="", by=names, text="rejected")
    names = [s.name for s in votes.approvals]
    if not votes.reached:
        return Place(name="approved", status=AHEAD, at="", by=names, text=votes.words)
    keys = {s.key for s in votes.approvals}
    known = seen.access.known if seen.access else None
    signed = standing.of(seen.trail, known, change.request.id) if known else []
    at = max((s.record.at for s in signed if s.signature.key in keys), default="")
    return Place(name="approved", status=DONE, at=at, by=names, text="")


def _decided(seen: Reading, change: Change) -> Place:
    if change.decision is None:
        return Place(name="decided", status=AHEAD, at="", by=[], text="")
    record, value = change.decision
    by = [seen.name(value.actor)]
    return Place(name="decided", status=DONE, at=record.at, by=by, text=value.decision)


def _after(seen: Reading, change: Change, name: str, kind: str) -> Place:
    since = change.decision[0].seq if change.decision else 0
    begun = _newest(change, lifecycle.IMPLEMENTATION, since) if since else None
    found = _newest(change, kind, begun[0].seq - 1 if begun else since) if since else None
    return _place(name, seen, found)


def _since(change: Change) -> int:
    """The present course began with the newest revision, or with what had no effect."""
    failed = [
        r.seq
        for r, s in change.steps
        if (s.step, s.outcome) == (lifecycle.EFFECTIVENESS, lifecycle.NOT_EFFECTIVE)
    ]
    return max([change.record.seq, *failed])


def _newest(change: Change, kind: str, after: int) -> tuple[Record, ChangeStep] | None:
    found = [(r, s) for r, s in change.steps if s.step == kind and r.seq > after]
    return found[-1] if found else None


def _place(name: str, seen: Reading, found: tuple[Record, ChangeStep] | None) -> Place:
    if found is None:
        return Place(name=name, status=AHEAD, at="", by=[], text="")
    record, step = found
    by = [seen.name(record.actor)]
    return Place(name=name, status=DONE, at=record.at, by=by, text=step.outcome)


def _left_out(name: str, text: str = "") -> Place:
    return Place(name=name, status=LEFT_OUT, at="", by=[], text=text)
