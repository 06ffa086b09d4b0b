"""`tplc stats label-free`: endpoints of cases without labels, from scores and a labelled set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console.answer import AsJson
from console.stats import binary_rows, door
from console.stats.door import Cite, Confidence
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from monitoring.label_free.calibrator import Calibrator
    from monitoring.label_free.levels import Levels
    from monitoring.label_free.performance import Asked
    from validation.estimate import Estimate, Result, Warned

PLAIN = ("auroc", "auprc-average-precision", "prevalence")
AT_POINT = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "f1")
MOST = 1000  # periods of one call


def label_free(
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="Labelled: CSV, CSV.gz or Parquet.")
    ],
    analysis: Annotated[
        Path, typer.Argument(metavar="ANALYSIS", help="Without labels, later: the same.")
    ],
    *,
    label: Annotated[str, typer.Option(help="Column of the reference standard in REFERENCE.")],
    score: Annotated[str, typer.Option(help="Column of the score in both.")],
    positive: Annotated[str, typer.Option(help="The label's positive value, if not 1.")] = "",
    negative: Annotated[str, typer.Option(help="Its negative value; others are left out.")] = "",
    threshold: Annotated[
        list[float] | None, typer.Option(help="Operating points; at or above is positive.")
    ] = None,
    endpoint: Annotated[list[str] | None, typer.Option(help="Only these endpoints.")] = None,
    chunk: Annotated[int, typer.Option(min=0, help="Rows of ANALYSIS a part; 0 for all.")] = 0,
    by_period: Annotated[str, typer.Option(help="Column of ANALYSIS whose values are parts.")] = "",
    count: Annotated[str, typer.Option(help="Column of people a row, in both.")] = "",
    calibration: Annotated[
        Literal["isotonic", "none", "if-needed"],
        typer.Option(help="Of scores on REFERENCE; if-needed decides as NannyML does."),
    ] = "isotonic",
    interval: Annotated[
        Literal["prediction", "sampling-error-3"],
        typer.Option(help="For what labels will show; or NannyML's three sampling errors."),
    ] = "prediction",
    replicates: Annotated[int, typer.Option(min=0, help="Of each interval.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of each interval.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Expected AUROC, 2x2 endpoints and average precision before labels come (CBPE)."""
    from monitoring.label_free import calibrator, performance, sampling

    if chunk and by_period:
        raise UsageError("Give either --chunk or --by-period.")
    asked = _asked(endpoint, threshold, confidence)
    roles = binary_rows.Roles(
        label=label, score=score, positive=positive, negative=negative, count=count
    )
    read = binary_rows.read(reference, roles)
    try:
        learned = calibrator.fit(
            read.label,
            read.score,
            read.count,
            kind=calibration,
            replicates=replicates,
            seed=seed,
        )
    except ValueError as error:
        raise DataError(str(reference), [f"column '{score}': {error}"]) from error
    estimates: list[Estimate] = []
    warnings = list(read.warnings)
    for name, levels in _parts(analysis, score, count, chunk, by_period):
        found = performance.estimate(learned, levels, asked)
        if interval == "sampling-error-3":
            found = [sampling.with_sampling_error(learned, one) for one in found]
        estimates += _named(found, name)
        warnings += _noticed(learned, levels, name, score)
    door.show(
        _result(estimates, warnings, learned),
        title=f"Expected without labels: {analysis.name}",
        as_json=as_json,
        cite=cite,
        references=performance.REFERENCES,
    )


def _asked(endpoint: list[str] | None, threshold: list[float] | None, confidence: float) -> Asked:
    from monitoring.label_free.performance import Asked

    points = tuple(dict.fromkeys(threshold or ()))
    names = tuple(dict.fromkeys(endpoint or (*PLAIN, *(AT_POINT if points else ()))))
    try:
        return Asked(endpoints=names, thresholds=points, confidence=confidence)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _parts(
    path: Path, score: str, count: str, chunk: int, by_period: str
) -> Iterator[tuple[str, Levels]]:
    """People by score, of all of the file or of each of its parts."""
    from monitoring.label_free.levels import Levels

    frame = door.load(path, [score, count, by_period])
    scores = door.numbers(frame, score, str(path))
    counts = door.numbers(frame, count, str(path)).fillna(0) if count else None
    try:
        for name, rows in _rows(frame, chunk, by_period, str(path)):
            yield name, Levels.of(scores[rows], None if counts is None else counts[rows])
    except ValueError as error:
        raise DataError(str(path), [str(error)]) from error


def _rows(
    frame: pd.DataFrame, chunk: int, by_period: str, name: str
) -> Iterator[tuple[str, pd.Index]]:
    if by_period:
        values = frame[by_period].fillna("missing")
        if values.nunique() > MOST:
            fault = (
                f"column '{by_period}' has {values.nunique():,} values: name a column of periods"
            )
            raise DataError(name, [fault])
        for value in sorted(values.unique()):
            yield f"{by_period}={value}", frame.index[values == value]
        return
    if not chunk:
        yield "overall", frame.index
        return
    for first in range(0, len(frame), chunk):
        rows = frame.index[first : first + chunk]
        yield f"rows={first + 1}-{first + len(rows)}", rows


def _named(found: list[Estimate], name: str) -> list[Estimate]:
    import dataclasses

    return [dataclasses.replace(one, subgroup=name) for one in found]


def _noticed(learned: Calibrator, levels: Levels, name: str, score: str) -> list[Warned]:
    from monitoring.label_free.trust import extrapolated
    from policies.labels import DistrustRules
    from validation.estimate import Warned

    rules, found = DistrustRules(), []
    if levels.unscored:
        message = f"{name}: {levels.unscored:,} people have no score and are in no estimate."
        found.append(
            Warned(code="missing-values", message=message, columns=(score,), count=levels.unscored)
        )
    share = extrapolated(learned, levels, rules.support)
    if share > rules.beyond:
        message = (
            f"{name}: {share:.1%} of the people have scores that REFERENCE hardly has: their "
            "chance is extrapolated. Not to be trusted."
        )
        people = round(share * levels.total)
        found.append(Warned(code="extrapolated", message=message, columns=(score,), count=people))
    return found


def _result(estimates: list[Estimate], warnings: list[Warned], learned: Calibrator) -> Result:
    from monitoring.label_free.trust import ASSUMPTION
    from policies.labels import LabelFreePlan
    from validation.estimate import Result, Warned

    least = LabelFreePlan.model_fields["minimum_positives"].default
    held = min(learned.positives, learned.negatives)
    if held < least:
        message = (
            f"REFERENCE has {learned.positives:,} positives and {learned.negatives:,} negatives; "
            f"{least} of each are needed to calibrate. Not to be trusted."
        )
        warnings.append(Warned(code="few-to-calibrate", message=message, count=held))
    message = f"{ASSUMPTION} Labels of recent cases alone can show whether that still holds."
    warnings.append(Warned(code="no-concept-drift", message=message))
    return Result(estimates=tuple(estimates), warnings=tuple(warnings))
