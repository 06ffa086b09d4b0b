"""Windows as MLflow metrics on the run that made the locked model.

The run is the one that the registry has for the locked version. A window is one step, the days from
1 January 1970 to its last day; its metrics are logged once. A window that is recorded again, when
labels came or were revised, is logged again at the same step with its own time. MLflow shows what
happened; the evidence is the trail: a store that is away fails nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.metrics.families import small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.records import Body, ModelLock, MonitoringRun
    from validation.lock import Registry

PREFIX = "tplc."
MARK = f"{PREFIX}n"  # logged with every window, whatever else could be measured
EPOCH = dt.date(1970, 1, 1)
MOST = 1_000  # metrics that MLflow takes in one batch
LONGEST = 250  # signs of a metric's name
_STRANGE = re.compile(r"[^\w\-. /:]")  # what MLflow does not take in a name
# A store that does not answer is given up soon: the night has other work.
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What became of a window.

    Attributes:
        metrics: How many were logged.
        words: Why none, in words; empty when they were.
        fault: Whether the store failed.
    """

    metrics: int = 0
    words: str = ""
    fault: bool = False


def log(
    run: MonitoringRun, lock: ModelLock, registry: Registry, *, at: str, minimum: int
) -> Logged:
    """Log a recorded window.

    Args:
        run: The window.
        lock: The model's lock.
        registry: Where the model is registered.
        at: When the window was recorded, UTC ISO 8601.
        minimum: What fewer people stand behind is left out.
    """
    if lock.external:
        return Logged(words=f"Model {lock.model} is external: it has no run in MLflow.")
    if 0 < run.cases < minimum:
        return Logged(words=f"Window {run.window['label']} has fewer than {minimum} cases.")
    day = dt.date.fromisoformat(run.window["end"])
    moment = int(dt.datetime.fromisoformat(at).timestamp() * 1000)
    try:
        with _impatient():
            return _log(lock, registry, values(run, minimum), (day - EPOCH).days, moment)
    except Exception as error:  # noqa: BLE001 - whatever the store raises, the night goes on
        words = f"MLflow took no metrics ({type(error).__name__}); the trail has them."
        return Logged(words=words, fault=True)


def _log(
    lock: ModelLock, registry: Registry, found: dict[str, float], step: int, moment: int
) -> Logged:
    from mlflow.entities import Metric

    client = registry.client()
    name = client.get_model_version(lock.name, lock.version).run_id
    if not name:
        return Logged(words=f"Model version {lock.model} was registered without a run.")
    history = client.get_metric_history(name, MARK)
    if any((known.step, known.timestamp) == (step, moment) for known in history):
        return Logged(words="This window was logged before.")
    # The mark goes last: a process that is killed in between logs all of it again, and MLflow
    # keeps a metric of the same name, step, time and value once.
    ordered = sorted(found, key=lambda key: (key == MARK, key))
    metrics = [Metric(key, found[key], moment, step) for key in ordered]
    for first in range(0, len(metrics), MOST):
        client.log_batch(name, metrics=metrics[first : first + MOST])
    return Logged(metrics=len(metrics))


def values(run: MonitoringRun, minimum: int) -> dict[str, float]:
    """The metrics of a window by name: its cases, overall endpoints with bounds, drift a column.

    Args:
        run: The window.
        minimum: What fewer people stand behind is left out.
    """
    found = {MARK: float(run.cases)}
    for body in run.estimates:
        if body["subgroup"] == "overall" and not small(body, minimum):
            found |= _estimate(body)
    for body in run.drift:
        if body["value"] is not None:
            found.setdefault(_name("drift", body["column"]), float(body["value"]))
    return found


def _estimate(body: Body) -> dict[str, float]:
    at = "" if body.get("threshold") is None else f"at-{body['threshold']:g}"
    parts = [body["endpoint"], at] if at else [body["endpoint"]]
    bounds = (("", "value"), ("low", "low"), ("high", "high"))
    return {
        _name(*parts, *filter(None, [bound])): float(body[key])
        for bound, key in bounds
        if body[key] is not None
    }


def _name(*parts: str) -> str:
    return _STRANGE.sub("_", PREFIX + ".".join(parts))[:LONGEST]


@contextmanager
def _impatient() -> Iterator[None]:
    """MLflow's client gives up soon, for as long as this lasts."""
    before = {name: os.environ.get(name) for name in PATIENCE}
    os.environ.update(PATIENCE)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
