"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

from console.stats import (
    binary,
    paired,
    power,
    power_compare,
    readers,
    strata,
    subgroups,
    words,
)

app = typer.Typer(
    cls=words.Wordy,
    help="The ruler as a calculator: no workspace needed, nothing recorded.",
    no_args_is_help=True,
)
app.command("binary")(binary.binary)
power_compare.register(power.app)
app.command(name="paired")(paired.paired)
app.add_typer(power.app, name="power")
app.command(name="unpaired")(strata.unpaired)
app.command(name="sites")(strata.sites)
app.command(name="readers")(readers.readers)
app.command(name="subgroups")(subgroups.subgroups)
