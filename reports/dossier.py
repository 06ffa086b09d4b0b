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
    traceability,
    words,
)

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
CATALOGS = {"fda-tplc": "fda_ai_dsf", "eu-technical-documentation": "eu_ai_act_annex_iv"}
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
    told = [traceability.narrative(n, t) for n, t in space.narratives.items()]
    facts["narratives"] = {n.name: dataclasses.asdict(n) for n in told}
    facts["trace"], facts["catalog"] = [], {}
    if kind in CATALOGS:
        law = catalog.load(CATALOGS[kind])
        facts["catalog"] = law.model_dump(mode="json", exclude={"requirements"})
        facts["trace"] = traceability.trace(law, _available(facts), told, _measured(facts))
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


def _available(facts: Body) -> dict[str, str]:
    """Kinds of evidence that are there, with the records that hold them."""
    device = facts["device"]
    runs = [*facts["validations"], *facts["generated"]]
    fair = [v for v in runs if v["subgroups"]]
    plans = [p for p in facts["policies"] if p["key"] == "monitoring"]
    trained = [item for item in facts["locks"] if item["training"]]
    decided = [d for t in facts["triggers"] for d in t["decisions"]]
    held = {
        "model-lock": _refs(facts["locks"]),
        "reference-set-freeze": _refs(facts["freezes"]),
        "data-quality-run": _refs(facts["freezes"]),
        "data-manifest": _refs(trained),
        "validation-run": _refs(runs),
        "subgroup-fairness": _refs(fair),
        "monitoring-plan": _refs(plans),
        "monitoring-run": _refs(facts["windows"]),
        "drift-trigger": _refs(facts["triggers"]),
        "change-decision": _refs(decided),
        "logs-audit-trail": "the audit trail",
        "device-description": "device.yaml" if device["ai_statement"] else "",
        "intended-use": "device.yaml" if device["intended_use"] else "",
        "risk-file": "risks.yaml" if facts["risks"] else "",
        "standards-list": "device.yaml" if device["standards"] else "",
    }
    return {kind: where for kind, where in held.items() if where}


def _measured(facts: Body) -> frozenset[str]:
    """What the validation runs hold beyond their kind."""
    found: set[str] = set()
    for run in facts["generated"]:
        found.update(row["raw"]["endpoint"] for row in run["overall"])
        found.update({traceability.PATIENTS} if run["design"] else ())
    for run in facts["validations"]:
        found.update(row["raw"]["endpoint"] for row in run["overall"])
        found.update({traceability.CURVE} if run["curves"].get("decision") else ())
        found.update({traceability.PATIENTS} if run["design"] else ())
    return frozenset(found)


def _refs(items: list[Body]) -> str:
    numbers = sorted(item["seq"] for item in items)
    if not numbers:
        return ""
    if len(numbers) > 3:  # noqa: PLR2004 - a long list is said as a range
        return f"records {numbers[0]} to {numbers[-1]} ({len(numbers)})"
    return f"record{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _open_items(facts: Body) -> list[Body]:
    """What is missing, said up front."""
    found = [
        {"ref": row["ref"], "title": row["title"], "needs": ", ".join(row["missing"])}
        for row in facts["trace"]
        if row["status"] == "open"
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
