"""`tplc serve`: the board's pages, the JSON interface, metrics and health.

The only door to Uvicorn; what is served is in `web`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from console import settings

LOCAL = ("127.0.0.1", "::1", "localhost")


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 8321,
    https: Annotated[
        bool,
        typer.Option("--https", help="It is reached over HTTPS, through a proxy: Secure cookies."),
    ] = False,
) -> None:
    """Serve the board's pages, /api, /metrics and /health until stopped.

    In a workspace without users the pages can be read on this machine and nothing can be signed.
    """
    space = settings.enter().workspace
    import uvicorn

    from console.web import app

    typer.echo(f"Serving {space.folder} at http://{host}:{port}/ (Ctrl+C stops it).", err=True)
    uvicorn.run(
        app.build(space, secure=https, local=host in LOCAL),
        host=host,
        port=port,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
