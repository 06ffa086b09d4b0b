"""Records to the facts that a page may show.

The facts are plain JSON and are kept with the document, so that it can be drawn again from them
alone. No number reaches a page except through here, and each stands beside the record it is from.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import yaml

from evidence.records import (
    ChangeDecision,
    Look,
    ModelLock,
    MonitoringRun,
    PolicyRegistration,
    ReferenceFreeze,
    ReportIssue,
    Trigger,
    ValidationRun,
)
from policies import catalog
from reports import traceability, words

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
MINIMUM_CELL = 10


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
    minimum = _minimum_cell(trail)
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
        "locks": [_lock(r, v) for r, v in trail.all(ModelLock)],
        "freezes": [_freeze(r, v, minimum) for r, v in trail.all(ReferenceFreeze)],
        "looks": [_look(r, v) for r, v in trail.all(Look)],
        "validations": [_validation(r, v, minimum) for r, v in reversed(trail.all(ValidationRun))],
        "windows": [_window(r, v, minimum) for r, v in trail.all(MonitoringRun)],
        "triggers": _triggers(trail),
        "plan": _plan(trail),
    }
    told = [traceability.narrative(n, t) for n, t in space.narratives.items()]
    facts["narratives"] = {n.name: dataclasses.asdict(n) for n in told}
    facts["trace"], facts["catalog"] = [], {}
    if kind in CATALOGS:
        law = catalog.load(CATALOGS[kind])
        facts["catalog"] = law.model_dump(mode="json", exclude={"requirements"})
        facts["trace"] = traceability.trace(law, _available(facts), told)
    facts["open_items"] = _open_items(facts)
    return facts


def _minimum_cell(trail: AuditTrail) -> int:
    found = [v for _, v in trail.all(PolicyRegistration) if v.name == "validation"]
    text = yaml.safe_load(found[-1].text) if found else {}
    return int(text.get("minimum_cell", MINIMUM_CELL))


def _of(record: Record) -> Body:
    return {"ref": record.ref, "seq": record.seq, "at": record.at, "actor": record.actor}


def _policy(record: Record, value: PolicyRegistration) -> Body:
    return _of(record) | {
        "name": words.POLICIES[value.name],
        "key": value.name,
        "version": value.version,
        "digest": value.digest,
    }


def _lock(record: Record, value: ModelLock) -> Body:
    inputs = value.signature.get("inputs", [])
    return _of(record) | {
        "model": value.model,
        "external": value.external,
        "digest": value.digest,
        "flavour": value.flavour,
        "files": len(value.manifest),
        "inputs": [f"{words.column(i['name'])} ({i['type']})" for i in inputs],
        "environment": value.environment,
        "parameters": {words.column(k): v for k, v in value.parameters.items()},
        "metrics": {words.column(k): words.number(v) for k, v in value.metrics.items()},
        "training": value.training,
    }


def _freeze(record: Record, value: ReferenceFreeze, minimum: int) -> Body:
    spec = value.spec
    return _of(record) | {
        "name": value.name,
        "title": spec["title"],
        "origin": spec["origin"],
        "licence": spec["licence"],
        "digest": value.digest,
        "source": value.source,
        "source_digest": value.source_digest,
        "cases": words.whole(value.cases),
        "positives": words.whole(value.positives),
        "prevalence": words.number(value.positives / value.cases, "proportion"),
        "period": value.period,
        "standard": spec["reference_standard"]["description"],
        "features": [
            {"name": words.column(f["name"]), "description": f["description"]}
            for f in spec["features"]
        ],
        "accounting": [_step(step) for step in value.accounting],
        "groups": [
            _group(name, row, value.cases, minimum)
            for name, rows in value.subgroups.items()
            for row in rows
        ],
        "expectations": [
            {"statement": words.sentence(e["statement"]), "observed": e["observed"], "ok": e["ok"]}
            for e in value.expectations
        ],
        "warnings": [w["message"] for w in value.warnings],
        "independence": [i["statement"] for i in value.independence.values()],
    }


def _step(step: Body) -> Body:
    return {
        "step": step["step"],
        "kind": step["kind"],
        "rows": words.whole(step["rows"]),
        "cases": words.whole(step["cases"]),
    }


def _group(name: str, row: Body, total: int, minimum: int) -> Body:
    cases, hits = row["cases"], row["positives"]
    shown = cases >= minimum and (hits == 0 or hits >= minimum)
    return {
        "attribute": words.column(name),
        "value": row["value"],
        "cases": words.cell(cases, minimum),
        "share": words.number(cases / total, "proportion"),
        "positives": words.cell(hits, minimum),
        "prevalence": words.number(hits / cases, "proportion") if cases and shown else "—",
    }


def _look(record: Record, value: Look) -> Body:
    return _of(record) | {
        "reference": value.reference,
        "number": value.number,
        "model": value.model,
    }


def _validation(record: Record, value: ValidationRun, minimum: int) -> Body:
    shown = [words.estimate(e, minimum) for e in value.estimates]
    names = {p["threshold"]: p["name"] for p in value.curves["operating_points"]}
    for row in shown:
        row["point"] = names.get(row["raw"]["threshold"], "")
    return _of(record) | {
        "model": value.model,
        "digest": value.model_digest,
        "reference": value.reference,
        "against": value.against,
        "look": value.look,
        "verdict": value.verdict,
        "reason": value.reason,
        "policies": {words.POLICIES[k]: v for k, v in value.policies.items()},
        "criteria": [_criterion(c, minimum) for c in value.criteria],
        "comparisons": [_criterion(c, minimum) for c in value.comparisons],
        "overall": [row for row in shown if row["raw"]["subgroup"] == "overall"],
        "subgroups": [
            row
            for row in shown
            if row["raw"]["subgroup"] != "overall"
            and row["raw"]["endpoint"] in ("auroc", "sensitivity", "specificity")
        ],
        "gaps": [
            _gap(g, value.estimates, minimum)
            for g in value.gaps
            if g["endpoint"] in ("auroc-difference", "sensitivity-difference")
        ],
        "points": [_point(p, minimum) for p in value.curves["operating_points"]],
        "curves": value.curves,
        "software": value.software,
    }


def _gap(gap: Body, estimates: list[Body], minimum: int) -> Body:
    """A difference; withheld where one of its sides is, since the other side would give it away."""
    key = (gap["endpoint"].removesuffix("-difference"), gap["threshold"])
    sides = gap["subgroup"].split(" − ")
    hidden = any(
        words.withheld(e, minimum)
        for e in estimates
        if (e["endpoint"], e["threshold"]) == key and e["subgroup"] in sides
    )
    shown = words.estimate(gap, minimum)
    return shown | {"value": "withheld", "interval": "small cell"} if hidden else shown


def _criterion(body: Body, minimum: int) -> Body:
    return {
        "id": body["id"],
        "statement": words.sentence(body["statement"]),
        "estimate": words.estimate(body["estimate"], minimum),
        "verdict": body["verdict"],
        "reason": words.reason(body["reason"], minimum),
        "primary": body.get("primary", False),
    }


def _point(point: Body, minimum: int) -> Body:
    table = {key: words.cell(point[key], minimum) for key in ("tp", "fp", "fn", "tn")}
    return {"name": point["name"], "threshold": f"{point['threshold']:g}", **table}


def _window(record: Record, value: MonitoringRun, minimum: int) -> Body:
    overall = [e for e in value.estimates if e["subgroup"] == "overall"]
    return _of(record) | {
        "label": value.window["label"],
        "start": value.window["start"],
        "end": value.window["end"],
        "model": value.model,
        "source": value.source,
        "source_digest": value.source_digest,
        "cases": words.whole(value.cases),
        "positives": words.cell(value.positives, minimum),
        "overall": [words.estimate(e, minimum) for e in overall],
        "gaps": [words.estimate(g, minimum) for g in value.gaps],
        "drift": [d | {"name": words.column(d["column"])} for d in value.drift],
        "findings": [
            {"kind": words.KINDS[f["kind"]], "statement": words.sentence(f["statement"])}
            for f in value.findings
        ],
        "excluded": [_step(s) for s in value.accounting if s["kind"] == "excluded"],
    }


def _triggers(trail: AuditTrail) -> list[Body]:
    decisions = trail.all(ChangeDecision)
    found = []
    for record, value in trail.all(Trigger):
        mine = [
            _of(r)
            | {"decision": d.decision, "reason": d.reason, "by": d.actor, "follow_up": d.follow_up}
            for r, d in decisions
            if d.trigger == value.id
        ]
        found.append(
            _of(record)
            | {
                "id": value.id,
                "window": value.window,
                "severity": value.severity,
                "kind": words.KINDS[value.finding["kind"]],
                "statement": words.sentence(value.statement),
                "decisions": mine,
                "status": mine[-1]["decision"] if mine else "open",
            }
        )
    return found


def _plan(trail: AuditTrail) -> Body:
    """What the registered surveillance plan says, for the page that shows it."""
    found = [(r, v) for r, v in trail.all(PolicyRegistration) if v.name == "monitoring"]
    if not found:
        return {}
    record, value = found[-1]
    text = yaml.safe_load(value.text)
    return {"ref": record.ref, "version": value.version, "lines": value.text.splitlines()} | {
        "every": text["schedule"]["every"],
        "start": str(text["schedule"]["start"]),
        "threshold": text.get("drift", {}).get("threshold", 0.2),
        "performance": text.get("performance", []),
    }


def _available(facts: Body) -> dict[str, str]:
    """Kinds of evidence that are there, with the records that hold them."""
    device = facts["device"]
    fair = [v for v in facts["validations"] if v["subgroups"]]
    plans = [p for p in facts["policies"] if p["key"] == "monitoring"]
    trained = [item for item in facts["locks"] if item["training"]]
    decided = [d for t in facts["triggers"] for d in t["decisions"]]
    held = {
        "model-lock": _refs(facts["locks"]),
        "reference-set-freeze": _refs(facts["freezes"]),
        "data-quality-run": _refs(facts["freezes"]),
        "data-manifest": _refs(trained),
        "validation-run": _refs(facts["validations"]),
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
        for v in facts["validations"]
        for c in [*v["criteria"], *v["comparisons"]]
        if c["verdict"] == "not evaluable" and facts["kind"] == "validation-report"
    ]
    if facts["kind"] == "monitoring-report":
        found += [
            {"ref": f"Trigger {t['id']}", "title": t["statement"], "needs": "a decision"}
            for t in facts["triggers"]
            if t["status"] == "open"
        ]
    if not facts["validations"] and facts["kind"] != "monitoring-report":
        found.append({"ref": "Validation", "title": "No run recorded", "needs": "tplc validate"})
    if not facts["windows"] and facts["kind"] == "monitoring-report":
        found.append({"ref": "Surveillance", "title": "No window", "needs": "tplc monitor"})
    return found
