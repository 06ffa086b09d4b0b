"""What was decided on a trigger, by whom, who signed it, and whether that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views import kinds
from console.views.view import View
from reports import signatures

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.reading import Reading


class Signed(View):
    """A signature."""

    name: str
    """Whose."""
    meaning: str
    """Approval, rejection, review ..."""
    roles: str
    """Their roles then."""
    at: str
    """When."""
    void: str
    """Why it does not stand; empty when it stands."""
    record: int
    """Its record."""


class Decided(View):
    """A decision."""

    decision: str
    """What was decided."""
    meaning: str
    """What that means, as the policy says it."""
    reason: str
    """On which evidence."""
    by: str
    """Who wrote it down."""
    at: str
    """When."""
    follow_up: str
    """What comes of it."""
    request: str
    """Id of the change request that it decides; empty for none."""
    counts: bool
    """Whether it counts."""
    votes: str
    """The board's votes in words; unsigned where there were no users."""
    signatures: list[Signed]
    """Every signature on it."""
    record: int
    """Its record."""


def decisions(seen: Reading, case: Case) -> list[Decided]:
    """Every decision on a trigger, oldest first."""
    meanings = {each.id: each.meaning for each in seen.policy.decisions}
    found = []
    for record, value in case.decisions:
        told = signatures.of_decision(seen.trail, seen.access, record, value)
        found.append(
            Decided(
                decision=kinds.decision(value.decision),
                meaning=meanings.get(value.decision, ""),
                reason=value.reason,
                by=seen.name(value.actor),
                at=record.at,
                follow_up=value.follow_up,
                request=value.request,
                counts=told["counts"],
                votes=told["signed"],
                signatures=[
                    Signed(
                        name=each.signature.name,
                        meaning=each.signature.meaning,
                        roles=", ".join(each.signature.roles),
                        at=each.record.at,
                        void=each.reason,
                        record=each.record.seq,
                    )
                    for each in case.signatures.get(record.seq, [])
                ],
                record=record.seq,
            )
        )
    return found
