"""Pictures of every page, of the demo's board halfway through a sitting.

``python -m tests.pictures docs/pages`` tells the demo, serves it and writes NAME-1280.png and
NAME-390.png of each page with a README that shows them. ``--workspace DIR`` takes a demo that is
there already (a copy of it; nothing is written there), ``--dark`` takes the dark pages.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests import browser, sitting
from tests.browser import NARROW, PAGES, WIDE
from tests.demo_workspace import Told
from tests.killing import RUN, environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOOR = "login"
TITLES = {
    DOOR: "Sign in",
    "overview": "Overview",
    "triggers": "Triggers",
    "trigger": "A trigger",
    "pathway": "The pathway questions",
    "requests": "Change requests",
    "request": "A change request that waits for one more signature",
    "models": "Models",
    "model": "A locked version",
    "compared": "Two versions side by side",
    "references": "Reference sets",
    "reference": "A reference set",
    "documents": "Documents",
    "trail": "Audit trail",
    "record": "A record",
    "verify": "Verify now",
    "account": "Account",
    "api": "The JSON interface",
}
HEAD = """\
# The board's pages

Of the demo, in the middle of a sitting: a change request waits for one more signature. At 1280 and
390 pixels; long pages are cut below. Made by `python -m tests.pictures docs/pages`.
"""
LONGEST = {WIDE: 2000, NARROW: 2400}  # pixels


def main() -> None:
    """Write the pictures."""
    asked = _asked()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        there = asked.workspace or _told(Path(made) / "told")
        space = Told(folder=there.resolve(), answer={}, hook=there).copy(Path(made) / "covid")
        with browser.chromium() as chromium, browser.served(sitting.begun(space)) as at:
            for width in (WIDE, NARROW):
                _take(chromium, at, asked.folder, width, dark=asked.dark)
    (asked.folder / "README.md").write_text(_readme())


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path, help="where they are written")
    words.add_argument("--workspace", type=Path, help="a demo that is there already")
    words.add_argument("--dark", action="store_true", help="the dark pages")
    return words.parse_args()


def _told(folder: Path) -> Path:
    subprocess.run([*RUN, "demo", str(folder)], env=environment(folder), check=True)
    return folder


def _take(chromium: Browser, at: str, folder: Path, width: int, *, dark: bool) -> None:
    """Each page at one width: the door, then as somebody whose signature is waited for."""
    page = browser.opened(chromium, at, width=width, dark=dark)
    page.goto("/login")
    _shoot(page, folder, DOOR, width)
    browser.sign_in(page, "quinn")
    for name, address in PAGES.items():
        page.goto(address, wait_until="networkidle")
        _shoot(page, folder, name, width)


def _shoot(page: Page, folder: Path, name: str, width: int) -> None:
    box = page.locator("html").bounding_box()
    height = min(box["height"] if box else 0, LONGEST[width])
    clip = {"x": 0, "y": 0, "width": width, "height": max(height, 1)}
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True, clip=clip)  # type: ignore[arg-type]


def _readme() -> str:
    """What shows them."""
    parts = [HEAD]
    for name, title in TITLES.items():
        wide, narrow = (f'<img src="{name}-{w}.png" alt="{title}, {w} px"' for w in (WIDE, NARROW))
        parts.append(
            f'## {title}\n\n{wide} width="640"> {narrow} width="195">\n',
        )
    return "\n".join(parts)


if __name__ == "__main__":
    main()
