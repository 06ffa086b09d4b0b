"""Rooms at the root: each has one owner, is listed, and brings its data."""

from __future__ import annotations

import tomllib
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import pytest

import demo
import policies
import templates

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = PROJECT["tool"]["uv"]["build-backend"]["module-name"]


def test_every_folder_with_an_init_is_a_listed_room() -> None:
    """And no room is listed that is not there."""
    found = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert found == set(ROOMS)
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_no_second_owner(room: str) -> None:
    """Installers overwrite silently: no other distribution may bring a package of that name."""
    owners = {
        str(distribution.metadata["Name"])
        for distribution in metadata.distributions()
        for file in distribution.files or []
        if file.parts and file.parts[0] == room
    }
    assert owners <= {"tplc"}


def test_data_come_with_their_rooms() -> None:
    """Policies, catalogs, templates, fonts and the demo's data are readable where they are used."""
    assert (files(policies) / "validation.yaml").is_file()
    assert any((files(policies) / "regulations").iterdir())
    assert (files(templates) / "report.css").is_file()
    assert any((files(templates) / "fonts").iterdir())
    assert (files(demo) / "data" / "covid_il_symptoms" / "README.md").is_file()
    assert (files(demo) / "workspace_covid" / "device.yaml").is_file()


def test_the_project_is_not_uploaded_and_locks_without_addresses() -> None:
    """An application; its lock names versions and hashes, no registry."""
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
