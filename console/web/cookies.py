"""The cookies: of a session, and of a sign-in form. Out of reach of scripts and of other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

    from console.web.site import Site

SESSION, DOOR = "session", "door"


def name(site: Site, what: str) -> str:
    """A cookie's name; over HTTPS its prefix keeps every other host from setting it."""
    return f"__Host-tplc_{what}" if site.secure else f"tplc_{what}"


def brought(site: Site, request: Request, what: str) -> str:
    """What a client brings; empty without it."""
    return request.cookies.get(name(site, what), "")


def give(site: Site, answer: Response, what: str, value: str) -> None:
    """Give it to the client, until its browser is closed."""
    answer.set_cookie(
        name(site, what), value, path="/", secure=site.secure, httponly=True, samesite="strict"
    )


def take(site: Site, answer: Response, what: str) -> None:
    """Take it away."""
    answer.delete_cookie(
        name(site, what), path="/", secure=site.secure, httponly=True, samesite="strict"
    )
