"""What plan and law say beside a trigger: the PCCP's answer, and pathways that were assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from change_control import pccp, versions
from console.views.view import View
from evidence.errors import AssuranceError
from evidence.records import ModelLock, PathwayAssessment

if TYPE_CHECKING:
    from change_control.result import Result
    from console.views.reading import Reading


class Planned(View):
    """Whether the newest locked version lies inside the plan (PCCP)."""

    model: str
    """The version that was locked later."""
    against: str
    """The version of the trigger."""
    answer: str
    """Inside, outside or cannot tell."""
    reason: str
    """Why."""
    record: int
    """The newer version's lock."""


class Assessed(View):
    """A pathway that was assessed."""

    table: str
    """Which decision table."""
    authority: str
    """Whose."""
    change: str
    """What is to change."""
    outcome: str
    """What it comes to."""
    rationale: str
    """Why, as a person wrote it."""
    at: str
    """When."""
    by: str
    """Who."""
    record: int
    """Its record."""


def planned(seen: Reading, model: str) -> Planned | None:
    """The newest version locked after a model's, held against the plan; none without one.

    Args:
        seen: What the request sees.
        model: ``NAME/VERSION`` of the trigger.
    """
    locks = {lock.model: record.seq for record, lock in reversed(seen.trail.all(ModelLock))}
    stem = model.rpartition("/")[0]
    later = [m for m, seq in locks.items()
             if m.rpartition("/")[0] == stem and seq > locks.get(model, 0)]  # fmt: skip
    if not later or model not in locks:
        return None
    newer = max(later, key=locks.__getitem__)
    try:
        result = _judged(seen, model, newer)
    except AssuranceError as error:
        answer, reason = "cannot tell", str(error)
    else:
        answer, reason = str(result.answer), result.reason
    return Planned(model=newer, against=model, answer=answer, reason=reason, record=locks[newer])


def _judged(seen: Reading, old: str, new: str) -> Result:
    trail = seen.trail
    plan = versions.read_plan(trail, seen.policy, seen.space.policy("change_control").digest)
    found = (versions.read_version(trail, old), versions.read_version(trail, new))
    return pccp.judge(*found, plan)


def assessed(seen: Reading, trigger: str) -> list[Assessed]:
    """The pathways assessed for a trigger, oldest first."""
    return [
        Assessed(
            table=value.table_facts["title"],
            authority=value.table_facts["authority"],
            change=value.change,
            outcome=value.outcome["title"],
            rationale=value.rationale,
            at=record.at,
            by=seen.name(record.actor),
            record=record.seq,
        )
        for record, value in seen.trail.all(PathwayAssessment)
        if value.trigger == trigger
    ]
