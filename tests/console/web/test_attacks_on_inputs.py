"""Attacks with what is typed and addressed: HTML, paths, headers, lengths, names, floods.

Each test fails without the defence that it names.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from change_control import own_credentials, users
from change_control.credentials import passwords, sessions
from change_control.credentials.gate import Given
from change_control.credentials.sign_in import enter
from change_control.users import Newcomer
from console.web import desk
from console.web.form import LONGEST
from evidence.errors import NotAllowedError
from evidence.records import PolicyRegistration, SecurityEvent
from tests.board_room import AT, secret
from tests.board_site import HOST

if TYPE_CHECKING:
    from tests.board_site import House

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{ 7*7 }}"


def test_html_in_texts_is_shown_as_text(house: House) -> None:
    """In a person's name, a reason, a policy's text, a search, and what is typed at the door."""
    room = house.room
    eve = Newcomer(
        id="eve", name=f"Eve {HTML}", roles=("reviewer",), password=secret("eve", 0), reason=HTML
    )
    users.enrol(room.gate(), room.known("quinn"), eve)
    given = Given(user="eve", password=secret("eve", 0))
    own_credentials.change_password(room.gate(), given, secret("eve"))
    stored = PolicyRegistration(name=HTML, version=1, digest=HTML, text=HTML, source=HTML)
    room.trail.append([stored], at=AT, actor=HTML)
    browser = house.browser("eve")
    browser.send("/account/tokens", name=HTML[:64], days="9", password=secret("eve"))
    pages = [
        browser.get("/account"),
        browser.get("/trail"),
        browser.client.get("/trail", params={"text": HTML, "kind": HTML, "actor": HTML}),
        browser.send("/account/tokens", name=HTML, days=HTML, password=HTML),
        house.browser().sign_in(HTML, HTML, HTML, HTML),
        house.browser().client.get("/login", params={"next": f"/{HTML}"}),
    ]
    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
    for page in pages[:5]:
        assert "&lt;script&gt;" in page.text
        assert "{{ 7*7 }}" in page.text  # nor is it read as a template


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static//etc/passwd",
        "/static/board.css%00.svg",
        "/static/board.css/../layout.html.j2",
        "/..%2f.tplc%2fcredentials.db",
        "/.tplc/credentials.db",
    ],
)
def test_nothing_but_what_is_named_is_downloaded(house: House, path: str) -> None:
    """Addresses are names, not paths of files."""
    for browser in (house.browser(), house.browser("ben")):
        answer = browser.get(path)
        assert answer.status_code == 404, path
        assert b"root:" not in answer.content
        assert b"SQLite" not in answer.content


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "%0d%0a", "\u560d\u560a"])
def test_no_header_is_put_in_by_a_field_or_an_address(house: House, end: str) -> None:
    """The way back is the only text of a client's that becomes a header."""
    ben = house.browser()
    evil = f"/trail{end}Set-Cookie: tplc_session=evil{end}{end}<script>"
    answers = [ben.sign_in("ben", back=evil), ben.client.get("/login", params={"next": evil})]
    away = house.browser()
    answers.append(away.client.get("/trail", params={"text": evil}))
    for answer in answers:
        assert answer.status_code == 303
        place = answer.headers["location"]
        assert not set("\r\n") & set(place)
        assert not any("evil" in c for c in answer.headers.get_list("set-cookie"))
    assert "tplc_session=evil" not in str(ben.client.cookies.jar)


def test_very_long_fields_are_refused_before_they_cost_anything(house: House) -> None:
    """A password of megabytes is not hashed, a field of them not shown; many fields not kept."""
    ben = house.browser("ben")
    token, long = ben.token(), "x" * (LONGEST + 1)
    for field in ("password", "new", "token", "anything"):
        words = {"token": token, "password": "p", "new": "n", "again": "n"} | {field: long}
        answer = ben.post("/account/password", **words)
        assert answer.status_code == 400, field
        assert long not in answer.text
    door = house.browser()
    for field in ("user", "password", "code", "next", "token"):
        started = time.perf_counter()
        answer = door.post("/login", **{field: long})
        assert answer.status_code == 400, field
        assert time.perf_counter() - started < 1
    assert door.post("/login", user="x" * 2_100_000).status_code == 413
    many = {f"f{number}": "" for number in range(2_000)}
    assert door.post("/login", **many).status_code in (400, 403)
    before = house.room.trail.last()
    assert door.sign_in("b" * 20_000, "p" * 20_000, "1" * 20_000).status_code == 403
    assert house.room.trail.last() == before


async def _flood(house: House, tries: int) -> dict[int, int]:
    """Failed tries through the pages, one after the other; how often each code was answered."""
    transport = httpx.ASGITransport(app=house.app)
    codes: dict[int, int] = {}
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        client.cookies.set("tplc_door", "D" * 43, domain=HOST)
        words = {"user": "ben", "token": sessions.form_token(f"door {'D' * 43}"), "next": "/"}
        for number in range(tries):
            guess = words | {"password": f"guess number {number}"}
            code = (await client.post("/login", data=guess)).status_code
            codes[code] = codes.get(code, 0) + 1
    return codes


def test_ten_thousand_tries_at_the_door_stay_outside_and_write_four_records(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the fifth none is read: no password is hashed, and the trail hears of tenfolds only.

    The first 600 come through the page, which is slow; the others where the page lets people in.
    """
    hashed, real = [], passwords.matches

    def counted(stored: str, password: str) -> bool:
        hashed.append(stored)
        return real(stored, password)

    monkeypatch.setattr(passwords, "matches", counted)
    before = house.room.trail.last()
    assert before is not None
    assert asyncio.run(_flood(house, 600)) == {403: 600}
    site = house.app.state.site
    gate = desk.gate(site, site.reading())
    for number in range(9_400):
        with pytest.raises(NotAllowedError, match="locked until 09:15"):
            enter(gate, Given(user="ben", password=f"guess number {number}"))
    assert len(hashed) == 5
    counts = [value.count for _, value in house.room.trail.all(SecurityEvent)]
    assert counts == [5, 50, 500, 5000]
    last = house.room.trail.last()
    assert last is not None
    assert last.seq == before.seq + 4
    assert house.browser().sign_in("ben").status_code == 403  # locked: the right one neither
    assert house.browser().sign_in("ada").status_code == 303  # nobody else is
    house.clock.at = "2026-03-02T09:16:00+00:00"
    assert house.browser().sign_in("ben").status_code == 303
