"""What a window's columns show beside their drift; and that the frozen set is not read for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evidence.records import SurveillanceDesign
from monitoring import surveillance
from monitoring.design import promised
from tests.clinic import ACTOR, AT, PLAN, Clinic, draw

MORE = """\
  - {id: unit, finding: unit, severity: critical}
  - {id: new, finding: new-category, severity: major}
  - {id: joint, finding: joint-drift, severity: minor}
drift: {joint: {}}
charts:
  - {id: misses, kind: bernoulli-cusum, watch: sensitivity, at: standard, loss_of: 0.1, false_alarms_a_year: 0.1}
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A validated clinic with a plan of all kinds of drift."""
    found = Clinic.open(tmp_path)
    found.validate()
    (tmp_path / "policies" / "monitoring.yaml").write_text(PLAN + MORE)
    return found


def test_units_new_values_and_broken_relations_are_found_without_the_frozen_set(
    clinic: Clinic,
) -> None:
    """A stable month, one in other units, one with a new value, one whose columns were re-joined."""
    rng = np.random.default_rng(3)
    tied = draw(5)
    tied["age"] = np.where(
        tied.sex == "female", tied.age.abs().rank(pct=True), 1 - tied.age.rank(pct=True)
    )
    tied["age"] = np.quantile(draw(1).age, np.clip(tied.age, 0.001, 0.999))
    tied["age"] = np.where(tied.sex == "female", np.maximum(tied.age, 60), np.minimum(tied.age, 60))
    other = draw(4)
    other.loc[rng.random(len(other)) < 0.1, "sex"] = "unknown"
    clinic.produce(draw(2), draw(3).assign(age=lambda d: d.age * 10), other, tied)
    space = clinic.space
    watch = surveillance.prepare(space.trail, space.policies, at=AT, actor=ACTOR)
    for part in Path(space.store.location(watch.frozen.digest)).parent.iterdir():
        if part.name == watch.frozen.digest.removeprefix("sha256:"):
            part.unlink()
    runs = {run.window["label"]: run for run in clinic.watch("2025-06-02")}
    found = {
        label: {
            f["cause"] for f in run.findings if f["kind"] in ("unit", "new-category", "joint-drift")
        }
        for label, run in runs.items()
    }
    assert found["2025-02"] == set()
    assert "unit:age" in found["2025-03"]
    ten = next(f for f in runs["2025-03"].findings if f["kind"] == "unit")
    assert ten["value"] == pytest.approx(10)
    assert "new-category:sex" in found["2025-04"]
    words = next(f for f in runs["2025-04"].findings if f["kind"] == "new-category")
    assert "unknown (" in words["statement"]
    assert found["2025-05"] == {"joint-drift:columns together"}
    assert runs["2025-05"].joint["telling"][0]["column"] in ("age", "sex")
    assert runs["2025-02"].dataset["status"] == "stable"


def test_the_design_of_a_plan_is_recorded_once(clinic: Clinic) -> None:
    """What surveillance takes its limits from stands in the trail before the first alarm."""
    space = clinic.space
    watch = surveillance.prepare(space.trail, space.policies, at=AT, actor=ACTOR)
    one = promised.record(watch, space.trail, at=AT, actor=ACTOR)
    assert promised.record(watch, space.trail, at=AT, actor=ACTOR).seq == one.seq
    ((_, value),) = space.trail.all(SurveillanceDesign)
    (row,) = value.design["charts"]
    assert row["false_alarms_a_year"] == pytest.approx(0.1, rel=0.05)
    assert value.design["false_alarms_a_year"] >= row["false_alarms_a_year"]
