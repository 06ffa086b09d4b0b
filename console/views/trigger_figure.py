"""The figure of a trigger, drawn once for as long as its model's windows stay as they are."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.views.watching import watching
from evidence.records import MonitoringRun
from policies import minimum_cell

if TYPE_CHECKING:
    from change_control.board import Case
    from console.views.reading import Reading
    from evidence.records import Body

BEFORE, AFTER = 14, 9  # windows that are drawn beside the trigger's own
KEPT = 64  # figures


@dataclass(slots=True)
class _Drawn:
    figures: OrderedDict[tuple[int, int], Body | None] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)  # matplotlib has one state


def figure(seen: Reading, case: Case) -> Body | None:
    """What a trigger is about, over the windows around it; none where no number was recorded.

    Args:
        seen: What the request sees.
        case: The trigger.

    Returns:
        ``svg``, ``caption`` and ``alt``.
    """
    drawn = seen.trail.derived("trigger figures", _Drawn)
    model = watching(seen).models.get(case.trigger.model)
    key = (case.record.seq, model.through if model else 0)
    with drawn.lock:
        if key not in drawn.figures:
            drawn.figures[key] = _draw(seen, case)
            while len(drawn.figures) > KEPT:
                drawn.figures.popitem(last=False)
        drawn.figures.move_to_end(key)
        return drawn.figures[key]


def _draw(seen: Reading, case: Case) -> Body | None:
    from reports import cause_figure

    return cause_figure.draw(
        case.trigger.finding,
        _around(seen, case),
        threshold=_threshold(seen, case),
        minimum=minimum_cell.of_trail(seen.trail),
    )


def _around(seen: Reading, case: Case) -> list[MonitoringRun]:
    """The windows around a trigger's, whole; of its own, the judging that raised it."""
    model = watching(seen).models.get(case.trigger.model)
    if model is None or case.trigger.window not in model.spans:
        return []
    spans = sorted(model.runs)
    place = spans.index(model.spans[case.trigger.window])
    numbers = [
        case.run.seq if case.run and n == place else model.runs[spans[n]][0].seq
        for n in range(max(0, place - BEFORE), min(len(spans), place + AFTER + 1))
    ]
    values = [seen.record(number).value() for number in numbers]
    return [value for value in values if isinstance(value, MonitoringRun)]


def _threshold(seen: Reading, case: Case) -> float | None:
    """The score's threshold at the operating point that the finding names."""
    point = case.trigger.finding.get("subject", "").partition("@")[2]
    model = watching(seen).models.get(case.trigger.model)
    if not point or model is None or case.trigger.window not in model.spans:
        return None
    plan = watching(seen).plans.of(model.runs[model.spans[case.trigger.window]][1])
    points = plan.operating_points if plan else []
    return next((each.threshold for each in points if each.name == point), None)
