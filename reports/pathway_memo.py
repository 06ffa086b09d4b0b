"""A pathway assessment to the facts of its memo: a letter to file, or that a submission is needed.

The facts are those of the assessment's own record, of records before it, and of what was signed and
decided about it since: between two signatures the memo is the same whenever it is drawn. What a
letter to file holds is this suite's reading of the 2017 guidance (principles 2, 5, 7, 8); FDA
prescribes no form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import NotFoundError
from evidence.records import (
    GenerativeRun,
    ModelLock,
    PathwayAssessment,
    Trigger,
    ValidationRun,
)
from policies import in_force, minimum_cell
from reports import approval, origin, words

if TYPE_CHECKING:
    from evidence.records import Body, Record
    from evidence.trail import AuditTrail
    from policies.workspace import Workspace

KIND = "pathway-memo"
TITLES = {
    "letter to file": "Letter to file",
    "new submission needed": "New submission needed",
    "periodic report": "Change for the periodic report",
    "notice": "Change that needs a notice",
}
ORDER = ("outside", "cannot tell", "inside")  # what keeps a change out stands first


def collect(space: Workspace, paper: str, about: int) -> Body:
    """The facts of a memo.

    Args:
        space: The workspace.
        paper: ``A4`` or ``Letter``.
        about: Number of the assessment's record.

    Raises:
        NotFoundError: There is no such assessment.
    """
    known = {record.seq: (record, value) for record, value in space.trail.all(PathwayAssessment)}
    if about not in known:
        there = ", ".join(map(str, known)) or "none yet: tplc change pathway"
        raise NotFoundError(f"Record {about} is no pathway assessment (there are: {there}).")
    record, value = known[about]
    minimum = minimum_cell.of_trail(space.trail)
    approved = approval.of(space.trail, about)
    through = next(space.trail.records(after=max(record.seq, approved.through) - 1))
    facts: Body = {
        "kind": KIND,
        "title": TITLES[value.outcome["document"]],
        "paper": paper,
        "through": through.seq,
        "as_of": through.at,
        "head": through.digest,
        "device": space.device.model_dump(mode="json"),
        "assessment": _assessment(record, value, minimum),
        "trigger": _trigger(space.trail, value.trigger),
        "versions": _versions(space.trail, value, record.seq),
        "runs": _runs(space.trail, value.model, record.seq),
        "plan": _plan(value, minimum),
        "board": _board(space.trail, record.seq),
        "signatures": approved.signed,
        "requests": approved.requests,
        "approved": approved.reached,
        "risks": [risk.id for risk in space.risks.risks],
    }
    facts["open_items"] = _open_items(facts)
    return facts


def _assessment(record: Record, value: PathwayAssessment, minimum: int) -> Body:
    return origin.of(record) | {
        "change": value.change,
        "model": value.model,
        "baseline": value.baseline,
        "outcome": value.outcome,
        "rationale": value.rationale,
        "since": value.changes_since,
        "table": value.table_facts
        | {"id": value.table, "version": value.table_version, "digest": value.table_digest},
        "answers": [_answer(each, minimum) for each in value.answers],
        "scopes": len({each["scope"] for each in value.answers}),
    }


def _answer(body: Body, minimum: int) -> Body:
    numbers = body["records"]
    named = "record" if len(numbers) == 1 else "records"
    said = {name: words.reason(body[name], minimum) for name in ("reason", "shown")}
    return body | said | {"from": f"{named} {', '.join(map(str, numbers))}" if numbers else ""}


def _trigger(trail: AuditTrail, name: str) -> Body:
    found = [(record, value) for record, value in trail.all(Trigger) if name and value.id == name]
    if not found:
        return {}
    record, value = found[-1]
    statement = words.sentence(value.statement)
    return origin.of(record) | {"id": name, "severity": value.severity, "statement": statement}


def _versions(trail: AuditTrail, value: PathwayAssessment, through: int) -> list[Body]:
    """The lock of the baseline and that of the new version."""
    locks = {v.model: (r, v) for r, v in trail.all(ModelLock) if r.seq <= through}
    roles = (("as last cleared", value.baseline), ("after the change", value.model))
    return [
        origin.of(locks[model][0])
        | {"role": role, "model": model, "digest": locks[model][1].digest}
        for role, model in roles
        if model in locks
    ]


def _runs(trail: AuditTrail, model: str, through: int) -> list[Body]:
    """The newest protocol run of the new version on each reference set."""
    runs: list[tuple[Record, ValidationRun | GenerativeRun]] = [
        *trail.all(ValidationRun),
        *trail.all(GenerativeRun),
    ]
    newest = {
        value.reference: (record, value)
        for record, value in sorted(runs, key=lambda pair: pair[0].seq)
        if value.model == model and record.seq <= through
    }
    return [
        origin.of(record)
        | {"reference": name, "verdict": value.verdict, "reason": value.reason}
        | {"against": getattr(value, "against", "")}
        for name, (record, value) in newest.items()
    ]


def _plan(value: PathwayAssessment, minimum: int) -> Body:
    """Whether the change was inside the plan, with the checks of the nearest modification."""
    body = value.pccp
    if not body:
        return {}
    nearest = [each for each in body["modifications"] if each["id"] == body["modification"]]
    checks = [_check(check, minimum) for each in nearest for check in each["checks"]]
    return {
        "answer": body["answer"],
        "reason": words.reason(body["reason"], minimum),
        "version": body["plan"]["version"],
        "record": body["plan"]["record"],
        "differences": [words.column(name) for name in body["differences"]],
        "modification": nearest[0] if nearest else {},
        "checks": sorted(checks, key=lambda check: ORDER.index(check["verdict"])),
        "others": [
            {"id": each["id"], "title": each["title"], "verdict": each["verdict"]}
            for each in body["modifications"]
            if each["id"] != body["modification"]
        ],
    }


def _check(body: Body, minimum: int) -> Body:
    readable = {name: words.column(body[name]) for name in ("bound", "allowed", "old", "new")}
    before, now = readable["old"], readable["new"]
    return (
        body
        | readable
        | {
            "reason": words.reason(body["reason"], minimum),
            "values": now if before in ("—", now) else f"{before} → {now}",
            "from": ", ".join(map(str, body["records"])),
        }
    )


def _board(trail: AuditTrail, through: int) -> Body:
    """Who must approve, by the rules that were in force; empty while nobody had an account."""
    access = in_force.access(trail)
    if access is None or access.known.since > through:
        return {}
    number, policy = access.since(through)
    board = policy.board
    return {
        "quorum": board.quorum,
        "must": board.roles,
        "never": ["author"] if board.not_own else [],
        "ref": f"access.yaml, version {policy.version}, "
        + (f"in force since record {number}" if number else "as it ships"),
    }


def _open_items(facts: Body) -> list[Body]:
    """What the memo does not answer yet."""
    assessed = facts["assessment"]
    found = [
        {
            "ref": f"Question {each['question']}",
            "title": each["text"],
            "needs": f"a second look at {each['ref']}: its wording is to be verified",
        }
        for each in assessed["answers"]
        if each["verify"]
    ]
    if not assessed["rationale"]:
        found.append({"ref": "Rationale", "title": "Not written", "needs": "--rationale"})
    if assessed["model"] and not facts["runs"]:
        found.append({"ref": "Verification", "title": "No protocol run", "needs": "tplc validate"})
    if not assessed["model"]:
        found.append({"ref": "Version", "title": "No new version is locked", "needs": "tplc lock"})
    if not facts["board"]:
        needs = "tplc user add, and policies/access.yaml"
        found.append({"ref": "Board", "title": "Nobody had an account", "needs": needs})
    if not facts["approved"]:
        title = "Not approved by the board" if facts["signatures"] else "Not signed"
        needs = "the board's signatures on a change request that names this assessment"
        found.append({"ref": "Approval", "title": title, "needs": needs})
    return found
