"""The records that a step of a change is likely to rest on, offered to be ticked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View
from evidence.records import GenerativeRun, ModelLock, PathwayAssessment, ValidationRun

if TYPE_CHECKING:
    from console.views.reading import Reading
    from evidence.records import Record

MOST = 15  # of one kind: more are named by their numbers
LOCK, RUN, PATHWAY = "locked version", "protocol run", "pathway assessment"


class Offered(View):
    """A record that something may rest on."""

    record: int
    """Its number."""
    kind: str
    """What it is."""
    text: str
    """What it says, in a line."""
    at: str
    """When it was written, UTC."""


def records(seen: Reading, model: str, trigger: str = "") -> list[Offered]:
    """Pathway assessments, protocol runs and locks about a model, newest first of each.

    Args:
        seen: What the request sees.
        model: ``NAME/VERSION`` of any version of the model.
        trigger: Id of the trigger behind the change; its assessments come too.
    """
    name = model.rpartition("/")[0]
    return [
        *_assessments(seen, name, trigger)[:MOST],
        *_runs(seen, name)[:MOST],
        *_locks(seen, name)[:MOST],
    ]


def _assessments(seen: Reading, name: str, trigger: str) -> list[Offered]:
    found = []
    for record, value in reversed(seen.trail.all(PathwayAssessment)):
        if value.baseline.rpartition("/")[0] == name or (trigger and value.trigger == trigger):
            plan = f"; plan: {value.pccp['answer']}" if value.pccp else ""
            text = f"{value.table_facts['title']}: {value.outcome['title']}{plan} ({value.change})"
            found.append(Offered(record=record.seq, kind=PATHWAY, text=text, at=record.at))
    return found


def _runs(seen: Reading, name: str) -> list[Offered]:
    pairs: list[tuple[Record, ValidationRun | GenerativeRun]] = [
        *seen.trail.all(ValidationRun),
        *seen.trail.all(GenerativeRun),
    ]
    found = []
    for record, value in sorted(pairs, key=lambda pair: -pair[0].seq):
        if value.model.rpartition("/")[0] == name:
            text = f"{value.model} on {value.reference}: {value.verdict}"
            found.append(Offered(record=record.seq, kind=RUN, text=text, at=record.at))
    return found


def _locks(seen: Reading, name: str) -> list[Offered]:
    found = []
    for record, value in reversed(seen.trail.all(ModelLock)):
        if value.name == name:
            found.append(Offered(record=record.seq, kind=LOCK, text=value.model, at=record.at))
    return found
