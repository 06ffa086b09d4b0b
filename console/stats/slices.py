"""`tplc stats slices`: where the model errs most, of one or two attributes."""

from __future__ import annotations

from typing import Annotated

import typer

from console import answer
from console.stats import attributes, door, rows
from evidence.errors import DataError, UsageError


def slices(
    file: door.DataFile,
    label: Annotated[str, typer.Option(help="Column of the reference standard.")],
    score: Annotated[str, typer.Option(help="Column of the score.")],
    by: Annotated[list[str] | None, typer.Option(help="Columns of the attributes.")] = None,
    threshold: Annotated[float, typer.Option(help="A score at or above it is a call.")] = 0.5,
    *,
    positive: Annotated[
        str | None, typer.Option(help="The positive value of the label column, if it is not 1.")
    ] = None,
    cut: Annotated[
        list[str] | None, typer.Option(help="A number cut at edges, such as age=40,65.")
    ] = None,
    count: Annotated[str | None, typer.Option(help="Column of people a row.")] = None,
    endpoint: Annotated[str, typer.Option(help="error-rate, sensitivity, ..., auroc.")] = (
        "error-rate"
    ),
    minimum: Annotated[int, typer.Option(min=2, help="Cases that a slice needs.")] = 30,
    adjustment: Annotated[
        str, typer.Option(help="Of p values: benjamini-hochberg or holm.")
    ] = "benjamini-hochberg",
    alpha: Annotated[float, typer.Option(min=0.0, max=1.0, help="The most that it may be.")] = 0.05,
    confidence: door.Confidence = 0.95,
    as_json: answer.AsJson = False,
    cite: door.Cite = False,
) -> None:
    """Find the slices that are worse than the rest, allowing for how many were tried."""
    from validation.fairness.slices import Search, worst_slices

    edges = attributes.edges(cut or [])
    names = list(dict.fromkeys([*(by or []), *edges]))
    if not names:
        raise UsageError("Name the attributes with --by COLUMN ...")
    read = door.load(file, [label, score, *names, count])
    frame, warnings = rows.complete(read, [label, score, *([count] if count else [])], file.name)
    values = door.numbers(frame, score, file.name)
    odd = door.no_probabilities(values, score)
    truth, noticed = rows.labelled(frame, label, positive, file.name)
    warnings += noticed
    parts, coded = attributes.groupings(frame, names, edges, file.name)
    try:
        found = worst_slices(
            truth,
            values,
            door.numbers(frame, count, file.name) if count else None,
            groupings=parts,
            search=Search(
                endpoint=endpoint,
                threshold=threshold,
                minimum=minimum,
                alpha=alpha,
                adjustment=adjustment,
                confidence=confidence,
            ),
        )
    except ValueError as error:
        raise DataError(file.name, [str(error)]) from error
    door.show(
        rows.with_warnings(
            found.result(), [*warnings, *door.coded_missing(values, score), *odd, *coded]
        ),
        title=f"Slices worse than the rest: {file.name}",
        as_json=as_json,
        cite=cite,
    )
