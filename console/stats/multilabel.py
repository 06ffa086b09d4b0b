"""`tplc stats multilabel`: several findings a case, labels and scores in two files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.answer import AsJson
from console.stats import door, rows
from console.stats.door import Cite, Confidence
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Warned

SHOWN = 5  # names in a message


def multilabel(
    labels: Annotated[Path, typer.Argument(metavar="LABELS", help="1 or 0, one column a label.")],
    scores: Annotated[Path, typer.Argument(metavar="SCORES", help="The same columns, scores.")],
    *,
    case: Annotated[
        str, typer.Option("--id", help="Column that pairs the rows; else by their order.")
    ] = "",
    columns: Annotated[list[str] | None, typer.Option(help="Only these labels.")] = None,
    threshold: Annotated[
        list[float] | None,
        typer.Option(help="One for all labels, or one each; at or above is present."),
    ] = None,
    cluster: Annotated[str, typer.Option(help="Column of the patient, in LABELS.")] = "",
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Each label (AUROC, sensitivity, specificity, F1 ...), macro and micro averages."""
    from validation.categories.multilabel import multilabel as measure

    truth, called = _read(labels, scores, case)
    names = _names(truth, called, [case, cluster], columns, (labels, scores))
    if threshold and len(threshold) not in (1, len(names)):
        raise UsageError(
            f"{len(threshold)} thresholds for {len(names)} labels ({', '.join(names)}): give one "
            "for all, or one for each in this order."
        )
    if cluster:
        if cluster not in truth:
            raise DataError(str(labels), [f"column '{cluster}' is missing"])
        rows.require_filled(truth, [cluster], str(labels))
    frame, warnings = _pair(truth, called, names, case, (labels, scores))
    held, incomplete = rows.complete(frame, [str(column) for column in frame], str(labels))
    if not threshold:
        for name in names:
            values = door.numbers(held, f"score of {name}", str(scores))
            warnings += door.no_probabilities(values, name)
    try:
        result = measure(
            _matrix(held, [f"label of {name}" for name in names], labels),
            _matrix(held, [f"score of {name}" for name in names], scores),
            names,
            thresholds=threshold or (0.5,),
            cluster=held[f"cluster {cluster}"].to_numpy() if cluster else None,
            confidence=confidence,
            replicates=replicates,
            seed=seed,
        )
    except ValueError as error:
        hint = "" if case else " (a column that identifies cases is named with --id)"
        raise DataError(str(labels), [f"{error}{hint}"]) from error
    result = rows.with_warnings(result, [*warnings, *incomplete])
    door.show(result, title=f"{len(names)} labels", as_json=as_json, cite=cite)


def _read(labels: Path, scores: Path, case: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both files, with unrepeated, filled identifiers."""
    from validation import table

    frames = []
    for path in (labels, scores):
        frame = door.blanked(table.read(path), str(path))
        if case:
            if case not in frame:
                raise DataError(str(path), [f"column '{case}' is missing"])
            rows.require_filled(frame, [case], str(path))
            if again := int(frame[case].duplicated().sum()):
                raise DataError(str(path), [f"column '{case}': {again:,} rows repeat an id"])
        frames.append(frame)
    return frames[0], frames[1]


def _names(
    truth: pd.DataFrame,
    called: pd.DataFrame,
    roles: list[str],
    wanted: list[str] | None,
    files: tuple[Path, Path],
) -> list[str]:
    """The labels: the columns that were named, or all that both files must then share."""
    if wanted:
        faults = [
            DataError(str(path), [f"column '{name}' is missing"])
            for path, frame in zip(files, (truth, called), strict=True)
            for name in wanted
            if name not in frame
        ]
        if faults:
            raise faults[0]
        return list(wanted)
    names = [str(name) for name in truth if name not in roles]
    others = [str(name) for name in called if name not in roles]
    apart = sorted({*names} ^ {*others})
    if apart or not names:
        fault = (
            f"columns are in one file only: {', '.join(apart[:SHOWN])}" if apart else "no labels"
        )
        raise DataError(f"{files[0]} and {files[1]}", [f"{fault}; choose labels with --columns"])
    return names


def _pair(
    truth: pd.DataFrame,
    called: pd.DataFrame,
    names: list[str],
    case: str,
    files: tuple[Path, Path],
) -> tuple[pd.DataFrame, list[Warned]]:
    """One row a case with its labels, its scores and its patient."""
    import pandas as pd

    from validation.estimate import Warned

    both = f"{files[0]} and {files[1]}"
    warnings = []
    if case:
        left, right = truth.set_index(case), called.set_index(case)
        shared = left.index[left.index.isin(right.index)]
        lost = len(left) + len(right) - 2 * len(shared)
        if not len(shared):
            raise DataError(both, [f"no value of '{case}' is in both files"])
        if lost:
            message = f"{lost:,} values of '{case}' are in one file only and were left out"
            warnings.append(
                Warned(code="unmatched-ids", message=message, columns=(case,), count=lost)
            )
        truth, called = left.loc[shared].reset_index(), right.loc[shared].reset_index()
    elif len(truth) != len(called):
        raise DataError(
            both, [f"{len(truth):,} and {len(called):,} rows: pair them by an identifier, --id"]
        )
    parts = {f"label of {name}": truth[name] for name in names}
    parts |= {f"score of {name}": called[name] for name in names}
    others = [name for name in truth if name not in (*names, case)]
    parts |= {f"cluster {name}": truth[name] for name in others if name in truth}
    return pd.DataFrame(parts), warnings


def _matrix(frame: pd.DataFrame, names: list[str], path: Path) -> list[list[float]]:
    numbers = [door.numbers(frame, name, str(path)).tolist() for name in names]
    return [list(row) for row in zip(*numbers, strict=True)]
