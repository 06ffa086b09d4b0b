"""A board of four, built once and copied for each test: passwords are dear by design."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.board_room import Room

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quinn (quality), Ada (author, approver), Ben (approver), Rae (reviewer)."""
    folder = tmp_path_factory.mktemp("room")
    Room.open(folder, "quinn", "ada", "ben", "rae")
    return folder


@pytest.fixture
def room(furnished: Path, tmp_path: Path) -> Room:
    """A copy of it."""
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    return Room(tmp_path)
