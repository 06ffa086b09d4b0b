"""`tplc stats binary`: a test or score against a yes-or-no reference standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console import answer
from console.answer import AsJson
from console.stats import binary_rows, door
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from console.stats.binary_rows import Rows
    from validation.choices import Choices
    from validation.estimate import Estimate, Result, Warned

FIXED = (  # what is read off the curve unless endpoints are named
    "sensitivity-at-specificity-0.9",
    "specificity-at-sensitivity-0.9",
    "partial-auroc-specificity-0.9-1",
    "partial-auroc-corrected-specificity-0.9-1",
    "partial-auroc-sensitivity-0.9-1",
    "partial-auroc-corrected-sensitivity-0.9-1",
)
SMALL = 10  # fewer positives or negatives make a small subgroup
CHANCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the rows.

    Attributes:
        endpoints: Names.
        thresholds: Operating points.
        confidence: Of the intervals.
        choices: Methods of the intervals.
    """

    endpoints: tuple[str, ...]
    thresholds: tuple[float, ...]
    confidence: float
    choices: Choices


def binary(
    file: DataFile,
    *,
    label: Annotated[str, typer.Option(help="Column of the reference standard.")],
    score: Annotated[str, typer.Option(help="Column of the score; higher is more positive.")],
    positive: Annotated[str, typer.Option(help="The label's positive value, if not 1.")] = "",
    negative: Annotated[
        str, typer.Option(help="Its negative value; other rows are excluded.")
    ] = "",
    threshold: Annotated[
        list[float] | None, typer.Option(help="Operating points; at or above is positive.")
    ] = None,
    cluster: Annotated[str, typer.Option(help="Column of the patient, if several cases.")] = "",
    count: Annotated[str, typer.Option(help="Column of people a row.")] = "",
    case: Annotated[str, typer.Option(help="Column that identifies a case.")] = "",
    by: Annotated[list[str] | None, typer.Option(help="Columns that make subgroups.")] = None,
    endpoint: Annotated[list[str] | None, typer.Option(help="Only these endpoints.")] = None,
    interval: Annotated[
        Literal["wilson", "clopper-pearson"], typer.Option(help="For proportions.")
    ] = "wilson",
    auroc_scale: Annotated[
        Literal["default", "plain", "logit", "score"],
        typer.Option(help="For the AUROC's interval; logit or score with few cases."),
    ] = "default",
    kappa: Annotated[
        Literal["large-sample", "small-sample"],
        typer.Option(help="For the kappa's interval; small-sample with few cases."),
    ] = "large-sample",
    clustered: Annotated[
        Literal[
            "ratio-estimator-wilson",
            "ratio-estimator",
            "bootstrap-patients",
            "bootstrap-patients-expanded",
        ],
        typer.Option(help="For patients with several cases."),
    ] = "ratio-estimator-wilson",
    replicates: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Discrimination, 2x2 endpoints and calibration, overall and by subgroup."""
    from validation.choices import Choices

    roles = binary_rows.Roles(
        label=label,
        score=score,
        positive=positive,
        negative=negative,
        cluster=cluster,
        count=count,
        case=case,
        by=tuple(by or ()),
    )
    named = _named(endpoint)
    rows = binary_rows.read(file, roles)
    choices = Choices(
        proportion=interval,
        auroc_scale=auroc_scale,
        kappa=kappa,
        clustered=clustered,
        replicates=replicates,
        seed=seed,
        scale="any" if rows.score.between(0, 1).all() else "other",
    )
    points, noticed = _points(tuple(threshold or ()), rows, named, score)
    question = Question(endpoints=named, thresholds=points, confidence=confidence, choices=choices)
    try:
        with answer.progress("binary") as step:
            result = measure(rows, question, score=score, step=step, noticed=noticed)
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    door.show(result, title=f"{score} against {label}", as_json=as_json, cite=cite)


def _named(wanted: list[str] | None) -> tuple[str, ...]:
    """The endpoints asked for; all of them when none is named."""
    from validation.binary import registry

    names = tuple(wanted or (*registry.ENDPOINTS, *FIXED))
    try:
        for name in names:
            registry.find(name)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return names


def _points(
    given: tuple[float, ...], rows: Rows, names: tuple[str, ...], score: str
) -> tuple[tuple[float, ...], list[Warned]]:
    """The operating points; a column of zeros and ones is a call and needs none."""
    from validation.binary import registry
    from validation.estimate import Warned

    if given:
        if any(point != point for point in given):  # noqa: PLR0124 - not a number
            raise UsageError("--threshold is a number, not nan")
        return tuple(dict.fromkeys(given)), []
    if rows.score.isin([0, 1]).all():
        return (CHANCE,), []
    left = [name for name in names if registry.find(name).at_threshold]
    if not left:
        return (), []
    message = (
        f"No --threshold was given: {len(left)} endpoints of the 2x2 table are left out "
        f"({', '.join(left[:3])} ...)."
    )
    return (), [Warned(code="no-threshold", message=message, columns=(score,))]


def measure(
    rows: Rows,
    question: Question,
    *,
    score: str,
    step: Callable[[str, int, int], None],
    noticed: list[Warned],
) -> Result:
    """All endpoints, overall and by subgroup, with what a person should look at.

    Raises:
        ValueError: Rows that the estimators refuse.
    """
    from validation.estimate import Result

    groups = list(_groups(rows))
    estimates: list[Estimate] = []
    for done, (name, chosen) in enumerate(groups):
        step(name, done, len(groups))
        estimates += _estimates(rows, chosen, name, question)
    warnings = [
        *rows.warnings,
        *noticed,
        *door.no_probabilities(rows.score, score),
        *_reversed(estimates, score),
    ]
    warnings += _small(groups, rows)
    return Result(estimates=tuple(estimates), warnings=tuple(warnings))


def _groups(rows: Rows) -> Iterator[tuple[str, pd.Series[bool]]]:
    """Overall, then each subgroup, as masks over the rows."""
    yield "overall", rows.label.notna()
    for column, values in rows.by.items():
        for value in sorted(values.unique()):
            yield f"{column}={value}", values == value


def _estimates(
    rows: Rows, chosen: pd.Series[bool], subgroup: str, question: Question
) -> tuple[Estimate, ...]:
    from validation import endpoints
    from validation.binary import discrimination

    found = endpoints.evaluate(
        rows.label[chosen],
        rows.score[chosen],
        None if rows.count is None else rows.count[chosen],
        endpoints=question.endpoints,
        thresholds=question.thresholds,
        confidence=question.confidence,
        subgroup=subgroup,
        cluster=None if rows.cluster is None else rows.cluster[chosen],
        choices=question.choices,
    )
    return tuple(discrimination.with_plain_delong(found))


def _reversed(estimates: list[Estimate], score: str) -> list[Warned]:
    from validation.estimate import Warned

    for found in estimates:
        if found.endpoint == "auroc" and found.subgroup == "overall":
            if found.value is None or found.value >= CHANCE:
                return []
            message = (
                f"The AUROC of '{score}' is {found.value:.4f}, below 0.5: higher values go with "
                "the negative class. Nothing was turned round; check the score's direction."
            )
            return [Warned(code="reversed-score", message=message, columns=(score,))]
    return []


def _small(groups: list[tuple[str, pd.Series[bool]]], rows: Rows) -> list[Warned]:
    from validation.estimate import Warned

    people = 1 if rows.count is None else rows.count
    found = []
    for name, chosen in groups:
        hits = int((rows.label * people)[chosen].sum())
        rest = int(((1 - rows.label) * people)[chosen].sum())
        if min(hits, rest) < SMALL:
            found.append(f"{name} ({hits:,} positive, {rest:,} negative)")
    if not found:
        return []
    message = (
        f"{len(found)} groups have fewer than {SMALL} positives or negatives, their figures say "
        f"little: {'; '.join(found[:5])}{' ...' if len(found) > 5 else ''}."  # noqa: PLR2004 - a line
    )
    return [Warned(code="small-subgroup", message=message, count=len(found))]
