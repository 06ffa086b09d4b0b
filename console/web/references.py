"""The pages of the reference sets."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console.views import references
from console.web import page
from console.web.site import Seen
from console.web.visitor import By

router = APIRouter()


@router.get("/references")
def every(request: Request, by: By, seen: Seen) -> Response:
    """Every reference set."""
    return page.draw(request, "references", by, view=references.references(seen))


@router.get("/references/{name:path}")
def one(request: Request, by: By, seen: Seen, name: str) -> Response:
    """One reference set with its freezes and looks."""
    return page.draw(request, "reference", by, view=references.one_reference(seen, name))
