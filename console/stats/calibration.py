"""`tplc stats calibration` and `tplc stats decision-curve`: probabilities taken at their word."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from console.answer import AsJson
from console.stats import binary_rows, door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError
from validation.estimate import Result

Label = Annotated[str, typer.Option(help="Column of the reference standard.")]
Score = Annotated[str, typer.Option(help="Column of the probability.")]
Positive = Annotated[str, typer.Option(help="The label's positive value, when not 1.")]
Count = Annotated[str, typer.Option(help="Column of people a row.")]


def calibration(
    file: DataFile,
    *,
    label: Label,
    score: Score,
    positive: Positive = "",
    count: Count = "",
    groups: Annotated[int, typer.Option(min=2, help="Groups of scores.")] = 10,
    curve: Annotated[
        Literal["equal-width", "equal-mass"], typer.Option(help="Groups of the reliability curve.")
    ] = "equal-width",
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Intercept, slope, O:E, Brier, log loss, ECE, goodness of fit, the reliability curve."""
    from validation.binary import goodness_of_fit as fit
    from validation.binary import reliability
    from validation.binary.calibration import CALIBRATION, calibrated
    from validation.binary.grouping import EQUAL_MASS, EQUAL_WIDTH

    read = _read(file, label, score, positive, count)
    data = (read.label, read.score, read.count)
    kinds, drawn = (EQUAL_WIDTH, EQUAL_MASS), {"replicates": replicates, "seed": seed}
    try:
        estimates = [calibrated(name, *data, confidence=confidence) for name in CALIBRATION]
        estimates.append(reliability.log_loss(*data, confidence=confidence))
        estimates += [
            reliability.ece(*data, kind=kind, groups=groups, confidence=confidence, **drawn)
            for kind in kinds
        ]
        estimates += reliability.curve(*data, kind=curve, groups=groups, confidence=confidence)
        tests = [
            fit.hosmer_lemeshow(*data, groups=groups, fitted=fitted) for fitted in (False, True)
        ]
        tests.append(fit.spiegelhalter(*data))
        tests += [fit.consistency(*data, kind=kind, groups=groups, **drawn) for kind in kinds]
    except ValueError as error:
        raise DataError(str(file), [f"column '{score}': {error}"]) from error
    result = Result(estimates=tuple(estimates), tests=tuple(tests))
    result = rows.with_warnings(result, read.warnings)
    door.show(result, title=f"Calibration of {score}", as_json=as_json, cite=cite)


def decision_curve(
    file: DataFile,
    *,
    label: Label,
    score: Score,
    positive: Positive = "",
    count: Count = "",
    thresholds: Annotated[
        list[str] | None,
        typer.Option(help="Threshold probabilities, 0 to below 1.", show_default="0.05 to 0.95"),
    ] = None,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Net benefit of acting on the model, on everyone and on no one, at each threshold."""
    from validation.binary import decision_curve as curves

    points = _points(thresholds) or curves.THRESHOLDS
    read = _read(file, label, score, positive, count)
    try:
        found = curves.decision_curve(
            read.label, read.score, read.count, thresholds=points, confidence=confidence
        )
    except ValueError as error:
        raise DataError(str(file), [f"column '{score}': {error}"]) from error
    result = Result(estimates=found, warnings=read.warnings)
    door.show(result, title=f"Decision curve of {score}", as_json=as_json, cite=cite)


def _read(file: DataFile, label: str, score: str, positive: str, count: str) -> binary_rows.Rows:
    roles = binary_rows.Roles(label=label, score=score, positive=positive, count=count)
    return binary_rows.read(file, roles)


def _points(words: list[str] | None) -> tuple[float, ...]:
    """Thresholds, also with commas between them.

    Raises:
        UsageError: No numbers from 0 to below 1.
    """
    parts = [part for word in words or () for part in word.split(",") if part]
    try:
        points = tuple(float(part) for part in parts)
    except ValueError as error:
        raise UsageError(f"Thresholds are numbers, not {' '.join(parts)}.") from error
    if outside := [point for point in points if not 0 <= point < 1]:
        raise UsageError(f"A threshold probability lies from 0 to below 1, not {outside}.")
    return points
