"""The layout of a plan under surveillance, and the file that carries it to a site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evidence.errors import DataError, UsageError
from evidence.records import ValidationRun
from monitoring import schedule
from monitoring.summary.layout import Layout
from policies.plan import Schedule

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from evidence.records import Body
    from monitoring.schedule import Window
    from monitoring.surveillance import Surveillance

FORMAT = "site-layout/1"


def layout_of(watch: Surveillance, score: str | None = None) -> Layout:
    """The layout of what is watched.

    Args:
        watch: The plan, its frozen set and the model's run on it.
        score: Column of the score, where the specification names none.

    Raises:
        UsageError: The plan watches a model that writes.
    """
    if not isinstance(watch.baseline, ValidationRun):
        raise UsageError("Summaries are made of models that give a score; this plan has 'texts'.")
    return Layout.of(
        watch.frozen,
        watch.baseline.curves["score_summary"],
        thresholds=[point.threshold for point in watch.plan.operating_points],
        by=[name for rule in watch.plan.gaps for name in rule.by],
        score=score,
    )


def carried(layout: Layout, windows: Schedule) -> Body:
    """The file that a site needs, and all of it: no row, no key."""
    return {
        "format": FORMAT,
        "layout": layout.body(),
        "digest": layout.digest,
        "schedule": windows.model_dump(mode="json"),
    }


def read(path: Path) -> tuple[Layout, Schedule]:
    """The layout and windows of such a file.

    Raises:
        DataError: It is none, or was changed.
    """
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(str(path), ["cannot be read as JSON"]) from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise DataError(str(path), [f"is no layout for sites ('format' is not {FORMAT})"])
    layout = Layout.read(body["layout"], str(path))
    if layout.digest != body["digest"]:
        raise DataError(str(path), ["was changed: its digest is not of its layout"])
    return layout, Schedule.model_validate_json(json.dumps(body["schedule"]))


def window(windows: Schedule, label: str, today: dt.date) -> Window:
    """The window of a label.

    Raises:
        UsageError: The schedule has none of that name that has ended.
    """
    ended = list(schedule.windows(windows, today))
    for one in ended:
        if one.label == label:
            return one
    last = f"; the newest that has ended is {ended[-1].label}" if ended else ""
    raise UsageError(f"The plan has no ended window '{label}' (every {windows.every}){last}.")
