"""`tplc serve`: metrics for a scraper, and whether the suite is alive and ready.

The only door to Uvicorn; what is served is in `web`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from console import settings


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 8321,
) -> None:
    """Serve /metrics, /health/live and /health/ready until stopped."""
    space = settings.enter().workspace
    import uvicorn

    from console import web

    uvicorn.run(
        web.build(space),
        host=host,
        port=port,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
