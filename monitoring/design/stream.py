"""The streams that charts are designed for, and the pace at which windows come."""

from __future__ import annotations

from dataclasses import dataclass

YEAR = 365.25  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """People that a chart counts, of all cases or of one subgroup.

    Attributes:
        name: ``overall`` or ``attribute=value``.
        cases_a_year: Cases of the group.
        share: Those that the chart counts among them, such as the positives of sensitivity.
        rate: In-control rate of the error or event among those that count; None when unknown.
        low: Lower bound of the rate's interval.
        high: Upper bound.
        origin: Where the rate was measured.
        risks: Expected risks, of a risk-adjusted chart.
        counts: People that have each of them.
        reason: Why there is no rate.
    """

    name: str
    cases_a_year: float
    share: float = 1.0
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    origin: str = ""
    risks: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()
    reason: str = ""

    @property
    def counted_a_year(self) -> float:
        """People that the chart counts."""
        return self.cases_a_year * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When charts and rules are looked at.

    Attributes:
        window_days: Length of a window.
        label_days: Days until a window's labels are known, added to each delay.
    """

    window_days: float
    label_days: float = 0.0

    @property
    def windows_a_year(self) -> float:
        """Windows that end in a year."""
        return YEAR / self.window_days

    def a_window(self, a_year: float) -> float:
        """What comes in a window of what comes in a year."""
        return a_year / self.windows_a_year

    def days(self, windows: float) -> float:
        """Days until something in so many windows is known."""
        return windows * self.window_days + self.label_days
