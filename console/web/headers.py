"""The headers of every answer: nothing runs, nothing comes from elsewhere, nothing is kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fastapi.responses import PlainTextResponse

from console.web import front

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request
    from fastapi.responses import Response

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser hides the Origin of our forms
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def strict(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
    """The headers of every answer, a fault's included; a fault is told on stderr, by its kind."""
    try:
        answer = front.refusal(request) or await follow(request)
    except Exception as error:  # noqa: BLE001 - nobody on the other side needs a traceback
        sys.stderr.write(f"serve: {request.url.path} failed ({type(error).__name__})\n")
        answer = PlainTextResponse("failed\n", status_code=500)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.app.state.site.secure:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    return answer
