"""The Overview."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console.views import overview
from console.web import page
from console.web.site import Seen
from console.web.visitor import By

router = APIRouter()


@router.get("/")
def show(request: Request, by: By, seen: Seen) -> Response:
    """The state of everything, and what waits for the reader."""
    view = overview.overview(seen, by.id, by.roles)
    return page.draw(request, "overview", by, view=view, on=seen.at)
