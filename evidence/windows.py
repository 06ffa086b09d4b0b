"""The windows of a trail as they stand: of each the record that judged it last.

A window is judged anew when labels come or are revised; every record stays in the trail, and what
is derived from windows (triggers, documents, the timeline) takes the newest of each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evidence.records import MonitoringRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.records import Body, Record
    from evidence.store import Store
    from evidence.trail import AuditTrail

WORD = "summaries"  # of the file behind a record


def newest(trail: AuditTrail, model: str = "") -> list[tuple[Record, MonitoringRun]]:
    """The last judging of each window, in the order of their first days.

    Args:
        trail: Where they are.
        model: ``NAME/VERSION``; of all models when empty.
    """
    return newest_of(trail.all(MonitoringRun), model)


def newest_of(
    judged: Iterable[tuple[Record, MonitoringRun]], model: str = ""
) -> list[tuple[Record, MonitoringRun]]:
    """The same, of judgings that were read already.

    Args:
        judged: In the trail's order.
        model: As above.
    """
    found: dict[tuple[str, str, str, str], tuple[Record, MonitoringRun]] = {}
    for record, run in judged:
        if model and run.model != model:
            continue
        found[run.model_digest, run.reference_digest, run.window["start"], run.window["end"]] = (
            record,
            run,
        )
    return sorted(found.values(), key=lambda pair: (pair[1].window["start"], pair[0].seq))


def version(run: MonitoringRun) -> int:
    """Which judging of its window a run is, counted from 1."""
    return int(run.stage.get("version", 1))


def summaries(run: MonitoringRun, store: Store) -> Body:
    """The counts of a window's columns: in the file behind the record, or in early records itself.

    Raises:
        BrokenTrailError: The file is not what was written.
    """
    if WORD not in run.files:
        return run.summaries
    found: Body = json.loads(store.get(run.files[WORD], f"counts of window {run.window['label']}"))
    return found
