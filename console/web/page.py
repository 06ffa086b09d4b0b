"""A view and a template to a page; the pages' door to Jinja.

All text is escaped, a fact that is missing stops the page, and a template reads nothing but the
template room.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse

import templates
from console.web import printed
from evidence.errors import (
    AssuranceError,
    NotAllowedError,
    NotFoundError,
    OutOfOrderError,
    UsageError,
)

if TYPE_CHECKING:
    from fastapi import Request
    from jinja2.sandbox import SandboxedEnvironment

    from console.web.form import Form
    from console.web.visitor import Visitor

LONGEST = 16  # digits
STATUS: tuple[tuple[type[AssuranceError], int], ...] = (
    (NotFoundError, 404),
    (NotAllowedError, 403),
    (OutOfOrderError, 409),
    (UsageError, 400),
)


def draw(
    request: Request,
    name: str,
    by: Visitor,
    *,
    form: Form | None = None,
    fault: AssuranceError | None = None,
    **facts: Any,
) -> HTMLResponse:
    """Draw a page.

    Args:
        request: What was asked for.
        name: The template's, in `templates/web/`, without its ending.
        by: Who is asking.
        form: What they sent, where it could not be done: their words stay in the fields.
        fault: Why it could not be done; said at the head of the page.
        facts: What the template prints.
    """
    values = {
        "by": by,
        "path": request.url.path,
        "fault": str(fault) if fault else "",
        "typed": form.fields if form else {},
        "served": request.app.state.site,
        **facts,
    }
    text = _environment().get_template(f"web/{name}.html.j2").render(values)
    return HTMLResponse(text, status_code=status(fault) if fault else 200)


def whole(word: str) -> int:
    """A number of an address or a field; 0 where it is none, or longer than any could be."""
    return int(word) if word.isdecimal() and len(word) < LONGEST else 0


def status(fault: AssuranceError) -> int:
    """The HTTP status of a fault."""
    return next((code for kind, code in STATUS if isinstance(fault, kind)), 503)


@cache
def _environment() -> SandboxedEnvironment:
    from importlib.resources import files

    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    def source(name: str) -> str:
        return (files(templates) / name).read_text(encoding="utf-8")

    made = SandboxedEnvironment(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(printed.FILTERS)
    return made
