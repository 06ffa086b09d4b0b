"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

from console.stats import words

app = typer.Typer(
    cls=words.Wordy,
    help="The ruler as a calculator: no workspace needed, nothing recorded.",
    no_args_is_help=True,
)
