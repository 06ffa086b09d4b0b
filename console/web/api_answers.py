"""What the JSON interface answers when it cannot give what was asked: one body for every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse

from console.views.view import View

if TYPE_CHECKING:
    from fastapi import Request

PREFIX = "/api/"
METHOD = 405


class Fault(View):
    """Why it could not be given."""

    error: str
    """What, where, and what to do, for the person who reads it."""
    kind: str
    """The kind of fault, for the program that does."""


FAULTS: dict[int | str, dict[str, Any]] = {
    code: {"model": Fault, "description": said}
    for code, said in (
        (400, "The words do not fit together."),
        (401, "There are users here, and no token of one of them was given."),
        (403, "Whoever holds the token may not read this."),
        (404, "There is no such thing here."),
        (409, "The state of the thing does not allow it."),
        (422, "A part of the address cannot be read as what it must be."),
        (503, "The trail, a file or a policy cannot be read."),
    )
}


def fault(status: int, error: str, kind: str, **headers: str) -> JSONResponse:
    """A fault of the interface."""
    told = Fault(error=error, kind=kind)
    return JSONResponse(told.model_dump(), status_code=status, headers=headers)


def asked(request: Request) -> bool:
    """Whether the interface was asked, and not a page."""
    return request.url.path.startswith(PREFIX)
