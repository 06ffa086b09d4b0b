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
from evidence.errors import OutOfOrderError, UsageError
from evidence.records import Look, ReferenceFreeze, ValidationRun
from policies import registration
from policies.criteria import FairnessPolicy, ValidationPolicy
from policies.dataset import DatasetSpec
from validation import (
    acceptance,
    curves,
    endpoints,
    freeze,
    imported,
    independence,
    lock,
    predict,
    subgroups,
    table,
)
from validation.acceptance import Sizes
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from evidence.records import Body, ModelLock, Record
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from policies.policy import PolicyFile
    from validation.endpoints import Estimate
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
    _require_independent(protocol, store)
    models = _folders(protocol, registry)
    store.get(protocol.frozen.digest, f"reference set {protocol.frozen.name}")
    used = registration.require(trail, protocol.policies, at=at, actor=actor)
    key = protocol.key
    if done := _find(trail, key):
        return done
    look = _look(protocol, trail, used, key, at=at, actor=actor)
    progress(f"look {look.number} at reference set {protocol.frozen.name}: predicting")
    frame = freeze.open_frozen(store, protocol.frozen)
    scored = _scores(protocol, frame, models)
    progress("measuring endpoints and subgroups")
    run = _measure(protocol, frame, scored, look, used, key)
    kept = store.put(_scores_parquet(scored))
    trail.append([_with_file(run, kept)], at=at, actor=actor, once=key)
    return _found(trail, key)


def _find(trail: AuditTrail, key: str) -> Record | None:
    return next((record for record, run in trail.all(ValidationRun) if run.key == key), None)


def _found(trail: AuditTrail, key: str) -> Record:
    record = _find(trail, key)
    if record is None:
        raise RuntimeError("the run that was just written is not in the trail")
    return record


def _require_independent(protocol: Protocol, store: Store) -> None:
    """Training and reference data must not overlap, whichever was locked first."""
    found = independence.compare(freeze.sample(protocol.frozen), protocol.lock, store)
    if found["verdict"] == "overlap":
        raise OutOfOrderError(
            f"Model {protocol.lock.model} was trained on what it would be judged on. "
            f"{found['statement']} Freeze a reference set that the model has not seen."
        )


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


def _look(
    protocol: Protocol, trail: AuditTrail, used: dict[str, str], key: str, *, at: str, actor: str
) -> Look:
    """The look of this run: the one that a killed run left open, or a new one."""
    looks = [look for _, look in trail.all(Look) if look.reference == protocol.frozen.name]
    for look in looks:
        if look.key == key:
            return look
    look = Look(
        reference=protocol.frozen.name,
        reference_digest=protocol.frozen.digest,
        number=len(looks) + 1,
        model=protocol.lock.model,
        model_digest=protocol.lock.digest,
        policies=used,
        key=key,
    )
    trail.append([look], at=at, actor=actor, once=key)
    return look


def _scores(
    protocol: Protocol, frame: pd.DataFrame, folders: dict[str, Path]
) -> dict[str, pd.Series[float]]:
    spec = DatasetSpec.model_validate(protocol.frozen.spec)
    features = [f.name for f in spec.features]
    with ThreadPoolExecutor() as pool:  # each model is a process of its own
        jobs = {
            model: pool.submit(predict.scores, folder, [frame], features, name=model)
            for model, folder in folders.items()
        }
        found = {model: job.result()[0] for model, job in jobs.items()}
    if protocol.lock.external and protocol.predictions:
        brought = protocol.predictions
        found[protocol.lock.model] = imported.scores(brought.path, brought.score, frame, spec)
    return found


