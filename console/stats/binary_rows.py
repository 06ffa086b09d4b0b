"""Labels, scores, counts and patients of a file, by the columns that the user named.

Rows with a blank in a used column are excluded and counted. Duplicated cases, rows without a
patient and impossible counts are refused, with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.stats import door, labels
from console.stats.attributes import MOST
from evidence.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from validation.estimate import Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which column is what.

    Attributes:
        label: The reference standard.
        score: The score or call; higher means more likely positive.
        positive: The label's positive value; without it labels are 0 and 1.
        negative: Its negative value; without it every other one is negative.
        cluster: The patient.
        count: People a row.
        case: Identifies a case; must not repeat.
        by: Attributes of subgroups.
    """

    label: str
    score: str
    positive: str = ""
    negative: str = ""
    cluster: str = ""
    count: str = ""
    case: str = ""
    by: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """All that are named."""
        named = [self.label, self.score, self.cluster, self.count, self.case, *self.by]
        return [name for name in named if name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the estimators take, aligned by row, and what was noticed on the way.

    Attributes:
        label: 1 or 0.
        score: Numbers.
        count: People a row; None for one each.
        cluster: Patients; None for separate people.
        by: Attribute to its values as text; blank is ``missing``.
        warnings: What a person should look at.
    """

    label: pd.Series[int]
    score: pd.Series[float]
    count: pd.Series[int] | None
    cluster: pd.Series[str] | None
    by: dict[str, pd.Series[str]]
    warnings: tuple[Warned, ...]


def read(path: Path, roles: Roles) -> Rows:
    """Read the named columns.

    Raises:
        DataError: What cannot be used, by column and count.
    """
    used, name = door.load(path, roles.columns), str(path)
    _require_once(used, roles, name)
    _require_few(used, roles, name)
    score = door.numbers(used, roles.score, name)
    warnings = [*door.coded_missing(score, roles.score), *_codes(used, roles)]
    label, noticed = labels.read(
        used[roles.label], roles.label, name, positive=roles.positive, negative=roles.negative
    )
    warnings += noticed
    count = _count(used, roles, name)
    kept = label.notna() & score.notna()
    if count is not None:
        kept &= count.notna() & (count > 0)
    warnings += _excluded(used, roles, kept)
    if not kept.any():
        raise DataError(name, ["no row has both a label and a score"])
    return Rows(
        label=label[kept].astype(int),
        score=score[kept],
        count=None if count is None else count[kept].astype(int),
        cluster=_cluster(used, roles, kept, name),
        by={column: used.loc[kept, column].fillna("missing") for column in roles.by},
        warnings=tuple(warnings),
    )


def _require_once(frame: pd.DataFrame, roles: Roles, name: str) -> None:
    if not roles.case:
        return
    ids = frame[roles.case]
    again = int(ids.dropna().duplicated().sum())
    if again:
        example = ids[ids.duplicated() & ids.notna()].iloc[0]
        fault = (
            f"column '{roles.case}': {again:,} rows repeat the id of another case (such as "
            f"'{example}'). If they are cases of one patient, name the patient's column with "
            "--cluster; if they are copies, remove them"
        )
        raise DataError(name, [fault])


def _require_few(frame: pd.DataFrame, roles: Roles, name: str) -> None:
    faults = [
        f"column '{column}' has {size:,} values: subgroups of it would say nothing"
        for column in roles.by
        if (size := int(frame[column].nunique())) > MOST
    ]
    if faults:
        raise DataError(name, faults)


def _codes(frame: pd.DataFrame, roles: Roles) -> list[Warned]:
    """Codes of *missing* in attributes that are numbers throughout."""
    import pandas as pd

    found: list[Warned] = []
    for column in roles.by:
        values = pd.to_numeric(frame[column], errors="coerce").astype(float)
        if not (values.isna() & frame[column].notna()).any():
            found += door.coded_missing(values, column)
    return found


def _count(frame: pd.DataFrame, roles: Roles, name: str) -> pd.Series[float] | None:
    if not roles.count:
        return None
    count = door.numbers(frame, roles.count, name)
    bad = count.notna() & ((count < 0) | (count % 1 != 0))
    if bad.any():
        fault = (
            f"column '{roles.count}': {int(bad.sum()):,} values are negative or no whole numbers "
            f"(such as {count[bad].iloc[0]:g}). A count is people a row; weights are not taken"
        )
        raise DataError(name, [fault])
    return count


def _cluster(
    frame: pd.DataFrame, roles: Roles, kept: pd.Series[bool], name: str
) -> pd.Series[str] | None:
    if not roles.cluster:
        return None
    cluster = frame.loc[kept, roles.cluster]
    if missing := int(cluster.isna().sum()):
        raise DataError(
            name, [f"column '{roles.cluster}': {missing:,} rows name no patient; fill them in"]
        )
    return cluster


def _excluded(frame: pd.DataFrame, roles: Roles, kept: pd.Series[bool]) -> list[Warned]:
    from validation.estimate import Warned

    if kept.all():
        return []
    columns = [c for c in (roles.label, roles.score, roles.count) if c]
    blank = frame[columns].isna()
    found = []
    if lost := int(blank.any(axis=1).sum()):
        parts = ", ".join(f"'{c}' {int(blank[c].sum()):,}" for c in columns if blank[c].any())
        message = f"{lost:,} rows with a missing value are excluded (missing: {parts})."
        held = tuple(c for c in columns if blank[c].any())
        found.append(Warned(code="missing-values", message=message, columns=held, count=lost))
    if rest := int((~kept).sum()) - lost:
        message = f"{rest:,} rows are neither positive nor negative, or count nobody: excluded."
        found.append(
            Warned(code="excluded-rows", message=message, columns=(roles.label,), count=rest)
        )
    return found
