"""The pages of a workspace, asked without a server, by a guest or by somebody who signed in."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from console.web import app
from console.web.visitor import Visitor, visitor

if TYPE_CHECKING:
    from policies.workspace import Workspace

TOKEN = "of-a-form"  # noqa: S105 - no secret: the session is the test's


def pages(space: Workspace, by: str = "", *roles: str, local: bool = True) -> TestClient:
    """The pages.

    Args:
        space: The workspace.
        by: User id of whoever asks; a guest when empty.
        roles: Theirs.
        local: Whether only this machine can reach them.
    """
    made = app.build(space, local=local)
    if by or not local:
        token = TOKEN if by else ""
        someone = Visitor(id=by, name=by.title(), roles=roles, token=token)
        made.dependency_overrides[visitor] = lambda: someone
    return TestClient(made, follow_redirects=False)


def said(html: str) -> str:
    """The words of a page."""
    body = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
