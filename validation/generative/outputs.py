"""What a model wrote, brought as a file and joined to the frozen cases by the case column.

One row a case, or one a case and input condition. Two outputs for one case and condition, or a case
without one in the condition that is judged, are refused with their count; a blank cell is an empty
output, which counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import DataError
from validation import table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body

RESPONSE = "tplc_response"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsFile:
    """A file of a model's outputs.

    Attributes:
        path: CSV, CSV.gz or Parquet.
        response: Column of what the model wrote.
        condition: Column of the input condition; empty when there is one only.
    """

    path: Path
    response: str
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Outputs by condition, aligned with the frozen cases.

    Attributes:
        texts: Condition to one text a frozen case; missing where the file has none for it.
        counts: Rows read, used and beyond the frozen cases; empty ones.
    """

    texts: dict[str, pd.Series[str]]
    counts: Body


def read(file: OutputsFile, case: str, judged: str) -> pd.DataFrame:
    """Read a file of outputs; what is wrong with it shows before the frozen set is opened.

    Args:
        file: Where they are.
        case: The column of the case.
        judged: The condition that is judged; empty without conditions.

    Raises:
        DataError: No such file, columns missing, or a condition where none is judged.
    """
    frame = table.read(
        file.path, [case, file.response, *([file.condition] if file.condition else [])]
    )
    if bool(judged) != bool(file.condition):
        said = (
            f"the policy judges the condition '{judged}', so name its column with --condition"
            if judged
            else "the policy names no 'condition' to judge, though --condition is given"
        )
        raise DataError(str(file.path), [said])
    return frame


def align(frame: pd.DataFrame, file: OutputsFile, cases: pd.Series[str], judged: str) -> Outputs:
    """Align outputs with the frozen cases.

    Args:
        frame: As `read`.
        file: Where they are from.
        cases: The frozen cases' names, one a row.
        judged: The condition that is judged; empty without conditions.

    Raises:
        DataError: Two outputs for one case, or cases without one.
    """
    name = str(file.path)
    marks = frame[file.condition] if file.condition else frame[file.response].map(lambda _: "")
    frame = frame.assign(tplc_condition=marks.fillna(""), **{RESPONSE: frame[file.response]})
    frame[RESPONSE] = frame[RESPONSE].fillna("")
    known = frame[str(cases.name)].isin(cases)
    texts = {
        str(mark): _aligned(part, cases, name)
        for mark, part in frame[known].groupby("tplc_condition", sort=True)
    }
    _require(texts, cases, judged, name)
    return Outputs(
        texts=texts,
        counts={
            "rows": len(frame),
            "used": int(known.sum()),
            "beyond": int((~known).sum()),
            "empty": int((frame.loc[known, RESPONSE].str.strip() == "").sum()),
        },
    )


def _aligned(part: pd.DataFrame, cases: pd.Series[str], name: str) -> pd.Series[str]:
    case = str(cases.name)
    twice = int(part.duplicated(case).sum())
    if twice:
        mark = part["tplc_condition"].iloc[0]
        where = f" under the condition '{mark}'" if mark else ""
        raise DataError(name, [f"{twice:,} rows give a second output to one case{where}"])
    return part.set_index(case)[RESPONSE].reindex(cases).set_axis(cases.index)


def _require(
    texts: dict[str, pd.Series[str]], cases: pd.Series[str], judged: str, name: str
) -> None:
    if judged not in texts:
        there = ", ".join(f"'{mark}'" for mark in texts) or "none of the frozen cases"
        raise DataError(name, [f"no output under the condition '{judged}' (there are: {there})"])
    missing = int(texts[judged].isna().sum())
    if missing:
        fault = f"{missing:,} of {len(cases):,} frozen cases have no output"
        raise DataError(name, [f"{fault}; leave the cell blank where the model wrote nothing"])
