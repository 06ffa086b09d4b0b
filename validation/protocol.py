"""The validation run, step by step; the order is the proof.

Policies are registered, the model's and the frozen set's bytes are digested again, the look is
written down, and only then is the set opened and the model run. The result is one record. Running
again with the same inputs gives the same record, not a second one; a run that was killed resumes
the look it had opened.
"""

from __future__ import annotations

import platform
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import UsageError
from evidence.records import ReferenceFreeze, ValidationRun
from policies import registration
from policies.criteria import ValidationPolicy
from policies.dataset import DatasetSpec
from policies.fairness import FairnessPolicy
from validation import (
    curves,
    freeze,
    imported,
    judgement,
    lock,
    predict,
)
from validation import look as looks
from validation.measurement import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from evidence.records import Look, ModelLock, Record
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from policies.policy import PolicyFile
    from validation.lock import Registry

_SOFTWARE = ("fairlearn", "great-expectations", "mlflow", "numpy", "pandas", "statsmodels", "tplc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """An external model's predictions.

    Attributes:
        path: CSV, CSV.gz or Parquet.
        score: The column of the score.
    """

    path: Path
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What one validation run is made of.

    Attributes:
        lock: The model to judge.
        frozen: The reference set.
        policies: ``validation`` and, where subgroups are judged, ``fairness``.
        against: A previous locked version to compare with, on the same cases.
        predictions: For an external model.
    """

    lock: ModelLock
    frozen: ReferenceFreeze
    policies: Sequence[PolicyFile]
    against: ModelLock | None = None
    predictions: Predictions | None = None

    @property
    def validation(self) -> ValidationPolicy:
        """The validation policy.

        Raises:
            UsageError: The workspace has none.
        """
        for file in self.policies:
            if isinstance(file.value, ValidationPolicy):
                return file.value
        raise UsageError("There is no policies/validation.yaml: nothing to judge by.")

    @property
    def fairness(self) -> FairnessPolicy | None:
        """The fairness policy, if there is one."""
        values = [f.value for f in self.policies if isinstance(f.value, FairnessPolicy)]
        return values[0] if values else None

    @property
    def key(self) -> str:
        """The digest of all inputs: the same key is the same run."""
        return digests.of_value(
            {
                "model": self.lock.digest,
                "reference": self.frozen.digest,
                "policies": {file.name: file.digest for file in self.policies},
                "against": self.against.digest if self.against else "",
                "predictions": digests.of_file(self.predictions.path) if self.predictions else "",
                "score": self.predictions.score if self.predictions else "",
            }
        )


def execute(
    protocol: Protocol,
    trail: AuditTrail,
    store: Store,
    registry: Registry,
    *,
    at: str,
    actor: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Record:
    """Run the protocol and write its record.

    Raises:
        OutOfOrderError: A policy was edited after registration.
        DigestMismatchError: The model is not what was locked.
        BrokenTrailError: The frozen set is not what was frozen.
        DataError: Predictions do not fit the frozen cases.
    """
    progress("checking policies and digests")
    looks.require_independent(protocol.frozen, protocol.lock, store)
    looks.require_design(protocol.frozen, protocol.validation.clusters, "validation")
    models = _folders(protocol, registry)
    store.get(protocol.frozen.digest, f"reference set {protocol.frozen.name}")
    used = registration.require(trail, protocol.policies, at=at, actor=actor)
    brought = _brought(protocol)  # what is wrong with the file is no look
    key = protocol.key
    if done := _find(trail, key):
        return done
    look = looks.open_look(trail, protocol.frozen, protocol.lock, used, key, at=at, actor=actor)
    progress(f"look {look.number} at reference set {protocol.frozen.name}: predicting")
    frames = freeze.open_frozen(store, protocol.frozen)
    scored = _scores(protocol, frames, models, brought)
    progress("measuring endpoints and subgroups")
    run = _measure(protocol, frames, scored, look, used, key)
    kept = store.put(_scores_parquet({model: each[0] for model, each in scored.items()}))
    trail.append([_with_file(run, kept)], at=at, actor=actor, once=key)
    return _found(trail, key)


def _find(trail: AuditTrail, key: str) -> Record | None:
    return next((record for record, run in trail.all(ValidationRun) if run.key == key), None)


def _found(trail: AuditTrail, key: str) -> Record:
    record = _find(trail, key)
    if record is None:
        raise RuntimeError("the run that was just written is not in the trail")
    return record


def _folders(protocol: Protocol, registry: Registry) -> dict[str, Path]:
    """Digest each model again; its folder where it can run here."""
    wanted = [protocol.lock, *([protocol.against] if protocol.against else [])]
    external = [m.model for m in wanted if m.external]
    if external and protocol.predictions is None:
        raise UsageError(
            f"Model {external[0]} is external: bring its predictions with --predictions FILE "
            "--score COLUMN."
        )
    if protocol.against and protocol.against.external:
        raise UsageError("An external model cannot be the previous version of a comparison yet.")
    return {m.model: lock.folder(registry, m) for m in wanted if not m.external}


def _brought(protocol: Protocol) -> pd.DataFrame | None:
    """The predictions of an external model, read once; None of one that runs here."""
    given = protocol.predictions
    if given is None or not protocol.lock.external:
        return None
    spec = DatasetSpec.model_validate(protocol.frozen.spec)
    return imported.read(given.path, given.score, spec)


def _scores(
    protocol: Protocol,
    frames: Sequence[pd.DataFrame],
    folders: dict[str, Path],
    brought: pd.DataFrame | None,
) -> dict[str, list[pd.Series[float]]]:
    """Each model's scores of each frame, its process started once."""
    spec = DatasetSpec.model_validate(protocol.frozen.spec)
    features = [f.name for f in spec.features]
    with ThreadPoolExecutor() as pool:  # each model is a process of its own
        jobs = {
            model: pool.submit(predict.scores, folder, frames, features, name=model)
            for model, folder in folders.items()
        }
        found = {model: job.result() for model, job in jobs.items()}
    if brought is not None and protocol.predictions:
        path, column = protocol.predictions.path, protocol.predictions.score
        found[protocol.lock.model] = [
            imported.scores(brought, path, column, frame, spec, partly=bool(place))
            for place, frame in enumerate(frames)
        ]
    return found


def _measure(
    protocol: Protocol,
    frames: Sequence[pd.DataFrame],
    scored: dict[str, list[pd.Series[float]]],
    look: Look,
    used: dict[str, str],
    key: str,
) -> ValidationRun:
    policy = protocol.validation
    spec = DatasetSpec.model_validate(protocol.frozen.spec)
    mine = scored[protocol.lock.model]
    sample = Sample(frame=frames[0], score=mine[0].to_numpy(), spec=spec)
    against = protocol.against.model if protocol.against else ""
    previous = scored[against][0].to_numpy() if against else None
    return ValidationRun(
        key=key,
        look=look.number,
        model=protocol.lock.model,
        model_digest=protocol.lock.digest,
        reference=protocol.frozen.name,
        reference_digest=protocol.frozen.digest,
        policies=used,
        against=against,
        accounting=protocol.frozen.accounting,
        curves=curves.draw(sample.label, sample.score, sample.count, policy),
        software=software(),
        incomplete=judgement.incomplete(sample, frames, mine, policy),
        design=judgement.design(sample, policy),
        **judgement.judged(sample, policy, protocol.fairness, against=against, previous=previous),
    )


def software() -> dict[str, str]:
    """The versions that a number depends on."""
    found = {"python": platform.python_version()}
    return found | {name: version(name) for name in _SOFTWARE}


def _scores_parquet(scored: dict[str, pd.Series[float]]) -> bytes:
    import io

    import pandas as pd

    target = io.BytesIO()
    pd.DataFrame(scored).to_parquet(target, index=False, compression="zstd")
    return target.getvalue()


def _with_file(run: ValidationRun, predictions: str) -> ValidationRun:
    from dataclasses import replace

    return replace(run, files={"predictions": predictions})
