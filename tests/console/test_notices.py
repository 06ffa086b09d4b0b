"""`tplc monitor` with notices, `notify`, `metrics`: the run stands whatever a receiver does."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from console import cli, notices, tracked
from evidence.errors import UsageError
from evidence.records import ModelLock, Record
from monitoring.notice import signature
from policies import registration
from tests.clinic import PLAN, Clinic, draw
from tests.monitoring.metrics.test_metrics import _run
from tests.monitoring.notice.world import AT, SECRET, receiver

NOTIFY = """\
notify:
  - webhook: URL
    secret: ${HOOK_SECRET}
    tries: 1
    timeout_seconds: 1
  - file: notices.jsonl
"""


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A validated clinic; each test works on a copy."""
    folder = tmp_path_factory.mktemp("clinic")
    Clinic.open(folder).validate()
    return folder


def _clinic(validated: Path, folder: Path, url: str) -> Clinic:
    import shutil

    shutil.copytree(validated, folder / "w")
    clinic = Clinic(folder / "w")
    (clinic.folder / "policies" / "monitoring.yaml").write_text(PLAN + NOTIFY.replace("URL", url))
    clinic.produce(draw(2), draw(3).assign(age=lambda d: d.age + 25))
    return clinic


@dataclasses.dataclass
class Desk:
    """Commands run in this process: what they said, and their exit code."""

    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        code = cli.app(list(words), standalone_mode=False)
        said = self.capsys.readouterr()
        return (code if isinstance(code, int) else 0), said.out, said.err

    def told(self, *words: str) -> dict[str, Any]:
        """The JSON object of a command that is well."""
        code, out, err = self.run(*words, "--json")
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An environment with the secret."""
    monkeypatch.setenv("TPLC_ACTOR", "tester")
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    return Desk(capsys)


NIGHT = ("monitor", "--as-of", "2025-04-02", "--json")


def test_a_night_tells_its_triggers_and_a_receiver_that_fails_changes_nothing_of_it(
    validated: Path, tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code is the run's; the file has the notice; `status` says what waits; `notify` brings it."""
    with receiver(503) as taken:
        clinic = _clinic(validated, tmp_path, taken.url)
        monkeypatch.setenv("TPLC_WORKSPACE", str(clinic.folder))
        code, out, err = desk.run(*NIGHT)
        (trigger,) = json.loads(out)["triggers"]
        assert code == 1
        assert "wait for the next run (answered 503)" in err
        assert SECRET not in out + err
        (line,) = (clinic.folder / "notices.jsonl").read_text().splitlines()
        assert json.loads(line)["trigger"] == trigger["id"]
        waiting = desk.told("monitor", "status")["undelivered"]
        assert [(w["trigger"], w["why"]) for w in waiting] == [(trigger["id"], "answered 503")]
        (channel,) = desk.told("monitor", "notify")["channels"]
        assert (channel["delivered"], channel["waiting"]) == (1, 0)
        assert desk.told("monitor", "notify") == {"channels": []}
    _, headers, body = taken.posts[-1]
    assert headers[signature.HEADER].startswith("t=")
    assert json.loads(body)["statement"] == trigger["statement"]
    assert "c03-" not in body.decode()  # no case of the data
    clinic.space.trail.verify()


def test_the_state_is_written_for_node_exporter_and_printed(
    validated: Path, tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any run and after; the file is named .prom, in a folder that exists."""
    clinic = _clinic(validated, tmp_path, "http://127.0.0.1:9/")
    monkeypatch.setenv("TPLC_WORKSPACE", str(clinic.folder))
    assert "tplc_open_triggers" in desk.run("monitor", "metrics")[1]
    plan = clinic.space.policy("monitoring")
    registration.register(clinic.space.trail, plan, at=AT, actor="a")
    clinic.space.trail.append([_run(2)], at=AT, actor="a")
    path = clinic.folder / "tplc.prom"
    assert desk.run("monitor", "metrics", "--out", str(path))[0] == 0
    found = {s.name: s.value for m in parse(path.read_text()) for s in m.samples}
    assert found["tplc_window_cases"] == 400
    assert desk.run("monitor", "metrics", "--format", "openmetrics")[1].endswith("# EOF\n")
    for wrong in (("--out", "tplc.txt"), ("--out", "no/where.prom"), ("--format", "xml")):
        with pytest.raises(UsageError):
            desk.run("monitor", "metrics", *wrong)


def test_a_fault_of_ours_in_the_outbox_is_a_sentence(
    validated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file stands where the outbox should be."""
    clinic = _clinic(validated, tmp_path, "http://127.0.0.1:9/")
    (clinic.folder / ".tplc" / "outbox").write_text("in the way")
    notices.begin(clinic.space)
    assert notices.tell(clinic.space) == []
    said = capsys.readouterr().err
    assert "the outbox cannot be written (FileExistsError)" in said
    assert "the outbox failed (FileExistsError)" in said


def test_an_mlflow_that_is_away_is_said_once_for_all_windows(
    validated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is not tried; an external model is not spoken of."""
    space = dataclasses.replace(Clinic(validated).space, tracking_uri="http://127.0.0.1:9")
    body: dict[str, Any] = {"digest": "sha256:m", "manifest": {}, "uri": ""}
    lock = ModelLock(name="covid", version="1", external=False, **body)
    written = [
        Record(
            seq=n,
            schema="monitoring-run/1",
            at=AT,
            actor="a",
            body=_run(n).body(),
            previous="",
            digest="",
        )
        for n in (2, 3)
    ]
    tracked.log(space, lock, written)
    assert capsys.readouterr().err.count("mlflow: MLflow took no metrics") == 1
    tracked.log(space, dataclasses.replace(lock, external=True), written)
    assert capsys.readouterr().err == ""
