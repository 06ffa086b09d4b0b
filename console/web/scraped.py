"""Metrics for a scraper, and whether the suite is alive and ready.

Whoever may reach the address may read the metrics: they are aggregates without small cells.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from console.metrics import Watched
from evidence.errors import AssuranceError
from monitoring.metrics import exposition

if TYPE_CHECKING:
    from policies.workspace import Workspace


def router(space: Workspace) -> APIRouter:
    """The routes of a workspace."""
    made, scraped = APIRouter(include_in_schema=False), _Scraped(space)
    for path, shown in (
        ("/metrics", scraped.metrics),
        ("/health/live", scraped.live),
        ("/health/ready", scraped.ready),
    ):
        made.add_api_route(path, shown, methods=["GET"], response_model=None)
    return made


class _Scraped:
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

    def ready(self, request: Request) -> Response:
        """The trail was read and a plan is registered, or what is missing."""
        if not request.app.state.site.ready:
            told = {"status": "not ready", "faults": ["the trail is being read"]}
            return JSONResponse(told, status_code=503)
        with self.lock:
            faults = self.watched.faults(self.space)
        status = "not ready" if faults else "ready"
        return JSONResponse(
            {"status": status, "faults": faults}, status_code=503 if faults else 200
        )
