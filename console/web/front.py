"""What stands before the pages: names that they are reached by, a proxy, and requests let through.

A page of another site can make a browser send requests here. It cannot read a cookie or a form's
token, and it cannot hide where it is from: the Host, Origin and Sec-Fetch-Site headers are the
browser's own. They are checked for every request before anything of it is read.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi.responses import PlainTextResponse

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

SAFE = ("GET", "HEAD", "OPTIONS")
OWN = ("same-origin", "none")  # a form of ours, or a person at the address bar
LARGEST = 2_000_000  # bytes of a form
UNNAMED = ("/health/live", "/health/ready")  # asked for by address, by those who watch processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """How the pages are reached.

    Attributes:
        hosts: Names, in small letters, that a request may be addressed to; any where it is None,
            for an application whose server has checked them.
        addresses: Whether it may be addressed to any IP address: a rebound name is none.
        user_header: The header in which a proxy names who is asking; empty without one.
        proxies: Addresses from which that header is believed.
    """

    hosts: frozenset[str] | None = None
    addresses: bool = False
    user_header: str = ""
    proxies: frozenset[str] = frozenset()

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this site."""
        if self.hosts is None:
            return True
        name = named(host)
        return name in self.hosts or (self.addresses and is_address(name))


def refusal(request: Request) -> Response | None:
    """The answer to a request that is let no further; none for one that is."""
    front: Front = request.app.state.front
    if request.url.path not in UNNAMED and not front.answers_to(request.headers.get("host", "")):
        return _no(400, "This site is not known by that name: tplc serve --allow-host NAME.")
    if request.method in SAFE:
        return None
    if _foreign(request):
        return _no(403, "This came from a page of another site. Nothing was done.")
    if "transfer-encoding" in request.headers:
        return _no(411, "Say how long it is: Content-Length.")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST:
        return _no(413, f"More than {LARGEST:,} bytes. Nothing was done.")
    return None


def named(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _foreign(request: Request) -> bool:
    """Whether a browser says that another site made it send this."""
    said = request.headers.get("sec-fetch-site", "none")
    if said not in OWN:
        return True
    origin = request.headers.get("origin")
    if origin is None:
        return False  # no browser of today; the form's token is needed as well
    scheme, _, place = origin.lower().partition("://")
    schemes = ("https",) if request.app.state.site.secure else ("http", "https")
    return scheme not in schemes or place != request.headers.get("host", "").lower()


def is_address(name: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _no(code: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status_code=code)
