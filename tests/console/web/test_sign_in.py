"""The door: in with what is one's own, out for good, and a way back to the page asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from change_control import users
from change_control.users import Newcomer
from console.web import app
from tests.board_room import secret
from tests.board_site import House

if TYPE_CHECKING:
    from pathlib import Path


def test_somebody_signs_in_reads_and_signs_out(house: House) -> None:
    """To the door, to the page that they came for, and out in the vault as well."""
    ben = house.browser()
    asked = ben.get("/trail?text=T-1")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/login?next=%2Ftrail%3Ftext%3DT-1",
    )
    assert 'value="/trail?text=T-1"' in ben.get(asked.headers["location"]).text
    came = ben.sign_in("ben", back="/trail?text=T-1")
    assert (came.status_code, came.headers["location"]) == (303, "/trail?text=T-1")
    page = ben.get("/trail?text=T-1").text
    assert "Ben Approver" in page
    assert ben.get("/login").headers["location"] == "/"  # nothing to prove any more
    kept = ben.cookie
    left = ben.send("/logout")
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert ben.cookie == ""
    ben.bring(kept)
    assert ben.get("/trail").status_code == 303


def test_the_next_person_comes_to_the_same_page(house: House) -> None:
    """Whoever signs out for somebody else; never to another site."""
    for back, where in (
        ("/requests/C-1", "/login?next=%2Frequests%2FC-1"),
        ("//evil.test", "/login"),
    ):
        ben = house.browser()
        ben.sign_in("ben")
        assert ben.send("/logout", next=back).headers["location"] == where


def test_the_cookie_is_out_of_reach(house: House) -> None:
    """Of scripts and other sites; over HTTPS of other hosts and of plain HTTP as well."""
    house.secure = True
    ben = house.browser()
    came = ben.sign_in("ben")
    (given,) = [
        c for c in came.headers.get_list("set-cookie") if c.startswith("__Host-tplc_session=")
    ]
    words = {word.strip().lower() for word in given.split(";")[1:]}
    assert words == {"httponly", "path=/", "samesite=strict", "secure"}
    assert len(ben.cookie) == 43
    assert ben.get("/trail").status_code == 200
    house.secure = False


def test_all_who_fail_hear_the_same_and_stay_outside(house: House) -> None:
    """An id that nobody has, a wrong password, somebody disabled, somebody locked."""
    room = house.room
    users.disable(room.gate(), room.known("quinn"), "rae", "She left.")
    tries = [("nobody", "x"), ("ben", "x"), ("rae", secret("rae")), ("", ""), ("ada", "\x00")]
    tries += [("ben", "x")] * 5 + [("ben", secret("ben"))]  # locked by then
    browser = house.browser()
    answers = [browser.sign_in(user, password) for user, password in tries]
    assert {a.status_code for a in answers} == {403}
    said = {re.search(r'role="alert">([^<]*)<', a.text)[1] for a in answers}  # type: ignore[index]
    assert len(said) == 1
    assert "could not be signed in" in said.pop()
    assert browser.cookie == ""
    assert not any(secret("ben") in a.text for a in answers)


def test_the_id_may_begin_with_a_capital_as_telephones_write_it(house: House) -> None:
    """Ids have small letters only."""
    assert house.browser().sign_in(" Ben ", secret("ben")).status_code == 303


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "http://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\n/evil.example",
        "evil.example",
        "",
    ],
)
def test_the_way_back_is_a_page_of_this_site(house: House, back: str) -> None:
    """Whatever a link to the door says."""
    ben = house.browser()
    form = ben.client.get("/login", params={"next": back})
    assert 'name="next" value="/"' in form.text
    assert ben.sign_in("ben", back=back).headers["location"] == "/"
    again = ben.client.get("/login", params={"next": back})
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_a_first_password_is_changed_before_anything_is_read(house: House) -> None:
    """Also one that has expired; whoever has to is led there."""
    room = house.room
    noa = Newcomer(id="noa", name="Noa Newcomer", roles=("reviewer",), password=secret("noa", 0))
    users.enrol(room.gate(), room.known("quinn"), noa)
    browser = house.browser()
    assert browser.sign_in("noa", secret("noa", 0)).headers["location"] == "/account"
    led = browser.get("/trail")
    assert (led.status_code, led.headers["location"]) == (303, "/account?next=%2Ftrail")
    assert browser.get("/login").headers["location"] == "/account"
    house.clock.at = "2027-03-03T09:00:00+00:00"
    late = house.browser()
    assert late.sign_in("ben").headers["location"] == "/account"
    assert late.get("/trail").status_code == 303


def test_roles_are_the_trails_at_each_request(house: House) -> None:
    """A role that was taken away is gone from the next page."""
    ben = house.browser("ben")
    assert '<span class="quiet">approver</span>' in ben.get("/trail").text
    room = house.room
    users.change_roles(room.gate(), room.known("quinn"), "ben", ["read-only"], "He moved.")
    assert '<span class="quiet">read-only</span>' in ben.get("/trail").text


def test_without_users_only_this_machine_reads(tmp_path: Path) -> None:
    """Others are told how the first user is enrolled; nobody can sign in yet."""
    space = House.build(tmp_path / "empty").space
    here = TestClient(app.build(space), follow_redirects=False)
    assert here.get("/trail").status_code == 200
    assert here.get("/login").headers["location"] == "/"
    assert here.post("/login", data={"user": "a", "password": "b"}).status_code == 303
    assert here.post("/logout").status_code == 403  # a guest sends no forms
    away = TestClient(app.build(space, local=False), follow_redirects=False)
    assert away.get("/trail").headers["location"].startswith("/login")
    told = away.get("/login")
    assert "tplc user add ID" in told.text
    assert 'type="password"' not in told.text
