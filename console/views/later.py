"""What later windows showed of a trigger, and the cause over every window of its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import timeline
from console.views import heat, kinds
from console.views.view import View
from console.views.watching import watching
from evidence.records import TriggerNote

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.heat import Heat
    from console.views.reading import Reading

NOTES = {
    "absent": "not found any more",
    "returned": "found again",
    "escalated": "graver",
}


class Note(View):
    """What a later window showed."""

    window: str
    """Which."""
    note: str
    """Not found any more, found again, or graver."""
    severity: str
    """How grave it is since."""
    statement: str
    """In a sentence."""
    record: int
    """Its record."""


def notes(seen: Reading, trigger: str) -> list[Note]:
    """What later windows showed of it, oldest first."""
    return [
        Note(
            window=value.window,
            note=NOTES.get(value.note, value.note),
            severity=value.severity,
            statement=kinds.sentence(value.statement),
            record=record.seq,
        )
        for record, value in seen.trail.all(TriggerNote)
        if value.trigger == trigger
    ]


def strip(seen: Reading, case: Case) -> Heat | None:
    """The cause over every window of its model."""
    model = watching(seen).models.get(case.trigger.model)
    if model is None or not model.runs:
        return None
    cause, kind = case.trigger.cause, case.trigger.finding.get("kind", "")
    with model.lock:
        spans, said = sorted(model.runs), []
        for span in spans:
            run, checked = model.runs[span][1], model.states[span]
            state = checked.get(kind, checked.get(heat.OTHERS, timeline.NONE))
            mine = any(f["cause"] == cause for f in run.findings)
            raised = (run.window["label"], cause) in model.raised
            if raised or mine:
                state = timeline.RAISED if raised else timeline.FOUND
            elif state != timeline.NONE:
                state = timeline.QUIET
            said.append({kind: state})
    return heat.heat([model.runs[span][1].window for span in spans], said)
