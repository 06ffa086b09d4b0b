"""11.50(b): name, time, meaning, role and digest are printed, and whether a signature stands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from change_control import board, requests
from policies.workspace import Workspace
from reports import dossier, postmarket, render
from tests.board_room import AT, PROPOSAL, Room

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("no-action", "Referral changed; the endpoint holds in this window.")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a board."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "device.yaml").write_text("name: fever\n")
    (folder / "policies").mkdir()
    Room.open(folder / ".tplc", "quinn", "ada", "ben", "rae")
    return folder


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _page(folder: Path) -> str:
    facts = dossier.collect(Workspace(folder=folder), "monitoring-report", "A4")
    facts |= {"edition": 1}
    return " ".join(render.html(facts, {}).split())


def _decision(folder: Path) -> Any:
    (found,) = postmarket.triggers(Workspace(folder=folder).trail)
    return found["status"], found["decisions"][-1]


def test_a_signed_decision_prints_who_signed_when_as_what_and_what(folder: Path) -> None:
    """On the page, beside the decision and in a table of their own."""
    room = Room(folder / ".tplc")
    record = board.decide_at(room.desk("ada"), "T-1", *WORDS)
    status, decision = _decision(folder)
    assert (status, decision["counts"], decision["signed"]) == (
        "open",
        False,
        "awaiting approver and quality",
    )
    assert "open: awaiting approver and quality" in _page(folder)
    room.sign("ben", str(record.seq))
    room.sign("quinn", str(record.seq))
    status, decision = _decision(folder)
    assert (status, decision["counts"]) == ("no-action", True)
    page = _page(folder)
    digest = decision["signatures"][0]["digest"]
    assert (
        "Signed: Ben Approver (approver), <i>approval</i>, 2026-03-02 09:00:00 UTC, "
        f'digest <code>{digest}</code>, <span class="pass">valid</span>'
    ) in page
    assert "Electronic signatures" in page
    assert page.count("Quinn Quality") == 2


def test_a_void_signature_is_printed_as_void(folder: Path) -> None:
    """With why; it is not left out."""
    room = Room(folder / ".tplc")
    room.request()
    room.assess()
    room.sign("ben", "C-1")
    requests.amend(room.desk("ada"), "C-1", PROPOSAL)
    page = _page(folder)
    assert '<span class="fail">void</span>: what was signed was changed afterwards' in page


def test_a_decision_without_users_is_shown_as_unsigned(tmp_path: Path) -> None:
    """As in workspaces that have none."""
    (tmp_path / "device.yaml").write_text("name: fever\n")
    (tmp_path / "policies").mkdir()
    room = Room.open(tmp_path / ".tplc")
    board.decide(room.trail, room.policy, "T-1", *WORDS, at=AT, actor="board")
    status, decision = _decision(tmp_path)
    assert (status, decision["signed"]) == ("no-action", "unsigned")
    assert '<span class="second">Unsigned.</span>' in _page(tmp_path)
