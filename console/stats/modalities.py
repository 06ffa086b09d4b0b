"""`tplc stats modalities`: the same items with and without a modality, compared in pairs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.answer import AsJson
from console.stats import attributes, door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from validation.count_bootstrap import Resampling
    from validation.estimate import Result, Warned
    from validation.fairness.groups import Grouping
    from validation.modality.setting import Setting

ITEM, CONDITION, OUTCOME, LOST, CLUSTER = "item", "condition", "outcome", "lost", "cluster"


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

    at = Columns(
        item=tuple(item or ()), condition=condition, correct=correct, score=score,
        wide=tuple(wide or ()), by=tuple(by or ()), cluster=cluster, unparsable=unparsable,
        extracted=extracted, options=options,
    )  # fmt: skip
    at.require()
    frame, warnings = _rows(file, at)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that the options name; see the command's options."""

    item: tuple[str, ...]
    condition: str | None
    correct: str | None
    score: str | None
    wide: tuple[str, ...]
    by: tuple[str, ...]
    cluster: str | None
    unparsable: str | None
    extracted: str | None
    options: str | None

    def require(self) -> None:
        """Refuse options that do not fit together, all faults at once.

        Raises:
            UsageError: They do not.
        """
        faults = []
        long = (self.condition, self.correct, self.score, self.unparsable, self.extracted)
        if self.wide and any(long):
            faults.append("--wide stands alone: it names the outcome columns of all conditions")
        if self.wide and len(self.wide) < 2:  # noqa: PLR2004 - a comparison needs two
            faults.append("--wide needs two columns or more")
        if not self.wide and not (self.item and self.condition):
            faults.append("name --item and --condition (or, one row an item, --wide A B)")
        if not self.wide and bool(self.correct) == bool(self.score):
            faults.append("give either --correct or --score")
        if bool(self.extracted) != bool(self.options):
            faults.append("--extracted and --options go together")
        if self.unparsable and self.extracted:
            faults.append("give either --unparsable or --extracted with --options")
        if self.score and (self.unparsable or self.extracted):
            faults.append("unparsable answers are for --correct, not for --score")
        if faults:
            raise UsageError("; ".join(faults))

    @property
    def told(self) -> bool:
        """Whether the file says which answers are unparsable."""
        return bool(self.unparsable or self.extracted)


def _rows(file: Path, at: Columns) -> tuple[pd.DataFrame, list[Warned]]:
    """Rows of an item, a condition and an outcome under our own names; what was left out."""
    name = str(file)
    used = [*at.item, at.condition, at.correct, at.score, *at.wide, at.cluster]
    raw = door.load(file, [*used, *at.by, at.unparsable, at.extracted])
    raw = raw.apply(lambda column: column.str.strip() if column.dtype == object else column)
    rows.require_filled(raw, [*at.item, *([at.cluster] if at.cluster else [])], name)
    frame = _long(raw, at, name) if at.wide else _tidy(raw, at, name)
    warnings: list[Warned] = []
    if at.told:
        warnings += _unread(frame, at)
    kept, left = rows.complete(frame, [OUTCOME], name)
    renamed = [
        dataclasses.replace(w, columns=(at.correct or at.score or "",),
                            message=w.message.replace("'outcome'", f"'{at.correct or at.score}'"))
        for w in left
    ] if not at.wide else left  # fmt: skip
    return kept, [*warnings, *renamed, *_alike(kept)]


def _tidy(raw: pd.DataFrame, at: Columns, name: str) -> pd.DataFrame:
    """A long file: one row an item and condition."""
    import numpy as np

    condition, outcome = at.condition or "", at.correct or at.score or ""
    rows.require_filled(raw, [condition], name)
    frame = raw[list(at.by)].copy()
    frame[ITEM] = _key(raw, at.item)
    frame[CONDITION] = raw[condition]
    values = door.numbers(raw, outcome, name)
    if at.correct and (strange := int((values.notna() & ~values.isin([0, 1])).sum())):
        fault = f"column '{outcome}': {strange:,} values are neither 0 nor 1; scores need --score"
        raise DataError(name, [fault])
    frame[OUTCOME] = values
    if at.cluster:
        frame[CLUSTER] = raw[at.cluster]
    if at.unparsable:
        lost = door.numbers(raw, at.unparsable, name)
        if strange := int((~lost.isin([0, 1])).sum()):
            fault = f"column '{at.unparsable}': {strange:,} values are neither 0 nor 1"
            raise DataError(name, [fault])
        frame[LOST] = lost
    if at.extracted:
        known = set((at.options or "").upper())
        letter = raw[at.extracted].fillna("").str.upper()
        frame[LOST] = np.where(letter.isin(list(known)), 0.0, 1.0)
    return frame


def _long(raw: pd.DataFrame, at: Columns, name: str) -> pd.DataFrame:
    """A wide file, one row an item, as a long one."""
    import pandas as pd

    whole = raw[list(at.by)].copy()
    whole[ITEM] = _key(raw, at.item) if at.item else [str(i) for i in range(len(raw))]
    if at.cluster:
        whole[CLUSTER] = raw[at.cluster]
    parts = [
        whole.assign(condition=column, outcome=door.numbers(raw, column, name))
        for column in at.wide
    ]
    return pd.concat(parts, ignore_index=True)


def _key(raw: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series[str]:
    """Several columns as one name of the item."""
    found = raw[columns[0]].astype(str)
    for column in columns[1:]:
        found = found + " / " + raw[column].astype(str)
    return found


def _unread(frame: pd.DataFrame, at: Columns) -> list[Warned]:
    """Unparsable answers are wrong: without an outcome they are filled, called right told of."""
    from validation.estimate import Warned

    lost = frame[LOST] == 1
    blank, right = lost & frame[OUTCOME].isna(), lost & (frame[OUTCOME] == 1)
    frame.loc[blank, OUTCOME] = 0.0
    columns = tuple(name for name in (at.correct, at.unparsable or at.extracted) if name)
    found = []
    if number := int(blank.sum()):
        message = f"{number:,} unparsable answers have no outcome: they count as wrong"
        found.append(
            Warned(code="unparsable-filled", message=message, columns=columns, count=number)
        )
    if number := int(right.sum()):
        message = (
            f"{number:,} answers are unparsable and yet marked correct: they were used as correct; "
            "one of the two columns is wrong"
        )
        found.append(
            Warned(code="unparsable-correct", message=message, columns=columns, count=number)
        )
    return found


def _alike(frame: pd.DataFrame) -> list[Warned]:
    """Conditions whose names differ in case only."""
    import pandas as pd

    from validation.estimate import Warned

    names = [str(name) for name in pd.unique(frame[CONDITION])]
    doubled = len(names) - len({name.casefold() for name in names})
    if not doubled:
        return []
    message = f"conditions differ in upper and lower case only ({', '.join(sorted(names))})"
    return [Warned(code="conditions-alike", message=message, count=doubled)]


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
    frame: pd.DataFrame, parts: list[Grouping], how: Setting, resampling: Resampling, at: Columns
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
