"""Whether one entry of a clause's evidence is there, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.traceability import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.records import Body
    from policies.clause_evidence import Evidence
    from reports.traceability.facts import Facts

FEW = 3
NO_GROUP = ("overall",)
NOT_OF_PEOPLE = ("condition=", "finding=")  # subgroups of outputs, not of patients
KINDS = {
    "authority-report": "a report sent to an authority",
    "awareness": "an event that somebody became aware of",
    "change-decision": "a decision on a trigger or a change request",
    "change-request": "a change request",
    "change-step": "a step of a change request",
    "generative-run": "a validation run of a model that writes",
    "look": "a look at a reference set",
    "model-lock": "a locked model",
    "monitoring-run": "a window under surveillance",
    "pathway-assessment": "a pathway assessment",
    "reference-set-freeze": "a frozen reference set",
    "signature": "an electronic signature",
    "surveillance-design": "the design of the surveillance plan (tplc monitor design --record)",
    "trigger": "a trigger",
    "user": "a person with a signature (tplc user)",
    "validation-run": "a validation run",
}
SHOWN = {
    "accounting": "an account of every case",
    "authorisations": "an authorisation of the plan",
    "characteristics": "baseline characteristics",
    "criteria": "acceptance criteria",
    "criteria.rationale": "a rationale of every criterion",
    "curves.decision": "a decision curve",
    "curves.operating_points": "operating points",
    "design": "patients named, and intervals that respect them",
    "drift": "drift of its columns",
    "environment": "the environment's packages",
    "expectations": "expectations on its data",
    "incomplete": "a best and a worst case for incomplete cases",
    "parameters": "training parameters",
    "reader_agreement": "the agreement of its readers",
    "signature.inputs": "the model's inputs",
    "training": "a description of the training data",
    "training.characteristics": "baseline characteristics of the training data",
    "training.start": "the first day of the training data",
    "training.end": "the last day of the training data",
    "training.cases": "the number of training cases",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of an entry.

    Attributes:
        by: Where it is, in words; empty when it is not there.
        records: Numbers of the records that show it.
        missing: What would close it, in words; empty when it is there.
    """

    by: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    missing: str = ""


def find(need: Evidence, facts: Facts, clause: str) -> Found:
    """Look for one entry.

    Args:
        need: What the catalog asks for.
        facts: Where to look.
        clause: Id of the clause, which a narrative must name.
    """
    if need.any:
        return _alternatives(need.any, facts, clause)
    if need.record:
        return _records(need, facts)
    if need.policy:
        return _policy(need, facts)
    if need.narrative:
        return _narrative(need.narrative, facts, clause)
    return _said(need, facts)


def _said(need: Evidence, facts: Facts) -> Found:
    """What stands in the workspace's own files, or in no record at all."""
    if need.device:
        there = paths.shows(facts.device.model_dump(), need.device)
        return _plain("device.yaml", f"{words.column(need.device)} in device.yaml", there=there)
    if need.risk:
        return _risks(need.risk, facts)
    if need.trail:
        numbers = [r.seq for r in facts.records]
        return _listed("the audit trail", numbers[:1] + numbers[-1:], "records in the trail")
    return Found(missing=need.unrecorded)


def _alternatives(needs: list[Evidence], facts: Facts, clause: str) -> Found:
    every = [find(need, facts, clause) for need in needs]
    there = [found for found in every if not found.missing]
    return there[0] if there else Found(missing=" or ".join(f.missing for f in every))


def _plain(where: str, missing: str, *, there: bool) -> Found:
    return Found(by=(where,)) if there else Found(missing=missing)


def _listed(where: str, numbers: list[int], missing: str) -> Found:
    return Found(by=(where,), records=tuple(numbers)) if numbers else Found(missing=missing)


def _narrative(section: str, facts: Facts, clause: str) -> Found:
    told = [n.name for n in facts.narratives if clause in n.clauses and n.text]
    by = tuple(f"narrative “{words.column(name)}”" for name in told)
    missing = f"a narrative that names this clause (narratives/{section}.md)"
    return Found(by=by, missing="" if told else missing)


def _risks(keys: list[str], facts: Facts) -> Found:
    empty = [
        f"{key} of risk {risk.id}"
        for risk in facts.risks
        for key in keys
        if getattr(risk, key) in paths.EMPTY
    ]
    if not facts.risks:
        return Found(missing="the risk file (risks.yaml)")
    missing = f"{', '.join(empty)} (risks.yaml)"
    return _plain("risks.yaml", missing, there=not empty)


def _policy(need: Evidence, facts: Facts) -> Found:
    name = words.POLICIES[need.policy]
    if need.policy not in facts.policies:
        return Found(missing=f"{need.policy}.yaml registered in the trail")
    record, text = facts.policies[need.policy]
    lost = [_shown(path) for path in need.shows if not paths.shows(text, path)]
    if lost:
        return Found(missing=f"{need.policy}.yaml with {' and '.join(lost)}")
    return Found(by=(f"{name} ({numbered([record.seq])})",), records=(record.seq,))


def _records(need: Evidence, facts: Facts) -> Found:
    known = [r for kind in need.record for r in facts.kinds.get(kind, ())]
    numbers = sorted(r.seq for r in known if shown_by(need, r.body))
    if not numbers:
        return Found(missing=_wanted(need))
    return Found(by=(numbered(numbers),), records=tuple(numbers))


def shown_by(need: Evidence, body: Body) -> bool:
    """Whether a record's body holds what an entry asks of it."""
    if not all(paths.shows(body, path) for path in need.shows):
        return False
    for path, allowed in need.where.items():
        if not any(str(value) in allowed for value in paths.values(body, path)):
            return False
    measured = [e for e in body.get("estimates", ()) if e["value"] is not None]
    whole = {e["endpoint"] for e in measured if e["subgroup"] in NO_GROUP}
    if not whole.issuperset(need.endpoints):
        return False
    grouped = (e["subgroup"] for e in measured if e["subgroup"] not in NO_GROUP)
    return not need.by_group or any(not g.startswith(NOT_OF_PEOPLE) for g in grouped)


def _wanted(need: Evidence) -> str:
    """What is asked of a record, in words."""
    what = KINDS.get(need.record[0], words.column(need.record[0].replace("-", " ")))
    extra = [_shown(path) for path in need.shows]
    extra += [f"{_shown(path)} {' or '.join(v)}" for path, v in need.where.items()]
    extra += [words.endpoint(name) for name in need.endpoints]
    extra += ["endpoints by subgroup"] if need.by_group else []
    return f"{what} with {', '.join(extra)}" if extra else what


def event(need: Evidence) -> str:
    """What must have happened, in words; of an awareness the clause says by which clock."""
    if need.any:
        return " or ".join(event(each) for each in need.any)
    what = " or ".join(KINDS[kind] for kind in need.record)
    return f"{what}, on its reporting clock" if "clock" in need.where else what


def _shown(path: str) -> str:
    return SHOWN.get(path, words.column(path.replace(".*", "").replace(".", " ")))


def numbered(numbers: Iterable[int]) -> str:
    """Records as a page names them; a long list is said as a range."""
    known = sorted(set(numbers))
    if len(known) > FEW:
        return f"records {known[0]} to {known[-1]} ({len(known)})"
    return f"record{'s' if len(known) > 1 else ''} {', '.join(map(str, known))}"
