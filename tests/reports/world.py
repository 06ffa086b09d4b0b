"""A small trail to draw documents from: two versions, eight windows, four triggers, two decisions.

The numbers are measured by the suite's own endpoints on made-up cases, so that every record looks
like a real one. One subgroup is a small cell.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evidence import digest as digests
from evidence.records import (
    ChangeDecision,
    Kind,
    Look,
    ModelLock,
    MonitoringRun,
    PolicyRegistration,
    ReferenceFreeze,
    Trigger,
    ValidationRun,
)
from monitoring import drift, drift_findings, findings, performance
from policies import reader
from policies.criteria import ValidationPolicy
from policies.dataset import DatasetSpec
from policies.fairness import FairnessPolicy
from policies.plan import MonitoringPlan
from policies.workspace import Workspace
from validation import curves, freeze, judgement
from validation.measurement import Sample
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from pathlib import Path

AT, ACTOR = "2026-03-02T10:00:00+00:00", "r.meier"
FEATURES = ("cough", "fever", "sore_throat", "short_breath", "head_ache", "age_60", "gender", "why")
VALIDATION = """\
policy: validation
version: 1
title: Acceptance criteria
endpoints: [auroc, sensitivity, specificity, ppv, npv, accuracy, prevalence, brier,
            calibration-intercept, calibration-slope, observed-expected]
operating_points:
  - {name: screening, threshold: 0.2}
criteria:
  - {id: V1, endpoint: auroc, at_least: 0.7, primary: true, rationale: The clinical reason.}
  - {id: V2, endpoint: sensitivity, at: screening, at_least: 0.9}
  - {id: V3, endpoint: observed-expected, at_least: 0.5, at_most: 2}
minimum_cell: 10
against_previous:
  - {id: V4, endpoint: auroc, margin: 0.05}
"""
FAIRNESS = """\
policy: fairness
version: 1
title: Subgroup criteria
attributes: [gender, age_60]
criteria:
  - {id: F1, kind: each, endpoint: auroc, by: [gender, age_60], at_least: 0.65}
  - {id: F2, kind: gap, endpoint: auroc, by: [gender], at_most: 0.2}
"""
PLAN = """\
policy: monitoring
version: 1
title: Surveillance plan
model: fever/1
reference: spring
source: production.csv
schedule: {every: month, start: 2025-01-01}
operating_points:
  - {name: screening, threshold: 0.2}
performance:
  - {endpoint: auroc, fall_of: 0.05}
gaps:
  - {by: [gender], above: 0.0}
triggers:
  - {id: input-lost, finding: missingness, severity: critical}
  - {id: input-moved, finding: drift, severity: minor}
  - {id: population-moved, finding: prevalence, severity: major}
"""
FILES = {
    "device.yaml": """\
name: Fever <b>score</b> & friends
version: "1.2"
notice: Made up for tests; not a medical device.
intended_use: Shows how documents are drawn.
ai_statement: The score is computed by a machine-learning model.
manufacturer: {name: Testers}
""",
    "risks.yaml": """\
risks:
  - {id: R1, hazard: The score is low, harm: A case is missed, control: PCR}
""",
    "narratives/oversight.md": """\
---
clauses: [eu-aia.annex-iv.2.e]
---
A clinician reads **every** score. <script>alert(1)</script>
""",
    "policies/validation.yaml": VALIDATION,
    "policies/fairness.yaml": FAIRNESS,
    "policies/monitoring.yaml": PLAN,
}
SPEC = DatasetSpec.model_validate(
    {
        "dataset": "fever",
        "title": "Fever clinic",
        "origin": "Made up for tests",
        "licence": "none",
        "case": "id",
        "time": "day",
        "reference_standard": {
            "column": "label",
            "positive": [1],
            "negative": [0],
            "description": "Panel of two physicians",
        },
        "features": [
            {"name": n, "type": "category", "description": f"Question on {n}"} for n in FEATURES
        ],
        "subgroups": ["gender", "age_60"],
    }
)


def cases(number: int, seed: int, *, shift: float = 0.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Made-up cases and their scores."""
    chance = np.random.default_rng(seed)
    label = (chance.random(number) < 0.2 + shift).astype(int)
    score = 1 / (1 + np.exp(-(chance.normal(0, 1, number) + 1.7 * label - 1.8 + shift)))
    frame = pd.DataFrame({name: chance.integers(0, 2, number).astype(str) for name in FEATURES})
    frame["gender"] = chance.choice(["female", "male"], number)
    frame["age_60"] = np.where(np.arange(number) < 12, "not asked", frame["age_60"])
    frame[LABEL], frame[COUNT] = label.astype(float), 1
    if shift:
        frame["age_60"] = None
    return frame, score


