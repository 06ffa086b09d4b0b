"""The application: its routes, and what is said when a request cannot be answered."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

import templates
from console.web import (
    account,
    api,
    api_answers,
    api_description,
    audit_trail,
    documents,
    headers,
    models,
    overview,
    page,
    pathways,
    references,
    requests,
    scraped,
    sign_in,
    trigger_acts,
    triggers,
)
from console.web.bearers import Bearers
from console.web.front import Front
from console.web.site import Site
from console.web.visitor import SignInFirst, Visitor, visitor
from evidence.errors import AssuranceError, NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from policies.workspace import Workspace

PAGES = (
    audit_trail,
    api_description,
    sign_in,
    overview,
    triggers,
    documents,
    models,
    references,
    account,
    trigger_acts,
    requests,
    pathways,
)  # each has a `router`
STATIC = {
    "/static/icon.svg": ("web/icon.svg", "image/svg+xml"),
    "/static/board.css": ("web/board.css", "text/css; charset=utf-8"),
    "/static/plex-regular.woff": ("fonts/IBMPlexSans-Regular.woff", "font/woff"),
    "/static/plex-semibold.woff": ("fonts/IBMPlexSans-SemiBold.woff", "font/woff"),
    "/static/plex-mono.woff": ("fonts/IBMPlexMono-Regular.woff", "font/woff"),
}


def build(
    space: Workspace, *, secure: bool = False, local: bool = True, front: Front | None = None
) -> FastAPI:
    """The application of a workspace.

    Args:
        space: The workspace.
        secure: Whether it is reached over HTTPS.
        local: Whether only this machine can reach it.
        front: By which names, and through which proxy; not checked here without it.
    """
    app = FastAPI(title="tplc", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life)
    app.state.site = Site(space, secure=secure, local=local)
    app.state.front = front or Front()
    app.state.bearers = Bearers()
    app.middleware("http")(headers.strict)
    app.add_exception_handler(AssuranceError, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(SignInFirst, _to_the_door)
    for code in (404, 405):
        app.add_exception_handler(code, _nowhere)
    app.include_router(scraped.router(space))
    app.include_router(api.router)
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
    if api_answers.asked(request):
        return api_answers.fault(page.status(fault), str(fault), type(fault).__name__)
    return page.draw(request, "refused", _asking(request), fault=fault)


def _misread(request: Request, error: Exception) -> Response:
    """An address or a field that cannot be read as what it must be."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    where = ", ".join(str(each["loc"][-1]) for each in found)
    if api_answers.asked(request):
        return api_answers.fault(422, f"This cannot be read: {where}.", "Unreadable")
    return _refused(request, UsageError(f"This cannot be read: {where}."))


async def _nowhere(request: Request, error: Exception) -> Response:
    """An address that there is not, or that takes no such method."""
    found = error if isinstance(error, HTTPException) else HTTPException(404)
    if api_answers.asked(request):
        headers = dict(found.headers or {})
        return api_answers.fault(found.status_code, str(found.detail), "NoSuchAddress", **headers)
    if found.status_code != api_answers.METHOD:
        return _refused(request, NotFoundError("There is no page at this address."))
    return await http_exception_handler(request, found)


def _asking(request: Request) -> Visitor:
    try:
        return visitor(request)
    except (SignInFirst, AssuranceError):
        return Visitor()


def _to_the_door(request: Request, error: Exception) -> Response:
    """To the sign-in page, and back to a page that was only read."""
    if api_answers.asked(request):
        said, headers = "Give a token: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"}
        return api_answers.fault(401, said, "SignInFirst", **headers)
    back = request.url.path if request.method == "GET" else "/"
    if request.url.query and request.method == "GET":
        back += f"?{request.url.query}"
    door = error.door if isinstance(error, SignInFirst) else SignInFirst.door
    return RedirectResponse(f"{door}?next={quote(back, safe='')}", status_code=303)
