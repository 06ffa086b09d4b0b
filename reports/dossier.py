"""Records to the facts that a page may show.

The facts are plain JSON and are kept with the document, so that it can be drawn again from them
alone. No number reaches a page except through here, and each stands beside the record it is from.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import yaml

from evidence import windows
from evidence.records import (
    GenerativeRun,
    Look,
    ModelLock,
    PolicyRegistration,
    ReferenceFreeze,
    ReportIssue,
    ValidationRun,
)
from policies import catalog, minimum_cell
from reports import (
    alarms,
    baseline,
    generated,
    origin,
    postmarket,
    premarket,
    signatures,
    words,
)
from reports.traceability import coverage, editions
from reports.traceability.facts import Facts

if TYPE_CHECKING:
    from evidence.records import Body, Record
    from evidence.trail import AuditTrail
    from policies.workspace import Workspace

TITLES = {
    "validation-report": "Validation report",
    "monitoring-report": "Post-market monitoring report",
    "fda-tplc": "Total product life cycle file (FDA)",
    "eu-technical-documentation": "Technical documentation (EU AI Act, Annex IV)",
}
# Of a document: the catalog that orders its chapters, which part of it, and whose laws it names.
CATALOGS = {
    "fda-tplc": ("fda_ai_dsf", "", "fda"),
    "eu-technical-documentation": ("eu_ai_act", "Annex IV", "eu"),
}
HEAD = {"id", "title", "authority", "citation", "status", "version", "date", "as_of", "note"}
CRITERIA = ("criteria", "parities", "modalities", "consistency")  # keys of what is judged


def collect(space: Workspace, kind: str, paper: str) -> Body:
    """All the facts of a document.

    Args:
        space: The workspace.
        kind: One of `TITLES`.
        paper: ``A4`` or ``Letter``.
    """
    trail = space.trail
    records = [r for r in trail.records() if r.schema != ReportIssue.schema]
    last = records[-1] if records else None
    minimum = minimum_cell.of_trail(trail)
    facts: Body = {
        "kind": kind,
        "title": TITLES[kind],
        "paper": paper,
        "through": last.seq if last else 0,
        "as_of": last.at if last else "1970-01-01T00:00:00+00:00",
        "head": last.digest if last else "",
        "records": len(records),
        "device": space.device.model_dump(mode="json"),
        "risks": space.risks.model_dump(mode="json")["risks"],
        "minimum_cell": minimum,
        "policies": [_policy(r, v) for r, v in trail.all(PolicyRegistration)],
        "locks": [premarket.lock(r, v) for r, v in trail.all(ModelLock)],
        "freezes": [premarket.freeze(r, v, minimum) for r, v in trail.all(ReferenceFreeze)],
        "looks": [premarket.look(r, v) for r, v in trail.all(Look)],
        "validations": [
            premarket.validation(r, v, minimum) for r, v in reversed(trail.all(ValidationRun))
        ],
        "generated": [generated.run(r, v, minimum) for r, v in reversed(trail.all(GenerativeRun))],
        "windows": _windows(trail, minimum),
        "triggers": postmarket.triggers(trail),
        "plan": postmarket.plan(trail),
        "design": alarms.design(trail),
        "signatures": signatures.every(trail),
    }
    why = _rationales(trail)
    for run in (*facts["validations"], *facts["generated"]):
        run["rationales"] = [each for used in run["policies"].values() for each in why[used]]
    for found in facts["freezes"]:
        found["baseline"] = baseline.table(found["characteristics"], facts["locks"], minimum)
    facts["drift_tables"] = postmarket.drift_tables(facts["windows"])
    facts["window_leads"] = postmarket.leads(facts["windows"])
    known = Facts.of(space, records)
    facts["narratives"] = {n.name: dataclasses.asdict(n) for n in known.narratives}
    facts |= _laws(kind, known)
    facts["open_items"] = _open_items(facts)
    return facts


def _windows(trail: AuditTrail, minimum: int) -> list[Body]:
    """Every window as it stands, with the task of its reference set."""
    task = {frozen.digest: frozen.task for _, frozen in trail.all(ReferenceFreeze)}
    return [
        postmarket.window(r, v, minimum, task.get(v.reference_digest, "classification"))
        for r, v in windows.newest(trail)
    ]


def _rationales(trail: AuditTrail) -> dict[str, list[Body]]:
    """Of each registered policy, by version and digest: why a criterion has the limit it has."""
    found: dict[str, list[Body]] = {}
    for _, value in trail.all(PolicyRegistration):
        text = yaml.safe_load(value.text)
        rows = [row for key in CRITERIA for row in text.get(key) or []]
        given = [
            {"id": row["id"], "text": row["rationale"]} for row in rows if row.get("rationale")
        ]
        found[f"{value.version} {value.digest}"] = given  # as a run names what it used
    return found


def _policy(record: Record, value: PolicyRegistration) -> Body:
    return origin.of(record) | {
        "name": words.POLICIES[value.name],
        "key": value.name,
        "version": value.version,
        "digest": value.digest,
    }


def _laws(kind: str, known: Facts) -> Body:
    """The clauses that a document answers, and the laws that it was built against."""
    if kind not in CATALOGS:
        return {"trace": [], "catalog": {}, "laws": []}
    name, part, target = CATALOGS[kind]
    law = catalog.load(name)
    rows = [row for row in coverage.coverage([law], known) if row.part == (part or row.part)]
    title = f"{law.title}, {part}" if part else law.title
    return {
        "trace": [dataclasses.asdict(row) for row in rows],
        "catalog": law.model_dump(mode="json", include=HEAD) | {"title": title},
        "laws": editions.laws(catalog.chosen(target).values()),
    }


def _open_items(facts: Body) -> list[Body]:
    """What is missing, said up front."""
    found = [
        {"ref": row["ref"], "title": row["title"], "needs": ", ".join(row["missing"])}
        for row in facts["trace"]
        if row["missing"]
    ]
    empty = [
        words.column(key)
        for key in ("version", "intended_use", "intended_users", "patient_population")
        if not facts["device"][key]
    ]
    if empty:
        found.append({"ref": "Device", "title": "Not stated", "needs": ", ".join(empty)})
    found += [
        {"ref": f"Criterion {c['id']}", "title": c["statement"], "needs": c["reason"]}
        for v in [*facts["validations"], *facts["generated"]]
        for c in [*v["criteria"], *v.get("comparisons", [])]
        if c["verdict"] == "not evaluable" and facts["kind"] == "validation-report"
    ]
    if facts["kind"] == "monitoring-report":
        found += [
            {"ref": f"Trigger {t['id']}", "title": t["statement"], "needs": "a decision"}
            for t in facts["triggers"]
            if t["status"] == "open"
        ]
    if not facts["validations"] + facts["generated"] and facts["kind"] != "monitoring-report":
        found.append({"ref": "Validation", "title": "No run recorded", "needs": "tplc validate"})
    if facts["plan"] and not facts["design"] and facts["kind"] == "monitoring-report":
        needs = "tplc monitor design --record"
        found.append({"ref": "Plan", "title": "False alarms and delays not stated", "needs": needs})
    if not facts["windows"] and facts["kind"] == "monitoring-report":
        found.append({"ref": "Surveillance", "title": "No window", "needs": "tplc monitor"})
    return found
