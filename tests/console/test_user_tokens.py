"""`tplc user token`: issued under its owner's password, listed, revoked; printed once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from typer.testing import CliRunner

from console import cli
from console.web import app
from console.web.bearers import FAILURES
from console.web.visitor import SignInFirst, token_visitor
from evidence.errors import NotAllowedError
from tests.board_room import secret

if TYPE_CHECKING:
    from tests.board_site import House


def _type(house: House, *words: str, said: str = "") -> Any:
    extra = ["--password-stdin"] if said else []
    done = CliRunner().invoke(
        cli.app,
        ["user", "token", *words, *extra, "--json"],
        input=f"{said}\n",
        env={"TPLC_WORKSPACE": str(house.folder), "TPLC_ACTOR": "login"},
    )
    if done.exception:
        raise done.exception
    return json.loads(done.stdout)


def _add(house: House, user: str = "ben") -> Any:
    words = ("add", user, "--name", "nightly export", "--days", "30")
    return _type(house, *words, said=secret(user))


def _asks(house: House, *given: str) -> str:
    """In whose name a request with these Authorization headers reads; nobody's is empty."""
    headers = [(b"host", b"board.example"), *((b"authorization", g.encode()) for g in given)]
    scope = {"type": "http", "method": "GET", "path": "/api/x", "headers": headers}
    try:
        return token_visitor(Request(scope | {"app": house.app})).id
    except SignInFirst:
        return ""


def test_a_token_is_issued_listed_used_and_revoked(house: House) -> None:
    """It is in no list; another's password issues none."""
    made = _add(house)
    assert _asks(house, f"Bearer {made['secret']}") == "ben"
    assert _asks(house, f"bearer  {made['secret']} ") == "ben"
    (listed,) = _type(house, "list")["tokens"]
    assert listed == {key: made[key] for key in ("token", "user", "name", "issued", "until")}
    assert listed["until"] == "2026-04-01T09:00:00+00:00"
    with pytest.raises(NotAllowedError, match="wrong"):
        _type(house, "add", "ben", "--name", "n", said=secret("quinn"))
    words = ("revoke", made["token"], "--reason", "It moved.", "--as", "quinn")
    assert _type(house, *words, said=secret("quinn"))["token"] == made["token"]
    assert _asks(house, f"Bearer {made['secret']}") == ""
    assert _type(house, "list")["tokens"] == []


def test_a_person_sees_the_token_once(house: House) -> None:
    """On the terminal, whole, with what to know of it."""
    words = ["user", "token", "add", "ben", "--name", "export", "--password-stdin"]
    environment = {"TPLC_WORKSPACE": str(house.folder), "COLUMNS": "60"}
    done = CliRunner().invoke(cli.app, words, input=f"{secret('ben')}\n", env=environment)
    token = done.stdout.splitlines()[0].strip()
    assert _asks(house, f"Bearer {token}") == "ben"
    assert "not shown again" in done.stdout
    listed = CliRunner().invoke(cli.app, ["user", "token", "list"], env=environment)
    assert "export" in listed.stdout
    assert token not in listed.stdout


def test_only_one_bearer_token_is_read(house: House) -> None:
    """No other scheme, no two headers, no session's token, no form's."""
    good = f"Bearer {_add(house)['secret']}"
    for given in ([], [good, good], [good.replace("Bearer", "Basic")], ["Bearer"], ["Bearer x"]):
        assert _asks(house, *given) == "", given
    assert _asks(house, f"Bearer {house.browser('ben').cookie}") == ""


def test_guessing_is_bounded_and_leaves_nothing_behind(house: House) -> None:
    """Past the bound nothing is looked up; who was right before reads on; no record is written."""
    right = _add(house)["secret"]
    assert _asks(house, f"Bearer {right}") == "ben"
    late, before = _add(house)["secret"], house.room.trail.last()
    for number in range(FAILURES):
        assert _asks(house, f"Bearer tplc_{number:043d}") == ""
    assert _asks(house, f"Bearer {late}") == ""
    assert _asks(house, f"Bearer {right}") == "ben"
    house.clock.at = "2026-03-02T09:01:00+00:00"
    assert _asks(house, f"Bearer {late}") == "ben"
    assert house.room.trail.last() == before


def test_a_token_opens_no_page_and_sends_no_form(house: House) -> None:
    """It reads the JSON interface: pages and acts need a session."""
    bearer = {"Authorization": f"Bearer {_add(house)['secret']}"}
    client = TestClient(app.build(house.space), headers=bearer, follow_redirects=False)
    assert client.get("/trail").headers["location"].startswith("/login")
    assert client.post("/logout", data={"token": ""}).headers["location"].startswith("/login")
