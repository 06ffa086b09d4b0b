"""Attacks on what people sign and decide on the pages, and on the documents that they download.

Each test fails without the defence that it names.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from change_control import requests, users
from change_control.requests import Proposal
from evidence.records import ChangeDecision, ReportIssue, SecurityEvent, Signature
from evidence.signing import shown
from evidence.signing.register import Register
from tests.board_room import AT, PROPOSAL, golden, secret

if TYPE_CHECKING:
    from httpx import Response

    from tests.board_room import Room
    from tests.board_site import Browser, House

REASON = "The board approved it on the evidence that is named in it."
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{ 7*7 }}"
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def _digest(room: Room, thing: str = "C-1") -> str:
    return shown.digest(shown.now(room.trail, room.access.known, thing))


def _raised(house: House) -> Room:
    """Ada's request, assessed by Rae."""
    room = house.room
    room.request("ada")
    room.assess("rae")
    return room


def _sign(browser: Browser, who: str, seen: str, /, **changes: str) -> Response:
    words = {"meaning": "approval", "seen": seen, "password": secret(who), "reason": ""}
    return browser.send("/requests/C-1/sign", **(words | changes))


def _signed(room: Room) -> list[tuple[str, str]]:
    return [(s.signer, s.meaning) for _, s in room.trail.all(Signature)]


def test_what_was_shown_is_signed_with_the_password(house: House) -> None:
    """The way that the attacks below leave: its digest stands in the page's form."""
    room, ben = _raised(house), house.browser("ben")
    found = SEEN.search(ben.get("/requests/C-1").text)
    assert found
    assert html.unescape(found[1]) == _digest(room)
    assert _sign(ben, "ben", found[1]).status_code == 303
    assert _signed(room) == [("ben", "approval")]


def test_a_session_without_the_password_signs_nothing(house: House) -> None:
    """A stolen cookie, with the form's token: the failure is counted as at the door."""
    room, thief = _raised(house), house.browser()
    thief.bring(house.browser("ben").cookie)
    for password in ("", "wrong"):
        assert _sign(thief, "ben", _digest(room), password=password).status_code in (400, 403)
    for _ in range(4):
        assert _sign(thief, "ben", _digest(room), password="wrong").status_code == 403  # noqa: S106
    assert _sign(thief, "ben", _digest(room)).status_code == 403  # locked by now
    assert [value.user for _, value in room.trail.all(SecurityEvent)] == ["ben"]
    assert _signed(room) == []


def test_nobody_signs_from_another_site_or_another_session(house: House) -> None:
    """No token, another's token, another origin: with the right password in the form."""
    room, ben = _raised(house), house.browser("ben")
    words = {"meaning": "approval", "seen": _digest(room), "password": secret("ben")}
    for token in ("", house.browser("rae").token()):
        assert ben.post("/requests/C-1/sign", token=token, **words).status_code == 403
    cross = {"Origin": "https://evil.example"}
    assert ben.post("/requests/C-1/sign", cross, token=ben.token(), **words).status_code == 403
    assert _signed(room) == []


@pytest.mark.parametrize("field", ["user", "id", "as", "by", "signer", "name", "actor"])
def test_nobody_signs_in_the_name_of_another(house: House, field: str) -> None:
    """A field of the form names somebody else: it is Ben who signs, or nobody."""
    room, ben = _raised(house), house.browser("ben")
    given = {field: "quinn"}
    assert _sign(ben, "quinn", _digest(room), **given).status_code == 403
    assert _sign(ben, "ben", _digest(room), **given).status_code == 303
    assert _signed(room) == [("ben", "approval")]
    assert Register.of(room.trail).faults == []


def test_nobody_approves_their_own_change(house: House) -> None:
    """Ada may approve, but not what she asked for."""
    room, ada = _raised(house), house.browser("ada")
    assert _sign(ada, "ada", _digest(room)).status_code == 403
    assert _signed(room) == []


def test_a_role_that_may_not_sign_does_not_with_a_form_of_its_own(house: House) -> None:
    """Rae reviews; the meaning is a field, and she chooses another one. A role taken away too."""
    room, rae, ben = _raised(house), house.browser("rae"), house.browser("ben")
    for meaning in ("approval", "responsibility", "authorship", "everything", ""):
        answer = _sign(rae, "rae", _digest(room), meaning=meaning, roles="quality")
        assert answer.status_code in (400, 403), meaning
    users.change_roles(room.gate(), room.known("quinn"), "ben", ["read-only"], "He moved.")
    assert _sign(ben, "ben", _digest(room)).status_code == 403
    assert _signed(room) == []


def test_the_same_form_sent_twice_signs_once(house: House) -> None:
    """Sent again by hand or by a browser that went back."""
    room, ben = _raised(house), house.browser("ben")
    words = {"token": ben.token(), "meaning": "approval", "seen": _digest(room)}
    codes = [
        ben.post("/requests/C-1/sign", password=secret("ben"), **words).status_code
        for _ in range(3)
    ]
    assert codes == [303, 409, 409]
    assert _signed(room) == [("ben", "approval")]


