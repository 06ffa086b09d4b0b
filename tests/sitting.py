"""The board's sitting on the demo's lost age answer, and where it must end, whatever the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.board_room import secret
from tests.demo_board import enrol, typed

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


CLOCK = ("--aware-at", "2026-03-06T09:30", "--zone", "Europe/Berlin", "--state", "DE")


def begun(folder: Path) -> Path:
    """A workspace with people, a clock that runs, and this sitting halfway: one vote is missing."""
    enrol(folder)
    told = ("--what", "Positive tests were missed in September", "--trigger", "T-2020-09-01")
    typed(folder, "change", "clock", "start", "mdr-15", *CLOCK, *told, "--person", "quinn")
    assessed = assess(folder)
    request = propose(folder, assessed)
    approve(folder, request, "ben")
    return folder


def assess(folder: Path) -> int:
    """The pathway of the change, answered; the record of it."""
    given = [f"--answer={name}=no:{why}" for name, why in ANSWERS.items()]
    about = ("--trigger", TRIGGER, "--model", MODEL, "--baseline", BASELINE)
    words = ("--table", "fda", *about, *given, "--rationale", RATIONALE)
    found = typed(folder, "change", "pathway", *words)
    assert {a["by"] for a in found["answers"]} == {"evidence", "os-login"}
    assert found["outcome"]["title"] == OUTCOME
    return int(found["record"])


def propose(folder: Path, assessed: int) -> str:
    """The change request, raised and assessed with that record; its id."""
    words = ("--title", TITLE, "--description", DESCRIPTION, "--decision", DECISION)
    about = ("--trigger", TRIGGER, "--as", "ada")
    raised = typed(folder, "change", "request", *words, *about, said=(secret("ada"),))
    step = ("--step", "assessment", "--text", ASSESSMENT, "--record", str(assessed))
    done = (raised["id"], *step, "--as", "rae")
    typed(folder, "change", "step", *done, said=(secret("rae"),))
    return str(raised["id"])


def approve(folder: Path, request: str, user: str) -> bool:
    """Sign it; whether the board has approved it with that."""
    words = ("--meaning", "approval", "--as", user)
    done = typed(folder, "change", "sign", request, *words, said=(secret(user),))
    return bool(done["reached"])


def state(folder: Path) -> dict[str, Any]:
    """Where the trigger and the change requests stand, of the trail alone."""
    found = typed(folder, "change", "list")
    (trigger,) = [t["status"] for t in found["triggers"] if t["id"] == TRIGGER]
    requests = [{k: r[k] for k in ("id", "state", "decision")} for r in found["requests"]]
    return {"trigger": trigger, "requests": requests}
