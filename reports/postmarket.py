"""Windows, their drift, triggers with decisions, and the plan, as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from evidence.records import ChangeDecision, PolicyRegistration, Trigger
from reports import alarms, origin, premarket, signatures, words

if TYPE_CHECKING:
    from evidence.records import Body, MonitoringRun, Record
    from evidence.trail import AuditTrail

ACROSS = 8  # windows beside each other in a table of drift


GAPS = ("auroc-difference",)  # the plan's rule; gaps of other endpoints stand in the record
TRUST = {
    "borne-out": "borne out by earlier windows",
    "untested": "untested",
    "not-to-be-trusted": "not to be trusted",
}
CONTENT = ("text-content", "embedding-")  # begin the methods of content, not of counted columns
LEADS = ("accuracy", "unparsable-rate", "empty-rate", "mode-share")  # the first two are columns


def window(record: Record, value: MonitoringRun, minimum: int, task: str) -> Body:
    """A window of production data.

    Args:
        record: Its record.
        value: The same.
        minimum: Smaller cells are not printed.
        task: Of the reference set: ``classification``, ``answers`` or ``reports``.
    """
    overall = [e for e in value.estimates if e["subgroup"] == "overall"]
    return origin.of(record) | {
        "label": value.window["label"],
        "start": value.window["start"],
        "end": value.window["end"],
        "model": value.model,
        "source": value.source,
        "source_digest": value.source_digest,
        "cases": words.whole(value.cases),
        "positives": words.cell(value.positives, minimum),
        "overall": [words.estimate(e, minimum) for e in overall],
        "gaps": [words.estimate(g, minimum) for g in value.gaps if g["endpoint"] in GAPS],
        "task": task,
        "written": task != "classification",
        "drift": [_drifted(d) for d in value.drift if not _of_content(d)],
        "content": [_content(d) for d in value.drift if _of_content(d)],
        "findings": [
            {"kind": words.KINDS[f["kind"]], "statement": words.sentence(f["statement"])}
            for f in value.findings
        ],
        "stage": _stage(value),
        "labels": words.sentence(value.labels.get("statement", "")),
        "charts": alarms.charts(value, minimum),
        "unlabelled": [_unlabelled(b, value, minimum) for b in value.label_free],
        "joint": _joint(value.joint),
        "dataset": _dataset(value.dataset),
        "notes": [words.sentence(w["message"]) for w in value.warnings],
        "excluded": [premarket.step(s) for s in value.accounting if s["kind"] == "excluded"],
    }


def _stage(value: MonitoringRun) -> str:
    """Which judging of its window a record is, where there was more than one."""
    number = value.stage.get("version", 1)
    if number == 1:
        return ""
    return f"judged {number} times; this time because {value.stage['why']}"


def _unlabelled(body: Body, value: MonitoringRun, minimum: int) -> Body:
    """A label-free estimate beside what the labels say."""
    found = body["estimate"]
    same = ("endpoint", "threshold", "subgroup")
    real = [e for e in value.estimates if all(e[key] == found[key] for key in same)]
    return words.estimate(found, minimum) | {
        "realised": words.estimate(real[0], minimum) if real else None,
        "verdict": TRUST[body["trust"]["verdict"]],
        "statement": words.sentence(body["trust"]["statement"]),
    }


def _joint(body: Body) -> Body:
    """How well a classifier tells the window's rows from frozen ones."""
    if not body:
        return {}
    if "estimate" not in body:
        return {"status": body["status"], "reason": body["reason"]}
    found = body["estimate"]
    return {
        "status": body["status"],
        "reason": found["reason"],
        "value": words.number(found["value"]),
        "interval": words.interval(found),
        "limit": f"{body['threshold']:g}",
        "n": words.whole(body["n_window"]),
        "n_reference": words.whole(body["n_reference"]),
        "telling": ", ".join(words.column(t["column"]) for t in body["telling"][:3]) or "—",
    }


def _dataset(body: Body) -> Body:
    """How many columns drifted."""
    if not body or body["share"] is None:
        return {}
    return {
        "drifted": len(body["drifted"]),
        "columns": body["columns"],
        "limit": words.number(body["limit"], "proportion"),
        "status": body["status"],
    }


def _of_content(body: Body) -> bool:
    return bool(body["method"].startswith(CONTENT))


def _drifted(body: Body) -> Body:
    return body | {"name": words.column(body["column"])}


def _content(body: Body) -> Body:
    """How well texts or embeddings are told from the reference set's."""
    return {
        "name": words.column(body["column"]),
        "method": words.METHODS[body["method"]],
        "limit": f"{body['threshold']:g}",
        "value": words.number(body["value"]),
        "low": "—" if body["low"] is None else words.number(body["low"]),
        "n": words.whole(body["n_window"]),
        "status": body["status"],
        "reason": body["reason"],
    }


def leads(windows: list[Body]) -> list[str]:
    """The endpoints that stand beside each window of a model that writes."""
    there = {row["raw"]["endpoint"] for w in windows for row in w["overall"]}
    return [name for name in LEADS if name in there][:2]


def drift_tables(windows: list[Body]) -> list[Body]:
    """Drift by column and window, at most `ACROSS` windows a table.

    Args:
        windows: As `window` returns them.
    """
    measured = [w for w in windows if w["drift"]]
    parts = [measured[at : at + ACROSS] for at in range(0, len(measured), ACROSS)]
    return [
        {
            "heads": [w["label"] for w in part],
            "records": [w["seq"] for w in part],
            "rows": [_drift_row(name, part) for name in _columns(part)],
        }
        for part in parts
    ]


def _columns(part: list[Body]) -> list[str]:
    """Every column of some windows; a plan that changed may have left some out."""
    return list(dict.fromkeys(d["column"] for w in part for d in w["drift"]))


def _drift_row(name: str, part: list[Body]) -> Body:
    found = [next((d for d in w["drift"] if d["column"] == name), None) for w in part]
    first = next(d for d in found if d)
    return {
        "name": first["name"],
        "method": words.METHODS[first["method"]],
        "limit": f"{first['threshold']:g}",
        "cells": [
            {
                "value": words.number(d["value"]),
                "exact": words.number(d["exact"]),
                "moved": d["status"] == "drift",
            }
            if d
            else {"value": "—", "exact": "", "moved": False}
            for d in found
        ],
    }


def triggers(trail: AuditTrail) -> list[Body]:
    """Every trigger with its decisions, in the order they were raised."""
    decisions, access = trail.all(ChangeDecision), signatures.access(trail)
    found = []
    for record, value in trail.all(Trigger):
        mine = [
            origin.of(r)
            | {"decision": d.decision, "reason": d.reason, "by": d.actor, "follow_up": d.follow_up}
            | {"request": d.request}
            | signatures.of_decision(trail, access, r, d)
            for r, d in decisions
            if d.trigger == value.id
        ]
        found.append(
            origin.of(record)
            | {
                "id": value.id,
                "window": value.window,
                "severity": value.severity,
                "kind": words.KINDS[value.finding["kind"]],
                "statement": words.sentence(value.statement),
                "decisions": mine,
                "status": mine[-1]["decision"] if mine and mine[-1]["counts"] else "open",
            }
        )
    return found


def plan(trail: AuditTrail) -> Body:
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
