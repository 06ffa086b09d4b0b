"""The board's room with its pages, and browsers that people sign in with.

A `Browser` keeps cookies, follows nothing by itself, and sends forms as a page of the site does.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from console.web import app
from console.web.front import Front
from policies.workspace import Workspace
from tests.board_room import AT, Room, secret

if TYPE_CHECKING:
    from fastapi import FastAPI
    from httpx import Response

HOST = "board.example"
TOKEN = re.compile(r'name="token" value="([^"]*)"')


@dataclass
class Clock:
    """The time on the machine that serves; a test sets it."""

    at: str = AT

    def now(self) -> str:
        """Now."""
        return self.at


@dataclass
class House:
    """A workspace whose pages are served.

    Attributes:
        folder: The workspace.
        clock: Its time.
        secure: Whether it is reached over HTTPS.
    """

    folder: Path
    clock: Clock = field(default_factory=Clock)
    secure: bool = False

    @classmethod
    def build(cls, folder: Path, *people: str) -> House:
        """A workspace with the shipped decisions, a lock, a trigger and people."""
        (folder / ".tplc").mkdir(parents=True)
        (folder / "policies").mkdir()
        (folder / "device.yaml").write_text("name: fever\n")
        shipped = Path(__file__).parents[1] / "policies" / "change_control.yaml"
        (folder / "policies" / shipped.name).write_bytes(shipped.read_bytes())
        Room.open(folder / ".tplc", *people)
        return cls(folder)

    @cached_property
    def room(self) -> Room:
        """Its trail and people."""
        return Room(self.folder / ".tplc")

    @property
    def space(self) -> Workspace:
        """The workspace, read anew."""
        return Workspace(folder=self.folder)

    @cached_property
    def app(self) -> FastAPI:
        """Its pages."""
        names = Front(hosts=frozenset({HOST}))
        return app.build(self.space, secure=self.secure, front=names)

    def browser(self, user: str = "", **headers: str) -> Browser:
        """A browser; of somebody who signed in, if a user is named."""
        opened = Browser(self, headers)
        if user:
            answer = opened.sign_in(user)
            assert answer.status_code == 303, answer.text
        return opened


@dataclass
class Browser:
    """A browser of one person.

    Attributes:
        house: Where it goes.
        headers: What it sends with each request.
    """

    house: House
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def client(self) -> TestClient:
        """The client behind it."""
        scheme = "https" if self.house.secure else "http"
        return TestClient(
            self.house.app,
            base_url=f"{scheme}://{HOST}",
            headers=self.headers,
            follow_redirects=False,
        )

    def get(self, path: str, **headers: str) -> Response:
        """Open a page."""
        answer: Response = self.client.get(path, headers=headers)
        return answer

    def token(self, path: str = "/trail") -> str:
        """The token of the forms on a page."""
        found = TOKEN.search(self.get(path).text)
        return html.unescape(found[1]) if found else ""

    def post(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Response:
        """Send a form as it stands, with no token but one that is given."""
        answer: Response = self.client.post(path, data=fields, headers=headers)
        return answer

    def send(self, path: str, **fields: str) -> Response:
        """Send a form of a page of this session."""
        return self.post(path, token=self.token(), **fields)

    def sign_in(self, user: str, password: str = "", code: str = "", back: str = "/") -> Response:
        """Open the door's form and send it."""
        token = self.token("/login")
        return self.post(
            "/login",
            token=token,
            next=back,
            user=user,
            password=password or secret(user),
            code=code,
        )

    @property
    def cookie(self) -> str:
        """The session's cookie."""
        prefix = "__Host-" if self.house.secure else ""
        return self.client.cookies.get(f"{prefix}tplc_session") or ""

    def bring(self, cookie: str) -> None:
        """Bring a session's cookie from elsewhere."""
        self.client.cookies.clear()
        self.client.cookies.set("tplc_session", cookie, domain=HOST)
