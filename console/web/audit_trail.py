"""The page of the audit trail."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console.views import audit_trail
from console.views.audit_trail import Asked
from console.web import page
from console.web.site import Seen
from console.web.visitor import By

router = APIRouter()


@router.get("/trail")
def search(
    request: Request, by: By, seen: Seen, text: str = "", kind: str = "", actor: str = ""
) -> Response:
    """The trail, searched."""
    view = audit_trail.trail(seen, Asked(text=text, kind=kind, actor=actor))
    return page.draw(request, "trail", by, view=view)
