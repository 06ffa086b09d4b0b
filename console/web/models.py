"""The pages of the locked models."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console.views import models, one_model
from console.web import drawn, page
from console.web.site import Seen
from console.web.visitor import By

router = APIRouter()


@router.get("/models")
def every(request: Request, by: By, seen: Seen) -> Response:
    """Every locked version."""
    return page.draw(request, "models", by, view=models.models(seen))


@router.get("/models/{name:path}/{version}")
def one(
    request: Request, by: By, seen: Seen, name: str, version: str, against: str = ""
) -> Response:
    """One locked version, beside another if it is asked for."""
    view = one_model.one_model(seen, f"{name}/{version}", against)
    return page.draw(request, "model", by, view=view, line=drawn.line(view.surveillance.windows))
