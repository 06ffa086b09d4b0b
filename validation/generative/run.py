"""The protocol run of a model that writes answers or reports, step by step; the order is the proof.

As in `protocol`: policies are registered, independence and the frozen bytes are checked, the look
is written down, and only then are set and outputs opened. Running again with the same inputs gives
the same record, not a second one; a run that was killed resumes the look it had opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import UsageError
from evidence.records import GenerativeRun
from policies import registration
from policies.clinical_findings import ClinicalFindings
from policies.generative import FINDINGS, TASKS, GenerativePolicy
from policies.text_set import IMAGE, TextSetSpec
from validation import freeze, protocol
from validation import look as looks
from validation.generative import measurement, outputs
from validation.generative.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evidence.records import Look, ModelLock, Record, ReferenceFreeze
    from evidence.store import Store
    from evidence.trail import AuditTrail
    from policies.policy import PolicyFile
    from validation.generative.outputs import Outputs, OutputsFile


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerativeProtocol:
    """What one run is made of.

    Attributes:
        lock: The model to judge.
        frozen: The reference set of texts.
        policies: ``generative`` and, where findings are measured, ``clinical_findings``.
        outputs: What the model wrote.
    """

    lock: ModelLock
    frozen: ReferenceFreeze
    policies: Sequence[PolicyFile]
    outputs: OutputsFile

    @property
    def policy(self) -> GenerativePolicy:
        """The acceptance criteria.

        Raises:
            UsageError: The workspace has none.
        """
        for file in self.policies:
            if isinstance(file.value, GenerativePolicy):
                return file.value
        raise UsageError("There is no policies/generative.yaml: nothing to judge by.")

    @property
    def vocabulary(self) -> ClinicalFindings | None:
        """The vocabulary of clinical findings, if there is one."""
        found = [f.value for f in self.policies if isinstance(f.value, ClinicalFindings)]
        return found[0] if found else None

    @property
    def key(self) -> str:
        """The digest of all inputs: the same key is the same run."""
        return digests.of_value(
            {
                "model": self.lock.digest,
                "reference": self.frozen.digest,
                "policies": {file.name: file.digest for file in self.policies},
                "outputs": digests.of_file(self.outputs.path),
                "response": self.outputs.response,
                "condition": self.outputs.condition,
            }
        )


def execute(
    asked: GenerativeProtocol,
    trail: AuditTrail,
    store: Store,
    *,
    at: str,
    actor: str,
    progress: Callable[[str], None] = lambda _: None,
) -> Record:
    """Run the protocol and write its record.

    Raises:
        OutOfOrderError: A policy was edited after registration, or patients repeat unheeded.
        BrokenTrailError: The frozen set is not what was frozen.
        DataError: Outputs do not fit the frozen cases.
    """
    progress("checking policies and digests")
    frozen, policy = asked.frozen, asked.policy
    looks.require_independent(frozen, asked.lock, store)
    looks.require_design(frozen, policy.clusters, policy.policy)
    spec = TextSetSpec.model_validate(frozen.spec)
    _require_fit(asked, spec)
    store.get(frozen.digest, f"reference set {frozen.name}")
    used = registration.require(trail, asked.policies, at=at, actor=actor)
    written = outputs.read(asked.outputs, spec.case, policy.condition)
    key = asked.key
    if done := _find(trail, key):
        return done
    look = looks.open_look(trail, frozen, asked.lock, used, key, at=at, actor=actor)
    progress(f"look {look.number} at reference set {frozen.name}: comparing outputs")
    frame = freeze.open_frozen(store, frozen)[0]
    brought = outputs.align(written, asked.outputs, frame[spec.case], policy.condition)
    progress("measuring endpoints, subgroups and modalities")
    sample = Sample(frame=frame, spec=spec, outputs=brought, vocabulary=asked.vocabulary)
    run = _run(asked, sample, look, used)
    run = replace(run, files={"outputs": store.put_file(asked.outputs.path)})
    trail.append([run], at=at, actor=actor, once=key)
    found = _find(trail, key)
    if found is None:
        raise RuntimeError("the run that was just written is not in the trail")
    return found


def _require_fit(asked: GenerativeProtocol, spec: TextSetSpec) -> None:
    """Refuse endpoints and columns that the reference set cannot have, all at once.

    Raises:
        UsageError: Which, and what there is.
    """
    frozen, policy = asked.frozen, asked.policy
    there = TASKS[frozen.task]
    faults = [
        f"endpoint {name}, which a reference set of {frozen.task} cannot have (there are: "
        f"{', '.join(there)})"
        for name in policy.endpoints
        if name not in there
    ]
    columns = spec.columns()
    named = dict.fromkeys([*policy.attributes, *(c.by for c in policy.consistency)])
    faults += [
        f"column '{name}', which reference set {frozen.name} does not hold (it holds: "
        f"{', '.join(columns)})"
        for name in named
        if name not in columns and not name.startswith(IMAGE)
    ]
    if asked.vocabulary is None and any(name in FINDINGS for name in policy.endpoints):
        faults.append(
            "findings, while their vocabulary, policies/clinical_findings.yaml, is missing"
        )
    if faults:
        raise UsageError(f"policies/generative.yaml names {'; '.join(faults)}.")


def _find(trail: AuditTrail, key: str) -> Record | None:
    return next((record for record, run in trail.all(GenerativeRun) if run.key == key), None)


def _run(
    asked: GenerativeProtocol, sample: Sample, look: Look, used: dict[str, str]
) -> GenerativeRun:
    frozen, policy = asked.frozen, asked.policy
    brought: Outputs = sample.outputs
    return GenerativeRun(
        key=look.key,
        look=look.number,
        model=asked.lock.model,
        model_digest=asked.lock.digest,
        reference=frozen.name,
        reference_digest=frozen.digest,
        policies=used,
        task=frozen.task,
        scoring=sample.spec.answers.scoring if sample.spec.answers else "",
        condition=policy.condition,
        conditions=sorted(brought.texts),
        accounting=frozen.accounting,
        outputs=brought.counts,
        columns={"response": asked.outputs.response, "condition": asked.outputs.condition},
        software=protocol.software(),
        **measurement.judged(sample, policy),
    )
