"""`tplc stats multiclass`: one score a class, one true class a case."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console import answer
from console.answer import AsJson
from console.stats import door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Result


def multiclass(
    file: DataFile,
    *,
    label: Annotated[str, typer.Option(help="Column of the true class.")],
    scores: Annotated[list[str], typer.Option(help="Columns of the classes' probabilities.")],
    classes: Annotated[
        list[str] | None,
        typer.Option(help="The classes' names, in the order of --scores, when they differ."),
    ] = None,
    cluster: Annotated[str, typer.Option(help="Column of the patient, if several cases.")] = "",
    count: Annotated[str, typer.Option(help="Column of people a row.")] = "",
    kappa: Annotated[
        Literal["large-sample", "small-sample"],
        typer.Option(help="For the kappas' intervals; small-sample with few cases."),
    ] = "large-sample",
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Accuracy, confusion matrix, each class, averages, AUROC, kappa (order as in --scores)."""
    from validation.categories.multiclass import multiclass as measure

    if classes and len(classes) != len(scores):
        raise UsageError(f"{len(classes)} --classes for {len(scores)} --scores: give one for each.")
    name = str(file)
    frame = door.load(file, [label, *scores, cluster, count])
    if cluster:
        rows.require_filled(frame, [cluster], name)
    frame, warnings = rows.complete(frame, [label, *scores, *([count] if count else [])], name)
    names = list(classes or scores)
    frame[label] = _as_named(frame[label], names)
    _require_classes(sorted(frame[label].unique()), names, label, mapped=bool(classes))
    numbers = {column: door.numbers(frame, column, name) for column in scores}
    try:
        result = measure(
            frame[label].to_numpy(),
            [list(values) for values in zip(*numbers.values(), strict=True)],
            names,
            _count(door.numbers(frame, count, name).tolist(), count) if count else None,
            frame[cluster].to_numpy() if cluster else None,
            confidence=confidence,
            kappa=kappa,
            replicates=replicates,
            seed=seed,
        )
    except ValueError as error:
        raise DataError(name, [str(error)]) from error
    result = rows.with_warnings(result, warnings)
    _show(result, names, title=f"{len(names)} classes of {label}", as_json=as_json, cite=cite)


def _as_named(values: pd.Series[str], names: list[str]) -> pd.Series[str]:
    """Labels under the classes' own names, where they are the same number (1.0 is 1)."""
    import pandas as pd

    found = {}
    numbers = {float(n): n for n in names if pd.notna(pd.to_numeric(n, errors="coerce"))}
    for value in pd.unique(values):
        number = pd.to_numeric(value, errors="coerce")
        found[value] = value if value in names else numbers.get(float(number), value)
    return values.map(found)


def _require_classes(found: list[str], names: list[str], label: str, *, mapped: bool) -> None:
    strange = [value for value in found if value not in names]
    if strange:
        known = ", ".join(names)
        how = "" if mapped else " Name each score's class with --classes, in the order of --scores."
        raise UsageError(
            f"'{label}' holds {', '.join(strange[:5])}, which are none of {known}.{how}"
        )


def _count(values: list[float], column: str) -> list[int]:
    """People a row.

    Raises:
        ValueError: Negative or broken numbers.
    """
    if any(value < 0 or value % 1 for value in values):
        raise ValueError(f"column '{column}': counts are negative or no whole numbers")
    return [int(value) for value in values]


def _show(result: Result, names: list[str], *, title: str, as_json: bool, cite: bool) -> None:
    """The matrix as a matrix, unless JSON was asked for."""
    cells = [e for e in result.estimates if e.endpoint == "confusion"]
    if as_json:
        door.show(result, title=title, as_json=True, cite=cite)
        return
    others = tuple(e for e in result.estimates if e.endpoint != "confusion")
    numbers = [f"{cell.events:,}" for cell in cells]
    width = len(names)
    lines = [(name, *numbers[i * width : (i + 1) * width]) for i, name in enumerate(names)]
    answer.table("Cases by true class (rows) and called class", ("", *names), lines)
    door.show(dataclasses.replace(result, estimates=others), title=title, as_json=False, cite=cite)
