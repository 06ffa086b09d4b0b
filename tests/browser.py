"""A real Chromium on a served workspace: the pages as people meet them.

Where there is no Chromium the tests that want one are skipped; in CI (``CI`` is set) they fail.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests import sitting
from tests.board_room import secret
from tests.killing import RUN, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDE, NARROW = 1280, 390  # pixels: a desk, a telephone
HEIGHT = 900
ASKED = urlencode(
    {"begun": 1, "change": sitting.TITLE, "model": sitting.MODEL, "baseline": sitting.BASELINE}
)
PAGES = {  # name: address, of a workspace that `demo_board.furnish` laid
    "overview": "/",
    "triggers": "/triggers",
    "trigger": "/triggers/T-2020-09-01",
    "pathway": f"/triggers/{sitting.TRIGGER}/pathway/fda?{ASKED}",
    "requests": "/requests",
    "request": "/requests/C-1",
    "models": "/models",
    "model": f"/models/{sitting.BASELINE}",
    "compared": f"/models/{sitting.MODEL}?against={sitting.BASELINE}",
    "references": "/references",
    "reference": "/references/covid-april",
    "documents": "/documents",
    "trail": "/trail",
    "record": "/trail/7",
    "verify": "/trail/verify",
    "account": "/account",
    "api": "/api",
}


def executable() -> str:
    """Where Chromium is; skips or fails the test where it is not."""
    found = next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        said = f"There is no Chromium on the path ({', '.join(NAMES)})."
        if os.environ.get("CI", "") not in ("", "0", "false"):
            pytest.fail(said)
        pytest.skip(said)
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    from playwright.sync_api import sync_playwright

    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as opened:
        browser = opened.chromium.launch(executable_path=executable(), args=args)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`tplc serve` as a process of its own on a free port of this machine.

    Yields:
        Where it is reached.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = [*RUN, "serve", "--port", str(port)]
    with subprocess.Popen(words, env=environment(folder), stderr=subprocess.DEVNULL) as job:
        try:
            _await(job, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            job.terminate()
            job.wait(10)


def _await(job: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        time.sleep(0.1)
        assert job.poll() is None, "tplc serve ended"
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            link.request("GET", "/health/live")
            if link.getresponse().status == http.client.OK:
                return
        except OSError:
            continue
        finally:
            link.close()
    raise AssertionError("tplc serve does not answer")


def opened(
    browser: Browser,
    at: str,
    user: str = "",
    *,
    width: int = WIDE,
    dark: bool = False,
    script: bool = False,
) -> Page:
    """A page of a context of its own.

    Args:
        browser: Chromium.
        at: Where the workspace is served.
        user: Who has signed in; nobody when empty.
        width: Of its window, pixels.
        dark: Whether the person prefers dark pages.
        script: Whether JavaScript runs, as a test's instrument; the pages have none. Such a
            context does not heed the pages' own rule that none may.
    """
    context = browser.new_context(
        base_url=at,
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        bypass_csp=script,
        accept_downloads=True,
    )
    page = context.new_page()
    if user:
        sign_in(page, user)
    return page


def sign_in(page: Page, user: str) -> None:
    """Through the door, as a person does it."""
    page.goto("/login")
    page.get_by_label("User id").fill(user)
    page.get_by_label("Password", exact=True).fill(secret(user))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/login" not in address)
