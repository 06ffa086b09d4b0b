"""The URL of a database on a server, and what of it may be shown: never a password. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")
_URL = re.compile(r"^(?P<scheme>[\w+.-]+)://(?P<rest>.*)$", re.DOTALL)
_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)  # of a parameter's name
HIDDEN = "***"


def scheme(url: str) -> str:
    """What stands before ``://``; nothing else of a URL that is not understood is shown."""
    found = _URL.match(url)
    return found["scheme"] if found else "this URL"


def is_postgres(url: str) -> bool:
    """Whether a URL is of PostgreSQL, through psycopg 3 or without saying through what."""
    return scheme(url) in POSTGRES


def driven(url: str) -> str:
    """The URL with the driver that is used."""
    return "postgresql+psycopg://" + url.partition("://")[2]


def secrets(url: str) -> list[str]:
    """Everything in a URL that must not be shown, as it stands and as it is meant."""
    rest = url.partition("://")[2]
    before, at, _ = rest.rpartition("@")
    found = [before.partition(":")[2]] if at else []
    pairs = rest.partition("?")[2].split("&")
    found += [p.partition("=")[2] for p in pairs if _SECRET.search(p.partition("=")[0])]
    found += [unquote(word) for word in found]
    found += [v for k, v in parse_qsl(rest.partition("?")[2]) if _SECRET.search(k)]
    return sorted({word for word in found if word}, key=len, reverse=True)


def masked(text: str, url: str) -> str:
    """A text without the secrets of a URL."""
    for secret in secrets(url):
        text = text.replace(secret, HIDDEN)
    return text


def shown(url: str) -> str:
    """A URL as people may see it: no password, no parameters."""
    rest = url.partition("://")[2].partition("?")[0]
    before, at, after = rest.rpartition("@")
    return f"postgresql://{before.partition(':')[0]}{at}{after}"
