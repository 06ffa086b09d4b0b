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
from evidence.errors import AssuranceError
from policies.workspace import Workspace
from tests.evidence.places import AT, Place, decision


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
