"""At which ages a window is judged, and until when labels reopen it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from policies.labels import LabelPlan


def due(plan: LabelPlan, last_day: dt.date, today: dt.date) -> list[int]:
    """The ages of the plan that a window has reached, in days after its last day, rising.

    Args:
        plan: When windows are judged.
        last_day: The window's last day.
        today: The day of counting; the window has whole days only behind it.
    """
    age = (today - last_day).days
    return [days for days in plan.judged_after_days if days < age]


def open_until(plan: LabelPlan, last_day: dt.date) -> dt.date:
    """The last day on which labels that come, or are revised, reopen a window.

    Args:
        plan: When windows are judged.
        last_day: The window's last day.
    """
    import datetime as dt

    return last_day + dt.timedelta(days=plan.judged_after_days[-1] + plan.reopen_days)
