"""Control charts that go on from window to window, with the limits that were promised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evidence.records import MonitoringRun, Trigger
from tests.clinic import PLAN, Clinic, draw

CHARTS = """\
  - {id: charted, finding: chart, severity: critical}
charts:
  - {id: misses, kind: bernoulli-cusum, watch: sensitivity, at: standard, loss_of: 0.1, by: [sex], false_alarms_a_year: 0.1}
  - {id: events, kind: risk-adjusted-cusum, watch: event, odds_ratio: 2, false_alarms_a_year: 0.1}
  - {id: age-lost, kind: ewma, watch: missing, column: age, false_alarms_a_year: 0.1}
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A validated clinic whose plan has charts."""
    found = Clinic.open(tmp_path)
    found.validate()
    (tmp_path / "policies" / "monitoring.yaml").write_text(PLAN + CHARTS)
    return found


def _charts(run: MonitoringRun) -> dict[str, dict]:  # type: ignore[type-arg]
    return {chart["id"]: chart for chart in run.charts}


def test_charts_go_on_from_record_to_record_and_find_what_one_window_hides(clinic: Clinic) -> None:
    """Two stable months, then women whose positives lose their score from the 10th on."""
    blind = draw(4)
    rng = np.random.default_rng(5)
    lost = (blind.sex == "female") & (blind.truth == 1) & (blind.day >= "2025-04-10")
    blind.loc[lost & (rng.random(len(blind)) < 0.5), "score"] = 0.05
    clinic.produce(draw(2), draw(3), blind)
    february, march = clinic.watch("2025-04-02")
    assert not [f for run in (february, march) for f in run.findings if f["kind"] == "chart"]
    (april,) = clinic.watch("2025-05-02")
    before, after = _charts(march), _charts(april)
    women = after["misses:sex=female:worse"]
    assert women["state"]["seen"] == before[women["id"]]["state"]["seen"] + women["counted"]
    assert women["limit"] == before[women["id"]]["limit"]
    signal = women["signals"][0]
    assert "2025-04-07" <= signal["since"] <= signal["day"] <= "2025-04-20"
    found = {f["subject"]: f for f in april.findings if f["kind"] == "chart"}
    assert "misses:sex=female:worse" in found
    assert "misses:sex=male:worse" not in found
    assert "times a year" in found[women["id"]]["statement"]
    assert found[women["id"]]["onset"] == signal["since"]
    raised = {t.cause for _, t in clinic.space.trail.all(Trigger)}
    assert f"chart:{women['id']}" in raised
    assert after["age-lost:overall:worse"]["state"]["windows"] == 3
    assert after["events:overall:worse"]["statistic"] is not None
    assert all(len(chart["path"]) <= 210 for chart in april.charts)
