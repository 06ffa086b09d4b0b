"""What every calculator command shares: columns read by name, and the `Result` shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from validation.estimate import Result, Warned

DataFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, CSV.gz or Parquet.")]
Cite = Annotated[bool, typer.Option("--cite", help="Name the reference of each method.")]
Confidence = Annotated[float, typer.Option(min=0.5, max=0.9999, help="Level of the intervals.")]
ABSENT = frozenset({"NA", "N/A", "NaN", "nan", "null", "NULL", "."})  # how software writes blanks
LOGICAL = {"true": "1", "false": "0"}  # how R (TRUE) and Python (True) write yes and no
SUSPICIOUS = (-9.0, -99.0, 97.0, 98.0, 99.0, 999.0)  # often stand for "missing"


def load(path: Path, columns: Sequence[str | None]) -> pd.DataFrame:
    """The named columns of a file, as text; blank cells, and words such as NA, are missing.

    Raises:
        DataError: No such file, no table, no rows, or columns missing.
    """
    from validation import table

    wanted = list(dict.fromkeys(name for name in columns if name))
    return blanked(table.read(path, wanted), str(path))


def blanked(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The same table with the words of `ABSENT` as missing cells.

    Raises:
        DataError: It has no rows.
    """
    if frame.empty:
        raise DataError(name, ["there are no rows below the header"])
    return frame.mask(frame.isin(ABSENT))


def numbers(frame: pd.DataFrame, column: str, name: str) -> pd.Series[float]:
    """A column as numbers; blank is NaN; a column of TRUE and FALSE is one of 1 and 0.

    Raises:
        DataError: Values that are no finite number, with their count.
    """
    import numpy as np
    import pandas as pd

    text = logical(frame[column])
    values = pd.to_numeric(text, errors="coerce").astype(float)
    strange = values.isna() & text.notna()
    faults = []
    if strange.any():
        example = text[strange].iloc[0]
        faults.append(f"{int(strange.sum()):,} values are no numbers (such as '{example}')")
    if endless := int(np.isinf(values).sum()):
        faults.append(f"{endless:,} values are infinite")
    if faults:
        raise DataError(name, [f"column '{column}': {fault}" for fault in faults])
    return values


def logical(values: pd.Series[str]) -> pd.Series[str]:
    """A column of nothing but TRUE and FALSE, in any case, as 1 and 0; any other as it stands."""
    import pandas as pd

    seen = {value: LOGICAL.get(str(value).lower()) for value in pd.unique(values.dropna())}
    return values.map(seen) if seen and all(seen.values()) else values


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


def no_probabilities(values: pd.Series[float], column: str) -> list[Warned]:
    """Scores outside 0 to 1, which no calibration and no customary threshold fits."""
    from validation.estimate import Warned

    outside = int(((values < 0) | (values > 1)).sum())
    if not outside:
        return []
    message = (
        f"{outside:,} values of '{column}' are outside 0 to 1 (from {values.min():.4g} to "
        f"{values.max():.4g}): logits, percentages or a biomarker, but no probabilities. "
        "Discrimination is measured; calibration cannot be, and 0.5 is no threshold."
    )
    return [Warned(code="not-probabilities", message=message, columns=(column,), count=outside)]


def show(
    result: Result,
    *,
    title: str,
    as_json: bool,
    cite: bool,
    references: Mapping[str, str] | None = None,
) -> None:
    """Print a result: JSON alone, or a table with warnings and, if asked, references.

    Args:
        result: What to print.
        title: Of the table.
        as_json: Whether JSON was asked for.
        cite: Whether references were.
        references: Of methods that are not the ruler's own.
    """
    from validation import estimate, methods

    body = result.to_dict()
    used = [e.method for e in result.estimates] + [
        name for test in result.tests for name in (test.test, test.method)
    ]
    if cite:
        more = {name: text for name, text in (references or {}).items() if name in used}
        body["references"] = methods.cite(used) | more
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
