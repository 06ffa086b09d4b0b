"""The pages of locked models: lock, validations, surveillance, and two versions side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from console import start
from console.views import disclosed, measured
from console.views.surveyed import Window
from console.web import drawn
from evidence.records import ModelLock, ValidationRun
from policies.workspace import Workspace
from reports import words
from tests.change_control import world as versions
from tests.console.web.served import pages, said
from tests.reports import world

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two versions, one of them watched, each validated; one subgroup is a small cell."""
    made = world.build(tmp_path_factory.mktemp("models"))
    start.make(made.folder / "shipped")
    for name in ("change_control", "data_quality"):
        file = made.folder / "shipped" / "policies" / f"{name}.yaml"
        (made.folder / "policies" / file.name).write_text(file.read_text())
    return Workspace(folder=made.folder)


@pytest.fixture(scope="module")
def client(space: Workspace) -> TestClient:
    """Its pages."""
    return pages(space)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The demo's versions: one inside the plan, one outside, one not validated."""
    folder = tmp_path_factory.mktemp("planned")
    start.make(folder)
    (folder / "policies" / "change_control.yaml").write_text(versions.PLAN)
    after = (versions.LOCKS["2"], _whole("2"), versions.LOCKS["3"], _whole("3"))
    versions.trail(*after, versions.second(version="4"), at=folder / ".tplc")
    return Workspace(folder=folder)


def _whole(version: str) -> ValidationRun:
    """A run whose estimates, cut for the plan's tests, are whole again as a record's are."""
    run = versions.RUNS[version]
    rest = {
        "endpoint": "auroc",
        "method": "delong",
        "confidence": 0.95,
        "n": 47401,
        "positives": 3624,
        "subgroup": "overall",
        "unit": "auc",
        "reason": "",
        "events": None,
        "threshold": None,
    }
    rows: dict[str, Any] = {
        key: [row | {"estimate": rest | row["estimate"]} for row in getattr(run, key)]
        for key in ("criteria", "comparisons")
    }
    return replace(run, **rows)


def test_each_version_is_listed_with_its_verdict_and_whether_it_is_watched(
    client: TestClient,
) -> None:
    """Who locked it and when, from which record."""
    text = said(client.get("/models").text)
    assert "2 versions, locked last first" in text
    newest, first = text.partition("fever/2 ")[2].partition("fever/1 ")[::2]
    for part, number in ((newest, 5), (first, 4)):
        assert f"2 Mar 2026 by r.meier, record {number}" in part
        assert "fail on spring" in part
    assert "not watched" in newest
    assert "watched, open 4 triggers" in first


def test_a_version_shows_what_its_records_say(space: Workspace, client: TestClient) -> None:
    """The digest in full, its files, and of each primary criterion estimate, bound and verdict."""
    text = said(client.get("/models/fever/1").text)
    ((_, lock), *_) = space.trail.all(ModelLock)
    assert lock.digest in text
    assert all(name in text for name in lock.manifest)
    (record, run), _ = space.trail.all(ValidationRun)
    (primary,) = [c for c in run.criteria if c["primary"]]
    shown = words.estimate(primary["estimate"], 10)
    row = text.partition("Primary criteria")[2].partition("Other criteria")[0]
    for word in (primary["id"], shown["value"], shown["interval"], shown["n"], "lower ≥ 0.7"):
        assert word in row, word
    assert f"record {record.seq}" in text
    failed = text.partition("Other criteria that failed or were not evaluable")[2]
    assert "V2" in failed
    assert "not evaluable 12 cases, 100 required; <10 positives" in failed


def test_the_windows_are_a_line_and_a_table(space: Workspace, client: TestClient) -> None:
    """Every window's record; the points of the line are in the order of the windows."""
    html = client.get("/models/fever/1").text
    text = said(html)
    assert "8 windows judged" in text
    assert "It is watched by the plan of record 3" in text
    assert "AUROC, newest window first" in text
    line = html.partition('<polyline class="value" points="')[2].partition('"')[0].split()
    across = [float(point.partition(",")[0]) for point in line]
    assert len(line) == 8
    assert across == sorted(across)
    assert 'role="img" aria-labelledby="overtime-title"' in html
    assert "style=" not in html
    assert [r.seq for r in space.trail.records("monitoring-run/2", "monitoring-run/1")] == [
        *range(9, 17)
    ]
    assert all(f'href="/trail/{n}"' in html for n in range(9, 17))


