"""Windows that an engine counts: what rows would show, and none of them kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evidence.errors import PolicyError
from evidence.records import MonitoringRun
from policies import policy
from tests.clinic import PLAN, Clinic, draw

EXTRA = """\
  - {id: charted, finding: chart, severity: critical}
charts:
  - {id: misses, kind: bernoulli-cusum, watch: sensitivity, at: standard, loss_of: 0.1, false_alarms_a_year: 0.1}
  - {id: lost, kind: ewma, watch: missing, column: age, false_alarms_a_year: 0.1}
label_free: {endpoints: [{endpoint: auroc}], replicates: 200}
"""


def _watch(clinic: Clinic, engine: str) -> list[MonitoringRun]:
    (clinic.folder / "policies" / "monitoring.yaml").write_text(PLAN + EXTRA + engine)
    return clinic.watch("2025-04-02")


def _values(run: MonitoringRun) -> dict[tuple[Any, ...], float | None]:
    return {(e["endpoint"], e["threshold"], e["subgroup"]): e["value"] for e in run.estimates}


def test_what_is_counted_is_what_rows_show(tmp_path: Path) -> None:
    """The same months by both engines: equal at thresholds, the AUROC to a thousandth."""
    march = draw(3).assign(age=lambda d: d.age + 25)
    runs = {}
    for engine in ("memory", "duckdb"):
        clinic = Clinic.open(tmp_path / engine)
        clinic.validate()
        clinic.produce(draw(2), march)
        runs[engine] = _watch(clinic, f"engine: {{name: {engine}}}\n")
    for rows, counted in zip(runs["memory"], runs["duckdb"], strict=True):
        assert (rows.cases, rows.positives) == (counted.cases, counted.positives)
        assert [(d["column"], d["status"], d["exact"]) for d in rows.drift] == [
            (d["column"], d["status"], pytest.approx(d["exact"])) for d in counted.drift
        ]
        one, other = _values(rows), _values(counted)
        assert set(other) == set(one)
        for key, value in other.items():
            loose = 2e-3 if key[0] in ("auroc", "brier") or "calibration" in key[0] else 1e-9
            loose = 5e-3 if key[0].startswith("ece") else loose
            loose = 1e-4 if key[0] == "observed-expected" else loose
            assert value == pytest.approx(one[key], abs=loose), key
        causes = [{f["cause"] for f in run.findings} for run in (rows, counted)]
        assert causes[0] == causes[1]
        states = [run.charts[0]["state"]["seen"] for run in (rows, counted)]
        assert states[0] == states[1]
        assert counted.label_free[0]["estimate"]["value"] == pytest.approx(
            rows.label_free[0]["estimate"]["value"], abs=2e-3
        )
        assert counted.engine["name"] == "duckdb"
        assert counted.warnings[0]["code"] == "counted-only"
    assert "drift:age" in {f["cause"] for f in runs["duckdb"][1].findings}


def test_a_plan_that_needs_rows_is_refused_where_they_are_only_counted(tmp_path: Path) -> None:
    """All such keys at once."""
    path = tmp_path / "monitoring.yaml"
    more = "engine: {name: duckdb}\nmodalities: {image: [scan]}\ndrift: {joint: {}}\n"
    path.write_text(PLAN + more)
    with pytest.raises(PolicyError, match="modalities: needs rows.*drift.joint: needs rows"):
        policy.load(path)


def test_a_score_that_was_logged_is_watched_as_it_is(tmp_path: Path) -> None:
    """The plan names its column; both engines take it."""
    clinic = Clinic.open(tmp_path)
    clinic.validate()
    clinic.produce(draw(2).rename(columns={"score": "shown"}).assign(score=0.5), draw(3).iloc[:0])
    (run, _) = _watch(clinic, "logged_score: shown\n")
    assert (_values(run)["auroc", None, "overall"] or 0) > 0.8
    assert isinstance(run, MonitoringRun)
    assert pd.notna(run.cases)
