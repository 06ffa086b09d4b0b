"""A sitting of the board in a browser: pages of a workspace, and whoever sits before them.

Who is asking is set by the test; passwords, rules and the trail are real.
"""

from __future__ import annotations

import html
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from console.web import app
from console.web.visitor import Visitor, visitor
from policies.workspace import Workspace
from tests.board_room import PEOPLE, Room, secret

if TYPE_CHECKING:
    from httpx import Response

NOW = "2026-03-03T09:00:00+00:00"  # the day after everybody was enrolled
TOKEN = "of-this-session"  # noqa: S105 - of the test's forms
SHIPPED = Path(__file__).parents[1] / "policies" / "change_control.yaml"


@dataclass
class Sitting:
    """A workspace with its pages.

    Attributes:
        folder: The workspace.
    """

    folder: Path

    @classmethod
    def furnish(cls, folder: Path, *people: str, plan: str = "") -> Sitting:
        """A workspace with a lock, a trigger, a plan and people."""
        (folder / ".tplc").mkdir(parents=True)
        (folder / "policies").mkdir()
        (folder / "device.yaml").write_text("name: fever\n")
        (folder / "policies" / SHIPPED.name).write_text(plan or SHIPPED.read_text())
        Room.open(folder / ".tplc", *people)
        return cls(folder)

    def copy(self, to: Path) -> Sitting:
        """The same elsewhere."""
        shutil.copytree(self.folder, to)
        return Sitting(to)

    @cached_property
    def room(self) -> Room:
        """Its trail and people."""
        return Room(self.folder / ".tplc")

    @cached_property
    def client(self) -> TestClient:
        """The browser."""
        self._app = app.build(Workspace(folder=self.folder))
        return TestClient(self._app, follow_redirects=False)

    def seat(self, user: str) -> None:
        """Somebody sits down before the browser; nobody who is a user, of an empty id."""
        found = Visitor()
        if user:
            name, roles = PEOPLE[user]
            found = Visitor(id=user, name=name, roles=tuple(roles), token=TOKEN)
        self.client  # noqa: B018 - the application is made with it
        self._app.dependency_overrides[visitor] = lambda: found

    def get(self, user: str, path: str) -> str:
        """Open a page that there is; its text."""
        self.seat(user)
        answer: Response = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer)

    def send(self, user: str, path: str, **fields: str | list[str]) -> Response:
        """Send a form with the password typed."""
        self.seat(user)
        typed = {"token": TOKEN, "password": secret(user)} | fields
        answer: Response = self.client.post(path, data=typed)
        return answer

    def sign(self, user: str, thing: str, meaning: str = "approval", **fields: str) -> Response:
        """Read a request or a trigger, and sign it as it was shown."""
        return self.send(user, f"{thing}/sign", meaning=meaning, seen=self.seen(thing), **fields)

    def seen(self, thing: str) -> str:
        """The digest that a page shows to whoever sits there, in its form."""
        found = re.search(r'name="seen" value="([^"]+)"', self.client.get(thing).text)
        return found[1] if found else ""


def words(answer: Response) -> str:
    """A page's text on one line, without its tags."""
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(html.unescape(text).split())


def done(answer: Response) -> None:
    """Assert that an act was done and the browser sent back to the page."""
    assert answer.status_code == 303, words(answer)