def test_a_window_that_was_not_measured_breaks_the_line() -> None:
    """No value is drawn through it."""
    body = {
        "endpoint": "auroc",
        "value": 0.8,
        "low": 0.7,
        "high": 0.9,
        "n": 100,
        "positives": 50,
        "method": "delong",
        "confidence": 0.95,
        "events": None,
        "threshold": None,
        "subgroup": "overall",
        "unit": "auc",
        "reason": "",
    }
    found = measured.measured(body, 10)
    gone = measured.measured(body | {"value": None, "low": None, "high": None}, 10)
    windows = [
        Window(
            label=str(n),
            start="2026-01-01",
            end="2026-01-31",
            record=n,
            cases=1,
            estimate=e,
            findings=0,
        )
        for n, e in enumerate((found, found, gone, None, found))
    ]
    line = drawn.line(windows)
    assert line is not None
    assert [len(part.split()) for part in line.lines] == [2, 1]
    assert drawn.line(windows[:1]) is None


def test_decisions_and_triggers_are_linked(client: TestClient) -> None:
    """The decision that investigates leaves its trigger open."""
    html = client.get("/models/fever/1").text
    text = said(html)
    assert "The clinic is asked whom it tested since May." in text
    assert 'href="/triggers/T-2025-04-02"' in html


def test_no_small_cell_is_shown(space: Workspace, client: TestClient) -> None:
    """Of the subgroup with two positives neither a share nor a count; nor in a criterion's JSON."""
    (_, run), _ = space.trail.all(ValidationRun)
    small = [e for e in run.estimates if words.withheld(e, 10)]
    assert small
    for each in small:
        shown = measured.measured(each, 10)
        assert (shown.value, shown.low, shown.high, shown.text) == (None, None, None, "withheld")
    body = disclosed.disclosed(run.body(), 10)
    held = [e for e in body["estimates"] if e["value"] == disclosed.WITHHELD]
    assert len(held) == len([e for e in small if e["value"] is not None])
    assert body["curves"]["score_cells"] == disclosed.UNSEEN
    assert "2 positives" not in said(client.get("/models/fever/2").text)


def test_two_versions_stand_side_by_side(client: TestClient) -> None:
    """The one locked first is the earlier, whichever page is asked for."""
    for one, other in (("1", "2"), ("2", "1")):
        text = said(client.get(f"/models/fever/{one}?against=fever/{other}").text)
        assert "fever/2 beside fever/1" in text
        assert " V4 " in text.partition("Compared on the same cases")[2]
        assert "AUROC 0." in text.partition("What was measured")[2]


@pytest.mark.parametrize(
    ("model", "answer", "named"),
    [
        ("2", "inside", "Inside M1"),
        ("3", "outside", "parameters.max depth"),
        ("4", "cannot tell", "tplc validate --model covid-symptoms/4"),
    ],
)
def test_the_plan_answers_inside_outside_or_cannot_tell(
    planned: Workspace, model: str, answer: str, named: str
) -> None:
    """The words and every check of the rules themselves."""
    text = said(pages(planned).get(f"/models/covid-symptoms/{model}?against=covid-symptoms/1").text)
    result = versions.judged(planned.trail, f"covid-symptoms/{model}")
    assert (str(result.answer), named in result.reason.replace("_", " ")) == (answer, True)
    assert f"? {answer} {result.reason.replace('_', ' ')[:60]}" in text
    for each in result.modifications:
        for check in each.checks:
            assert check.reason.replace("_", " ") in text
    assert "Version 1 of the plan, record 1" in text


def test_a_version_against_itself_has_nothing_to_hold(planned: Workspace) -> None:
    """No answer is invented."""
    text = said(pages(planned).get("/models/covid-symptoms/3?against=covid-symptoms/3").text)
    assert "Nothing differs" in text


@pytest.mark.parametrize(
    "address",
    ["/models/fever/9", "/models/none/1", "/models/fever/1?against=fever/9", "/models/a/../b/%00"],
)
def test_a_version_that_is_not_locked_is_not_there(client: TestClient, address: str) -> None:
    """404, and which there are."""
    answer = client.get(address)
    assert answer.status_code == 404


def test_a_workspace_without_models_says_how_to_lock_one(tmp_path: Path) -> None:
    """No empty table."""
    start.make(tmp_path)
    text = said(pages(Workspace(folder=tmp_path)).get("/models").text)
    assert "tplc lock" in text
