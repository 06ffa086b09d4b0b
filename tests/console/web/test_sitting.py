"""The board's sitting in Chromium, without JavaScript: from the demo's trigger to a closed record.

Each person has a browser of their own. Things are found as a person finds them: by what they are
called.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests import browser, sitting
from tests.board_room import secret
from tests.demo_board import enrol, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Response

QUESTIONS = 20  # more than any table asks
DRAWN = 120_000  # milliseconds for a document


@pytest.fixture(scope="module")
def room(chromium: Browser, demo_folder: Path) -> Iterator[tuple[Path, str]]:
    """The demo with people in it, and where it is served."""
    assert chromium.is_connected()
    with browser.served(enrol(demo_folder)) as at:
        yield demo_folder, at


def _form(page: Page, button: str) -> Locator:
    """The form that a button sends."""
    named = page.get_by_role("button", name=button, exact=True)
    return page.locator("form").filter(has=named)


def _send(page: Page, button: str, user: str) -> None:
    """Prove who one is, and send."""
    form = _form(page, button)
    form.get_by_label("Password, again").fill(secret(user))
    form.get_by_role("button", name=button, exact=True).click()
    assert page.get_by_role("alert").all_inner_texts() == []


def _field(where: Page | Locator, name: str) -> Locator:
    """A field to write in, by how its name begins."""
    return where.get_by_role("textbox", name=re.compile(f"^{re.escape(name)}"))


def _read_the_evidence(page: Page) -> None:
    """From the Overview to the trigger: what happened in one sentence, and its picture."""
    drawn: list[Response] = []
    page.on("response", lambda got: drawn.append(got) if "chart" in got.url else None)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Overview").click()
    page.get_by_role("main").get_by_role("link", name=sitting.TRIGGER).first.click()
    page.wait_for_load_state("networkidle")
    main = page.get_by_role("main")
    said = " ".join(main.inner_text().split())
    assert "the share of missing values of age 60 and above has risen to 70.3%" in said
    assert main.get_by_role("img").first.is_visible()
    assert [(got.status, got.headers["content-type"]) for got in drawn] == [(200, "image/svg+xml")]


def _answer_the_pathway(page: Page) -> int:
    """The FDA's questions; those that the records answer are not asked. The record of it."""
    page.get_by_role("main").get_by_role("link", name=re.compile(r"510\(k\)")).first.click()
    for name, value in (("New locked", sitting.MODEL), ("Compared with", sitting.BASELINE)):
        page.get_by_role("combobox", name=re.compile(f"^{name}")).select_option(value)
    page.get_by_role("button", name="Ask the records").click()
    asked = []
    for _ in range(QUESTIONS):
        heading = page.get_by_role("heading", name=re.compile("^Question "))
        if not heading.count():
            break
        asked.append(heading.inner_text().removeprefix("Question "))
        page.get_by_role("radio", name="No", exact=True).check()
        _field(page, "Why").fill(sitting.ANSWERS[asked[-1]])
        page.get_by_role("button", name="Answer", exact=True).click()
    assert asked == list(sitting.ANSWERS)
    assert page.get_by_role("heading", name=re.compile(re.escape(sitting.OUTCOME))).is_visible()
    _field(page, "The whole in your words").fill(sitting.RATIONALE)
    page.get_by_role("button", name="Record this assessment").click()
    said = page.get_by_text(re.compile("^Written down by Ada Author")).inner_text()
    found = re.search(r"record (\d+)", said)
    assert found, said
    return int(found[1])


def _tick(form: Locator, record: int) -> None:
    """A record among those that are offered as evidence."""
    form.get_by_role("checkbox", name=re.compile(rf"record {record}\b")).check()


def _raise_the_request(page: Page, assessed: int) -> str:
    """On the trigger's page; its address."""
    page.goto(f"/triggers/{sitting.TRIGGER}")
    page.get_by_text("Raise a change request", exact=True).click()
    form = _form(page, "Raise it")
    _field(form, "Title").fill(sitting.TITLE)
    _field(form, "What is to change, and why").fill(sitting.DESCRIPTION)
    form.get_by_role("radio", name=re.compile("^No action")).check()
    _tick(form, assessed)
    _send(page, "Raise it", "ada")
    return page.url.partition("?")[0]


def _assess_the_request(page: Page, assessed: int) -> None:
    """With the pathway's assessment as evidence."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Change requests").click()
    page.get_by_role("main").get_by_role("link", name="C-1", exact=True).first.click()
    form = _form(page, "Write the assessment")
    _field(form, "What was assessed and found").fill(sitting.ASSESSMENT)
    _tick(form, assessed)
    _send(page, "Write the assessment", "rae")


def _approve(page: Page, request: str, user: str) -> None:
    """What is shown, by one person."""
    page.goto(request)
    form = _form(page, "Sign")
    form.get_by_role("radio", name=re.compile("^Approval")).check()
    _send(page, "Sign", user)


def _decide(page: Page) -> None:
    """As the board approved it."""
    _field(_form(page, "Record the decision"), "Reason").fill(sitting.REASON)
    _send(page, "Record the decision", "quinn")
    assert page.get_by_role("main").get_by_text("closed", exact=True).first.is_visible()


def _download_the_memo(page: Page, assessed: int, to: Path) -> str:
    """Its words."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Documents").click()
    form = _form(page, "Build")
    for name, value in (("Document", "pathway-memo"), ("Assessment", str(assessed))):
        form.get_by_role("combobox", name=re.compile(f"^{name}")).select_option(value)
    form.get_by_role("button", name="Build", exact=True).click(timeout=DRAWN)
    with page.expect_download() as got:
        page.get_by_role("link", name="Download the PDF").click(timeout=DRAWN)
    got.value.save_as(to)
    done = subprocess.run(["pdftotext", str(to), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def test_the_sitting(room: tuple[Path, str], chromium: Browser, tmp_path: Path) -> None:
    """Evidence, pathway, request, assessment, two approvals, decision, memo; and it is verified."""
    folder, at = room
    ada = browser.opened(chromium, at, "ada")
    _read_the_evidence(ada)
    assessed = _answer_the_pathway(ada)
    request = _raise_the_request(ada, assessed)
    _assess_the_request(browser.opened(chromium, at, "rae"), assessed)
    ben, quinn = (browser.opened(chromium, at, user) for user in ("ben", "quinn"))
    _approve(ben, request, "ben")
    assert sitting.state(folder)["requests"][0]["state"] == "assessed"
    _approve(quinn, request, "quinn")
    _decide(quinn)
    words = _download_the_memo(quinn, assessed, tmp_path / "memo.pdf")
    assert sitting.OUTCOME in words
    assert sitting.RATIONALE in words
    assert "approved by Ben Approver, Quinn Quality; decided: no-action, by Quinn Quality" in words
    assert sitting.state(folder) == sitting.CLOSED
    assert typed(folder, "verify")["faults"] == []
