"""`tplc stats subgroups`: endpoints by subgroup and intersection, gaps and fairness criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.stats import attributes, door, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.fairness.groups import Grouping


def subgroups(
    file: door.DataFile,
    label: Annotated[str, typer.Option(help="Column of the reference standard.")],
    score: Annotated[
        str, typer.Option(help="Column of the score; higher is more likely positive.")
    ],
    by: Annotated[
        list[str] | None, typer.Option(help="Columns of the attributes; blanks are a subgroup.")
    ] = None,
    threshold: Annotated[
        list[float] | None, typer.Option(help="Operating points: a score at or above is a call.")
    ] = None,
    *,
    positive: Annotated[
        str | None, typer.Option(help="The positive value of the label column, if it is not 1.")
    ] = None,
    cut: Annotated[
        list[str] | None, typer.Option(help="A number cut at edges, such as age=40,65.")
    ] = None,
    intersections: Annotated[bool, typer.Option(help="Cross each two attributes as well.")] = False,
    cluster: Annotated[
        str | None, typer.Option(help="Column of the patient, if they repeat.")
    ] = None,
    count: Annotated[str | None, typer.Option(help="Column of people a row.")] = None,
    endpoint: Annotated[list[str] | None, typer.Option(help="Endpoints to compare.")] = None,
    minimum: Annotated[int, typer.Option(min=1, help="Cases that a subgroup needs.")] = 10,
    minimum_positives: Annotated[int, typer.Option(min=1, help="And positives.")] = 1,
    minimum_negatives: Annotated[int, typer.Option(min=1, help="And negatives.")] = 1,
    half_width: Annotated[
        float | None, typer.Option(help="Warn of intervals that are wider, and say what they need.")
    ] = None,
    replicates: Annotated[int, typer.Option(min=100, help="Of the bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 20240101,
    confidence: door.Confidence = 0.95,
    as_json: answer.AsJson = False,
    cite: door.Cite = False,
) -> None:
    """Compare subgroups: each endpoint in each, ratios, gaps, the worst, fairness criteria."""
    from policies.criteria import Minimum
    from validation.fairness import disparities
    from validation.fairness.group_spreads import DEFAULT, Plan

    if cluster and count:
        raise UsageError("--cluster and --count do not go together: give one row a case")
    edges = attributes.edges(cut or [])
    names = list(dict.fromkeys([*(by or []), *edges]))
    if not names:
        raise UsageError("Name the attributes with --by COLUMN ...")
    read = door.load(file, [label, score, *names, cluster, count])
    frame, warnings = rows.complete(read, [label, score, *([count] if count else [])], file.name)
    if cluster:
        rows.require_filled(frame, [cluster], file.name)
    values = door.numbers(frame, score, file.name)
    truth, noticed = rows.labelled(frame, label, positive, file.name)
    warnings += noticed
    parts, coded = attributes.groupings(frame, names, edges, file.name)
    try:
        found = disparities.compare(
            truth,
            values,
            door.numbers(frame, count, file.name) if count else None,
            groupings=_crossed(parts, intersections=intersections),
            plan=Plan(
                endpoints=endpoint or (DEFAULT if threshold else ("auroc",)),
                thresholds=threshold or (),
                minimum=Minimum(
                    cases=minimum, positives=minimum_positives, negatives=minimum_negatives
                ),
                half_width=half_width,
                confidence=confidence,
                replicates=replicates,
                seed=seed,
            ),
            patient=frame[cluster] if cluster else None,
        )
    except ValueError as error:
        raise DataError(file.name, [str(error)]) from error
    door.show(
        rows.with_warnings(found, [*warnings, *door.coded_missing(values, score), *coded]),
        title=f"Subgroups: {file.name}",
        as_json=as_json,
        cite=cite,
    )


def _crossed(parts: Sequence[Grouping], *, intersections: bool) -> list[Grouping]:
    from validation.fairness import groups

    if not intersections:
        return list(parts)
    if len(parts) == 1:
        raise UsageError("--intersections needs two attributes in --by")
    return [*parts, *groups.pairs(parts)]
