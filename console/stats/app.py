"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

from console.stats import (
    agreement,
    binary,
    calibration,
    multiclass,
    multilabel,
    paired,
    power,
    power_compare,
    readers,
    regression,
    slices,
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
app.command(name="slices")(slices.slices)
app.command(name="subgroups")(subgroups.subgroups)
app.command(name="calibration")(calibration.calibration)
app.command(name="decision-curve")(calibration.decision_curve)
app.command(name="multiclass")(multiclass.multiclass)
app.command(name="multilabel")(multilabel.multilabel)
app.command(name="regression")(regression.regression)
app.command(name="agreement")(agreement.agreement)
