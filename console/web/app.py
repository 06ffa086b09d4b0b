"""The application: its routes, and what is said when a request cannot be answered."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response

import templates
from console.web import (
    audit_trail,
    headers,
    overview,
    page,
    scraped,
    triggers,
)
from console.web.site import Site
from console.web.visitor import SignInFirst, Visitor, visitor
from evidence.errors import AssuranceError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from policies.workspace import Workspace

API = "/api/"
PAGES = (overview, triggers, audit_trail)  # each has a `router`
STATIC = {
    "/static/icon.svg": ("web/icon.svg", "image/svg+xml"),
    "/static/board.css": ("web/board.css", "text/css; charset=utf-8"),
    "/static/plex-regular.woff": ("fonts/IBMPlexSans-Regular.woff", "font/woff"),
    "/static/plex-semibold.woff": ("fonts/IBMPlexSans-SemiBold.woff", "font/woff"),
    "/static/plex-mono.woff": ("fonts/IBMPlexMono-Regular.woff", "font/woff"),
}


def build(space: Workspace, *, secure: bool = False, local: bool = True) -> FastAPI:
    """The application of a workspace.

    Args:
        space: The workspace.
        secure: Whether it is reached over HTTPS.
        local: Whether only this machine can reach it.
    """
    app = FastAPI(title="tplc", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life)
    app.state.site = Site(space, secure=secure, local=local)
    app.middleware("http")(headers.strict)
    app.add_exception_handler(AssuranceError, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(SignInFirst, _to_the_door)
    app.include_router(scraped.router(space))
    for each in PAGES:
        app.include_router(each.router, include_in_schema=False)
    for path in STATIC:
        app.add_api_route(path, _static, methods=["GET"], include_in_schema=False)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """While it is served: the trail is read beforehand, so that the first reader need not wait."""
    app.state.site.begin()
    yield


def _static(request: Request) -> Response:
    name, kind = STATIC[request.url.path]
    content = (files(templates) / name).read_bytes()
    return Response(content, media_type=kind, headers={"Cache-Control": "max-age=3600"})


def _refused(request: Request, error: Exception) -> Response:
    """A fault of a page that could not be drawn: what, and what to do."""
    fault = error if isinstance(error, AssuranceError) else AssuranceError(str(error))
    if request.url.path.startswith(API):
        told = {"error": str(fault), "kind": type(fault).__name__}
        return JSONResponse(told, status_code=page.status(fault))
    return page.draw(request, "refused", _asking(request), fault=fault)


def _misread(request: Request, error: Exception) -> Response:
    """An address or a field that cannot be read as what it must be."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    where = ", ".join(str(each["loc"][-1]) for each in found)
    return _refused(request, UsageError(f"This cannot be read: {where}."))


def _asking(request: Request) -> Visitor:
    try:
        return visitor(request)
    except (SignInFirst, AssuranceError):
        return Visitor()


def _to_the_door(request: Request, _error: Exception) -> Response:
    """To the sign-in page, and back to a page that was only read."""
    if request.url.path.startswith(API):
        told = {"error": "Give a token: Authorization: Bearer TOKEN.", "kind": "SignInFirst"}
        return JSONResponse(told, status_code=401, headers={"WWW-Authenticate": "Bearer"})
    back = request.url.path if request.method == "GET" else "/"
    if request.url.query and request.method == "GET":
        back += f"?{request.url.query}"
    return RedirectResponse(f"/login?next={quote(back, safe='')}", status_code=303)
