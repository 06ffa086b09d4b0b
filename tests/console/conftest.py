"""A served house with a board of four, built once and copied for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from console import settings
from tests.board_site import House

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quinn (quality), Ada (author, approver), Ben (approver), Rae (reviewer)."""
    folder = tmp_path_factory.mktemp("built") / "house"
    House.build(folder, "quinn", "ada", "ben", "rae")
    return folder


@pytest.fixture
def house(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A copy of it, with the time of the test."""
    shutil.copytree(built, tmp_path / "house")
    made = House(tmp_path / "house")
    monkeypatch.setattr(settings, "now", made.clock.now)
    return made
