"""Rows of reports made ready: candidates, references of the same or of another file, ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.stats import door, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from validation.estimate import Warned
    from validation.wording.human import Sheet
    from validation.wording.reports import Reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column is what.

    Attributes:
        candidate: The generated text.
        references: The reference texts, of this file or of the other.
        case: What joins the files; empty when there is one file.
        others: Further columns to read: attributes, patients.
    """

    candidate: str
    references: tuple[str, ...]
    case: str
    others: tuple[str, ...]


def read(
    file: Path, other: Path | None, columns: Columns
) -> tuple[pd.DataFrame, Reports, list[Warned]]:
    """The rows of the reports, and their texts.

    Args:
        file: Candidates.
        other: References by case, one or more rows a case; None when they are in `file`.
        columns: Which column is what.

    Raises:
        DataError: Columns or cases missing, blank references.
    """
    from validation.wording.reports import Reports

    here = () if other else columns.references
    names = [columns.candidate, *here, columns.case, *columns.others]
    frame = door.load(file, names)
    if columns.case:
        rows.require_filled(frame, [columns.case], file.name)
    if other:
        texts = _joined(frame, file, other, columns)
    else:
        texts = _plain(frame[list(here)])
        _require_references(texts, list(here), file.name)
    reports = Reports.of([row[0] for row in _plain(frame[[columns.candidate]])], texts)
    return frame, reports, _noticed(reports, columns)


def _plain(frame: pd.DataFrame) -> list[list[str | None]]:
    """The rows, missing cells as None."""
    return [[cell if isinstance(cell, str) else None for cell in row] for row in frame.to_numpy()]


def _joined(
    frame: pd.DataFrame, file: Path, other: Path, columns: Columns
) -> list[list[str | None]]:
    """The references of each row, by its case.

    Raises:
        DataError: Cases without a row in the other file, or with a blank reference.
    """
    given = door.load(other, [columns.case, *columns.references])
    rows.require_filled(given, [columns.case], other.name)
    known: dict[str, list[str | None]] = {}
    for case, *texts in _plain(given[[columns.case, *columns.references]]):
        known.setdefault(str(case), []).extend(texts)
    cases = frame[columns.case].astype(str)
    strange = cases[~cases.isin(list(known))]
    if len(strange):
        fault = (
            f"{len(strange):,} rows have a '{columns.case}' that {other.name} does not hold (such "
            f"as '{strange.iloc[0]}')"
        )
        raise DataError(file.name, [fault])
    joined = [known[case] for case in cases]
    _require_references(joined, list(columns.references), other.name)
    return joined


def _require_references(
    texts: Sequence[Sequence[str | None]], columns: list[str], name: str
) -> None:
    """Refuse cases without any reference.

    Raises:
        DataError: There are some; with their number.
    """
    blank = sum(not any(text and text.strip() for text in some) for some in texts)
    if blank:
        shown = "', '".join(columns)
        fault = f"column '{shown}': {blank:,} cases have no reference: leave them out"
        raise DataError(name, [fault])


def _noticed(reports: Reports, columns: Columns) -> list[Warned]:
    """Empty outputs."""
    from validation.estimate import Warned

    empty = int(reports.blank.sum())
    if not empty:
        return []
    message = (
        f"{empty:,} of {len(reports):,} candidates are blank: empty outputs, which score 0 and "
        "stay in the denominator"
    )
    code = "empty-outputs"
    return [Warned(code=code, message=message, columns=(columns.candidate,), count=empty)]


def patients(
    frame: pd.DataFrame, name: str, cluster: str | None, case: str
) -> tuple[pd.Series[str] | None, list[Warned]]:
    """What is resampled as one: the patient, or the case where it stands in several rows.

    Raises:
        DataError: A patient is missing.
    """
    from validation.estimate import Warned

    if cluster:
        rows.require_filled(frame, [cluster], name)
        return frame[cluster].astype(str), []
    if not case or not frame[case].duplicated().any():
        return None, []
    repeated = int(frame[case].duplicated().sum())
    message = (
        f"{repeated:,} rows repeat a '{case}': the rows of a case are resampled together. Name the "
        "patient with --cluster if a patient has several cases."
    )
    warned = Warned(code="repeated-cases", message=message, columns=(case,), count=repeated)
    return frame[case].astype(str), [warned]


def ratings(
    path: Path | None,
    frame: pd.DataFrame,
    name: str,
    case: str | None,
    rater: str | None,
    criteria: Sequence[str] | None,
) -> tuple[list[Sheet], list[Warned]]:
    """The rating sheets.

    Args:
        path: One row a case and rater, one column a criterion; None when nobody rated.
        frame: The rows of the reports.
        name: Of their file.
        case: The column that joins both.
        rater: The column of who rated.
        criteria: The columns of the ratings.

    Raises:
        DataError: Case ids of the reports that repeat, ratings that are no numbers, or twice.
        UsageError: No column joins the files.
    """
    from validation.estimate import Warned
    from validation.wording.human import Sheet

    if path is None:
        return [], []
    if not (case and rater and criteria):
        raise UsageError("--ratings needs --case, --rater and --rating COLUMN ...")
    rows.distinct(frame, case, name)
    given = door.load(path, [case, rater, *criteria])
    rows.require_filled(given, [case, rater], path.name)
    ids, warned = frame[case].astype(str).to_list(), []
    outside = int((~given[case].astype(str).isin(ids)).sum())
    if outside == len(given):
        raise DataError(path.name, [f"no '{case}' of it is one of the reports'"])
    if outside:
        message = f"{outside:,} ratings are of no report here: for agreement only"
        warned.append(Warned(code="unknown-cases", message=message, columns=(case,), count=outside))
    sheets = []
    for criterion in criteria:
        values = door.numbers(given, criterion, path.name)
        warned += door.coded_missing(values, criterion)
        who = (given[case].astype(str).to_list(), given[rater].astype(str).to_list())
        try:
            sheets.append(Sheet.of(criterion, *who, values.to_list(), ids))
        except ValueError as error:
            raise DataError(path.name, [f"column '{criterion}': {error}"]) from error
    return sheets, warned
