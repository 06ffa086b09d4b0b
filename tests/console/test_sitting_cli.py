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
    assessed = sitting.assess(folder)
    request = sitting.propose(folder, assessed)
    assert [sitting.approve(folder, request, user) for user in ("ben", "quinn")] == [False, True]
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
