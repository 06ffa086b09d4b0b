"""A small served workspace: a plan, a model, windows with findings, triggers; written directly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi.testclient import TestClient

from console import start
from console.web import app
from console.web.visitor import Visitor, visitor
from evidence import digest as digests
from evidence.records import MonitoringRun, PolicyRegistration, Trigger
from policies.workspace import Workspace
from tests.board_room import Room, golden
from tests.clinic import PLAN
from validation.estimate import Estimate

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.kind import Body, Kind
    from evidence.trail import AuditTrail

AT = "2026-03-02T09:00:00+00:00"
MODEL = "fever/1"
KEY = "sha256:frozen"


@dataclass
class Ward:
    """A workspace whose model is watched."""

    folder: Path
    every: str = "month"

    @classmethod
    def open(cls, folder: Path, every: str = "month", *values: Kind) -> Ward:
        """Lock a model, register its plan, write some records."""
        start.make(folder)
        ward = cls(folder, every)
        first: list[Kind] = [Room.lock("1"), ward.plan]
        ward.trail.append([*first, *values], at=AT, actor="watch")
        return ward

    @property
    def space(self) -> Workspace:
        """The workspace, read afresh."""
        return Workspace(folder=self.folder)

    @cached_property
    def trail(self) -> AuditTrail:
        """Its trail."""
        return self.space.trail

    @property
    def text(self) -> str:
        """The plan's text."""
        said = PLAN.replace("external/1", MODEL).replace("every: month", f"every: {self.every}")
        return said.replace("severity: critical}", "severity: critical, windows_in_a_row: 2}", 1)

    @property
    def plan(self) -> PolicyRegistration:
        """The plan."""
        return registered(self.text)

    def window(self, start: dt.date, *findings: Body, **changes: Any) -> MonitoringRun:
        """A window of a day or a month."""
        end = start
        if self.every == "month":
            end = (start.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            end -= dt.timedelta(days=1)
        label = f"{start:%Y-%m}" if self.every == "month" else str(start)
        body: Body = {
            "key": f"key {label}",
            "model": MODEL,
            "model_digest": "sha256:1",
            "policies": {"monitoring": f"1 {digests.of_bytes(self.text.encode())}"},
            "window": {"label": label, "start": str(start), "end": str(end)},
            "cases": 4000,
            "positives": 400,
            "estimates": [
                estimate("auroc", 0.8),
                estimate("auroc", 0.75, subgroup="sex=female"),
                estimate("auroc", 0.85, n=7, positives=3, subgroup="sex=other"),
            ],
            "gaps": [],
            "charts": [],
            "stage": {},
            "drift": [{"column": "age", "value": 0.3, "missing_window": 0.4}],
            "findings": [f | {"window": label} for f in findings],
            "files": {},
        }
        value = golden("monitoring-run/2", **body | changes)
        assert isinstance(value, MonitoringRun)
        return value

    def client(self, user: str = "", *roles: str) -> TestClient:
        """Somebody who asks for pages; a guest without an id."""
        served = app.build(self.space)
        name = user.title()
        served.dependency_overrides[visitor] = lambda: Visitor(id=user, name=name, roles=roles)
        return TestClient(served)


def registered(text: str) -> PolicyRegistration:
    """A plan's registration."""
    return PolicyRegistration(
        name="monitoring",
        version=1,
        digest=digests.of_bytes(text.encode()),
        text=text,
        source="monitoring.yaml",
    )


def estimate(endpoint: str, value: float, **changes: Any) -> Body:
    """An estimate of a window."""
    body: Body = {"low": value - 0.02, "high": value + 0.02, "n": 4000, "positives": 400}
    made = Estimate(endpoint=endpoint, value=value, method="delong", unit="auc", **(body | changes))
    return made.to_dict()


def finding(kind: str, subject: str, **changes: Any) -> Body:
    """A finding of a window."""
    return {
        "kind": kind,
        "cause": f"{kind}:{subject}",
        "subject": subject,
        "statement": f"{subject} is not as it was.",
        "value": 0.4,
        "low": None,
        "high": None,
        "reference": 0.05,
        "limit": 0.1,
        "unit": "proportion",
        "method": "share of cases",
        "n": 4000,
        "onset": "2026-01-09",
    } | changes


def trigger(run: MonitoringRun, number: int = 1, severity: str = "critical") -> Trigger:
    """A trigger of a window's first finding."""
    found = run.findings[0]
    return Trigger(
        id=f"T-{run.window['label']}-{number:02d}",
        model=run.model,
        window=run.window["label"],
        cause=found["cause"],
        severity=severity,
        rule="input-lost",
        statement=found["statement"],
        finding=found,
        run_key=run.key,
    )
