"""One period's production data, checked by the frozen set's expectations.

Production data are read by the same specification as the reference set. A broken expectation is a
finding here, not a refusal: the patients were treated all the same.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import DataError, UsageError
from monitoring.source.contract import Period
from policies.dataset import DatasetSpec
from validation import expectations, table
from validation.table import COUNT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from evidence.records import Body, ReferenceFreeze
    from monitoring.schedule import Window
    from monitoring.source.contract import Source
    from policies.dataset import DataQualityPolicy
    from validation.table import Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A source of production data, read once for all windows that are due.

    Attributes:
        name: The source's name.
        digest: The digest of its bytes, or rows.
        spec: The roles, those of the reference set.
        frame: Its typed rows of the days that were asked for.
    """

    name: str
    digest: str
    spec: DatasetSpec
    frame: pd.DataFrame

    def cohort(self, window: Window, *, labelled: bool = True) -> Cohort:
        """The window's cases, and what was excluded.

        Args:
            window: The period.
            labelled: Whether only cases whose reference standard is known are kept.
        """
        period = (window.start, window.end)
        found = table.cohort(self.frame, self.spec, period=period, labelled=labelled)
        outside = f"outside the period {window.start} to {window.end}"
        # Other windows' rows say nothing about this one: count from its own rows.
        steps = [s for s in found.accounting if s["step"] not in (outside, "rows read")]
        read = {
            "step": "rows read in the window",
            "kind": "read",
            "rows": sum(s["rows"] for s in steps),
            "cases": sum(s["cases"] for s in steps),
        }
        return dataclasses.replace(found, accounting=[read, *steps])


def read(
    source: Source,
    frozen: ReferenceFreeze,
    waiting: Sequence[Window],
    extra: Sequence[str] = (),
) -> Production:
    """Read and type what a source holds of some windows.

    Args:
        source: Production data.
        frozen: The reference set, whose roles hold.
        waiting: The windows, oldest first.
        extra: Columns that the plan names beyond them.

    Raises:
        DataError: Columns missing or values that do not fit, by column and count.
        UsageError: The reference set has no column of the day.
    """
    spec = DatasetSpec.model_validate(frozen.spec)
    if not spec.time:
        raise UsageError(
            f"Reference set {frozen.name} has no column of the day, by which production data fall "
            "into windows: name it as 'time' in the specification, and freeze the set again."
        )
    source = source.over(Period(column=spec.time, first=waiting[0].start, last=waiting[-1].end))
    always = [rule for rule in spec.include if rule.applies_to == "always"]
    spec = spec.model_copy(update={"period": None, "include": always})
    columns = [*dict.fromkeys([*spec.columns(), *extra])]
    frame = table.typed(source.frame(columns), spec, source.title)
    return Production(name=source.name, digest=source.digest, spec=spec, frame=frame)


def logged(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """The score that was shown in use.

    Raises:
        DataError: Values that are no numbers from 0 to 1.
    """
    import pandas as pd

    score = pd.to_numeric(frame[column], errors="coerce").astype(float)
    bad = (score.isna() & frame[column].notna()) | (score < 0) | (score > 1)
    if bad.any():
        what = f"column '{column}': {int(bad.sum()):,} rows where the value is no probability"
        raise DataError("production data", [what])
    return score


def check(cohort: Cohort, spec: DatasetSpec, quality: DataQualityPolicy) -> list[Body]:
    """The expectations that the reference set met, on a window's cases."""
    expected = expectations.from_roles(spec)
    expected += expectations.from_policy(quality, list(cohort.frame.columns))
    return expectations.check(cohort.frame, expected) if len(cohort.frame) else []


def missing_since(
    frame: pd.DataFrame, spec: DatasetSpec, column: str, rise: float
) -> dt.date | None:
    """The day on which a column began to be missing more often.

    The least-squares change point of the daily missing share, each day weighed by its people
    (Hinkley, Biometrika 1970; 57: 1-17): a single good day in between does not move it.

    Args:
        frame: The window's cases.
        spec: The roles; without a time column there is no answer.
        column: Which column.
        rise: By how much the mean share after that day must exceed the one before.

    Returns:
        The first day of the later part, or None when nothing rose within the window.
    """
    if not spec.time:
        return None
    absent = frame[COUNT].where(frame[column].isna(), 0)
    days = absent.groupby(frame[spec.time]).sum().sort_index()
    totals = frame.groupby(spec.time)[COUNT].sum().sort_index().to_numpy()
    hits, order = days.to_numpy(), list(days.index)
    best: tuple[float, dt.date] | None = None
    for cut in range(1, len(order)):
        before = hits[:cut].sum() / totals[:cut].sum()
        after = hits[cut:].sum() / totals[cut:].sum()
        # Minus the part of the squared error that the cut explains: smallest is best.
        gain = -float(totals[:cut].sum() * before**2 + totals[cut:].sum() * after**2)
        if after - before >= rise and (best is None or gain < best[0]):
            best = gain, order[cut]
    return best[1] if best else None
