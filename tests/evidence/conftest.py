"""Each test of a trail runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evidence import places
from tests.evidence.places import Place


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server for the session."""
    with places.server() as url:
        yield url


@pytest.fixture
def on_server(server: str, tmp_path: Path) -> Place:
    """A place on PostgreSQL."""
    return Place.on(server, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place on each database."""
    if request.param == "sqlite":
        return Place.file(tmp_path)
    return Place.on(request.getfixturevalue("server"), tmp_path)
