"""Every page in Chromium without JavaScript: it fits, asks nobody else, and works by keyboard."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pikepdf
import pytest

from console.web.headers import HEADERS
from tests import browser
from tests.browser import NARROW, PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUS = """() => {
    const e = document.activeElement;
    const name = e.getAttribute('aria-label') || e.textContent.trim();
    return [e.closest('main') ? 'main' : e.closest('nav') ? 'nav' : e.className, name];
}"""
POLICY = "Content-Security-Policy"
DRAWN = "/chart.svg"  # a picture has a policy of its own, stricter in all but its styles
MOST = 60  # times that Tab is pressed


class Watched:
    """What a page's context asked for and was answered."""

    def __init__(self, page: Page) -> None:
        self.forget()
        page.context.on("request", self._ask)
        page.context.on("response", self._hear)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def forget(self) -> None:
        """Begin anew, with the next page."""
        self.asked: list[str] = []
        self.answers: dict[str, dict[str, str]] = {}
        self.codes: dict[str, int] = {}
        self.said: list[str] = []

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):  # advice to developers is neither
            self.said.append(message.text)

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)

    def _hear(self, answer: Response) -> None:
        self.answers[answer.url] = answer.headers
        self.codes[answer.url] = answer.status


@pytest.fixture(scope="module")
def reader(chromium: Browser, halfway: str) -> Iterator[tuple[Page, Watched]]:
    """A telephone in quinn's hand, without JavaScript."""
    page = browser.opened(chromium, halfway, "quinn", width=NARROW)
    yield page, Watched(page)
    page.context.close()


@pytest.fixture(scope="module")
def probe(chromium: Browser, halfway: str) -> Iterator[Page]:
    """The same with JavaScript as an instrument: it measures, the pages have none."""
    page = browser.opened(chromium, halfway, "quinn", width=NARROW, script=True)
    yield page
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_asks_nobody_else(reader: tuple[Page, Watched], name: str) -> None:
    """Each part comes from this machine under the strict policy; the console stays silent."""
    page, watched = reader
    watched.forget()
    page.goto(PAGES[name], wait_until="networkidle")
    assert watched.said == []
    assert {urlsplit(url).hostname for url in watched.asked} == {"127.0.0.1"}
    assert {url: code for url, code in watched.codes.items() if code >= 400} == {}
    for url, headers in watched.answers.items():
        policy = headers[POLICY.lower()]
        assert policy == HEADERS[POLICY] or urlsplit(url).path.endswith(DRAWN), url
        assert "script-src" not in policy
        assert policy.startswith("default-src 'none'")
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", [*PAGES, "login"])
def test_no_page_scrolls_sideways_on_a_telephone(probe: Page, name: str) -> None:
    """At 390 px the document is as wide as the window."""
    probe.goto(PAGES.get(name, "/login"))
    assert probe.evaluate(WIDER) <= 0


def test_a_page_that_is_too_wide_is_found(probe: Page) -> None:
    """The test above can fail."""
    probe.set_content("<div style='width: 500px'>wide</div>")
    assert probe.evaluate(WIDER) > 0


@pytest.mark.parametrize("name", ["overview", "trigger", "request"])
def test_tab_reaches_the_skip_link_the_pages_and_the_content(probe: Page, name: str) -> None:
    """In this order; the skip link goes past the pages to the content."""
    probe.goto(PAGES[name])
    places = []
    for _ in range(MOST):
        probe.keyboard.press("Tab")
        places.append(probe.evaluate(FOCUS))
        if places[-1][0] == "main":
            break
    assert places[0] == ["skip", "Skip to the content"]
    assert next(what for where, what in places if where == "nav") == "Overview"
    assert places[-1][0] == "main"
    probe.goto(PAGES[name])
    probe.keyboard.press("Tab")
    probe.keyboard.press("Enter")
    probe.keyboard.press("Tab")
    assert probe.evaluate(FOCUS)[0] == "main"


@pytest.mark.parametrize("name", ["overview", "trigger", "request", "trail"])
def test_a_page_is_printed(reader: tuple[Page, Watched], tmp_path: Path, name: str) -> None:
    """To a PDF with the page's words and without its navigation."""
    page, _ = reader
    page.goto(PAGES[name])
    heading = page.locator("h1").inner_text()
    path = tmp_path / "page.pdf"
    page.pdf(path=path, format="A4")
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) >= 1
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    words = " ".join(text.stdout.split())
    assert " ".join(heading.split())[:30] in words
    assert "Sign out" not in words
