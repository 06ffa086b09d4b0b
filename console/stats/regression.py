"""`tplc stats regression`: a score or measurement against its reference, on the same scale."""

from __future__ import annotations

from typing import Annotated

import typer

from console.answer import AsJson
from console.stats import door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError
from validation.estimate import Result


def regression(
    file: DataFile,
    *,
    reference: Annotated[str, typer.Option(help="Column of the reference standard's value.")],
    prediction: Annotated[str, typer.Option(help="Column of the prediction or other method.")],
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Error, bias, limits of agreement, R squared, concordance; prediction less reference."""
    from validation.rating.regression import measured

    name = str(file)
    frame = door.load(file, [reference, prediction])
    frame, warnings = rows.complete(frame, [reference, prediction], name)
    values = [door.numbers(frame, column, name) for column in (reference, prediction)]
    for column, series in zip((reference, prediction), values, strict=True):
        warnings += door.coded_missing(series, column)
    try:
        found = measured(*values, confidence=confidence)
    except ValueError as error:
        raise DataError(name, [str(error)]) from error
    result = Result(estimates=found, warnings=tuple(warnings))
    door.show(result, title=f"{prediction} against {reference}", as_json=as_json, cite=cite)
