"""`tplc stats reliance`: readers without and with AI, and how far they rely on it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from console.answer import AsJson
from console.stats import attributes, door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from validation.estimate import Result, Warned
    from validation.fairness.groups import Grouping
    from validation.reliance.assessment import How, Times


def reliance(
    file: DataFile,
    *,
    reader: Annotated[str, typer.Option(help="Column of the reader.")],
    case: Annotated[str, typer.Option(help="Column of the case.")],
    truth: Annotated[str, typer.Option(help="Column of the reference standard, any label.")],
    without: Annotated[str, typer.Option(help="Column of the reader's answer without AI.")],
    with_ai: Annotated[str, typer.Option("--with", help="Column of the answer with AI.")],
    ai: Annotated[str, typer.Option(help="Column of the AI's advice.")],
    time_without: Annotated[str | None, typer.Option(help="Column of the time without AI.")] = None,
    time_with: Annotated[str | None, typer.Option(help="Column of the time with AI.")] = None,
    rating_without: Annotated[
        str | None, typer.Option(help="Column of a rating without AI, for the AUROC.")
    ] = None,
    rating_with: Annotated[str | None, typer.Option(help="Column of a rating with AI.")] = None,
    positive: Annotated[
        str | None, typer.Option(help="The positive value of the truth, for ratings, if not 1.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Assess within each of these.")] = None,
    minimum: Annotated[
        int, typer.Option(min=1, help="Errors of the AI that a reader must have seen.")
    ] = 10,
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Readers with and without AI: accuracy, automation bias, benefit, appropriate reliance, time.

    One row a reader and case, with both answers and the AI's. Differences are with minus without.
    """
    from validation.count_bootstrap import Resampling
    from validation.reliance.assessment import How

    at = Columns(
        reader=reader, case=case, truth=truth, without=without, with_ai=with_ai, ai=ai,
        times=_both(time_without, time_with, "time"),
        ratings=_both(rating_without, rating_with, "rating"), positive=positive,
        by=tuple(by or ()),
    )  # fmt: skip
    frame, warnings = _rows(file, at)
    parts, coded = attributes.groupings(frame, at.by, {}, str(file))
    spent, noticed = _times(frame, at, str(file))
    how = How(
        confidence=confidence,
        minimum=minimum,
        resampling=Resampling(times=replicates, seed=seed),
    )
    try:
        found = _assess(frame, at, spent, parts, how)
        if at.ratings:
            found = _joined(found, _ratings(frame, at, str(file), confidence))
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    result = rows.with_warnings(found, [*warnings, *coded, *noticed])
    door.show(result, title=f"Readers with and without AI: {file.name}", as_json=as_json, cite=cite)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that the options name; see the command's options."""

    reader: str
    case: str
    truth: str
    without: str
    with_ai: str
    ai: str
    times: tuple[str, str] | None
    ratings: tuple[str, str] | None
    positive: str | None
    by: tuple[str, ...]


def _both(without: str | None, with_ai: str | None, what: str) -> tuple[str, str] | None:
    """A pair of columns that go together.

    Raises:
        UsageError: One without the other.
    """
    if without is None and with_ai is None:
        return None
    if without is None or with_ai is None:
        raise UsageError(f"--{what}-without and --{what}-with go together")
    return without, with_ai


def _rows(file: Path, at: Columns) -> tuple[pd.DataFrame, list[Warned]]:
    """Readings with all three answers and the reference standard; TRUE and FALSE as 1 and 0."""
    answers = [at.truth, at.without, at.with_ai, at.ai]
    more = [*(at.times or ()), *(at.ratings or ())]
    raw = door.load(file, [at.reader, at.case, *answers, *more, *at.by])
    rows.require_filled(raw, [at.reader, at.case], str(file))
    frame, warnings = rows.complete(raw, answers, str(file))
    for column in dict.fromkeys(answers):
        frame[column] = door.logical(frame[column])
    for column in (at.reader, at.case):
        frame[column] = frame[column].astype(str).str.strip()
    return frame, warnings


def _times(frame: pd.DataFrame, at: Columns, name: str) -> tuple[Times | None, list[Warned]]:
    """Times as numbers; blanks counted, below zero refused."""
    from validation.estimate import Warned
    from validation.reliance.assessment import Times

    if at.times is None:
        return None, []
    found = [door.numbers(frame, column, name) for column in at.times]
    faults = [
        f"column '{column}': {int((values < 0).sum()):,} times are below zero"
        for column, values in zip(at.times, found, strict=True)
        if (values < 0).any()
    ]
    if faults:
        raise DataError(name, faults)
    warned = [w for c, v in zip(at.times, found, strict=True) for w in door.coded_missing(v, c)]
    if blank := int((found[0].isna() | found[1].isna()).sum()):
        message = f"{blank:,} readings lack a time: they are not in the comparison of times"
        warned.append(Warned(code="missing-times", message=message, columns=at.times, count=blank))
    return Times(without=found[0].to_numpy(), with_ai=found[1].to_numpy()), warned


def _assess(
    frame: pd.DataFrame, at: Columns, spent: Times | None, parts: list[Grouping], how: How
) -> Result:
    from validation.fairness import groups
    from validation.reliance.assessment import assess

    columns = (at.reader, at.case, at.truth, at.without, at.with_ai, at.ai)
    return assess(
        *(frame[column] for column in columns),
        times=spent,
        grouping=groups.cross(*parts) if parts else None,
        how=how,
    )


def _ratings(frame: pd.DataFrame, at: Columns, name: str, confidence: float) -> Result:
    """The change in AUROC, over all rows."""
    from validation.reliance.ratings import compare_ratings

    label, noticed = rows.labelled(frame, at.truth, at.positive, name)
    without, with_ai = (door.numbers(frame, column, name) for column in at.ratings or ())
    found = compare_ratings(
        label, frame[at.reader], frame[at.case], without, with_ai, confidence=confidence
    )
    return rows.with_warnings(found, noticed)


def _joined(first: Result, second: Result) -> Result:
    return dataclasses.replace(
        first,
        estimates=(*first.estimates, *second.estimates),
        tests=(*first.tests, *second.tests),
        warnings=(*first.warnings, *second.warnings),
    )
