"""What several rooms' tests share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import demo_workspace

if TYPE_CHECKING:
    from tests.demo_workspace import Told


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The demo, told once for every file and process of the session; copy it to write."""
    return demo_workspace.told(tmp_path_factory)


@pytest.fixture(scope="module")
def demo_folder(demo: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's workspace for the tests of one file."""
    return demo.copy(tmp_path_factory.mktemp("demo") / "covid")
