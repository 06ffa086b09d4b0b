"""What stands before the pages: names, origins, lengths, a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from change_control import users
from console.serve import front_of
from console.web import app
from console.web.front import LARGEST, Front
from evidence.errors import UsageError
from tests.board_site import HOST, House

if TYPE_CHECKING:
    from httpx import Response

PROXY = "10.0.0.9"


@pytest.mark.parametrize(
    ("host", "code"),
    [
        (HOST, 303),
        (f"{HOST}:8321", 303),
        (HOST.upper(), 303),
        (f"{HOST}.", 303),
        ("evil.example", 400),
        (f"{HOST}.evil.example", 400),
        (f"evil.example@{HOST}:80", 303),  # the name is the part that was allowed
        (f"{HOST}@evil.example", 400),
        ("10.0.0.1", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_only_a_known_name_is_answered(house: House, host: str, code: int) -> None:
    """A name that was bound to this address by somebody else is not (DNS rebinding)."""
    assert house.browser().get("/trail", Host=host).status_code == code
    assert house.browser().get("/health/live", Host=host).status_code == 200


def test_the_names_are_the_machines_the_one_listened_on_and_those_given() -> None:
    """Any address where it listens on all of them: no name is bound to an address literal."""
    one = front_of("board.local", ["Board.Example"], "", [])
    asked = [
        "localhost:8321",
        "127.0.0.1",
        "[::1]:8321",
        "board.local",
        "board.example",
        "10.0.0.1",
    ]
    assert [one.answers_to(host) for host in asked] == [True] * 5 + [False]
    every = front_of("0.0.0.0", [], "", [])  # noqa: S104 - a test
    assert every.answers_to("10.0.0.1:8321")
    assert not every.answers_to("evil.example")


def test_what_cannot_stand_before_it_is_said_at_once() -> None:
    """A port in a name, a proxy's name, a header without its proxy, no header at all."""
    with pytest.raises(UsageError) as caught:
        front_of("::1", ["a.example:8321"], "X Remote", ["proxy.example"])
    for part in ("without a port", "IP address", "no name of a header"):
        assert part in str(caught.value)
    for header, peers in (("X-Remote-User", []), ("", [PROXY])):
        with pytest.raises(UsageError, match="together"):
            front_of("::1", [], header, peers)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Length": str(LARGEST + 1)}, 413),
        ({"Content-Length": "-1"}, 413),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_form_says_how_long_it_is_and_is_not_too_long(
    house: House, headers: dict[str, str], code: int
) -> None:
    """Nothing of it is read otherwise."""
    assert house.browser().post("/login", headers, user="ben").status_code == code


def _by_proxy(house: House, peer: str, *named: str, path: str = "/trail") -> Response:
    front = Front(user_header="X-Remote-User", proxies=frozenset({PROXY}))
    made = app.build(house.space, front=front)
    client = TestClient(made, client=(peer, 50_000), follow_redirects=False)
    answer: Response = client.get(path, headers=[("X-Remote-User", each) for each in named])
    return answer


def test_a_proxy_names_who_reads_and_nobody_else_does(house: House) -> None:
    """From its address only, one active user only; the header is off by default."""
    assert "Ben Approver" in _by_proxy(house, PROXY, "ben").text
    for peer, named in (("10.0.0.8", ["ben"]), (PROXY, ["nobody"]), (PROXY, ["ben", "quinn"])):
        assert _by_proxy(house, peer, *named).status_code == 303, (peer, named)
    assert _by_proxy(house, PROXY).status_code == 303
    assert house.browser().get("/trail", **{"X-Remote-User": "ben"}).status_code == 303
    room = house.room
    users.disable(room.gate(), room.known("quinn"), "ben", "He left.")
    assert _by_proxy(house, PROXY, "ben").status_code == 303
