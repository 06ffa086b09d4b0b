"""A pathway assessment: what the trail says, the answers, and the record of both.

`prepare` reads the trail; `pathways.assess` walks the table; `record` writes the result down. The
same answers to the same table are written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from change_control import evidence_answers, pccp, versions
from evidence import digest as digests
from evidence.errors import NotFoundError, OutOfOrderError
from evidence.records import ModelLock, MonitoringRun, PathwayAssessment, Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from change_control.pathways import Evident, Walk
    from change_control.result import Result
    from change_control.versions import Plan
    from evidence.records import Body, Record
    from evidence.trail import AuditTrail
    from policies.decision_table import TableFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is known before anybody is asked.

    Attributes:
        file: The decision table.
        change: What the change is, in words.
        trigger: Id of the trigger it answers; empty for none.
        model: The new locked version; empty where there is none.
        baseline: The device as last cleared, ``NAME/VERSION``.
        result: Whether the new version is inside the plan; None where there is none.
        evident: What the records say, by question.
        since: Other changes since the baseline.
    """

    file: TableFile
    change: str
    trigger: str
    model: str
    baseline: str
    result: Result | None
    evident: Mapping[str, Evident]
    since: tuple[Body, ...]


def prepare(
    trail: AuditTrail,
    file: TableFile,
    plan: Plan,
    *,
    change: str,
    trigger: str = "",
    model: str = "",
    baseline: str = "",
) -> Prepared:
    """Read what the trail says of a change.

    Args:
        trail: The trail.
        file: The decision table.
        plan: The plan.
        change: What the change is, in words.
        trigger: Id of the trigger it answers.
        model: The new locked version, where there is one.
        baseline: The device as last cleared; of the plan's authorisation when left out.

    Raises:
        NotFoundError: There is no such trigger or model.
        OutOfOrderError: Nobody says what the device was as last cleared.
    """
    if trigger and trigger not in {value.id for _, value in trail.all(Trigger)}:
        raise NotFoundError(f"There is no trigger '{trigger}'.")
    granted = plan.value.authorised_by(file.value.baseline_authority)
    baseline = baseline or (granted.model if granted else "")
    if not baseline:
        raise OutOfOrderError(
            f"Table {file.value.table} compares with {file.value.baseline}. Name that version "
            "with --baseline NAME/VERSION, or write it into change_control.yaml under "
            "'authorisations'."
        )
    old = versions.read_version(trail, baseline)
    new = versions.read_version(trail, model) if model else None
    result = pccp.judge(old, new, plan) if new else None
    return Prepared(
        file=file,
        change=change,
        trigger=trigger,
        model=model,
        baseline=baseline,
        result=result,
        evident=evidence_answers.evident(
            file.value,
            result=result,
            plan=plan,
            new=new,
            in_use=_in_use(trail, baseline.rpartition("/")[0], model),
        ),
        since=tuple(_since(trail, file.value.table, baseline, model, change)),
    )


def _in_use(trail: AuditTrail, name: str, model: str) -> list[int]:
    """Windows in which a version other than the new one was watched."""
    return [
        record.seq
        for record, run in trail.all(MonitoringRun)
        if run.model != model and run.model.rpartition("/")[0] == name
    ]


def _since(trail: AuditTrail, table: str, baseline: str, model: str, change: str) -> list[Body]:
    """Versions locked between the baseline and the new one, and other changes assessed."""
    name = baseline.rpartition("/")[0]
    locks = {value.model: record.seq for record, value in reversed(trail.all(ModelLock))}
    start, end = locks[baseline], locks.get(model, max(locks.values()) + 1)
    found: list[Body] = [
        {"what": f"version {other} was locked", "record": seq}
        for other, seq in sorted(locks.items(), key=lambda pair: pair[1])
        if start < seq < end and other.rpartition("/")[0] == name
    ]
    found += [
        {"what": f"assessed: {value.change} ({value.outcome['title']})", "record": record.seq}
        for record, value in trail.all(PathwayAssessment)
        if (value.baseline, value.table, value.model) == (baseline, table, "")
        and value.change != change
    ]
    return found


def record(
    trail: AuditTrail, prepared: Prepared, walk: Walk, *, rationale: str = "", at: str, actor: str
) -> Record:
    """Write an assessment down.

    Raises:
        OutOfOrderError: An answer is missing; the message names the next question.
    """
    if walk.outcome is None:
        raise OutOfOrderError(f"Cannot tell. Asked next: {asked_next(walk)}")
    table = prepared.file.value
    body: Body = {
        "change": prepared.change,
        "trigger": prepared.trigger,
        "model": prepared.model,
        "baseline": prepared.baseline,
        "table": table.table,
        "table_version": table.version,
        "table_digest": prepared.file.digest,
        "answers": [answer.body() for answer in walk.answers],
        "pccp": prepared.result.body() if prepared.result else {},
    }
    key = digests.of_value(body | {"rationale": rationale})
    value = PathwayAssessment(
        key=key,
        **body,
        table_facts=_facts(prepared.file),
        changes_since=list(prepared.since),
        outcome=walk.outcome.model_dump(mode="json"),
        rationale=rationale,
    )
    written = trail.append([value], at=at, actor=actor, once=key)
    if written:
        return written[0]
    return next(known for known, each in trail.all(PathwayAssessment) if each.key == key)


def asked_next(walk: Walk) -> str:
    """The next question in words."""
    if walk.asked is None:
        return ""
    scope, question = walk.asked
    beside = " (all changes since the baseline together)" if scope != "alone" else ""
    return f"question {question.id}{beside}: {question.question}"


def _facts(file: TableFile) -> Body:
    """What a page says of the table, so that it needs no table to be read in ten years."""
    names = ("title", "authority", "ref", "as_of", "baseline", "note", "beside", "cumulative")
    return {name: getattr(file.value, name) for name in names}
