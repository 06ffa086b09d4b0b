"""A small world to test in: an external model, a frozen set, months of windows.

`Clinic` lays a workspace with a synthetic clinic's data. The model's score is a column of the data;
a window can be made to drift before it is watched. Numbers come from a fixed seed.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console import start
from evidence.records import MonitoringRun
from monitoring import surveillance
from monitoring.source import opening
from policies import reader
from policies.dataset import DataQualityPolicy, DatasetSpec
from policies.workspace import Workspace
from validation import freeze, lock
from validation.protocol import Protocol, execute

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evidence.records import Record

AT = "2026-01-02T03:04:05+00:00"
ACTOR = "tester"
SPEC = """\
dataset: clinic
title: A synthetic clinic
origin: drawn from a fixed seed
licence: none needed
case: case
time: day
score: score
reference_standard:
  column: truth
  positive: [1]
  negative: [0]
  indeterminate: [unclear]
  description: drawn
features:
  - {name: age, type: number}
  - {name: sex, type: category}
subgroups: [sex]
"""
PLAN = """\
policy: monitoring
version: 1
title: Plan
model: external/1
reference: ref
source: production.csv
schedule: {every: month, start: 2025-02-01}
operating_points: [{name: standard, threshold: 0.5}]
performance: [{endpoint: auroc, fall_of: 0.05}]
gaps: [{by: [sex], above: 0.0}]
triggers:
  - {id: input-lost, finding: missingness, severity: critical}
  - {id: input-moved, finding: drift, severity: minor}
  - {id: broken, finding: data-quality, severity: major}
  - {id: moved, finding: prevalence, severity: major}
  - {id: fell, finding: performance, severity: critical}
  - {id: miscalibrated, finding: calibration, severity: major}
  - {id: gap, finding: subgroup-gap, severity: major}
"""


def draw(month: int, people: int = 4000, seed: int = 7) -> pd.DataFrame:
    """A month of 2025: age, sex, a calibrated score, and the truth that it predicts."""
    rng = np.random.default_rng([seed, month])
    first = dt.date(2025, month, 1)
    age = rng.normal(60, 12, people).round(1)
    score = 1 / (1 + np.exp(-(rng.normal(-1.4, 1.6, people) + (age - 60) / 40)))
    return pd.DataFrame(
        {
            "case": [f"c{month:02d}-{i:05d}" for i in range(people)],
            "day": [str(first + dt.timedelta(days=int(d))) for d in rng.integers(0, 28, people)],
            "age": age,
            "sex": rng.choice(["female", "male"], people),
            "score": score.round(6),
            "truth": (rng.random(people) < score).astype(int),
        }
    )


def watched(
    space: Workspace,
    today: dt.date,
    *,
    at: str = AT,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[MonitoringRun]:
    """Run every window that is due in a workspace, as `tplc monitor` does; what was written."""
    watch = surveillance.prepare(space.trail, space.policies, at=at, actor=ACTOR)
    written = surveillance.execute(
        watch,
        opening.opened(watch.plan.source, space.folder, os.environ),
        space.trail,
        space.store,
        lock.Registry(space.registry_uri),
        today=today,
        at=at,
        actor=ACTOR,
        progress=progress,
    )
    return [MonitoringRun.read(record.body) for record in written]


@dataclass
class Clinic:
    """A workspace with a locked external model and a frozen reference set."""

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> Clinic:
        """Lay the workspace, lock and freeze."""
        start.make(folder)
        (folder / "spec.yaml").write_text(SPEC)
        (folder / "policies" / "monitoring.yaml").write_text(PLAN)
        (folder / "vendor.txt").write_text("vendor model 1\n")
        draw(1).to_csv(folder / "reference.csv", index=False)
        clinic = cls(folder)
        value = lock.external("external", "1", folder / "vendor.txt")
        clinic.space.store.put_file(folder / "vendor.txt")
        lock.record(clinic.space.trail, value, at=AT, actor=ACTOR)
        clinic.freeze()
        return clinic

    @property
    def space(self) -> Workspace:
        """The workspace, read afresh."""
        return Workspace(folder=self.folder)

    def freeze(self, name: str = "ref") -> Record:
        """Freeze the reference data."""
        space = self.space
        quality = space.policy("data_quality").value
        assert isinstance(quality, DataQualityPolicy)
        spec = reader.read(self.folder / "spec.yaml", DatasetSpec)
        path = self.folder / "reference.csv"
        frozen = freeze.freeze(path, name, spec, SPEC, quality, [], space.store)
        return freeze.record(space.trail, frozen, at=AT, actor=ACTOR)

    def protocol(self) -> Protocol:
        """A validation of the external model by its own scores."""
        from validation.protocol import Predictions

        space = self.space
        return Protocol(
            lock=lock.find(space.trail, "external/1"),
            frozen=freeze.find(space.trail, "ref"),
            policies=[space.policy("validation"), space.policy("fairness")],
            predictions=Predictions(path=self.folder / "reference.csv", score="score"),
        )

    def validate(self) -> Record:
        """Run the protocol."""
        space = self.space
        registry = lock.Registry(space.registry_uri)
        return execute(self.protocol(), space.trail, space.store, registry, at=AT, actor=ACTOR)

    def produce(self, *months: pd.DataFrame) -> None:
        """Lay production data."""
        pd.concat(months).to_csv(self.folder / "production.csv", index=False)

    def watch(self, today: str) -> list[MonitoringRun]:
        """Run every window that is due on a day."""
        return watched(self.space, dt.date.fromisoformat(today))
