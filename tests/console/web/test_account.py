"""One's own account: what it shows, and the acts on it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pyotp
from starlette.requests import Request

from change_control import users
from change_control.users import Newcomer
from console.web.visitor import token_visitor
from evidence.records import CredentialChange
from tests.board_room import AT, secret

if TYPE_CHECKING:
    from tests.board_site import Browser, House

LATER = "2026-03-02T09:01:00+00:00"


def _code(key: str, at: str) -> str:
    return pyotp.TOTP(key).at(int(dt.datetime.fromisoformat(at).timestamp()))


def _last(house: House) -> CredentialChange:
    return house.room.trail.all(CredentialChange)[-1][1]


def _enrol(ben: Browser) -> str:
    """Enrol an authenticator; its key."""
    form = ben.get("/account/one-time").text
    key = re.search(r'name="secret" value="([A-Z2-7]+)"', form)
    assert key
    assert f"otpauth://totp/tplc:ben?secret={key[1]}" in form
    sent = ben.send(
        "/account/one-time", secret=key[1], code=_code(key[1], AT), password=secret("ben")
    )
    assert sent.headers["location"] == "/account?done=one-time", sent.text
    return key[1]


def test_the_account_says_who_one_is(house: House) -> None:
    """Name, roles, the password's age and limit, sessions."""
    house.browser("ben")
    house.clock.at = "2026-03-02T09:10:00+00:00"
    text = house.browser("ben").get("/account").text
    for part in (
        "Ben Approver",
        "approver",
        "0 days ago",
        "good for 365 days",
        "2 sessions",
        "this browser",
        "elsewhere",
    ):
        assert part in text, part


def test_a_password_is_changed_and_every_other_session_ends(house: House) -> None:
    """This browser gets a new session; the old password opens nothing."""
    house.clock.at = LATER
    ben, other = house.browser("ben"), house.browser("ben")
    before, new = ben.cookie, secret("ben", 2)
    words = {"password": secret("ben"), "new": new}
    assert "not the same" in ben.send("/account/password", **words, again="x").text
    answer = ben.send("/account/password", password="x", new=new, again=new)  # noqa: S106 - a test
    assert answer.status_code == 403
    assert new not in answer.text
    done = ben.send("/account/password", **words, again=new)
    assert done.headers["location"] == "/account?done=password"
    assert "signed out everywhere else" in ben.get("/account?done=password").text
    assert ben.cookie not in ("", before)
    assert other.get("/trail").status_code == 303
    assert house.browser().sign_in("ben").status_code == 403
    assert house.browser().sign_in("ben", new).status_code == 303
    assert _last(house).event == "password changed"


def test_a_newcomer_is_led_to_a_password_of_their_own_and_reads_on(house: House) -> None:
    """The page says why; nothing else is on it."""
    room = house.room
    noa = Newcomer(id="noa", name="Noa Newcomer", roles=("reviewer",), password=secret("noa", 0))
    users.enrol(room.gate(), room.known("quinn"), noa)
    browser = house.browser()
    browser.sign_in("noa", secret("noa", 0))
    page = browser.get("/account").text
    assert "chosen by somebody else" in page
    assert "Issue a token" not in page
    token = browser.token("/account")
    house.clock.at = LATER
    words = {"password": secret("noa", 0), "new": secret("noa"), "again": secret("noa")}
    assert browser.post("/account/password", token=token, **words).status_code == 303
    assert browser.get("/trail").status_code == 200


def test_an_authenticator_is_enrolled_asked_for_and_removed(house: House) -> None:
    """A wrong code enrols nothing; afterwards nobody comes in without one."""
    ben = house.browser("ben")
    words = {"secret": "A" * 32, "password": secret("ben")}
    wrong = ben.send("/account/one-time", **words, code="000000")
    assert wrong.status_code == 400
    assert 'value="' + "A" * 32 in wrong.text
    key = _enrol(ben)
    assert ben.get("/account/one-time").status_code == 303
    assert house.browser().sign_in("ben").status_code == 403
    assert house.browser().sign_in("ben", code=_code(key, AT)).status_code == 403  # used
    house.clock.at = LATER
    assert house.browser().sign_in("ben", code=_code(key, LATER)).status_code == 303
    assert ben.send("/account/one-time/remove", password=secret("ben")).status_code == 403
    house.clock.at = "2026-03-02T09:02:00+00:00"
    code = _code(key, house.clock.at)
    gone = ben.send("/account/one-time/remove", password=secret("ben"), code=code)
    assert gone.headers["location"] == "/account?done=no-one-time", gone.text
    assert house.browser().sign_in("ben").status_code == 303
    assert _last(house).event == "one-time password removed"
    assert house.room.access.known.faults == []


def test_signing_out_everywhere_ends_all_of_ones_own_sessions(house: House) -> None:
    """Nobody else's."""
    ben, other, rae = house.browser("ben"), house.browser("ben"), house.browser("rae")
    assert ben.send("/account/sessions/end").headers["location"] == "/login"
    assert [b.get("/trail").status_code for b in (ben, other, rae)] == [303, 303, 200]


def test_a_token_is_issued_shown_once_and_revoked(house: House) -> None:
    """Under the password, like every act."""
    ben = house.browser("ben")
    words = {"name": "nightly export", "days": "30"}
    assert ben.send("/account/tokens", **words).status_code == 400
    assert ben.send("/account/tokens", **words, password="x").status_code == 403  # noqa: S106
    wrong = ben.send("/account/tokens", name="n", days="1e9", password=secret("ben"))
    assert "as a number" in wrong.text
    page = ben.send("/account/tokens", **words, password=secret("ben")).text
    (made,) = re.findall(r"tplc_[\w-]{43}", page)
    again = ben.get("/account").text
    assert made not in again
    scope = {"type": "http", "method": "GET", "path": "/", "app": house.app}
    asked = Request(scope | {"headers": [(b"authorization", f"Bearer {made}".encode())]})
    assert token_visitor(asked).id == "ben"
    (name,) = re.findall(r'option value="(\w+)">nightly export', again)
    sent = {"id": name, "reason": "It moved.", "password": secret("ben")}
    assert ben.send("/account/tokens/revoke", **sent).headers["location"].endswith("done=revoked")
    assert "nightly export" not in ben.get("/account").text
