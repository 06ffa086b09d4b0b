"""`tplc stats synthetic`: synthetic rows held against the real rows that they were made from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.stats import attributes, door, labels, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Estimate, Result, Warned

SIGNS = (";", "\t", "|")  # of files that commas do not part


def synthetic(
    file: door.DataFile,
    *,
    real: Annotated[
        Path | None, typer.Option(help="File of the real rows that the generator learned from.")
    ] = None,
    holdout: Annotated[
        Path | None, typer.Option(help="File of real rows that the generator never saw.")
    ] = None,
    synthetic_flag: Annotated[
        str | None,
        typer.Option(help="Column that tells synthetic rows (1) from real ones (0) in FILE."),
    ] = None,
    synthetic_value: Annotated[
        str | None, typer.Option(help="The value of that column for synthetic, if it is not 1.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option(help="Columns to compare; all when none is named.")
    ] = None,
    numbers: Annotated[list[str] | None, typer.Option(help="Columns of numbers.")] = None,
    categories: Annotated[list[str] | None, typer.Option(help="Columns of categories.")] = None,
    label: Annotated[
        str | None, typer.Option(help="Column that a model would predict, for utility.")
    ] = None,
    positive: Annotated[
        str | None, typer.Option(help="The positive value of the label column, if it is not 1.")
    ] = None,
    time: Annotated[str | None, typer.Option(help="Column of follow-up time.")] = None,
    event: Annotated[
        str | None, typer.Option(help="Column of the event: 1, or 0 if it was not seen.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Columns of subgroups.")] = None,
    replicates: Annotated[int, typer.Option(min=100, help="Of the bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of folds, models and bootstrap.")] = 20240101,
    confidence: door.Confidence = 0.95,
    as_json: answer.AsJson = False,
    cite: door.Cite = False,
) -> None:
    """Fidelity, privacy and utility of synthetic data, and its declared share."""
    from validation.synthetic.assessment import assess
    from validation.synthetic.roles import Roles

    if (real is None) == (synthetic_flag is None):
        raise UsageError(
            "Name the real rows: with --real FILE, or with --synthetic-flag COLUMN if FILE holds "
            "both (not with both)."
        )
    attributes_of = tuple(by or ())
    roles = Roles(
        columns=tuple(columns or ()),
        numbers=tuple(numbers or ()),
        categories=tuple(categories or ()),
        label=label,
        positive=positive,
        time=time,
        event=event,
        by=attributes_of,
        left_out=(synthetic_flag,) if synthetic_flag else (),
    )
    made, beside, share, warnings = _parted(
        file, real, (synthetic_flag, synthetic_value), attributes_of
    )
    held = _read(holdout) if holdout else None
    result = assess(
        made, beside, held, roles=roles, seed=seed, replicates=replicates, confidence=confidence,
        progress=lambda step: _say(f"{step} ..."),
    )  # fmt: skip
    door.show(
        rows.with_warnings(_with(result, share), warnings),
        title=f"Synthetic data: {file.name}",
        as_json=as_json,
        cite=cite,
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _read(path: Path) -> pd.DataFrame:
    """All columns of a file.

    Raises:
        DataError: It cannot be read, has no rows, or is not parted by commas.
    """
    from validation import table

    frame = table.read(path)
    names = [str(column) for column in frame.columns]
    if len(names) == 1 and any(sign in names[0] for sign in SIGNS):
        fault = f"its only column is '{names[0]}': write it with commas between the columns"
        raise DataError(str(path), [fault])
    return door.blanked(frame, str(path))


def _with(result: Result, share: list[Estimate]) -> Result:
    import dataclasses

    return dataclasses.replace(result, estimates=(*share, *result.estimates))


def _parted(
    file: Path,
    real: Path | None,
    flag: tuple[str | None, str | None],
    by: tuple[str, ...],
) -> tuple[pd.DataFrame, pd.DataFrame, list[Estimate], list[Warned]]:
    """Synthetic rows, real rows, and the declared share of a file that holds both.

    Raises:
        DataError: No flag for some rows, or rows of one kind only.
    """
    from validation.synthetic.declared import declared_share

    column, value = flag
    frame = _read(file)
    if real is not None or column is None:
        return frame, _read(real or file), [], []
    name = str(file)
    missing = [c for c in (column, *by) if c not in frame]
    if missing:
        there = ", ".join(map(str, frame.columns))
        raise DataError(name, [f"column '{c}' is missing (there are: {there})" for c in missing])
    rows.require_filled(frame, [column], name)
    declared, warnings = labels.read(frame[column], column, name, positive=value or "")
    parts, coded = attributes.groupings(frame, by, {}, name)
    if len(set(declared)) == 1:
        kind = "synthetic" if declared.iloc[0] == 1 else "real"
        raise DataError(name, [f"column '{column}': all rows are {kind}"])
    chosen = declared == 1
    share = declared_share(declared, parts)
    return frame[chosen], frame[~chosen], share, [*warnings, *coded]
