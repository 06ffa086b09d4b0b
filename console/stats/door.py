"""What every calculator command shares: columns read by name, and the `Result` shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Result, Warned

DataFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, CSV.gz or Parquet.")]
Cite = Annotated[bool, typer.Option("--cite", help="Name the reference of each method.")]
Confidence = Annotated[float, typer.Option(min=0.5, max=0.9999, help="Level of the intervals.")]
SUSPICIOUS = (-9.0, -99.0, 97.0, 98.0, 99.0, 999.0)  # often stand for "missing"


def load(path: Path, columns: Sequence[str | None]) -> pd.DataFrame:
    """The named columns of a file, as text; blank cells are missing.

    Raises:
        DataError: No such file, no table, or columns missing.
    """
    from validation import table

    wanted = list(dict.fromkeys(name for name in columns if name))
    return table.read(path, wanted)[wanted]


def numbers(frame: pd.DataFrame, column: str, name: str) -> pd.Series[float]:
    """A column as numbers; blank is NaN.

    Raises:
        DataError: Values that are no number, with their count.
    """
    import pandas as pd

    values = pd.to_numeric(frame[column], errors="coerce").astype(float)
    bad = int((values.isna() & frame[column].notna()).sum())
    if bad:
        example = frame.loc[values.isna() & frame[column].notna(), column].iloc[0]
        fault = f"column '{column}': {bad:,} values are no numbers (such as '{example}')"
        raise DataError(name, [fault])
    return values


def coded_missing(values: pd.Series[float], column: str) -> list[Warned]:
    """Values such as 97, 99 or -9 that stand apart from the rest: often codes for *missing*."""
    from validation import table
    from validation.estimate import Warned

    return [
        Warned(
            code="coded-missing",
            message=f"{number:,} values of '{column}' are {code:g}, apart from all others: often "
            "a code for missing. Blank them if so; they were used as numbers.",
            columns=(column,),
            count=number,
        )
        for code, number in table.coded_missing(values, SUSPICIOUS).items()
    ]


def show(result: Result, *, title: str, as_json: bool, cite: bool) -> None:
    """Print a result: JSON alone, or a table with warnings and, if asked, references."""
    from validation import estimate, methods

    body = result.to_dict()
    used = [e.method for e in result.estimates] + [
        name for test in result.tests for name in (test.test, test.method)
    ]
    if cite:
        body["references"] = methods.cite(used)
    answer.give(body, as_json=as_json)
    if as_json:
        return
    if result.estimates:
        heads = ("Endpoint", "Subgroup", "Value", "Interval", "n", "Method")
        answer.table(title, heads, [estimate.row(e) for e in result.estimates])
    if result.tests:
        answer.table(
            "Tests",
            ("Test", "Of", "Estimate", "Interval", "Statistic", "df", "p"),
            [estimate.test_row(test) for test in result.tests],
        )
    for warning in result.warnings:
        answer.say(f"Warning ({warning.code}): {warning.message}", as_json=False)
    for name, reference in body.get("references", {}).items():
        answer.say(f"{name}: {reference}", as_json=False)
