"""`tplc trail` and `tplc verify` on either database, chosen by TPLC_DATABASE_URL alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console import cli
from evidence.databases import revisions
from evidence.errors import AssuranceError, BrokenTrailError, NotAllowedError
from policies.workspace import Workspace
from tests.evidence.places import AT, Place, decision

PHRASE, NEXT = "amber-lake-sixty-two", "birch-stone-ninety-one"


@dataclass
class Typist:
    """A workspace, and who types in it.

    Attributes:
        place: Where its trail is.
    """

    place: Place

    @property
    def folder(self) -> Path:
        """The workspace."""
        return self.place.folder

    @property
    def space(self) -> Workspace:
        """The workspace as the commands see it."""
        return Workspace(folder=self.folder, database_url=self.place.url)

    def type(self, *words: str, said: tuple[str, ...] = (), url: str = "") -> Any:
        """Run a command with lines on standard input; its JSON."""
        environment = {
            "TPLC_WORKSPACE": str(self.folder),
            "TPLC_DATABASE_URL": url or self.place.url,
            "TPLC_ACTOR": "os-login",
        }
        typed = "".join(f"{line}\n" for line in said)
        extra = ["--password-stdin"] if said else []
        done = CliRunner().invoke(cli.app, [*words, *extra, "--json"], input=typed, env=environment)
        if done.exception:
            raise done.exception
        return json.loads(done.stdout)


@pytest.fixture
def typist(place: Place) -> Typist:
    """A workspace without a trail yet."""
    (place.folder / "device.yaml").write_text("name: fever\n")
    return Typist(place)


def test_the_same_commands_on_either_database(typist: Typist) -> None:
    """Made, written, listed, taken down and up a revision, verified."""
    with pytest.raises(AssuranceError, match="tplc trail create"):
        typist.type("verify")
    assert typist.type("trail", "create")["revision"] == revisions.NEWEST
    typist.space.trail.append([decision("Because.")], at=AT, actor="ada")
    assert typist.type("trail", "create")["revision"] == revisions.NEWEST
    assert [r["reason"] for r in typist.type("trail", "list")["records"]] == ["Because."]
    assert typist.type("trail", "migrate", "r0001")["before"] == revisions.NEWEST
    found = typist.type("verify")
    assert (found["records"], found["faults"], len(found["notes"])) == (1, [], 1)
    typist.space.trail.append([decision("And so.")], at=AT, actor="ada")
    found = typist.type("verify")
    assert (found["records"], found["revision"], found["notes"]) == (2, revisions.NEWEST, [])


def test_keys_and_checkpoints_by_their_commands(
    typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made, signed, rotated, revoked; a checkpoint that was kept elsewhere is held against the chain."""
    monkeypatch.setattr("evidence.signing.keys.COST", {"n": 2**8, "r": 8, "p": 1})
    typist.type("trail", "create")
    typist.space.trail.append([decision("one")], at=AT, actor="ada")
    made = typist.type("trail", "key", "create", said=(PHRASE,))
    away = typist.folder / "away.jsonl"
    signed = typist.type("trail", "checkpoint", "--out", str(away), said=(PHRASE,))
    assert (signed["seq"], signed["key"]) == (1, made["key"])
    typist.space.trail.append([decision("two")], at=AT, actor="ada")
    for words in ([], ["--since-checkpoint"], ["--checkpoint", str(away)]):
        assert typist.type("verify", *words)["records"] == 2
    assert typist.type("trail", "key", "rotate", said=(PHRASE, NEXT))["key"] != made["key"]
    with pytest.raises(NotAllowedError):
        typist.type("trail", "checkpoint", said=(PHRASE,))
    assert typist.type("trail", "checkpoint", said=(NEXT,))["number"] == 2
    assert typist.type("trail", "key", "revoke", said=(NEXT,))["event"] == "revoked"
    assert typist.type("verify")["faults"] == []


def test_a_workspace_moves_to_postgresql(tmp_path: Path, server: str) -> None:
    """Export where it was, import where it goes: signatures, head and all go with it."""
    (tmp_path / "device.yaml").write_text("name: fever\n")
    hidden = tmp_path / ".tplc"
    old = Typist(Place(f"sqlite:///{hidden / 'trail.db'}", tmp_path))
    old.type("trail", "create")
    old.space.trail.append([decision("one"), decision("two")], at=AT, actor="ada")
    old.type("trail", "key", "create", said=(PHRASE,))
    old.type("trail", "checkpoint", said=(PHRASE,))
    kept = str(tmp_path / "trail.jsonl")
    assert old.type("trail", "export", kept)["records"] == 2
    new = Typist(Place.on(server, tmp_path))
    with pytest.raises(BrokenTrailError, match="tplc trail import FILE"):
        new.type("trail", "create")
    assert new.type("trail", "import", kept)["records"] == 2
    assert new.type("verify", "--since-checkpoint")["records"] == 2
    new.space.trail.append([decision("three")], at=AT, actor="ada")
    assert new.type("verify")["records"] == 3
