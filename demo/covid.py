"""The first story: a real model through its whole life, by the same functions as the commands.

Lock, freeze, register, validate, watch eight months, decide, lock a second version, validate it
against the first, issue the documents. Nothing in here tells the rules what to find.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import demo
from change_control import board
from demo import train
from demo.stage import issued, lay
from evidence.records import MonitoringRun, Trigger, ValidationRun
from monitoring import surveillance
from monitoring.design import promised
from monitoring.source import opening
from policies import in_force, reader, registration
from policies.change_control import ChangeControlPolicy
from policies.dataset import DataQualityPolicy, DatasetSpec
from reports import issue
from validation import freeze, independence, lock, protocol
from validation.protocol import Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from demo.stage import Stage
    from evidence.records import Record

REFERENCE = "covid-april"
FIRST, SECOND = f"{train.NAME}/1", f"{train.NAME}/2"
AGE = "age_60_and_above"
STEPS = 8
REASON = (
    "The age answer stopped arriving. A version that does without it is trained on the same days, "
    "locked, and validated against this one before use."
)


def prepare(folder: Path) -> None:
    """Lay the demo's workspace: descriptions, policies, the reference week, production data.

    Raises:
        AssuranceError: The folder holds something else.
    """
    lay(folder, "workspace_covid")
    with as_file(files(demo) / "data" / "covid_il_symptoms") as data:
        shutil.copyfile(data / "README.md", folder / "DATA.md")
        shutil.copyfile(data / "tests_snapshot_2020-05-04.csv.gz", folder / "reference.csv.gz")
        shutil.copyfile(data / "tests_snapshot_2020-11-15.csv.gz", folder / "production.csv.gz")


def tell(stage: Stage) -> dict[str, Any]:
    """Tell the whole story; told again, it adds nothing that is there already.

    Returns:
        What ``tplc demo --json`` prints.
    """
    begun = time.monotonic()
    _plan_changes(stage)
    _model(stage, FIRST, (), "training and locking version 1", 0)
    _freeze(stage)
    _validate(stage, FIRST, None, 2)
    _watch(stage)
    _decide(stage)
    _model(stage, SECOND, (AGE,), "training and locking version 2", 5)
    _validate(stage, SECOND, FIRST, 6)
    documents = issued(stage, issue.DOCUMENTS, STEPS)
    stage.progress("done", STEPS, STEPS)
    return _told(stage, documents, time.monotonic() - begun)


def _plan_changes(stage: Stage) -> None:
    """Register the change control plan before the first version is locked: it is predetermined."""
    file = stage.workspace.policy("change_control")
    registration.register(stage.workspace.trail, file, at=stage.at, actor=stage.actor)


def _spec(stage: Stage) -> DatasetSpec:
    return reader.read(stage.workspace.folder / "dataset.yaml", DatasetSpec)


def _model(stage: Stage, model: str, without: tuple[str, ...], words: str, step: int) -> None:
    trail, folder = stage.workspace.trail, stage.workspace.folder
    if model in {found.model for _, found in lock.locks(trail)}:
        return
    stage.progress(words, step, STEPS)
    registry, spec = lock.Registry(stage.workspace.registry_uri), _spec(stage)
    cohort = train.training_data(folder / "reference.csv.gz", spec)
    uri = train.register(registry, cohort, spec, stage.workspace.hidden / "mlflow", without=without)
    facts, marks = independence.training(cohort, spec, stage.workspace.store)
    value = lock.from_mlflow(registry, uri)
    value = replace(value, training=value.training | facts, files=value.files | marks)
    lock.record(trail, value, at=stage.at, actor=stage.actor)


def _freeze(stage: Stage) -> None:
    stage.progress("freezing the reference set", 1, STEPS)
    trail, folder = stage.workspace.trail, stage.workspace.folder
    quality = stage.workspace.policy("data_quality").value
    if not isinstance(quality, DataQualityPolicy):
        raise TypeError("data_quality.yaml holds another policy")
    frozen = freeze.freeze(
        folder / "reference.csv.gz",
        REFERENCE,
        _spec(stage),
        (folder / "dataset.yaml").read_text(encoding="utf-8"),
        quality,
        [found for _, found in lock.locks(trail)],
        stage.workspace.store,
    )
    freeze.record(trail, frozen, at=stage.at, actor=stage.actor)


def _validate(stage: Stage, model: str, against: str | None, step: int) -> None:
    trail, space = stage.workspace.trail, stage.workspace
    stage.progress(f"validating {model}", step, STEPS)
    asked = Protocol(
        lock=lock.find(trail, model),
        frozen=freeze.find(trail, REFERENCE),
        policies=[space.policy("validation"), space.policy("fairness")],
        against=lock.find(trail, against) if against else None,
    )
    registry = lock.Registry(space.registry_uri)
    protocol.execute(asked, trail, space.store, registry, at=stage.at, actor=stage.actor)


def _watch(stage: Stage) -> None:
    space = stage.workspace
    watch = surveillance.prepare(space.trail, space.policies, at=stage.at, actor=stage.actor)
    stage.progress("surveillance: what the plan promises", 3, STEPS)
    promised.record(watch, space.trail, at=stage.at, actor=stage.actor)

    def step(words: str, _done: int, _of: int) -> None:
        stage.progress(f"surveillance: {words}", 3, STEPS)

    surveillance.execute(
        watch,
        opening.opened(watch.plan.source, space.folder, {}),
        space.trail,
        space.store,
        lock.Registry(space.registry_uri),
        today=stage.today,
        at=stage.at,
        actor=stage.actor,
        progress=step,
    )


def _decide(stage: Stage) -> None:
    stage.progress("deciding on the lost answer", 4, STEPS)
    policy = stage.workspace.policy("change_control").value
    if not isinstance(policy, ChangeControlPolicy):
        raise TypeError("change_control.yaml holds another policy")
    trail = stage.workspace.trail
    for case in board.cases(trail, policy, in_force.access(trail)):
        if case.trigger.cause == f"missingness:{AGE}" and not case.closed:
            board.decide(
                trail,
                policy,
                case.trigger.id,
                "modify-under-pccp",
                REASON,
                follow_up=SECOND,
                at=stage.at,
                actor=stage.actor,
            )
            return


def _told(stage: Stage, documents: list[Record], seconds: float) -> dict[str, Any]:
    trail = stage.workspace.trail
    return {
        "workspace": str(stage.workspace.folder),
        "documents": [str(stage.workspace.documents / r.body["path"]) for r in documents],
        "validations": [
            {"model": run.model, "reference": run.reference, "verdict": run.verdict}
            for _, run in trail.all(ValidationRun)
        ],
        "windows": [run.window["label"] for _, run in trail.all(MonitoringRun)],
        "triggers": [
            {
                "id": t.id,
                "window": t.window,
                "cause": t.cause,
                "severity": t.severity,
                "statement": t.statement,
            }
            for _, t in trail.all(Trigger)
        ],
        "seconds": round(seconds, 1),
    }