@cache
def bodies() -> tuple[Kind, ...]:
    """Every record of the world, in order."""
    policies = [(VALIDATION, "validation"), (FAIRNESS, "fairness"), (PLAN, "monitoring")]
    registered = [
        PolicyRegistration(
            name=name,
            version=1,
            digest=digests.of_bytes(text.encode()),
            text=text,
            source=f"{name}.yaml",
        )
        for text, name in policies
    ]
    used = {r.name: f"1 {r.digest}" for r in registered}
    locks = [_lock(version) for version in ("1", "2")]
    frame, score = cases(3000, 1)
    frozen = _freeze(frame, locks)
    better = np.clip(score + 0.02 * frame[LABEL].to_numpy(), 0, 1)
    first, second = (
        _validated(frame, scores, lock, frozen, used, number, score)
        for number, (scores, lock) in enumerate(zip((score, better), locks, strict=True), start=1)
    )
    windows = [_window(month, first, frozen, used) for month in range(1, 9)]
    raised = [f for run in windows for f in run.findings][:4]
    triggers = [_trigger(number, f, windows) for number, f in enumerate(raised, start=1)]
    decided = [
        ChangeDecision(
            trigger=triggers[0].id,
            decision="modify",
            reason="The answer is lost for good; a version without it is trained.",
            actor="change board",
            follow_up="Lock version 2 and validate it against version 1.",
        ),
        ChangeDecision(
            trigger=triggers[1].id,
            decision="investigate",
            reason="The clinic is asked whom it tested since May.",
            actor="change board",
        ),
    ]
    looks = [_look(run, frozen, used) for run in (first, second)]
    before = [*registered, *locks, frozen, looks[0], first, *windows, *triggers, *decided]
    return (*before, looks[1], second)


def _lock(version: str) -> ModelLock:
    files = {"model.skops": digests.of_bytes(version.encode())}
    return ModelLock(
        name="fever",
        version=version,
        external=False,
        digest=digests.of_value(files),
        manifest=files,
        uri=f"models:/fever/{version}",
        flavour="sklearn",
        signature={
            "inputs": [{"name": n, "type": "string"} for n in FEATURES],
            "outputs": [{"name": "probability", "type": "double"}],
        },
        environment=["scikit-learn==1.7.2", "numpy==2.3.1"],
        parameters={"max_depth": "4", "learning_rate": "0.1"},
        metrics={"training_auroc": 0.8712},
        training={
            "start": "2024-01-01",
            "end": "2024-06-30",
            "cases": 20_000,
            "positives": 4_100,
            "dataset": "winter",
        },
    )


def _freeze(frame: pd.DataFrame, locks: list[ModelLock]) -> ReferenceFreeze:
    digest = digests.of_bytes(frame.to_csv().encode())
    counts = {a: freeze._counts(frame, a) for a in SPEC.subgroups}
    period = {"start": "2024-09-01", "end": "2024-11-30"}
    said = "No day in common: training ends 2024-06-30, reference set starts 2024-09-01."
    return ReferenceFreeze(
        name="spring",
        digest=digest,
        source="spring.csv",
        source_digest=digest,
        spec=SPEC.model_dump(mode="json"),
        spec_text="",
        rows=len(frame),
        cases=len(frame),
        positives=int(frame[LABEL].sum()),
        period=period,
        accounting=[
            {"step": "rows read", "kind": "read", "rows": 3104, "cases": 3104},
            {"step": "sex not recorded", "kind": "excluded", "rows": 104, "cases": 104},
            {"step": "analysed", "kind": "analysed", "rows": 3000, "cases": 3000},
        ],
        subgroups=counts,
        expectations=[
            {
                "expectation": "expect_column_values_to_be_in_set",
                "column": "cough",
                "statement": "cough is one of 0, 1",
                "ok": True,
                "unexpected": 0,
                "cases": 3000,
                "observed": "0 of 3,000 (0.0%)",
            }
        ],
        warnings=[],
        independence={lock.model: {"verdict": "none", "statement": said} for lock in locks},
        summaries=freeze.summaries(frame, SPEC),
    )


