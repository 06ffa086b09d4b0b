"""After a run: its windows as metrics on the locked model's MLflow run, never failing it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import ModelLock, Record
    from policies.workspace import Workspace


def log(space: Workspace, lock: ModelLock, written: Sequence[Record]) -> None:
    """Log recorded windows; at the first fault the rest is left, and a sentence goes to stderr."""
    if lock.external or not written:
        return
    from evidence.records import MonitoringRun
    from monitoring import tracking
    from policies import minimum_cell
    from validation.lock import Registry

    registry, minimum = Registry(space.registry_uri), minimum_cell.of_trail(space.trail)
    for record in written:
        run = MonitoringRun.read(record.body)
        done = tracking.log(run, lock, registry, at=record.at, minimum=minimum)
        if done.fault:
            sys.stderr.write(f"mlflow: {done.words}\n")
            return
