"""A notice posted to a URL as signed JSON. The only door to httpx.

Redirects are not followed: a signed notice goes where the plan says, or nowhere. Neither proxies
nor netrc are taken from the environment. A private address is as good as any.
"""

from __future__ import annotations

import json
import logging
import ssl
from typing import TYPE_CHECKING

from monitoring.notice import signature
from monitoring.notice.undelivered import UndeliveredError
from policies.notice import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.notice.message import Message
    from policies.notice import Channel

LATER = (408, 425, 429)  # and 5xx: the same request may be taken a moment later
GOOD, MOVED, FAULT = 200, 300, 500
LOCATION = 400


def post(
    channel: Channel,
    message: Message,
    environment: Mapping[str, str],
    *,
    seconds: int,
    certificates: str | None,
) -> None:
    """Post a notice once.

    Args:
        channel: Whose `webhook` it is.
        message: What is told.
        environment: Values of the names in the plan.
        seconds: Now, Unix time: part of what is signed.
        certificates: Path of the authority's PEM file; None for the usual authorities.

    Raises:
        UndeliveredError: It was not taken.
        NotFoundError: The environment lacks a name.
    """
    import httpx

    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write down the whole URL
    url = filled(channel.webhook or "", environment)
    body = json.dumps(message.body(), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "tplc",
        "Idempotency-Key": message.key,
        signature.HEADER: signature.sign(filled(channel.secret or "", environment), seconds, body),
    }
    try:
        with (
            httpx.Client(
                timeout=channel.timeout_seconds,
                trust_env=False,
                follow_redirects=False,
                verify=_context(certificates),
            ) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            status = answer.status_code
    except httpx.TimeoutException as error:
        raise UndeliveredError(f"no answer within {channel.timeout_seconds:g} s", again=True) from (
            error
        )
    except httpx.HTTPError as error:
        raise _unreached(error) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise UndeliveredError("its URL cannot be used", again=False) from error
    _require(status)


def _require(status: int) -> None:
    if GOOD <= status < MOVED:
        return
    if MOVED <= status < LOCATION:
        raise UndeliveredError(f"answered {status}; redirects are not followed", again=False)
    raise UndeliveredError(f"answered {status}", again=status >= FAULT or status in LATER)


def _unreached(error: Exception) -> UndeliveredError:
    """The fault in words of ours: httpx's own may hold the URL."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return UndeliveredError("its certificate or TLS was refused", again=False)
        cause = cause.__cause__ or cause.__context__
    return UndeliveredError(f"could not be reached ({type(error).__name__})", again=True)


def _context(certificates: str | None) -> ssl.SSLContext:
    import httpx

    if certificates is not None:
        try:
            return ssl.create_default_context(cafile=certificates)
        except OSError as error:
            raise UndeliveredError("its certificates cannot be read", again=False) from error
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()  # the machine's own authorities as well
    return context
