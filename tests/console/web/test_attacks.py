"""Attacks on sessions, forms and ids. Each test fails without the defence that it names."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from change_control import own_credentials, users
from change_control.credentials import sessions
from change_control.credentials.gate import Given
from evidence.records import CredentialChange
from tests.board_room import secret
from tests.board_site import HOST, House

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.board_site import Browser

LATER = "2026-03-02T09:01:00+00:00"


def _reads(browser: Browser) -> bool:
    return browser.get("/trail").status_code == 200


def _act(browser: Browser, token: str, headers: dict[str, str] | None = None) -> int:
    """Try an act of the account: its answer's code. 303 to the door is a refusal as well."""
    words = {"password": secret("ben"), "new": secret("ben", 2), "again": secret("ben", 2)}
    answer = browser.post("/account/password", headers, token=token, **words)
    done = answer.headers.get("location", "").startswith("/account?done")
    return 200 if done else answer.status_code


def _changes(house: House) -> int:
    return len(house.room.trail.all(CredentialChange))


def test_a_forged_session_is_nobodys(house: House) -> None:
    """A token is looked up by its digest; a digest that was read in the vault is no token."""
    ben = house.browser("ben")
    with sqlite3.connect(house.room.vault.path) as base:
        ((digest,),) = base.execute("SELECT digest FROM session").fetchall()
    base.close()
    forged = house.browser()
    for cookie in ("ben", "A" * 43, digest, digest[:43], ben.cookie[:-1] + "~", f"{ben.cookie}A"):
        forged.bring(cookie)
        assert not _reads(forged), cookie
    forged.bring(ben.cookie)
    assert _reads(forged)  # the way of the test is the right one


def test_a_session_that_was_fixed_beforehand_is_not_adopted(house: House) -> None:
    """Somebody lays their cookie into Ben's browser and waits until he signs in."""
    eve, ben = house.browser("rae"), house.browser()
    fixed = eve.cookie
    for cookie in (fixed, "F" * 43):
        ben.bring(cookie)
        ben.client.get("/login")
        if cookie == fixed:  # it is good: Ben would act as Rae; signing in ends that
            token = sessions.form_token(f"door {'D' * 43}")
            ben.client.cookies.set("tplc_door", "D" * 43, domain=HOST)
            words = {"user": "ben", "password": secret("ben"), "next": "/"}
            assert ben.post("/login", token=token, **words).status_code == 303
        else:
            assert ben.sign_in("ben").status_code == 303
        fresh = [c.value for c in ben.client.cookies.jar if c.name == "tplc_session"]
        assert cookie not in fresh[-1:]
        thief = house.browser()
        thief.bring(cookie)
        assert not _reads(thief)


@pytest.mark.parametrize("ended", ["sign-out", "everywhere", "password", "reset", "disabled"])
def test_a_stolen_cookie_ends_with_its_session(house: House, ended: str) -> None:
    """In the vault or by the trail, not by the goodwill of a browser."""
    room, ben, thief = house.room, house.browser("ben"), house.browser()
    thief.bring(ben.cookie)
    assert _reads(thief)
    house.clock.at, gate = LATER, room.gate(LATER)
    ends: dict[str, Callable[[], object]] = {
        "sign-out": lambda: ben.send("/logout"),
        "everywhere": lambda: house.browser("ben").send("/account/sessions/end"),
        "password": lambda: own_credentials.change_password(
            gate, Given(user="ben", password=secret("ben")), secret("ben", 2)
        ),
        "reset": lambda: own_credentials.reset_password(
            gate, room.known("quinn"), "ben", secret("ben", 7), "He lost it."
        ),
        "disabled": lambda: users.disable(gate, room.known("quinn"), "ben", "He left."),
    }
    ends[ended]()
    assert not _reads(thief)
    assert _act(thief, sessions.form_token(thief.cookie)) == 303