def _measure(
    protocol: Protocol,
    frame: pd.DataFrame,
    scored: dict[str, pd.Series[float]],
    look: Look,
    used: dict[str, str],
    key: str,
) -> ValidationRun:
    policy, fairness = protocol.validation, protocol.fairness
    label, count = frame[LABEL].to_numpy(), frame[COUNT].to_numpy()
    score = scored[protocol.lock.model].to_numpy()
    found, gaps, sizes = measured(frame, score, policy, fairness)
    criteria = acceptance.judge(found, policy, sizes)
    if fairness:
        criteria += acceptance.judge_subgroups(found, gaps, fairness, policy, sizes)
    comparisons = _comparisons(protocol, frame, scored)
    counts = fairness.not_evaluable_counts if fairness else True
    judged = [*criteria, *({**c, "policy": "validation"} for c in comparisons)]
    verdict, reason = acceptance.overall(judged, not_evaluable_counts=counts)
    return ValidationRun(
        key=key,
        look=look.number,
        model=protocol.lock.model,
        model_digest=protocol.lock.digest,
        reference=protocol.frozen.name,
        reference_digest=protocol.frozen.digest,
        policies=used,
        against=protocol.against.model if protocol.against else "",
        accounting=protocol.frozen.accounting,
        estimates=[estimate.to_dict() for estimate in found],
        gaps=[gap.to_dict() for gap in gaps],
        comparisons=comparisons,
        criteria=criteria,
        verdict=verdict.value,
        reason=reason,
        curves=curves.draw(label, score, count, policy),
        software=software(),
    )


def measured(
    frame: pd.DataFrame,
    score: np.ndarray,
    policy: ValidationPolicy,
    fairness: FairnessPolicy | None,
) -> tuple[list[Estimate], list[Estimate], dict[str, Sizes]]:
    """Endpoints overall and by subgroup, gaps, and the sizes of each subgroup."""
    label, count = frame[LABEL].to_numpy(), frame[COUNT].to_numpy()
    thresholds = [point.threshold for point in policy.operating_points]
    found = list(
        endpoints.evaluate(
            label,
            score,
            count,
            endpoints=policy.endpoints,
            thresholds=thresholds,
            confidence=policy.confidence,
        )
    )
    sizes = {"overall": Sizes(cases=int(count.sum()), positives=int((count * label).sum()))}
    if fairness is None:
        return found, [], sizes
    groups = {name: list(frame[name]) for name in fairness.attributes}
    result = subgroups.evaluate_by(
        label,
        score,
        count,
        groups,
        endpoints=policy.endpoints,
        thresholds=thresholds,
        confidence=policy.confidence,
    )
    sizes |= _sizes(frame, fairness.attributes)
    return [*found, *result.estimates], list(result.gaps), sizes


def _sizes(frame: pd.DataFrame, attributes: Sequence[str]) -> dict[str, Sizes]:
    found = {}
    for name in attributes:
        for value, rows in frame.groupby(table.groups(frame[name])):
            hits = int((rows[COUNT] * rows[LABEL]).sum())
            found[f"{name}={value}"] = Sizes(cases=int(rows[COUNT].sum()), positives=hits)
    return found


def _comparisons(
    protocol: Protocol, frame: pd.DataFrame, scored: dict[str, pd.Series[float]]
) -> list[Body]:
    """Non-inferiority against a previous version: the lower bound lies above minus the margin."""
    rule = protocol.validation.against_previous
    if protocol.against is None or rule is None:
        return []
    difference = endpoints.paired_auroc_difference(
        frame[LABEL].to_numpy(),
        scored[protocol.lock.model].to_numpy(),
        scored[protocol.against.model].to_numpy(),
        frame[COUNT].to_numpy(),
        confidence=protocol.validation.confidence,
    )
    low = difference.low
    held = low is not None and low > -rule.margin
    return [
        {
            "id": rule.id,
            "against": protocol.against.model,
            "endpoint": "auroc",
            "estimate": difference.to_dict(),
            "margin": rule.margin,
            "statement": (
                f"The AUROC is not inferior to that of {protocol.against.model} by more than "
                f"{rule.margin:g}."
            ),
            "verdict": "pass" if held else ("fail" if low is not None else "not evaluable"),
            "reason": difference.reason
            or f"lower bound of the difference {low:.3f}, margin {-rule.margin:g}",
        }
    ]


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
