"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

from console.stats import paired, power, power_compare, strata
from console.stats.binary import binary
from console.stats.words import Several

app = typer.Typer(
    help="The ruler as a calculator: no workspace needed, nothing recorded.", no_args_is_help=True
)
app.command("binary", cls=Several)(binary)
power_compare.register(power.app)
app.command(name="paired")(paired.paired)
app.add_typer(power.app, name="power")
app.command(name="unpaired")(strata.unpaired)
app.command(name="sites")(strata.sites)