def test_a_form_of_another_site_does_nothing(house: House) -> None:
    """Without the token, with a wrong one, with another session's; the right one does it."""
    ben, own, rae = house.browser("ben"), house.browser("ben"), house.browser("rae")
    before = _changes(house)
    for token in ("", "x", rae.token(), own.token(), "\u00e9", sessions.form_token("")):
        assert _act(ben, token) == 403, token
    assert _changes(house) == before
    house.clock.at = LATER
    assert _act(ben, ben.token()) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://{HOST}.evil.example"},
        {"Origin": f"http://{HOST}:8000"},
        {"Origin": f"http://evil.example/{HOST}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_post_from_another_origin_does_nothing_even_with_the_token(
    house: House, headers: dict[str, str]
) -> None:
    """Should a token ever leak: the browser says where it is from, and is believed."""
    ben = house.browser("ben")
    before, token = _changes(house), ben.token()
    assert _act(ben, token, headers) == 403
    assert ben.post("/logout", headers, token=token).status_code == 403
    assert _changes(house) == before
    house.clock.at = LATER
    assert _act(ben, token, {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}) == 200


def test_nobody_is_signed_in_by_another_site(house: House) -> None:
    """The door's form has a cookie and a token that go together (login CSRF)."""
    victim, evil = house.browser(), house.browser()
    words = {"user": "rae", "password": secret("rae"), "next": "/"}
    for token in ("", evil.token("/login")):
        assert victim.post("/login", token=token, **words).status_code == 403
        assert victim.cookie == ""
    own = victim.token("/login")
    cross = {"Origin": "https://evil.example"}
    assert victim.post("/login", cross, token=own, **words).status_code == 403
    assert victim.post("/login", token=evil.token("/login"), **words).status_code == 403
    assert victim.cookie == ""
    assert victim.post("/login", token=own, **words).status_code == 303


def test_reading_an_address_does_no_act(house: House) -> None:
    """An image in a mail can make a browser read any address: it changes nothing."""
    ben = house.browser("ben")
    before, token = house.room.trail.last(), ben.token()
    for path in ("/logout", "/account/password", "/account/sessions/end", "/account/tokens"):
        words = {"token": token, "password": secret("ben"), "new": secret("ben", 2)}
        answer = ben.client.get(path, params=words | {"again": secret("ben", 2), "name": "n"})
        assert answer.status_code == 405, path
    assert house.room.trail.last() == before
    assert _reads(ben)


def test_another_persons_id_in_a_form_or_an_address_gives_nothing(house: House) -> None:
    """Who acts is the session's person: the password of another is not asked for, nor changed."""
    ben = house.browser("ben")
    house.clock.at = LATER
    new = secret("x", 3)
    as_quinn = {"user": "quinn", "id": "quinn", "as": "quinn", "by": "quinn", "roles": "quality"}
    words = {"new": new, "again": new}
    own = ben.client.post(
        "/account/password",
        data={"token": ben.token(), "password": secret("quinn"), **as_quinn, **words},
    )
    assert own.status_code == 403  # it is not Ben's password
    for path in ("/account/quinn", "/account/quinn/password", "/account?user=quinn&id=quinn"):
        assert "Quinn Quality" not in ben.get(path).text
    done = ben.send("/account/password", password=secret("ben"), **as_quinn, **words)
    assert done.status_code == 303
    assert house.browser().sign_in("quinn").status_code == 303
    _, value = house.room.trail.all(CredentialChange)[-1]
    assert (value.user, value.authority["user"]) == ("ben", "ben")
    assert "approver</span>" in ben.get("/trail").text


def test_a_token_of_another_person_is_not_revoked_by_its_id(house: House) -> None:
    """Unless one has the role quality."""
    ben, rae = house.browser("ben"), house.browser("rae")
    words = {"name": "export", "days": "9", "password": secret("ben")}
    ben.send("/account/tokens", **words)
    name = ben.get("/account").text.partition('<option value="')[2][:12]
    sent = {"id": name, "reason": "I want to.", "password": secret("rae")}
    assert rae.send("/account/tokens/revoke", **sent).status_code == 403
    assert name in ben.get("/account").text
    assert name not in rae.get("/account").text


def test_another_name_in_the_host_header_reaches_nothing(house: House) -> None:
    """DNS rebinding: a page of evil.example whose name now means this machine."""
    ben = house.browser("ben")
    evil = {"Host": "evil.example", "Origin": "http://evil.example"}
    for path in ("/", "/trail", "/login", "/metrics", "/static/board.css"):
        assert ben.get(path, **evil).status_code == 400, path
    before, token = _changes(house), ben.token()
    house.clock.at = LATER
    assert _act(ben, token, evil) == 400
    assert _changes(house) == before
    told = house.browser().get("/trail", **{"X-Forwarded-Host": "evil.example"})
    assert "evil" not in str(told.headers) + told.text
