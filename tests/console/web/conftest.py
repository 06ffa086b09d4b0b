"""A Chromium, and the demo's board halfway through a sitting, served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import browser, sitting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium; the tests that want it are skipped where there is none, and fail in CI."""
    with browser.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def halfway(chromium: Browser, demo_folder: Path) -> Iterator[str]:
    """Where the demo is served, with people, a clock, and a request that lacks one vote."""
    assert chromium.is_connected()
    with browser.served(sitting.begun(demo_folder)) as at:
        yield at
