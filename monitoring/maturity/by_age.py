"""A window as it looked at several ages: its endpoints on the labels that were known by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import endpoints as ruler
from validation.binary.proportion import proportion
from validation.choices import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.choices import Choices
    from validation.estimate import Estimate

AGES = (0, 7, 14, 30, 60, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The cases of a window, with the day on which each label became known.

    Attributes:
        label: 1 or 0, one a row; not looked at before it was known.
        score: One a row.
        count: People a row.
        known: Day on which the label became known; NaN where it did not (`known.known_day`).
        patient: Of each row, where patients repeat; else None.
    """

    label: np.ndarray
    score: np.ndarray
    count: np.ndarray
    known: np.ndarray
    patient: np.ndarray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAge:
    """A window at one age.

    Attributes:
        age: Days after the window's last day.
        completeness: The share of its labels known by then.
        estimates: Endpoints on the cases whose labels were known.
    """

    age: float
    completeness: Estimate
    estimates: tuple[Estimate, ...]


def by_age(
    cases: Labelled,
    last_day: float,
    *,
    endpoints: Sequence[str],
    thresholds: Sequence[float],
    ages: Sequence[float] = AGES,
    until: float | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> list[AtAge]:
    """Endpoints of one window at several ages.

    Endpoints on part of the labels are those of a biased sample where positives and negatives do
    not come equally late (`outcome`): read them beside their completeness.

    Args:
        cases: Of the window.
        last_day: Of the window, as `known.as_number` counts days.
        endpoints: Names.
        thresholds: Operating points.
        ages: Days after the last day.
        until: The day of counting; later ages are left out.
        confidence: Of the intervals.
        choices: Methods of the intervals.
    """
    ages = [age for age in ages if until is None or last_day + age <= until]
    found = []
    for age in ages:
        there = cases.known <= last_day + age
        people, come = int(cases.count.sum()), int(cases.count[there].sum())
        estimates = ruler.evaluate(
            cases.label[there],
            cases.score[there],
            cases.count[there],
            endpoints=endpoints,
            thresholds=thresholds,
            confidence=confidence,
            cluster=_part(cases.patient, there),
            choices=choices,
        )
        share = proportion(
            "label-completeness", come, people, positives=come, confidence=confidence
        )
        found.append(AtAge(age=age, completeness=share, estimates=estimates))
    return found


def _part(patient: np.ndarray | None, which: np.ndarray) -> np.ndarray | None:
    """Patients of part of the rows, counted anew; None where there are none."""
    import numpy as np

    if patient is None or not which.any():
        return None
    return np.asarray(np.unique(patient[which], return_inverse=True)[1]).ravel()
