"""`tplc monitor status`: the timeline says what the records say, in signs and in words."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console import answer, cli, settings, status
from evidence.records import MonitoringRun
from tests.clinic import AT, PLAN, Clinic, draw
from tests.nightly import night

CRON = PLAN.replace("2025-02-01}", '2025-02-01, cron: "30 2 * * *", timezone: Europe/Berlin}')


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """Four months: quiet, age moved, the same again, and hardly a case."""
    made = Clinic.open(tmp_path_factory.mktemp("clinic"))
    made.validate()
    (made.folder / "policies" / "monitoring.yaml").write_text(CRON)
    older = [draw(month, 1500).assign(age=lambda frame: frame.age + 25) for month in (3, 4)]
    made.produce(draw(2, 1500), *older, draw(5, 20))
    assert len(night(made.folder, dt.date(2025, 6, 2))) == 4
    return made


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten days after the runs were written, in winter."""
    now = dt.datetime.fromisoformat(AT) + dt.timedelta(days=10)
    monkeypatch.setattr(settings, "now", now.isoformat)


def _status(clinic: Clinic, *words: str) -> Any:
    done = CliRunner().invoke(
        cli.app, ["monitor", "status", *words], env={"TPLC_WORKSPACE": str(clinic.folder)}
    )
    assert done.exit_code == 0, done.exception
    return done


def test_each_check_says_quiet_found_trigger_or_not_measured(watched: Clinic) -> None:
    """Drift is raised once and then goes on; a window of too few cases measures nothing."""
    told = json.loads(_status(watched, "--json").stdout)
    rows = {row["check"]: row for row in told["checks"]}
    assert rows["drift"]["cells"] == ["quiet", "trigger", "found", "not measured"]
    assert rows["age"]["cells"] == rows["drift"]["cells"]
    assert rows["data-quality"]["cells"] == ["quiet", "quiet", "quiet", "trigger"]
    assert rows["data-quality"]["newest"] == "trigger, 1 found"
    assert rows["performance"]["cells"][-1] == "not measured"
    labels = [run.window["label"] for _, run in watched.space.trail.all(MonitoringRun)]
    assert [w["window"]["label"] for w in told["windows"]] == labels


def test_open_triggers_come_gravest_first_with_their_age_and_then_what_is_next(
    watched: Clinic,
) -> None:
    """Ten days old; the windows since are due; the next run is by the plan's clock."""
    told = json.loads(_status(watched, "--json").stdout)
    assert [(t["severity"], t["days_open"]) for t in told["triggers"]] == [
        ("major", 10),
        ("minor", 10),
    ]
    assert told["due"] == [f"2025-{m:02d}" for m in range(6, 13)]
    assert (told["next"]["label"], told["next"]["due"]) == ("2026-01", "2026-02-01")
    assert told["next_run"] == "2026-01-13T02:30:00+01:00"
    text = _status(watched).stdout
    assert "7 windows are due now (2025-06, 2025-07, 2025-08 ...)" in text
    assert "Open triggers: 1 major, 1 minor" in text


@pytest.mark.parametrize("last", [0, 2])
def test_the_strip_fits_a_screen_of_eighty_columns(
    watched: Clinic, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    """Signs explained in words beside them, so that colour alone says nothing."""
    monkeypatch.setattr(answer, "WIDE", 80)
    text = _status(watched, "--last", str(last)).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert status.LEGEND in text
    (line,) = [x for x in text.splitlines() if x.startswith("drift")]
    strip = line.split()[1:]
    shown = ["·", "T", "o", "-"]
    assert strip == [*shown[-(last or 4) :], "not", "measured"]
    (heads,) = [x for x in text.splitlines() if x.startswith("Check")]
    assert heads.split()[1:-2] == ["02", "03", "04", "05"][-(last or 4) :]


def test_before_the_first_window_it_says_so(watched: Clinic, tmp_path: Path) -> None:
    """No run, no strip, and what is due."""
    fresh = Clinic.open(tmp_path)
    text = _status(fresh).stdout
    assert "no window was run yet" in text
    assert "windows are due now (2025-02" in text
    assert watched.folder != fresh.folder
