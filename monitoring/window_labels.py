"""What was known of a window's labels when it was judged, and how that compares with its age.

Delays are kept by the day in each record, as counts that add up, so that what is expected of a
window is learnt from earlier windows without reading their rows again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from monitoring import cases
from monitoring.maturity import completeness, delays, known, outcome
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from evidence.records import Body, MonitoringRun
    from monitoring.maturity.delays import Delays
    from policies.dataset import DatasetSpec
    from policies.labels import LabelPlan

LOOKED_BACK = 26  # earlier windows that delays are learnt from


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLabels:
    """The labels of a window on a day.

    Attributes:
        body: As the record holds it.
        settled: Whether endpoints may raise findings: complete, or judged for the last time.
        late: What is wrong, where labels are fewer than their age lets expect.
    """

    body: Body
    settled: bool
    late: str = ""


def as_known(
    frame: pd.DataFrame, spec: DatasetSpec, plan: LabelPlan | None, as_of: dt.date
) -> pd.DataFrame:
    """The frame with the labels blank that were not known by the end of a day."""
    if plan is None or not spec.time or not (plan.known or plan.delay_days):
        return frame
    there = known.known_as_of(
        frame, as_of, case_day=spec.time, known=plan.known, delay=plan.delay_days
    )
    return frame.assign(**{LABEL: frame[LABEL].where(there)})


def measure(
    frame: pd.DataFrame,
    spec: DatasetSpec,
    plan: LabelPlan | None,
    earlier: Sequence[MonitoringRun],
    as_of: dt.date,
    *,
    final: bool,
    confidence: float,
) -> WindowLabels:
    """Count the labels of a window and hold them against its age.

    Args:
        frame: Its cases, labels as known on the day.
        spec: The roles.
        plan: Of labels; without one every case has its label.
        earlier: Windows before it, as they stand.
        as_of: The day.
        final: Whether no later judging is planned.
        confidence: Of the intervals.
    """
    import numpy as np

    if plan is None or not spec.time:
        return WindowLabels(body={}, settled=True)
    there = frame[LABEL].notna().to_numpy()
    count = frame[COUNT].to_numpy()
    ages = np.maximum(known.ages(frame, as_of, case_day=spec.time), 0)
    body: dict[str, Any] = {
        "digest": cases.digest(frame, spec),
        "as_of": str(as_of),
        "known": int(count[there].sum()),
        "cases": int(count.sum()),
    }
    if not len(frame):
        return WindowLabels(body=body, settled=final)
    found = completeness.completeness(
        ages, there, learnt(earlier), count, complete_at=plan.complete_at, late_by=plan.late_by,
        confidence=confidence,
    )  # fmt: skip
    body |= {
        "observed": found.observed.to_dict(),
        "expected": found.expected.to_dict(),
        "verdict": found.verdict,
        "statement": found.statement,
    }
    if plan.known or plan.delay_days:
        body |= _delays(frame, spec, plan, ages, there)
    settled = final or found.verdict == "complete"
    body["settled"] = settled
    return WindowLabels(
        body=body, settled=settled, late=found.statement if found.verdict == "late" else ""
    )


def _delays(
    frame: pd.DataFrame, spec: DatasetSpec, plan: LabelPlan, ages: np.ndarray, there: np.ndarray
) -> Body:
    """Delays of the labels that came, ages of the cases that wait, and whether outcomes differ."""
    import numpy as np

    if not spec.time:
        return {}
    day = known.known_day(frame, case_day=spec.time, known=plan.known, delay=plan.delay_days)
    took = np.maximum(day - known.days(frame[spec.time], spec.time), 0)
    took = np.where(there, np.ceil(took), np.nan)
    count = frame[COUNT].to_numpy()
    body: Body = {
        "come": _counted(took[there], count[there]),
        "waiting": _counted(ages[~there], count[~there]),
    }
    if there.any() and len(np.unique(frame[LABEL].to_numpy()[there])) > 1:
        compared = outcome.compare(
            took, ages + 1, frame[LABEL].to_numpy(dtype=float), count, level=plan.outcome_level
        )
        body |= {"depends": compared.depends, "by_outcome": compared.statement}
    return body


def _counted(days: np.ndarray, count: np.ndarray) -> list[list[int]]:
    """People by whole days."""
    import numpy as np

    values, place = np.unique(days.astype(int), return_inverse=True)
    people = np.bincount(place, weights=count, minlength=len(values))
    return [[int(day), int(n)] for day, n in zip(values, people, strict=True)]


def learnt(earlier: Sequence[MonitoringRun]) -> Delays | None:
    """The distribution of the delay over earlier windows; None where no record has any."""
    held = [run.labels for run in earlier if run.labels.get("come")][-LOOKED_BACK:]
    come = [(day, n) for body in held for day, n in body["come"]]
    waiting = [(age, n) for body in held for age, n in body["waiting"]]
    if not come:
        return None
    nothing = float("nan")
    longest = float(max(day for day, _ in [*come, *waiting])) + 1
    found = delays.fit(
        [*(float(day) for day, _ in come), *(nothing for _ in waiting)],
        [*(longest for _ in come), *(float(age) for age, _ in waiting)],
        [*(n for _, n in come), *(n for _, n in waiting)],
    )
    # Labels never go: what was come by the oldest age is the least to expect at any later one, and
    # months differ in length, so that a window may be older than any before it.
    return replace(found, longest=float("inf"))
