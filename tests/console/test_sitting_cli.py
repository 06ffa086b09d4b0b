"""The board's sitting on the command line: from the demo's trigger to its end and the memo."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests import sitting
from tests.board_room import secret
from tests.demo_board import enrol, typed

if TYPE_CHECKING:
    from pathlib import Path


def test_the_sitting_by_commands(demo_folder: Path) -> None:
    """Answers, request, assessment, two approvals, decision, memo; then the trail is verified."""
    folder = enrol(demo_folder)
    assert sitting.state(folder) == {"trigger": "open", "requests": []}
    given = [f"--answer={name}=no:{why}" for name, why in sitting.ANSWERS.items()]
    about = ("--trigger", sitting.TRIGGER, "--model", sitting.MODEL, "--baseline", sitting.BASELINE)
    words = ("--table", "fda", *about, *given, "--rationale", sitting.RATIONALE)
    found = typed(folder, "change", "pathway", *words)
    assert {a["by"] for a in found["answers"]} == {"evidence", "os-login"}
    assert found["outcome"]["title"] == sitting.OUTCOME
    assessed = found["record"]

    words = ("--title", sitting.TITLE, "--description", sitting.DESCRIPTION)
    about = ("--trigger", sitting.TRIGGER, "--decision", sitting.DECISION, "--as", "ada")
    raised = typed(folder, "change", "request", *words, *about, said=(secret("ada"),))
    request = raised["id"]
    step = ("--step", "assessment", "--text", sitting.ASSESSMENT, "--record", str(assessed))
    typed(folder, "change", "step", request, *step, "--as", "rae", said=(secret("rae"),))
    for user, reached in (("ben", False), ("quinn", True)):
        sign = ("--meaning", "approval", "--as", user)
        done = typed(folder, "change", "sign", request, *sign, said=(secret(user),))
        assert done["reached"] is reached
    decide = ("--reason", sitting.REASON, "--as", "quinn")
    typed(folder, "change", "decide", request, *decide, said=(secret("quinn"),))

    built = typed(folder, "report", "build", "pathway-memo", "--assessment", str(assessed))
    (memo,) = built["documents"]
    text = subprocess.run(
        ["pdftotext", memo["path"], "-"], capture_output=True, text=True, check=True
    ).stdout
    assert sitting.OUTCOME in " ".join(text.split())
    assert sitting.state(folder) == sitting.CLOSED
    assert typed(folder, "verify")["faults"] == []