def _validated(
    frame: pd.DataFrame,
    score: np.ndarray,
    lock: ModelLock,
    frozen: ReferenceFreeze,
    used: dict[str, str],
    number: int,
    before: np.ndarray,
) -> ValidationRun:
    policy = reader.parse(VALIDATION, ValidationPolicy, "validation.yaml")
    fairness = reader.parse(FAIRNESS, FairnessPolicy, "fairness.yaml")
    sample = Sample(frame=frame, score=score, spec=SPEC)
    against = "fever/1" if number > 1 else ""
    facts = judgement.judged(
        sample, policy, fairness, against=against, previous=before if against else None
    )
    return ValidationRun(
        key=f"run-{number}",
        look=number,
        model=lock.model,
        model_digest=lock.digest,
        reference=frozen.name,
        reference_digest=frozen.digest,
        policies={name: used[name] for name in ("validation", "fairness")},
        against=against,
        accounting=frozen.accounting,
        curves=curves.draw(sample.label, score, sample.count, policy),
        software={"python": "3.11.7", "tplc": "0.1.0"},
        **facts,
    )


def _look(run: ValidationRun, frozen: ReferenceFreeze, used: dict[str, str]) -> Look:
    return Look(
        reference=frozen.name,
        reference_digest=frozen.digest,
        number=run.look,
        model=run.model,
        model_digest=run.model_digest,
        policies=used,
        key=run.key,
    )


def _window(
    month: int, baseline: ValidationRun, frozen: ReferenceFreeze, used: dict[str, str]
) -> MonitoringRun:
    plan = reader.parse(PLAN, MonitoringPlan, "monitoring.yaml")
    frame, score = cases(1500, 100 + month, shift=0.25 if month in (4, 5) else 0.0)
    label = f"2025-{month:02d}"
    reference = frozen.summaries | {"score": baseline.curves["score_summary"]}
    count = frame[COUNT].to_numpy()
    current = freeze.summaries(frame, SPEC, frozen.summaries)
    current["score"] = curves.score_summary(score, count, reference["score"])
    moved = [_drift(name, reference[name], current[name]) for name in reference]
    measured = performance.measure(frame, score, plan)
    found = findings.missing(moved, {"age_60": f"{label}-03"}, len(frame), plan, label)
    found += drift_findings.drifted(moved, len(frame), label)
    then = frozen.positives / frozen.cases
    found += findings.prevalence(measured.find("prevalence"), then, plan, label)
    return MonitoringRun(
        key=f"window-{month}",
        model=baseline.model,
        model_digest=baseline.model_digest,
        reference=frozen.name,
        reference_digest=frozen.digest,
        policies={"monitoring": used["monitoring"]},
        window={"label": label, "start": f"{label}-01", "end": f"{label}-28"},
        source="production.csv",
        source_digest=digests.of_bytes(label.encode()),
        rows=len(frame),
        cases=len(frame),
        positives=int(frame[LABEL].sum()),
        accounting=[],
        expectations=[],
        drift=moved,
        estimates=[e.to_dict() for e in measured.estimates],
        gaps=[g.to_dict() for g in measured.gaps],
        findings=[f.body() for f in found],
        summaries=current,
        software={"python": "3.11.7"},
    )


def _drift(name: str, reference: dict[str, Any], current: dict[str, Any]) -> dict[str, Any]:
    value = drift.exact(reference, current, "psi")
    return {
        "column": name,
        "method": "psi",
        "threshold": 0.2,
        "value": value,
        "exact": value,
        "status": "drift" if value > 0.2 else "stable",
        "reason": "",
        "missing_reference": drift.missing_share(reference),
        "missing_window": drift.missing_share(current),
    }


def _trigger(number: int, finding: dict[str, Any], windows: list[MonitoringRun]) -> Trigger:
    run = next(w for w in windows if w.window["label"] == finding["window"])
    return Trigger(
        id=f"T-{finding['window']}-{number:02d}",
        model=run.model,
        window=finding["window"],
        cause=finding["cause"],
        severity=("critical", "major", "minor", "minor")[number - 1],
        rule="input-lost",
        statement=finding["statement"],
        finding=finding,
        run_key=run.key,
    )


def build(folder: Path) -> Workspace:
    """The world as a workspace in an empty folder."""
    for name, text in FILES.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    space = Workspace(folder=folder)
    for number, body in enumerate(bodies()):
        space.trail.append([body], at=f"2026-03-02T09:{number:02d}:00+00:00", actor=ACTOR)
    return space