def test_what_changed_since_it_was_shown_is_not_signed(house: House) -> None:
    """Ada amends while Ben reads; and a signature of before does not count for what came after."""
    room, ben, quinn = _raised(house), house.browser("ben"), house.browser("quinn")
    seen = _digest(room)
    assert _sign(quinn, "quinn", seen).status_code == 303
    other = Proposal(
        title=PROPOSAL.title,
        description="It is another change altogether that is proposed now.",
        decision=PROPOSAL.decision,
        trigger="T-1",
    )
    requests.amend(room.desk("ada"), "C-1", other)
    answer = _sign(ben, "ben", seen)
    assert answer.status_code == 409
    assert "changed since it was shown" in answer.text
    for forged in ("", "sha256:0", seen.upper()):
        assert _sign(ben, "ben", forged).status_code == 409
    assert _signed(room) == [("quinn", "approval")]
    sent = {"reason": REASON, "password": secret("quinn")}
    assert quinn.send("/requests/C-1/decide", **sent).status_code in (403, 409)
    assert room.trail.all(ChangeDecision) == []


def test_a_decision_is_not_written_without_its_quorum(house: House) -> None:
    """Whatever the form says of votes."""
    room, quinn = _raised(house), house.browser("quinn")
    assert _sign(quinn, "quinn", _digest(room)).status_code == 303
    sent = {"reason": REASON, "password": secret("quinn"), "quorum": "1", "approved": "yes"}
    assert quinn.send("/requests/C-1/decide", **sent).status_code in (403, 409)
    assert room.trail.all(ChangeDecision) == []


def test_html_in_a_request_is_shown_as_text(house: House) -> None:
    """Title, description, steps, reasons and a trigger's sentence, on every page that has them."""
    room = house.room
    hostile = golden(
        "trigger/1",
        id="T-2",
        model="fever/1",
        severity="major",
        statement=HTML,
        finding={"kind": "missingness", "method": HTML, "n": 4000},
        files={},
    )
    room.trail.append([hostile], at=AT, actor=HTML)
    wish = Proposal(title=HTML, description=HTML, decision="no-action", trigger="T-2")
    requests.raise_request(room.desk("ada"), wish)
    requests.step(room.desk("rae"), "C-1", "assessment", HTML, (2,))
    ben = house.browser("ben")
    assert _sign(ben, "ben", _digest(room), reason=HTML).status_code == 303
    places = ["/", "/triggers", "/triggers/T-2", "/requests", "/requests/C-1", "/trail"]
    places += [f"/trail/{record.seq}" for record in room.trail.records() if record.seq > 2]
    pages = [ben.get(path) for path in places]
    pages += [ben.send("/requests/C-1/step", step=HTML, text=HTML, password=HTML)]
    for page in pages:
        assert page.status_code in (200, 400, 403, 409), page.url
        assert "<script" not in page.text, page.url
        assert "<img src=x" not in page.text, page.url
    shown_by = [
        path for path, page in zip(places, pages, strict=False) if "&lt;script" in page.text
    ]
    assert {"/triggers/T-2", "/requests", "/requests/C-1"} <= set(shown_by)


@pytest.mark.parametrize(
    "number",
    ["1", "0", "-1", "999", "..%2f..%2f1", "%2e%2e", "1%00", "../1", "1/../../etc/passwd", "x"],
)
def test_only_documents_are_downloaded(house: House, number: str) -> None:
    """By their record's number; no other record's files, and no path."""
    for browser in (house.browser("ben"), house.browser()):
        answer = browser.get(f"/documents/{number}/download")
        assert answer.status_code in (303, 400, 404), number
        assert "attachment" not in answer.headers.get("content-disposition", "")


def test_a_documents_name_is_no_path_and_no_header(house: House) -> None:
    """A record says that its file lies elsewhere: the store is asked by digest alone."""
    room, ben = house.room, house.browser("ben")
    digest = room.store.put(b"%PDF-1.7 of the store")
    wild = '../../etc/passwd"\r\nSet-Cookie: tplc_session=evil\r\n\r\n<script>.pdf'
    value = golden("report-issue/1", path=wild, files={"pdf": digest})
    assert isinstance(value, ReportIssue)
    record = room.trail.append([value], at=AT, actor="watch")[0]
    answer = ben.get(f"/documents/{record.seq}/download")
    assert answer.content == b"%PDF-1.7 of the store"
    assert re.fullmatch(
        r'attachment; filename="[\w.-]+\.pdf"', answer.headers["content-disposition"]
    )
    assert "set-cookie" not in answer.headers
    assert house.browser().get(f"/documents/{record.seq}/download").status_code == 303
    for wrong in ("../credentials.db", "sha256:../../credentials.db", "/etc/passwd"):
        stray = golden("report-issue/1", path="a.pdf", files={"pdf": wrong})
        written = room.trail.append([stray], at=AT, actor="watch")[0]
        answer = ben.get(f"/documents/{written.seq}/download")
        assert answer.status_code in (404, 503), wrong
        assert b"SQLite" not in answer.content
