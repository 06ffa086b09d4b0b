"""What `tplc serve` shows: metrics and health, nothing else. The only door to FastAPI.

No documentation of an interface, no page, no record. Whoever may reach the address may read the
metrics: they are aggregates without small cells.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from console.metrics import Watched
from evidence.errors import AssuranceError
from monitoring.metrics import exposition

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from policies.workspace import Workspace

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def build(space: Workspace) -> FastAPI:
    """The application of a workspace."""
    app = FastAPI(title="tplc", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_strict)
    site = _Site(space)
    for path, shown in (
        ("/metrics", site.metrics),
        ("/health/live", site.live),
        ("/health/ready", site.ready),
    ):
        app.add_api_route(path, shown, methods=["GET"], response_model=None)
    return app


async def _strict(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
    """The headers of every answer, a fault's included; a fault is told on stderr, by its kind."""
    try:
        answer = await follow(request)
    except Exception as error:  # noqa: BLE001 - nobody who scrapes needs a traceback
        sys.stderr.write(f"serve: {request.url.path} failed ({type(error).__name__})\n")
        answer = PlainTextResponse("failed\n", status_code=500)
    answer.headers.update(HEADERS)
    return answer


class _Site:
    """The answers. Each runs in a thread of its own; the state is folded by one at a time."""

    def __init__(self, space: Workspace) -> None:
        self.space, self.watched, self.lock = space, Watched(), threading.Lock()

    def metrics(self, request: Request) -> Response:
        """The newest window, in the form that the scraper prefers."""
        form = exposition.accepted(request.headers.get("accept", ""))
        try:
            with self.lock:
                families = self.watched.families(self.space)
        except AssuranceError as error:
            sys.stderr.write(f"serve: metrics cannot be told: {error}\n")
            return PlainTextResponse("the trail or a policy cannot be read\n", status_code=503)
        content = exposition.text(families, form)
        return Response(content, headers={"Content-Type": exposition.TYPES[form]})

    def live(self) -> Response:
        """The process answers."""
        return JSONResponse({"status": "live"})

    def ready(self) -> Response:
        """The trail can be read and a plan is registered, or what is missing."""
        with self.lock:
            faults = self.watched.faults(self.space)
        status = "not ready" if faults else "ready"
        return JSONResponse(
            {"status": status, "faults": faults}, status_code=503 if faults else 200
        )
