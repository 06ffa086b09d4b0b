"""`tplc serve`: the board's pages, the JSON interface, metrics and health.

The only door to Uvicorn; what is served is in `web`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from console import settings
from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.web.front import Front

LOCAL = ("127.0.0.1", "::1", "localhost")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what a person may ask for


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 8321,
    https: Annotated[
        bool,
        typer.Option("--https", help="It is reached over HTTPS, through a proxy: Secure cookies."),
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", help="A name that it is reached by, besides this machine's."),
    ] = None,
    user_header: Annotated[
        str, typer.Option("--user-header", help="Header in which a proxy names who is reading.")
    ] = "",
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", help="Address of the proxy, from which that header is believed."),
    ] = None,
) -> None:
    """Serve the board's pages, /api, /metrics and /health until stopped.

    In a workspace without users the pages can be read on this machine and nothing can be signed.
    Requests that are addressed to another name than --host, localhost and --allow-host are refused.
    """
    before = front_of(host, allow_host or (), user_header, proxy or ())
    space = settings.enter().workspace
    import uvicorn

    from console.web import app

    typer.echo(f"Serving {space.folder} at http://{host}:{port}/ (Ctrl+C stops it).", err=True)
    uvicorn.run(
        app.build(space, secure=https, local=host in LOCAL and not proxy, front=before),
        host=host,
        port=port,
        proxy_headers=False,  # the peer is who connects, whatever X-Forwarded-For says
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def front_of(host: str, allowed: Iterable[str], user_header: str, proxies: Iterable[str]) -> Front:
    """What stands before the pages.

    Raises:
        UsageError: Something cannot be: all of it at once.
    """
    from console.web.front import Front, is_address, named

    names, peers = [*allowed], [*proxies]
    faults = [
        f"--allow-host {n}: give a name without a port" for n in names if named(n) != n.lower()
    ]
    faults += [f"--proxy {p}: give an IP address" for p in peers if not is_address(p)]
    if user_header and not HEADER.fullmatch(user_header):
        faults.append(f"--user-header {user_header}: this is no name of a header")
    if bool(user_header) != bool(peers):
        faults.append("give --user-header and --proxy together: anybody can send a header")
    if faults:
        raise UsageError("; ".join(faults))
    return Front(
        hosts=frozenset(each.lower() for each in (*LOCAL, host, *names)),
        addresses=host in EVERYWHERE,
        user_header=user_header,
        proxies=frozenset(peers),
    )
