"""What the trail holds of a locked version and of the plan: the inputs of `pccp`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from evidence.errors import NotFoundError, UsageError
from evidence.records import GenerativeRun, ModelLock, PolicyRegistration, ValidationRun
from policies import change_control

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.records import Body, Record
    from evidence.trail import AuditTrail
    from policies.change_control import ChangeControlPolicy
    from policies.modification import Modification

JUDGING = ("criteria", "against_previous", "parities", "modalities", "consistency")  # keys with ids
SAID_ELSEWHERE = (*JUDGING, "policy", "version", "title", "operating_points", "error_analysis")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A protocol run with the texts that judged it.

    Attributes:
        seq: Its record.
        value: What was found.
        points: Operating point to threshold; None where the policy's text is not in the trail.
        rules: Id of a criterion or comparison to what it asked; None as for `points`.
        settings: What else those texts say of how is judged: confidence, sizes, clusters.
    """

    seq: int
    value: ValidationRun | GenerativeRun
    points: Mapping[str, float] | None
    rules: Mapping[str, Body] | None
    settings: Body | None

    @property
    def against(self) -> str:
        """The version it was compared with, if any."""
        return getattr(self.value, "against", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A locked version and every protocol run of its bytes, oldest first.

    Attributes:
        seq: Record of the first lock of these bytes.
        lock: The lock, with all that is known of it.
        runs: Its protocol runs.
    """

    seq: int
    lock: ModelLock
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan as it is registered.

    Attributes:
        seq: Record of its registration; 0 when the newest one registered is another text.
        digest: Of its text.
        value: What it says.
        earlier: Each registration of the plan, oldest first: its record and what it said.
    """

    seq: int
    digest: str
    value: ChangeControlPolicy
    earlier: tuple[tuple[int, ChangeControlPolicy], ...]

    def since(self, modification: Modification) -> int:
        """Record from which on the modification stood in the plan as it stands now; 0 if none."""
        first = 0
        for seq, plan in reversed(self.earlier):
            if modification not in plan.modifications:
                break
            first = seq
        return first

    def authorised(self, authority: str, modification: str) -> str:
        """Submission that authorised the modification as it stands now; empty when none did."""
        granted = self.value.authorised_by(authority)
        now = {m.id: m for m in self.value.modifications}.get(modification)
        if granted is None or now is None:
            return ""
        then = [plan for _, plan in self.earlier if plan.version == granted.plan_version]
        return granted.submission if then and now in then[-1].modifications else ""


def read_plan(trail: AuditTrail, value: ChangeControlPolicy, digest: str) -> Plan:
    """The workspace's plan with its registrations.

    Args:
        trail: The trail.
        value: The plan in the workspace.
        digest: Of its text.
    """
    known = [(r, v) for r, v in trail.all(PolicyRegistration) if v.name == "change_control"]
    newest = known[-1] if known else None
    return Plan(
        seq=newest[0].seq if newest and newest[1].digest == digest else 0,
        digest=digest,
        value=value,
        earlier=tuple(
            (r.seq, value if v.digest == digest else _plan(v.text, f"record {r.seq}"))
            for r, v in known
        ),
    )


@lru_cache(maxsize=64)  # a registered text never changes
def _plan(text: str, name: str) -> ChangeControlPolicy:
    return change_control.as_registered(text, name)


def read_version(trail: AuditTrail, model: str) -> Version:
    """A locked version with its runs.

    Raises:
        NotFoundError: It is not locked.
    """
    known = [(record.seq, lock) for record, lock in trail.all(ModelLock) if lock.model == model]
    if not known:
        there = ", ".join(sorted({lock.model for _, lock in trail.all(ModelLock)})) or "none"
        raise NotFoundError(f"Model '{model}' is not locked (locked: {there}).")
    lock = known[-1][1]
    texts = _texts(trail)
    runs: list[tuple[Record, ValidationRun | GenerativeRun]] = [
        *trail.all(ValidationRun),
        *trail.all(GenerativeRun),
    ]
    mine = [(record.seq, run) for record, run in runs if run.model_digest == lock.digest]
    return Version(
        seq=known[0][0],
        lock=lock,
        runs=tuple(_run(seq, run, texts) for seq, run in sorted(mine, key=lambda pair: pair[0])),
    )


def previous(trail: AuditTrail, model: str) -> str:
    """The version of the same model that was locked before this one.

    Raises:
        UsageError: There is none: the comparison must be named.
    """
    order = list(dict.fromkeys(lock.model for _, lock in trail.all(ModelLock)))
    name = model.rpartition("/")[0]
    before = [m for m in order[: order.index(model)] if m.rpartition("/")[0] == name]
    if not before:
        raise UsageError(f"No version of {name} was locked before {model}; name one: --against OLD")
    return before[-1]


def _texts(trail: AuditTrail) -> dict[str, dict[str, Any]]:
    """Registered policies by ``VERSION DIGEST``, as a run names what judged it."""
    return {
        f"{value.version} {value.digest}": _said(value.text)
        for _, value in trail.all(PolicyRegistration)
    }


@lru_cache(maxsize=64)
def _said(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text))


def _run(seq: int, value: ValidationRun | GenerativeRun, texts: dict[str, Any]) -> Run:
    used = [texts.get(name) for name in value.policies.values()]
    if None in used:
        return Run(seq=seq, value=value, points=None, rules=None, settings=None)
    found = [text for text in used if text is not None]
    return Run(
        seq=seq,
        value=value,
        points={
            each["name"]: float(each["threshold"])
            for text in found
            for each in text.get("operating_points") or []
        },
        rules={
            row["id"]: {key: said for key, said in row.items() if key != "rationale"}
            for text in found
            for key in JUDGING
            for row in text.get(key) or []
        },
        settings={
            text["policy"]: {key: said for key, said in text.items() if key not in SAID_ELSEWHERE}
            for text in found
        },
    )
