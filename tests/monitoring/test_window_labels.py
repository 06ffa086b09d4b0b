"""Windows judged as their labels come: again at each age, once for each change, never in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evidence import windows
from evidence.records import MonitoringRun, Trigger
from tests.clinic import PLAN, Clinic, draw

LABELS = """\
labels: {known: known, judged_after_days: [0, 30], complete_at: 0.95, reopen_days: 400}
label_free:
  endpoints: [{endpoint: auroc, fall_of: 0.05}, {endpoint: sensitivity, at: standard}]
  replicates: 200
"""
RULES = """\
  - {id: late, finding: labels, severity: major}
  - {id: estimated, finding: label-free, severity: minor}
  - {id: silent, finding: abstention, severity: major}
"""


def _late(month: int, seed: int = 3) -> pd.DataFrame:
    """A month whose labels take up to 20 days; a hundredth never come."""
    rng = np.random.default_rng([seed, month])
    frame = draw(month)
    took = rng.integers(1, 21, len(frame))
    day = pd.to_datetime(frame["day"]) + pd.to_timedelta(took, unit="D")
    never = rng.random(len(frame)) < 0.01
    return frame.assign(known=day.dt.strftime("%Y-%m-%d").where(~never))


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A validated clinic whose plan knows of late labels."""
    found = Clinic.open(tmp_path)
    found.validate()
    (tmp_path / "policies" / "monitoring.yaml").write_text(PLAN + RULES + LABELS)
    return found


def _auroc(run: MonitoringRun) -> float | None:
    for e in run.estimates:
        if (e["endpoint"], e["subgroup"]) == ("auroc", "overall"):
            return float(e["value"])
    return None


def test_a_window_is_judged_when_it_ends_and_again_when_its_labels_are_due(clinic: Clinic) -> None:
    """Both judgings stand in the trail; the second takes the place of the first."""
    clinic.produce(_late(2), _late(3))
    (early,) = clinic.watch("2025-03-01")
    assert (early.stage["age_days"], early.stage["version"], early.stage["final"]) == (0, 1, False)
    assert 0 < early.labels["known"] < 0.7 * early.cases
    assert early.labels["verdict"] == "maturing"
    assert early.findings == []  # endpoints on half the labels raise nothing
    estimated = early.label_free[0]["estimate"]
    assert early.label_free[0]["trust"]["verdict"] == "untested"
    final, march = clinic.watch("2025-04-01")
    assert final.window["label"] == "2025-02"
    assert (final.stage["version"], final.stage["supersedes"]) == (2, early.key)
    assert final.labels["verdict"] == "complete"
    assert estimated["low"] <= (_auroc(final) or 0) <= estimated["high"]
    assert march.label_free[0]["trust"]["verdict"] == "borne-out"
    trail = clinic.space.trail
    assert len(trail.all(MonitoringRun)) == 3
    newest = [run.stage["version"] for _, run in windows.newest(trail)]
    assert newest == [2, 1]
    assert clinic.watch("2025-04-01") == []


def test_a_label_that_is_revised_has_its_window_judged_anew_and_once(clinic: Clinic) -> None:
    """Three positives turn negative half a year later."""
    frame = _late(2)
    clinic.produce(frame)
    (first,) = clinic.watch("2025-03-31")
    hits = frame.index[frame.truth == 1][:3]
    clinic.produce(frame.assign(truth=frame.truth.where(~frame.index.isin(hits), 0)))
    (run,) = [r for r in clinic.watch("2025-04-01") if r.window["label"] == "2025-02"]
    assert run.stage["why"] == "rows or labels changed since"
    assert run.stage["version"] == 2
    assert run.positives < first.positives
    assert [r for r in clinic.watch("2025-04-01") if r.window["label"] == "2025-02"] == []


def test_labels_that_stop_coming_are_a_finding(clinic: Clinic) -> None:
    """A feed that stopped: fewer labels than earlier windows let expect at this age."""
    stopped = _late(3).assign(known=lambda d: d.known.where(d.index % 4 == 0))
    clinic.produce(_late(2), stopped)
    clinic.watch("2025-03-31")
    run = next(r for r in clinic.watch("2025-05-01") if r.window["label"] == "2025-03")
    late = next(f for f in run.findings if f["kind"] == "labels")
    assert "fewer than their age lets expect" in late["statement"]
    assert late["value"] < late["limit"]
    assert "labels:late" in {t.cause for _, t in clinic.space.trail.all(Trigger)}


def test_scores_that_stay_away_are_counted_and_in_no_endpoint(clinic: Clinic) -> None:
    """A fifth of the cases got no score: the share is a finding, the AUROC that of the others."""
    silent = _late(2).assign(score=lambda d: d.score.where(d.index % 5 != 0))
    clinic.produce(silent)
    (run,) = clinic.watch("2025-03-31")
    share = next(e for e in run.estimates if e["endpoint"] == "abstention-rate")
    assert share["value"] == pytest.approx(0.2)
    assert "abstention:score" in {f["cause"] for f in run.findings}
    area = next(e for e in run.estimates if e["endpoint"] == "auroc")
    assert area["n"] <= 0.8 * run.cases
