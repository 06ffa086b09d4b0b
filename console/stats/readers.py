"""`tplc stats readers`: a multi-reader multi-case study, by Obuchowski and Rockette."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer
from console.stats import door, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Result
    from validation.reading.reader_setting import Setting


class Effect(StrEnum):
    """Whether a factor is a sample or all there is."""

    random = "random"
    fixed = "fixed"


class Covariance(StrEnum):
    """How covariances between readers are estimated."""

    jackknife = "jackknife"
    delong = "delong"
    unbiased = "unbiased"


class Metric(StrEnum):
    """The readers' figure of merit."""

    auroc = "auroc"
    sensitivity = "sensitivity"
    specificity = "specificity"


def readers(
    file: door.DataFile,
    reader: Annotated[str, typer.Option(help="Column of the reader.")],
    case: Annotated[str, typer.Option(help="Column of the case.")],
    modality: Annotated[str, typer.Option(help="Column of the modality (treatment, test).")],
    truth: Annotated[str, typer.Option(help="Column of the reference standard.")],
    rating: Annotated[str, typer.Option(help="Column of the rating; higher is more suspicious.")],
    *,
    positive: Annotated[
        str | None, typer.Option(help="The positive value of the truth column, if it is not 1.")
    ] = None,
    readers: Annotated[Effect, typer.Option(help="Readers are a sample, or all.")] = Effect.random,
    cases: Annotated[Effect, typer.Option(help="Cases are a sample, or all.")] = Effect.random,
    covariance: Annotated[
        Covariance, typer.Option(help="Of errors between readers.")
    ] = Covariance.jackknife,
    metric: Annotated[Metric, typer.Option(help="Figure of merit.")] = Metric.auroc,
    threshold: Annotated[
        float | None, typer.Option(help="Ratings at or above it are positive.")
    ] = None,
    standalone: Annotated[
        str | None, typer.Option(help="The modality that is the model reading alone.")
    ] = None,
    confidence: door.Confidence = 0.95,
    as_json: answer.AsJson = False,
    cite: door.Cite = False,
) -> None:
    """Compare modalities read by several readers on the same cases.

    Differences are first minus second modality, in the order of their names.
    """
    from validation.reading.reader_setting import Setting

    used = [reader, case, modality, truth, rating]
    frame, warnings = rows.complete(door.load(file, used), [truth, rating], file.name)
    rows.require_filled(frame, [reader, case, modality], file.name)
    values = door.numbers(frame, rating, file.name)
    label, noticed = rows.labelled(frame, truth, positive, file.name)
    warnings += noticed
    if metric is Metric.auroc and threshold is not None:
        raise UsageError("--threshold is for --metric sensitivity or specificity")
    how = Setting(
        metric=metric.value,
        readers=readers.value,
        cases=cases.value,
        covariance=covariance.value,
        confidence=confidence,
        attribute=modality,
        reader_attribute=reader,
    )
    data = (label, values, frame[reader], frame[case], frame[modality])
    try:
        found = _analyse(data, how, threshold, standalone)
    except ValueError as error:
        raise DataError(file.name, [str(error)]) from error
    door.show(
        rows.with_warnings(found, [*warnings, *door.coded_missing(values, rating)]),
        title=f"Reader study: {file.name}",
        as_json=as_json,
        cite=cite,
    )


def _analyse(
    data: tuple[pd.Series[Any], ...],
    how: Setting,
    threshold: float | None,
    standalone: str | None,
) -> Result:
    from validation import readers as ruler
    from validation.estimate import Result
    from validation.reading import standalone as alone

    truth, rating, reader, case, modality = (column.to_numpy() for column in data)
    if standalone is None:
        return ruler.compare_modalities(
            truth, rating, reader, case, modality, setting=how, threshold=threshold
        )
    model = alone.against_readers(
        truth,
        rating,
        reader,
        case,
        modality,
        standalone=standalone,
        setting=how,
        threshold=threshold,
    )
    people = modality != standalone
    rest = ruler.compare_modalities(
        truth[people],
        rating[people],
        reader[people],
        case[people],
        modality[people],
        setting=how,
        threshold=threshold,
    )
    return Result(
        estimates=(*model.estimates, *rest.estimates),
        tests=(*model.tests, *rest.tests),
        warnings=rest.warnings,
    )
