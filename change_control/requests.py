"""Change requests written down: raised, amended, taken on step by step, decided.

With users each of these is under the authority of a person whose role allows it; without, the
record says who was at the machine, and is shown as unsigned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from change_control import lifecycle, supporting
from change_control.desk import append, require_text, signed, who
from evidence.errors import NotFoundError, OutOfOrderError, UsageError
from evidence.records import ChangeDecision, ChangeRequest, ChangeStep, ModelLock, Trigger
from policies.access import Board

if TYPE_CHECKING:
    from collections.abc import Sequence

    from change_control.desk import Desk
    from evidence.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody proposes.

    Attributes:
        title: In a few words.
        description: What is to change, and why.
        decision: One of the policy's decisions, as the board is asked to take it.
        trigger: Id of the trigger behind it; empty when it is raised by hand.
        model: ``NAME/VERSION`` that is to change; the trigger's when empty.
        evidence: Numbers of the records it rests on.
    """

    title: str
    description: str
    decision: str
    trigger: str = ""
    model: str = ""
    evidence: tuple[int, ...] = ()


def raise_request(desk: Desk, proposal: Proposal) -> Record:
    """Raise a change request.

    Raises:
        NotAllowedError: Nobody signed in, or their role does not allow it.
        NotFoundError: A record, trigger or model is named that there is not.
        UsageError: The proposal is incomplete.
    """
    numbers = [int(v.id.removeprefix("C-")) for _, v in desk.trail.all(ChangeRequest)]
    return _write_request(desk, proposal, f"C-{max(numbers, default=0) + 1}", 1)


def amend(desk: Desk, request: str, proposal: Proposal) -> Record:
    """Put another revision in a request's place; signatures on the one before are void.

    Raises:
        OutOfOrderError: It is decided already.
    """
    change = lifecycle.find(desk.trail, request, desk.access)
    lifecycle.require(change, "amend")
    return _write_request(desk, proposal, request, change.request.revision + 1)


def step(
    desk: Desk,
    request: str,
    kind: str,
    text: str,
    evidence: Sequence[int] = (),
    outcome: str = "",
) -> Record:
    """Take a request one step on.

    Args:
        desk: Where.
        request: Its id.
        kind: One of `lifecycle.STEPS`.
        text: What was done and found.
        evidence: Numbers of the records that show it: an assessment's PCCP and pathway results,
            the new lock, the protocol run.
        outcome: Of an effectiveness check: ``effective`` or ``not effective``.

    Raises:
        OutOfOrderError: The state of the request does not allow it, or evidence is missing.
        NotAllowedError: Nobody signed in, or their role does not allow it.
        NotFoundError: There is no such request or record.
        UsageError: There is no such step, or the text is too short.
    """
    if kind not in lifecycle.STEPS:
        raise UsageError(f"There is no step '{kind}' (there are: {', '.join(lifecycle.STEPS)}).")
    actor = who(desk, kind)
    change = lifecycle.find(desk.trail, request, desk.access)
    lifecycle.require(change, kind)
    require_text(desk, text)
    records = supporting.records(desk.trail, evidence)
    if kind == lifecycle.IMPLEMENTATION and lifecycle.new_version(change, desk.access):
        supporting.require_lock(change, records)
    if kind == lifecycle.VERIFICATION:
        outcome = supporting.verdict(desk.trail, change, records)
    if kind == lifecycle.EFFECTIVENESS:
        records += supporting.windows(desk.trail, change, _board(desk), outcome)
    value = ChangeStep(
        request=request,
        step=kind,
        text=text.strip(),
        outcome=outcome,
        evidence=supporting.named(records),
    )
    return append(desk, value, actor)


def decide(desk: Desk, request: str, reason: str, decision: str = "") -> Record:
    """Record the decision that the board has approved.

    Raises:
        OutOfOrderError: The board has not approved it, or it is decided already.
        NotAllowedError: Nobody signed in, or their role does not allow it.
        UsageError: Another decision than the one that was proposed, or the reason is too short.
    """
    actor = who(desk, "decide")
    change = lifecycle.find(desk.trail, request, desk.access)
    lifecycle.require(change, "decide")
    proposed = change.request.decision
    if decision and decision != proposed:
        raise UsageError(
            f"{request} proposes '{proposed}'. For '{decision}' amend it; the board votes again."
        )
    require_text(desk, reason)
    value = ChangeDecision(
        trigger=change.request.trigger,
        decision=proposed,
        reason=reason.strip(),
        actor=actor,
        request=request,
    )
    return append(desk, value, actor)


def _write_request(desk: Desk, proposal: Proposal, request: str, revision: int) -> Record:
    actor = who(desk, "request")
    model = _require(desk, proposal)
    value = ChangeRequest(
        key=f"{request}/{revision}",
        id=request,
        revision=revision,
        trigger=proposal.trigger,
        model=model,
        title=proposal.title.strip(),
        description=proposal.description.strip(),
        decision=proposal.decision,
        requester=actor,
        evidence=supporting.named(supporting.records(desk.trail, proposal.evidence)),
    )
    written = desk.trail.append([signed(desk, value)], at=desk.at, actor=actor, once=value.key)
    if not written:
        raise OutOfOrderError(f"{value.key} was written meanwhile. Look at it, then try again.")
    return written[0]


def _require(desk: Desk, proposal: Proposal) -> str:
    """The model that is to change; refuses what the policy or the trail does not know."""
    known = [d.id for d in desk.policy.decisions]
    if proposal.decision not in known:
        raise UsageError(
            f"'{proposal.decision}' is no decision of the policy ({', '.join(known)})."
        )
    if not proposal.title.strip():
        raise UsageError("Give the change a title.")
    require_text(desk, proposal.description)
    triggers = {t.id: t for _, t in desk.trail.all(Trigger)}
    if proposal.trigger and proposal.trigger not in triggers:
        raise NotFoundError(f"There is no trigger '{proposal.trigger}'.")
    model = proposal.model or (triggers[proposal.trigger].model if proposal.trigger else "")
    locked = [lock.model for _, lock in desk.trail.all(ModelLock)]
    if model not in locked:
        there = ", ".join(locked) or "none"
        raise NotFoundError(f"Name the model that is to change, of those locked: {there}.")
    return model


def _board(desk: Desk) -> Board:
    return desk.access.policy.board if desk.access else Board()
