"""A remembered trail answers as the trail does, and sees what others write."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from evidence import remembered
from evidence.records import KINDS, Kind, MonitoringRun, Trigger
from evidence.remembered import HEAVY, RememberedTrail
from evidence.trail import AuditTrail

AT = "2026-03-02T09:00:00+00:00"
GOLDEN = Path(__file__).parent / "golden"
LESS = (*HEAVY, "drift", "estimates")  # what a window's record is remembered without
WRITE = """
import sys
from evidence.records import AuthorityReport
from evidence.trail import AuditTrail
value = AuthorityReport(awareness="A-001", sent_at="now", reference="R 1", person="ada")
AuditTrail(sys.argv[1]).append([value], at="2026-03-02T10:00:00+00:00", actor="another process")
"""


def _golden(schema: str, **changes: Any) -> Kind:
    body = json.loads((GOLDEN / f"{schema.replace('/', '-')}.json").read_text())
    return KINDS[schema].read(body | changes)


def _window(number: int) -> MonitoringRun:
    day = f"2026-01-{number:02d}"
    row = {"endpoint": "auroc", "value": 0.8, "n": 400}
    value = _golden(
        "monitoring-run/2",
        key=f"k{number}",
        window={"label": day, "start": day, "end": day},
        drift=[{"column": "age", "value": 0.1}, {"column": "sex", "value": 0.2}],
        estimates=[row | {"subgroup": "overall"}, row | {"subgroup": "sex=female"}],
        findings=[{"kind": "drift", "subject": "age", "cause": "drift:age", "value": 0.1}],
    )
    assert isinstance(value, MonitoringRun)
    return value


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trail with one record of each kind, then windows between triggers."""
    path = tmp_path_factory.mktemp("laid") / "trail.db"
    url = f"sqlite:///{path}"
    every = [_golden(kind.schema) for kind in dict.fromkeys(KINDS.values())]
    AuditTrail(url).append(every, at=AT, actor="a")
    for number in (1, 2, 3):
        trigger = _golden("trigger/1", id=f"T-{number}")
        AuditTrail(url).append([_window(number), trigger], at=AT, actor="watch")
    return path


@pytest.fixture
def url(laid: Path) -> str:
    """That trail, to read."""
    return f"sqlite:///{laid}"


@pytest.fixture
def own(laid: Path, tmp_path: Path) -> str:
    """A copy of it, to write to."""
    for part in laid.parent.glob("trail*"):
        shutil.copy(part, tmp_path / part.name)
    return f"sqlite:///{tmp_path / 'trail.db'}"


def _read(url: str) -> RememberedTrail:
    trail = RememberedTrail(url)
    trail.refresh()
    return trail


@pytest.mark.parametrize("kind", list(dict.fromkeys(KINDS.values())))
def test_it_answers_as_the_trail_does(url: str, kind: type[Kind]) -> None:
    """Each kind: the same records, and the same values but for what is heavy in a window."""
    whole, light = AuditTrail(url).all(kind), _read(url).all(kind)
    assert whole
    assert [r.digest for r, _ in light] == [r.digest for r, _ in whole]
    names = {f.name for f in dataclasses.fields(kind)}
    kept = names - {*LESS} if kind is MonitoringRun else names
    for (record, mine), (_, theirs) in zip(light, whole, strict=True):
        for name in kept:
            assert getattr(mine, name) == getattr(theirs, name)
            assert record.body[name] == getattr(theirs, name)


def test_of_a_window_it_keeps_the_columns_names_and_the_estimates_of_everybody(url: str) -> None:
    """Nothing measured of a column or a subgroup stays in memory."""
    _, run = _read(url).all(MonitoringRun)[-1]
    assert run.drift == [{"column": "age"}, {"column": "sex"}]
    assert [e["subgroup"] for e in run.estimates] == ["overall"]
    assert not any(getattr(run, name) for name in HEAVY)


def test_what_windows_have_in_common_is_held_once(url: str) -> None:
    """Thousands of nights with the same columns and policies hold them together."""
    runs = [run for _, run in _read(url).all(MonitoringRun)]
    assert runs[-1].drift is runs[-2].drift
    assert runs[-1].policies is runs[-2].policies


def test_records_are_whole_and_in_order_windows_among_them(url: str) -> None:
    """From any number on, and by schema."""
    trail, whole = _read(url), list(AuditTrail(url).records())
    for after in (0, 5, len(whole) - 3, len(whole)):
        assert list(trail.records(after=after)) == whole[after:]
    of_two = ("trigger/1", "user/1")
    assert list(trail.records(*of_two)) == list(AuditTrail(url).records(*of_two))
    windows = list(trail.records("monitoring-run/2", after=len(whole) - 3))
    assert windows == [whole[-2]]


def test_since_a_record_only_what_came_after_it(url: str) -> None:
    """The number itself is left out."""
    trail = _read(url)
    every = trail.all(Trigger)
    assert trail.since(Trigger, every[1][0].seq) == every[2:]
    assert trail.since(Trigger, every[-1][0].seq) == []


def test_a_record_of_another_process_is_seen_after_a_refresh(own: str) -> None:
    """And its number is told; a record without a schema named is seen at once."""
    trail = _read(own)
    before = trail.refresh()
    words = [sys.executable, "-c", WRITE, own]
    subprocess.run(words, check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    kind = KINDS["authority-report/1"]
    assert [r.seq for r in trail.records(after=before)] == [before + 1]
    assert len(trail.all(kind)) == 1
    assert trail.refresh() == before + 1
    assert [r.actor for r, _ in trail.all(kind)] == ["a", "another process"]


def test_two_threads_read_each_record_once(own: str) -> None:
    """While a third writes."""
    trail, stop, read = RememberedTrail(own), threading.Event(), []

    def refresh() -> None:
        while not stop.is_set():
            read.append(trail.refresh())

    threads = [threading.Thread(target=refresh) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(4, 12):
        AuditTrail(own).append([_window(number)], at=AT, actor="watch")
    stop.set()
    for thread in threads:
        thread.join()
    last = trail.refresh()
    numbers = [r.seq for r, _ in trail.all(MonitoringRun)]
    assert len(numbers) == len(set(numbers)) == 12
    assert last == len(list(AuditTrail(own).records())) == len(trail.memory.order)
    assert max(read, default=0) <= last


def test_what_is_derived_is_made_once_for_a_trail(url: str) -> None:
    """And another trail has its own."""
    trail = _read(url)
    made: list[int] = trail.derived("list", list)
    assert trail.derived("list", list) is made
    assert _read(url).derived("list", list) is not made


def test_a_changed_record_is_refused_when_it_is_read(url: str, monkeypatch: Any) -> None:
    """Remembering checks each digest, as any reading does."""
    from evidence import chain
    from evidence.errors import BrokenTrailError

    true = chain.record
    monkeypatch.setattr(chain, "record", lambda row: true((*row[:3], "somebody else", *row[4:])))
    with pytest.raises(BrokenTrailError):
        _read(url)
    assert remembered.WINDOWS
