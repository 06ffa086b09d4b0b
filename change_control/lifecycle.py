"""The course of a change, from request to closed: a state derived from the trail. Pure.

    requested -> assessed -> approved -> decided -> implemented -> in effect -> closed

A request may be amended or assessed again until it is decided; the votes on it are then void and
it waits for new ones. A change that was not effective is assessed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import NotFoundError, OutOfOrderError
from evidence.records import ChangeDecision, ChangeRequest
from evidence.signing import shown
from evidence.signing.register import Register
from policies import voting
from policies.access import Board

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import ChangeStep, Record
    from evidence.trail import AuditTrail
    from policies.in_force import Access
    from policies.quorum import Tally

ASSESSMENT, IMPLEMENTATION, VERIFICATION = shown.ASSESSMENT, "implementation", "verification"
EFFECTIVENESS, WITHDRAWAL = "effectiveness", "withdrawal"
STEPS = (ASSESSMENT, IMPLEMENTATION, VERIFICATION, EFFECTIVENESS, WITHDRAWAL)
EFFECTIVE, NOT_EFFECTIVE, PASSED = "effective", "not effective", "pass"
OPEN = ("requested", "assessed", "approved", "rejected")
MOVES: dict[str, tuple[str, ...]] = {  # what may be done, and in which states
    "amend": OPEN,
    ASSESSMENT: OPEN,
    WITHDRAWAL: OPEN,
    "vote": ("assessed", "approved", "rejected"),
    "decide": ("approved",),
    IMPLEMENTATION: ("decided", "verification failed"),
    VERIFICATION: ("implemented", "verification failed"),
    EFFECTIVENESS: ("in effect",),
}
WAITS = {  # what each state waits for
    "requested": "its assessment",
    "assessed": "the board's votes",
    "approved": "the decision to be recorded",
    "rejected": "an amendment, or its withdrawal",
    "decided": "its implementation",
    "implemented": "its verification by a protocol run",
    "verification failed": "another implementation or another run",
    "in effect": "the check of its effectiveness",
    "closed": "nothing more",
    "withdrawn": "nothing more",
}

Step = tuple["Record", "ChangeStep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change request and its course.

    Attributes:
        record: The record of its newest revision.
        request: That revision.
        revisions: How many there are.
        steps: Every step, oldest first.
        decision: The decision that counts, if there is one.
        votes: On the request as it is; none without users.
        state: One of `WAITS`.
    """

    record: Record
    request: ChangeRequest
    revisions: int
    steps: tuple[Step, ...]
    decision: tuple[Record, ChangeDecision] | None
    votes: Tally | None
    state: str

    @property
    def waits_for(self) -> str:
        """What it waits for, in words."""
        if self.votes and self.state == "assessed":
            return f"{WAITS[self.state]}: {self.votes.words}"
        return WAITS[self.state]

    @property
    def open(self) -> bool:
        """Whether anything is left to do."""
        return self.state not in ("closed", "withdrawn")


def changes(trail: AuditTrail, access: Access | None) -> list[Change]:
    """Every change request, in the order they were raised."""
    ids = dict.fromkeys(v.id for _, v in trail.all(ChangeRequest))
    known = access.known if access else Register.of(trail)
    counted = [i for i in ids if shown.revisions(trail, known, i)]
    return [find(trail, request, access) for request in counted]


def find(trail: AuditTrail, request: str, access: Access | None) -> Change:
    """One change request by its id.

    Args:
        trail: The trail.
        request: Its id, such as ``C-1``.
        access: People and rules; none in a workspace without users.

    Raises:
        NotFoundError: There is none.
    """
    known = access.known if access else Register.of(trail)
    revisions = shown.revisions(trail, known, request)
    if not revisions:
        ids = ", ".join(dict.fromkeys(v.id for _, v in trail.all(ChangeRequest))) or "none"
        raise NotFoundError(f"There is no change request '{request}' (there are: {ids}).")
    record, value = revisions[-1]
    steps = tuple(shown.steps(trail, known, request))
    decision = _decision(trail, access, request, _since(record, steps))
    votes = voting.tally(trail, access, request) if access else None
    board = access.policy.board if access else Board()
    later = [s for s in steps if s[0].seq > _since(record, steps)]
    return Change(
        record=record,
        request=value,
        revisions=len(revisions),
        steps=steps,
        decision=decision,
        votes=votes,
        state=_decided(board, decision, later) if decision else _undecided(later, votes),
    )


def require(change: Change, move: str) -> None:
    """Refuse a move that the state does not allow.

    Raises:
        OutOfOrderError: With what it waits for, and when the move can come.
    """
    allowed = MOVES[move]
    unsigned = move == "decide" and change.votes is None and change.state == "assessed"
    if change.state in allowed or unsigned:
        return
    when = " or ".join(allowed)
    raise OutOfOrderError(
        f"{change.request.id} is {change.state} and waits for {change.waits_for}. "
        f"'{move}' comes when it is {when}."
    )


def new_version(change: Change, access: Access | None) -> bool:
    """Whether a new locked version must follow the decision."""
    board = access.policy.board if access else Board()
    return change.request.decision in board.new_version


def _since(record: Record, steps: Sequence[Step]) -> int:
    """After which record the present course began: the newest revision, or what had no effect."""
    failed = [r.seq for r, s in steps if (s.step, s.outcome) == (EFFECTIVENESS, NOT_EFFECTIVE)]
    return max([record.seq, *failed])


def _decision(
    trail: AuditTrail, access: Access | None, request: str, since: int
) -> tuple[Record, ChangeDecision] | None:
    found = [
        (record, value)
        for record, value in trail.all(ChangeDecision)
        if value.request == request
        and record.seq > since
        and voting.counts(trail, access, record, value)
    ]
    return found[-1] if found else None


def _undecided(steps: Sequence[Step], votes: Tally | None) -> str:
    kinds = [s.step for _, s in steps]
    if WITHDRAWAL in kinds:
        return "withdrawn"
    if ASSESSMENT not in kinds:
        return "requested"
    if votes is None:
        return "assessed"
    if votes.rejections:
        return "rejected"
    return "approved" if votes.reached else "assessed"


def _decided(board: Board, decision: tuple[Record, ChangeDecision], steps: Sequence[Step]) -> str:
    record, value = decision
    if value.decision in board.nothing_to_do:
        return "closed"
    done = [(r.seq, s) for r, s in steps if s.step == IMPLEMENTATION and r.seq > record.seq]
    if not done:
        return "decided"
    if value.decision in board.new_version:
        after = [s for r, s in steps if s.step == VERIFICATION and r.seq > done[-1][0]]
        if not after:
            return "implemented"
        if after[-1].outcome != PASSED:
            return "verification failed"
    effective = any(s.step == EFFECTIVENESS for _, s in steps)
    return "closed" if effective or board.windows == 0 else "in effect"
