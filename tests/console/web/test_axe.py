"""axe on every page: at a desk and on a telephone, light and dark, signed in and at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import browser
from tests.browser import HEIGHT, NARROW, PAGES, WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

GRAVE = ("serious", "critical")
FULL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = FULL | {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def reader(chromium: Browser, halfway: str) -> Iterator[Page]:
    """A page of quinn, in which axe may run."""
    page = browser.opened(chromium, halfway, "quinn", script=True)
    yield page
    page.context.close()


def _violations(page: Page) -> list[str]:
    """What axe finds that is serious or critical, at both widths in both colour schemes."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme, options in (("light", FULL), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for rule in Axe().run(page, options=options).response["violations"]:
                where = [node["target"] for node in rule["nodes"]][:5]
                if rule["impact"] in GRAVE:
                    found.append(f"{width} {scheme}: {rule['id']}: {rule['help']}: {where}")
    return found


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shuts_anybody_out(reader: Page, name: str) -> None:
    """No violation of impact serious or critical."""
    answer = reader.goto(PAGES[name])
    assert answer is not None
    assert answer.status == 200
    assert _violations(reader) == []


def test_nor_does_the_door(chromium: Browser, halfway: str) -> None:
    """The page where people sign in."""
    page = browser.opened(chromium, halfway, script=True)
    page.goto("/login")
    assert _violations(page) == []


def test_a_page_that_shuts_people_out_is_found(reader: Page) -> None:
    """The tests above can fail: grey on grey, and a field without a name."""
    reader.goto("/login")
    reader.set_content("<html lang=en><title>x</title><main><p style='color:#aaa'>pale</p><input>")
    found = " ".join(_violations(reader))
    assert "light: color-contrast" in found
    assert "label" in found
