"""The calculator's commands, gathered."""

from __future__ import annotations

import typer

from console.stats import agreement, calibration, multiclass, multilabel, regression, words

app = typer.Typer(
    cls=words.Wordy,
    help="The ruler as a calculator: no workspace needed, nothing recorded.",
    no_args_is_help=True,
)

app.command("calibration")(calibration.calibration)
app.command("decision-curve")(calibration.decision_curve)
app.command("multiclass")(multiclass.multiclass)
app.command("multilabel")(multilabel.multilabel)
app.command("regression")(regression.regression)
app.command("agreement")(agreement.agreement)
