"""The board's sitting on the demo's lost age answer, and where it must end, whatever the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_board import typed

if TYPE_CHECKING:
    from pathlib import Path

TRIGGER = "T-2020-04-05"
MODEL, BASELINE = "covid-symptoms/2", "covid-symptoms/1"
WHY = "The new version asks less and was judged by the same criteria."
ANSWERS = dict.fromkeys(
    ("P1", "2", "3a", "3b", "4", "VI"), WHY
)  # what the records leave open: why no
OUTCOME = "No new 510(k); document the analysis"
RATIONALE = "Version 2 does without the age answer and passed the plan's own criteria."
TITLE = "Nothing further: version 2 does without the age answer"
DESCRIPTION = (
    "The age answer stopped arriving in April. The version locked since does not ask for it."
)
DECISION = "no-action"
ASSESSMENT = "The pathway assessment says that a letter to file is enough; no risk is new."
REASON = "The board approved it on the evidence of the pathway assessment."
CLOSED = {
    "trigger": "decided: no-action",
    "requests": [{"id": "C-1", "state": "closed", "decision": "no-action"}],
}


def state(folder: Path) -> dict[str, Any]:
    """Where the trigger and the change requests stand, of the trail alone."""
    found = typed(folder, "change", "list")
    (trigger,) = [t["status"] for t in found["triggers"] if t["id"] == TRIGGER]
    requests = [{k: r[k] for k in ("id", "state", "decision")} for r in found["requests"]]
    return {"trigger": trigger, "requests": requests}
