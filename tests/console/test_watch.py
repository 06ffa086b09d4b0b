"""`tplc monitor`, once and watching: what it says, when it ends, and that a night's end is its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console import cli, nights, settings
from evidence.records import MonitoringRun
from policies import reader
from policies.plan import MonitoringPlan, Schedule
from tests import nightly
from tests.clinic import PLAN, Clinic, draw
from tests.killing import RUN, environment

FEW = 60
CRON = PLAN.replace("2025-02-01}", '2025-02-01, end: 2025-05-31, cron: "0 3 * * *"}')


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A validated clinic with four short months of production, watched at three."""
    made = Clinic.open(tmp_path_factory.mktemp("validated") / "clinic")
    made.validate()
    (made.folder / "policies" / "monitoring.yaml").write_text(CRON)
    made.produce(*(draw(month, FEW) for month in (2, 3, 4, 5)))
    return made.folder


@pytest.fixture
def clinic(validated: Path, tmp_path: Path) -> Clinic:
    """A copy of it."""
    shutil.copytree(validated, tmp_path / "clinic")
    return Clinic(tmp_path / "clinic")


def _monitor(clinic: Clinic, *words: str) -> Any:
    made = {"TPLC_WORKSPACE": str(clinic.folder), "TPLC_ACTOR": "tester"}
    return CliRunner().invoke(cli.app, ["monitor", *words], env=made)


def _watch(clinic: Clinic) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*RUN, "monitor", "--watch", "--json"],
        env=environment(clinic.folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_watch_catches_up_says_what_comes_next_and_ends_on_sigterm(clinic: Clinic) -> None:
    """Plain lines with UTC time on stderr, one JSON object a night on stdout, exit 0."""
    with _watch(clinic) as job:
        assert job.stderr is not None
        said = []
        for line in job.stderr:
            said.append(line)
            if "next run" in line:
                job.send_signal(signal.SIGTERM)
        assert job.wait() == 0
        assert job.stdout is not None
        (night,) = [json.loads(line) for line in job.stdout]
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S", line) for line in said)
    assert re.search(r"next run \d{4}-\d\d-\d\d 03:00 UTC", "".join(said))
    assert "window 2025-02: 60 cases, 1 finding\n" in "".join(said)
    assert said[-1].endswith("the watch ends\n")
    assert ([w["window"]["label"] for w in night["windows"]], night["exit"]) == (
        ["2025-02", "2025-03", "2025-04", "2025-05"],
        1,
    )
    assert len(nightly.whole(clinic.space.trail)) == 4


def test_sigterm_in_a_night_lets_the_window_at_hand_be_finished(clinic: Clinic) -> None:
    """Whole windows stand, the others stay due; the watch leaves with 0."""
    with _watch(clinic) as job:
        assert job.stderr is not None
        said = []
        for line in job.stderr:
            said.append(line)
            if "window 2025-02 (0 of 4)" in line:
                job.send_signal(signal.SIGTERM)
        assert job.wait() == 0
    text = "".join(said)
    assert "the window at hand is finished first" in text
    stopped = re.search(r"Stopped by SIGTERM: (\d) of 4 due windows are written", text)
    assert stopped is not None
    assert len(nightly.whole(clinic.space.trail)) == int(stopped[1]) >= 1


def _python(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "night ended by SIGKILL"),
        ("import sys; print('no JSON'); sys.exit(4)", "night failed (exit 4)"),
        ('print(\'{"error": "x"}\'); raise SystemExit(2)', "night failed (exit 2)"),
        ('print(\'{"windows": [], "triggers": []}\')', "night done (exit 0): 0 windows"),
    ],
)
def test_however_a_night_ends_the_watch_says_it_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, said: str
) -> None:
    """A crash, a refusal and a quiet night; then the next run is named."""
    plan = reader.parse(CRON, MonitoringPlan, "").schedule
    nights.Watch(tmp_path, plan, command=_python(code)).night()
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[-2]
    assert "next run" in lines[-1]


def test_nights_never_run_side_by_side_and_those_missed_meanwhile_are_one(tmp_path: Path) -> None:
    """Due every tenth of a second, lasting half a second: one after the other, until SIGTERM."""
    from apscheduler.triggers.interval import IntervalTrigger

    log = tmp_path / "log"
    code = (
        f"import time; log = open({str(log)!r}, 'a'); print(time.time(), file=log, flush=True); "
        "time.sleep(0.5); print(time.time(), file=log); print('{}')"
    )
    watch = nights.Watch(tmp_path, Schedule(every="day", start="2026-01-01", cron="0 3 * * *"))  # type: ignore[arg-type]
    watch.command = _python(code)
    timer = threading.Timer(3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    before = signal.getsignal(signal.SIGTERM)
    watch._schedule(IntervalTrigger(seconds=0.1, timezone="UTC"))
    with watch.lock:
        times = [float(line) for line in log.read_text().split()]
    assert 2 <= len(times) // 2 <= 7
    assert times == sorted(times)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_watch_without_a_time_is_refused_with_the_lines_to_add(clinic: Clinic) -> None:
    """And --as-of does not go with it."""
    (clinic.folder / "policies" / "monitoring.yaml").write_text(PLAN)
    assert 'cron: "0 3 * * *"' in str(_monitor(clinic, "--watch").exception)
    assert "--as-of" in str(_monitor(clinic, "--watch", "--as-of", "2025-03-01").exception)


def test_a_day_in_the_future_is_refused_since_its_windows_are_not_over(clinic: Clinic) -> None:
    """They would be judged on rows that have not come."""
    done = _monitor(clinic, "--as-of", "2999-01-01")
    assert "is in the future" in str(done.exception)
    assert clinic.space.trail.all(MonitoringRun) == []


def test_what_should_be_known_besides_is_said_once_with_the_windows(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late rows, columns kept out, a clock that went back; nothing of it when nothing is due."""
    monkeypatch.setattr(settings, "now", lambda: "2026-05-01T00:00:00+00:00")
    first = json.loads(_monitor(clinic, "--as-of", "2025-04-02", "--json").stdout)
    assert first["warnings"] == []
    more = draw(3, 5, seed=9).assign(case=lambda frame: "late-" + frame.case)
    clinic.produce(*(draw(m, FEW) for m in (2, 3, 4, 5)), more.assign(ward="west"))
    monkeypatch.setattr(settings, "now", lambda: "2026-04-30T23:00:00+00:00")
    done = _monitor(clinic, "--as-of", "2025-05-02", "--json")
    found = json.loads(done.stdout)["warnings"]
    assert [note["code"] for note in found] == [
        "clock-before-newest-run",
        "columns-kept-out",
        "rows-arrived-late",
    ]
    assert "5 rows arrived late for window 2025-03" in done.stderr
    again = json.loads(_monitor(clinic, "--as-of", "2025-05-02", "--json").stdout)
    assert [note["code"] for note in again["warnings"]] == ["clock-before-newest-run"]
