"""`tplc stats modalities`: the same items with and without a modality, compared in pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.answer import AsJson
from console.stats import attributes, door, modality_rows, rows
from console.stats.door import Cite, Confidence, DataFile
from console.stats.modality_rows import CLUSTER, CONDITION, ITEM, LOST, OUTCOME
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.count_bootstrap import Resampling
    from validation.estimate import Result, Warned
    from validation.fairness.groups import Grouping
    from validation.modality.setting import Setting


def modalities(
    file: DataFile,
    *,
    item: Annotated[
        list[str] | None, typer.Option(help="Columns that together tell items apart.")
    ] = None,
    condition: Annotated[str | None, typer.Option(help="Column of the condition.")] = None,
    correct: Annotated[
        str | None, typer.Option(help="Column of 1 (correct) or 0, or TRUE and FALSE.")
    ] = None,
    score: Annotated[
        str | None, typer.Option(help="Column of a score, such as ROUGE, instead of --correct.")
    ] = None,
    wide: Annotated[
        list[str] | None, typer.Option(help="Columns of 1 or 0, one a condition; one row an item.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="The full condition, such as image+text.")
    ] = None,
    margin: Annotated[float, typer.Option(min=0, help="What a modality has to contribute.")] = 0.0,
    modality: Annotated[
        list[str] | None,
        typer.Option(help="MODALITY=CONDITION where it is withheld, if names do not say it."),
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Compare within each of these.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Patient, if one has several items.")] = None,
    unparsable: Annotated[
        str | None, typer.Option(help="Column of 1 where the answer could not be read, else 0.")
    ] = None,
    extracted: Annotated[
        str | None, typer.Option(help="Column of the option taken from the answer.")
    ] = None,
    options: Annotated[
        str | None, typer.Option(help="Letters an extracted option may be, such as ABCD.")
    ] = None,
    most_unparsable: Annotated[
        float, typer.Option(min=0, max=1, help="Share above which a modality is not judged.")
    ] = 0.10,
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Compare conditions on the same items: does the image help, what is lost without it.

    Differences are the reference minus another condition. Unparsable answers count as wrong.
    """
    from validation.count_bootstrap import Resampling
    from validation.modality.setting import Setting

    at = modality_rows.Columns(
        item=tuple(item or ()), condition=condition, correct=correct, score=score,
        wide=tuple(wide or ()), by=tuple(by or ()), cluster=cluster, unparsable=unparsable,
        extracted=extracted, options=options,
    )  # fmt: skip
    at.require()
    frame, warnings = modality_rows.read(file, at)
    parts, coded = attributes.groupings(frame, at.by, {}, str(file))
    chosen, noticed = _reference(frame, reference)
    try:
        how = Setting(
            reference=chosen,
            margin=margin,
            confidence=confidence,
            modalities=_named(modality or []),
            most_unparsable=most_unparsable,
        )
        found = _compare(frame, parts, how, Resampling(times=replicates, seed=seed), at)
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    result = rows.with_warnings(found, [*warnings, *coded, *noticed])
    door.show(
        result, title=f"Conditions on the same items: {file.name}", as_json=as_json, cite=cite
    )
    for test in result.tests:
        if "words" in test.details:
            where = "" if not parts else f"{test.between.partition(' & condition=')[0]}: "
            answer.say(f"{where}{test.details['words']}.", as_json=as_json)


def _reference(frame: pd.DataFrame, asked: str | None) -> tuple[str | None, list[Warned]]:
    """The condition that was named, or the one whose name lists every other's modalities."""
    import pandas as pd

    from validation.estimate import Warned
    from validation.modality import names

    there = sorted(str(name) for name in pd.unique(frame[CONDITION]))
    if asked is not None:
        if asked not in there:
            raise UsageError(f"--reference is one of {', '.join(there)}, not '{asked}'")
        return asked, []
    found = names.full(there)
    if found is not None:
        message = f"'{found}' was taken for the full condition, by its name; see --reference"
        return found, [Warned(code="reference-taken", message=message)]
    message = (
        "no full condition was named with --reference: differences are in the order of the names, "
        "and no drop and no verdict on a modality is given"
    )
    return None, [Warned(code="no-reference", message=message)]


def _named(words: list[str]) -> dict[str, str]:
    """Modality to condition, from words such as ``image=text_only``."""
    found = {}
    for word in words:
        modality, equals, condition = word.partition("=")
        if not (modality and equals and condition):
            raise UsageError(f"--modality reads MODALITY=CONDITION, not '{word}'")
        found[modality] = condition
    return found


def _compare(
    frame: pd.DataFrame,
    parts: list[Grouping],
    how: Setting,
    resampling: Resampling,
    at: modality_rows.Columns,
) -> Result:
    from validation.fairness import groups
    from validation.modality import comparison, scores
    from validation.modality.groups import compare_groups

    data = (frame[ITEM], frame[CONDITION], frame[OUTCOME])
    patient = frame[CLUSTER] if at.cluster else None
    lost = frame[LOST] if at.told else None
    if parts:
        return compare_groups(
            *data, groups.cross(*parts), how,
            cluster=patient, unparsable=lost, resampling=resampling, scores=bool(at.score),
        )  # fmt: skip
    if at.score:
        return scores.compare_scores(*data, how, cluster=patient, resampling=resampling)
    return comparison.compare(
        *data, cluster=patient, unparsable=lost, setting=how, resampling=resampling
    )
