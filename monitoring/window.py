"""One period's production data, checked by the frozen set's expectations.

Production data are read by the same specification as the reference set. A broken expectation is a
finding here, not a refusal: the patients were treated all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from policies.dataset import DatasetSpec
from validation import expectations, table
from validation.table import COUNT

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body, ReferenceFreeze
    from monitoring.schedule import Window
    from policies.dataset import DataQualityPolicy
    from validation.table import Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A source of production data, read once for all windows that are due.

    Attributes:
        name: The file's name.
        digest: The digest of its bytes.
        spec: The roles, those of the reference set.
        frame: All its typed rows.
    """

    name: str
    digest: str
    spec: DatasetSpec
    frame: pd.DataFrame

    def cohort(self, window: Window) -> Cohort:
        """The window's cases, and what was excluded."""
        period = (window.start, window.end)
        found = table.cohort(self.frame, self.spec, period=period)
        outside = f"outside the period {window.start} to {window.end}"
        # Other windows' rows say nothing about this one: count from its own rows.
        steps = [s for s in found.accounting if s["step"] not in (outside, "rows read")]
        read = {
            "step": "rows read in the window",
            "kind": "read",
            "rows": sum(s["rows"] for s in steps),
            "cases": sum(s["cases"] for s in steps),
        }
        return table.Cohort(frame=found.frame, accounting=[read, *steps])


def read(path: Path, frozen: ReferenceFreeze) -> Production:
    """Read and type a source of production data.

    Raises:
        DataError: Columns missing or values that do not fit, by column and count.
    """
    spec = DatasetSpec.model_validate(frozen.spec)
    always = [rule for rule in spec.include if rule.applies_to == "always"]
    spec = spec.model_copy(update={"period": None, "include": always})
    frame = table.typed(table.read(path, spec.columns()), spec, str(path))
    return Production(name=path.name, digest=digests.of_file(path), spec=spec, frame=frame)


def check(cohort: Cohort, spec: DatasetSpec, quality: DataQualityPolicy) -> list[Body]:
    """The expectations that the reference set met, on a window's cases."""
    expected = expectations.from_roles(spec)
    expected += expectations.from_policy(quality, list(cohort.frame.columns))
    return expectations.check(cohort.frame, expected) if len(cohort.frame) else []


def missing_since(
    frame: pd.DataFrame, spec: DatasetSpec, column: str, above: float
) -> dt.date | None:
    """The first day from which a column's missing share stays above a level to the window's end.

    None when there is no time column, or the share falls back before the end.
    """
    if not spec.time:
        return None
    absent = frame[COUNT].where(frame[column].isna(), 0)
    days = absent.groupby(frame[spec.time]).sum() / frame.groupby(spec.time)[COUNT].sum()
    since: dt.date | None = None
    ordered = days.sort_index()
    for day, share in zip(list(ordered.index), ordered.to_numpy(), strict=True):
        if share <= above:
            since = None
        elif since is None:
            since = day
    return since
