"""`tplc serve` as a process of its own: scraped, asked for its health, and nothing else."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

from console.web.headers import HEADERS
from evidence.records import PolicyRegistration
from tests.board_site import House
from tests.clinic import ACTOR, AT, PLAN, Clinic
from tests.killing import RUN, environment
from tests.monitoring.metrics.test_metrics import _run


@contextmanager
def _serving(folder: Path, *more: str) -> Iterator[int]:
    """The port that a workspace is served on, by a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = [*RUN, "serve", "--port", str(port), *more]
    with subprocess.Popen(words, env=environment(folder), stderr=subprocess.PIPE) as job:
        try:
            for _ in range(300):
                time.sleep(0.1)
                assert job.poll() is None, job.stderr and job.stderr.read().decode()
                try:
                    _get(port, "/health/live")
                    break
                except OSError:
                    continue
            yield port
        finally:
            job.terminate()
            job.wait(10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clinic, int]]:
    """A clinic without a plan in its trail yet, and the port that it is served on."""
    clinic = Clinic.open(tmp_path_factory.mktemp("served"))
    with _serving(clinic.folder) as port:
        yield clinic, port


def _get(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request(method, path, headers=headers)
        answer = link.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        link.close()


def test_it_is_alive_at_once_ready_with_a_plan_and_tells_what_was_recorded_since(
    served: tuple[Clinic, int],
) -> None:
    """One life: before the plan, after it, after a window."""
    clinic, port = served
    assert _get(port, "/health/live")[0] == 200
    for _ in range(200):
        code, _, body = _get(port, "/health/ready")
        if "the trail is being read" not in body:
            break
        time.sleep(0.1)
    assert (code, json.loads(body)["faults"]) == (503, ["no surveillance plan is registered"])
    code, headers, body = _get(port, "/metrics")
    assert (code, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert 'tplc_open_triggers{severity="critical"} 0.0' in body
    plan = PolicyRegistration(
        name="monitoring", version=1, digest="sha256:plan", text=PLAN, source="monitoring.yaml"
    )
    clinic.space.trail.append([plan], at=AT, actor=ACTOR)
    assert _get(port, "/health/ready")[::2] == (200, '{"status":"ready","faults":[]}')
    clinic.space.trail.append([_run(2)], at=AT, actor=ACTOR)
    names = {m.name for m in parse_prometheus(_get(port, "/metrics")[2])}
    assert {"tplc_window_cases", "tplc_estimate", "tplc_drift", "tplc_windows_due"} <= names
    accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"
    _, headers, body = _get(port, "/metrics", Accept=accept)
    assert headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert {m.name for m in parse_openmetrics(body)} == names  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/metrics", "GET", 200),
        ("/health/live", "GET", 200),
        ("/", "GET", 200),
        ("/nothing", "GET", 404),
        ("/docs", "GET", 404),
        ("/redoc", "GET", 404),
        ("/openapi.json", "GET", 404),
        ("/metrics", "POST", 405),
    ],
)
def test_every_answer_has_the_strict_headers_and_nothing_else_is_there(
    served: tuple[Clinic, int], path: str, method: str, code: int
) -> None:
    """The pages; no documentation, no name of the server."""
    found, headers, _ = _get(served[1], path, method)
    assert found == code
    assert {k: headers[k.lower()] for k in HEADERS} == HEADERS
    assert "server" not in headers


def test_another_name_and_a_forwarded_address_are_not_believed(tmp_path: Path) -> None:
    """The process itself: names are its own, and the peer is who connects."""
    house = House.build(tmp_path / "house", "quinn")
    proxied = (
        "--user-header",
        "X-Remote-User",
        "--proxy",
        "10.0.0.9",
        "--allow-host",
        "Board.Example",
    )
    with _serving(house.folder, *proxied) as port:
        assert _get(port, "/trail", Host="evil.example")[0] == 400
        assert _get(port, "/trail", Host="board.example")[0] == 303
        claims = {"X-Forwarded-For": "10.0.0.9", "X-Remote-User": "quinn"}
        assert _get(port, "/trail", **claims)[0] == 303
    with _serving(house.folder, *proxied[:2], "--proxy", "127.0.0.1") as port:
        code, _, body = _get(port, "/trail", **{"X-Remote-User": "quinn"})
        assert (code, "Quinn Quality" in body) == (200, True)


def test_a_fault_is_told_by_its_kind_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A trail that is damaged: 503 in words; a fault of ours: 500 with the headers."""
    from fastapi.testclient import TestClient

    from console.metrics import Watched
    from console.web import app

    clinic = Clinic.open(tmp_path)
    asking = TestClient(app.build(clinic.space))
    (tmp_path / ".tplc" / "trail.db").write_bytes(b"x" * 8192)
    ready = asking.get("/health/ready")
    assert (ready.status_code, ready.json()["faults"]) == (503, ["the trail cannot be read"])

    def broken(_watched: object, _space: object) -> None:
        raise RuntimeError("secret of the workspace")

    monkeypatch.setattr(Watched, "families", broken)
    answer = TestClient(app.build(clinic.space)).get("/metrics")
    assert (answer.status_code, answer.text) == (500, "failed\n")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert "secret" not in told
