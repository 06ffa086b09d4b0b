"""Predictions of an external model, brought as a file and joined to the frozen cases.

The join is by the case column, or, for aggregated data without one, by the features: a locked model
gives one answer to one input. Two answers to one input, or none, are refused with their count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import DataError
from validation import table
from validation.predict import SCORE, require_probabilities

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from policies.dataset import DatasetSpec


def read(path: Path, column: str, spec: DatasetSpec) -> pd.DataFrame:
    """The join columns and the score of a file of predictions, as text.

    Raises:
        DataError: No such file, or columns missing.
    """
    return table.read(path, [*_keys(spec), column])


def _keys(spec: DatasetSpec) -> list[str]:
    return [spec.case] if spec.case else [f.name for f in spec.features]


def scores(
    brought: pd.DataFrame,
    path: Path,
    column: str,
    cases: pd.DataFrame,
    spec: DatasetSpec,
    *,
    partly: bool = False,
) -> pd.Series[float]:
    """One imported score for each frozen row.

    Args:
        brought: The predictions, as `read`.
        path: Where they are from, for messages.
        column: The score's column.
        cases: The frozen cases.
        spec: The roles of the frozen columns.
        partly: Whether cases may be without a score, as those excluded from the analysis may.

    Raises:
        DataError: Answers missing or contradictory, no probabilities.
    """
    import pandas as pd

    keys = _keys(spec)
    answers = brought.rename(columns={column: SCORE})
    numbers = {f.name for f in spec.features if f.type == "number"}
    for name in [*(k for k in keys if k in numbers), SCORE]:
        answers[name] = pd.to_numeric(answers[name], errors="coerce").astype(float)
    answers = answers.drop_duplicates()
    twice = answers.duplicated(keys)
    if twice.any():
        by = "case" if spec.case else "input"
        raise DataError(str(path), [f"{int(twice.sum()):,} rows give a second score to one {by}"])
    joined = cases[keys].merge(answers, how="left", on=keys)[SCORE].set_axis(cases.index)
    require_probabilities(joined.dropna() if partly else joined, f"{path}, column '{column}'")
    return joined
