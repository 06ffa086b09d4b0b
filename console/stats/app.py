"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

app = typer.Typer(
    help="The ruler as a calculator: no workspace needed, nothing recorded.", no_args_is_help=True
)
