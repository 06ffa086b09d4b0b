"""The Overview: what runs, waits and was found, for whoever may see it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from change_control import clocks, limits
from console.views import heat, overview, periods, watching
from console.web import app
from console.web.site import Site
from policies import reporting_clocks
from tests.board_room import Room, golden
from tests.console.web.watched_trail import AT, MODEL, Ward, finding, registered, trigger

if TYPE_CHECKING:
    from evidence.records import Kind

JANUARY = dt.date(2026, 1, 1)
GONE = finding("missingness", "age_60")
MOVED = finding("drift", "age_60")


def _page(ward: Ward) -> overview.Overview:
    return overview.overview(Site(ward.space).reading())


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    """No model, no window, nothing open."""
    from console import start

    start.make(tmp_path / "space")
    text = Ward(tmp_path / "space").client().get("/").text
    assert "No model is locked yet" in text
    assert "No trigger is open." in text


def test_a_window_a_finding_and_a_trigger_are_three_signs_with_words(tmp_path: Path) -> None:
    """Each cell reads without its colour; a caption and heads name rows and columns."""
    ward = Ward.open(tmp_path)
    quiet, found = ward.window(JANUARY), ward.window(dt.date(2026, 2, 1), MOVED)
    raised = ward.window(dt.date(2026, 3, 1), GONE)
    few = ward.window(dt.date(2026, 4, 1), cases=7)
    ward.trail.append([quiet, found, raised, trigger(raised), few], at=AT, actor="watch")
    (model,) = _page(ward).models
    assert model.heat is not None
    rows = {check.name: [cell.sign for cell in check.cells] for check in model.heat.checks}
    assert rows["Drift"] == ["·", "o", "·", "-"]
    assert rows["Missing values"] == ["·", "·", "T", "-"]
    assert [column.name for column in model.heat.columns] == ["Jan", "Feb", "Mar", "Apr"]
    assert [(span.name, span.columns) for span in model.heat.spans] == [("2026", 4)]
    text = ward.client().get("/").text
    cell = '<td class="trigger" title="March 2026: trigger"><span aria-hidden="true">T</span>'
    assert f'{cell}<span class="hidden">trigger</span></td>' in text
    assert re.search(r'<th scope="row"[^>]*>Missing values</th>', text)
    assert 'tabindex="0" role="region" aria-label="Timeline of fever/1' in text
    assert "style=" not in text


def test_a_check_that_is_only_named_where_it_finds_something_was_quiet_before(
    tmp_path: Path,
) -> None:
    """A control chart, say: other windows were measured, and it said nothing."""
    ward = Ward.open(tmp_path)
    charted = ward.window(dt.date(2026, 2, 1), finding("chart", "missed:overall:worse"))
    ward.trail.append([ward.window(JANUARY), charted], at=AT, actor="watch")
    (model,) = _page(ward).models
    assert model.heat is not None
    rows = {check.name: [cell.sign for cell in check.cells] for check in model.heat.checks}
    assert rows["Control chart"] == ["·", "o"]


@pytest.mark.parametrize(
    ("days", "step"), [(30, "window"), (200, "week"), (800, "month"), (1825, "quarter")]
)
def test_many_windows_are_gathered(days: int, step: str) -> None:
    """At most 31 columns, every window in one of them, oldest first."""
    each = [str(dt.date(2021, 1, 1) + dt.timedelta(days=n)) for n in range(days)]
    windows = [{"label": day, "start": day, "end": day} for day in each]
    found, columns = periods.gather(windows)
    assert found == step
    assert len(columns) <= periods.MOST
    assert [place for column in columns for place in column.windows] == list(range(days))


def test_a_column_of_many_windows_says_its_worst_and_how_many(tmp_path: Path) -> None:
    """A week with a trigger and a finding is a trigger; the page says what a cell is."""
    ward = Ward.open(tmp_path, "day")
    values: list[Kind] = []
    for number in range(120):
        found = [GONE] if number in (2, 3, 50) else []
        run = ward.window(JANUARY + dt.timedelta(days=number), *found)
        values += [run, trigger(run)] if number == 3 else [run]
    ward.trail.append(values, at=AT, actor="watch")
    (model,) = _page(ward).models
    assert model.heat is not None
    assert model.heat.said.startswith("Each column is a week: what its worst day said")
    row = next(check for check in model.heat.checks if check.name == "Missing values")
    assert row.cells[0].words == "week from 29 Dec 2025: trigger in 1 of 4 windows"
    assert [cell.sign for cell in row.cells[:3]] == ["T", "·", "·"]
    assert sum(cell.state != "quiet" for cell in row.cells) == 2


def test_the_number_beside_a_sign_counts_windows() -> None:
    """Two of three windows found something."""
    column = periods.Period(above="2026", name="Jan", title="January 2026", windows=(0, 1, 2))
    cell = heat.cell(["found", "quiet", "found"], column)
    assert (cell.state, cell.sign) == ("found", "o2")
    assert cell.words == "January 2026: found in 2 of 3 windows"
    assert heat.cell(["not measured"] * 3, column).sign == "-"


def test_a_new_window_changes_its_own_model_only(tmp_path: Path) -> None:
    """What was gathered of another model is the same value as before; a late trigger is seen."""
    other = {"model": "cough/1", "key": "cough"}
    ward = Ward.open(tmp_path)
    ward.trail.append([ward.window(JANUARY, **other), ward.window(JANUARY)], at=AT, actor="w")
    site = Site(ward.space)
    before = watching.watching(site.reading()).models
    kept, mine = before["cough/1"].heat(), before[MODEL].heat()
    found = ward.window(dt.date(2026, 2, 1), MOVED)
    ward.trail.append([found, trigger(found)], at=AT, actor="w")
    after = watching.watching(site.reading()).models
    assert after["cough/1"].heat() is kept
    now = after[MODEL].heat()
    assert mine is not None
    assert now is not None
    assert (mine.windows, now.windows) == (1, 2)
    assert after[MODEL].states["2026-02-01", "2026-02-28"]["drift"] == "trigger"


def test_a_window_that_is_judged_again_counts_once_as_it_was_judged_last(tmp_path: Path) -> None:
    """Its labels came and the finding is gone."""
    ward = Ward.open(tmp_path)
    first, again = ward.window(JANUARY, MOVED), ward.window(JANUARY, key="again")
    ward.trail.append([first, again], at=AT, actor="watch")
    (model,) = _page(ward).models
    assert model.heat is not None
    assert model.heat.windows == 1
    assert {cell.state for check in model.heat.checks for cell in check.cells} == {"quiet"}


def test_a_window_is_read_by_the_plan_that_judged_it(tmp_path: Path) -> None:
    """A later plan that needs more cases makes no earlier window unmeasured."""
    ward = Ward.open(tmp_path)
    ward.trail.append([ward.window(JANUARY, cases=150)], at=AT, actor="watch")
    text = ward.text + "minimum_cases: 1000\n"
    ward.trail.append([registered(text.replace("version: 1", "version: 2"))], at=AT, actor="qa")
    (model,) = _page(ward).models
    assert model.heat is not None
    drift = next(check for check in model.heat.checks if check.name == "Drift")
    assert [cell.state for cell in drift.cells] == ["quiet"]


def test_the_last_validation_says_why_it_failed(tmp_path: Path) -> None:
    """And links its record."""
    failed = golden("validation-run/2", model=MODEL, verdict="fail", reason="V2: 0.71 below 0.8")
    passed = golden("validation-run/2", model=MODEL, verdict="pass", reason="")
    ward = Ward.open(tmp_path, "month", passed, failed)
    (model,) = _page(ward).models
    assert model.validation is not None
    assert (model.validation.verdict, model.validation.record) == ("fail", 4)
    text = ward.client().get("/").text
    assert '<span class="badge fail">fail</span>' in text
    assert "V2: 0.71 below 0.8" in text
    assert '<a href="/trail/4">record 4</a>' in text


def test_windows_that_are_due_are_told(tmp_path: Path) -> None:
    """The plan began in February 2025: everything since is due."""
    page = _page(Ward.open(tmp_path))
    assert page.models[0].due > 10
    assert "windows are due (2025-02, 2025-03, 2025-04 ...)." in page.models[0].due_words
    assert any(said.startswith("Surveillance is behind:") for said in page.summary)


def test_superseded_versions_come_last_unless_a_plan_watches_them(tmp_path: Path) -> None:
    """Version 2 is locked: version 1 stays while it is watched, and folds away afterwards."""
    ward = Ward.open(tmp_path, "month", Room.lock("2"))
    page = _page(ward)
    assert [model.name for model in page.models] == ["fever/1", "fever/2"]
    assert not page.superseded
    newer = registered(ward.text.replace("fever/1", "fever/2"))
    ward.trail.append([newer], at=AT, actor="qa")
    page = _page(ward)
    assert [model.name for model in page.models] == ["fever/2"]
    assert [model.name for model in page.superseded] == ["fever/1"]
    text = ward.client().get("/").text
    assert text.index("<details>") > text.index(">fever/2")
    assert "1 superseded version, no longer watched" in text


def test_clocks_come_nearest_limit_first_and_overdue_ones_loud(tmp_path: Path) -> None:
    """One has passed its limit for years, one was started now and runs."""
    ward = Ward.open(tmp_path)
    file, now = reporting_clocks.load(), dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for name, moment, what in (
        ("fda-30", now[:16], "a missed case"),
        ("mdr-15", "2024-01-08T09:30", "a delayed diagnosis"),
    ):
        aware = clocks.Aware(
            moment=limits.moment(moment, "UTC"), zone="UTC", person="quinn", what=what
        )
        clocks.start(ward.trail, file, name, aware, at=now, actor="quinn")
    page = _page(ward)
    assert [(c.what, c.overdue) for c in page.clocks] == [
        ("a delayed diagnosis", True),
        ("a missed case", False),
    ]
    assert page.clocks[0].left.endswith(" ago")
    assert page.clocks[1].left.startswith("in ")
    assert page.summary[0] == "1 reporting clock is overdue."
    text = ward.client().get("/").text
    assert '<tr class="late"><td><span class="badge overdue">overdue</span>' in text


def test_what_waits_for_a_person_depends_on_role_and_authorship(tmp_path: Path) -> None:
    """Ada asked for the change: Ben and Quinn may approve it, once, and a reader nothing."""
    ward = Ward.open(tmp_path, "month", Room.trigger("T-1"))
    room = Room(tmp_path / ".tplc")
    room.register(1, 2)
    for user in ("quinn", "ada", "ben", "rae"):
        room.enrol(user)
    room.request("ada")

    def waits(user: str, *roles: str) -> list[tuple[str, str]]:
        seen = Site(ward.space).reading()
        return [(w.address, w.act) for w in overview.overview(seen, user, roles).waiting]

    assert waits("rae", "reviewer") == [("/requests/C-1", "assess it")]
    assert waits("ben", "approver") == waits("") == []
    room.assess("rae")
    vote = [("/requests/C-1", "approve or reject it")]
    assert waits("ben", "approver") == waits("quinn", "quality") == vote
    assert waits("ada", "author", "approver") == []
    assert waits("rae", "reviewer") == waits("red", "read-only") == []
    room.sign("ben", "C-1")
    assert waits("ben", "approver") == []
    assert waits("quinn", "quality") == vote
    text = ward.client("quinn", "quality").get("/").text
    assert text.index("Waits for you") < text.index("Open triggers")
    assert "assessed" in text
    assert "awaiting quality" in text


def test_an_unsigned_decision_waits_for_those_who_may_sign(tmp_path: Path) -> None:
    """Ada decided on a trigger: it stays open, and Ben is asked."""
    from change_control import board

    ward = Ward.open(tmp_path, "month", Room.trigger("T-1"))
    room = Room(tmp_path / ".tplc")
    room.register(1, 2)
    for user in ("quinn", "ada", "ben"):
        room.enrol(user)
    board.decide_at(room.desk("ada"), "T-1", "no-action", "It was one night of a network fault.")
    page = overview.overview(Site(ward.space).reading(), "ben", ("approver",))
    (waiting,) = page.waiting
    assert (waiting.address, waiting.act) == ("/triggers/T-1", "approve or reject it")
    assert page.open == 1
    assert page.triggers[0].status.startswith("open (no action: awaiting")


def test_words_of_a_record_are_escaped(tmp_path: Path) -> None:
    """A statement with markup is text."""
    ward = Ward.open(tmp_path)
    run = ward.window(JANUARY, GONE | {"statement": "<script>alert(1)</script>"})
    ward.trail.append([run, trigger(run)], at=AT, actor="watch")
    for path in ("/", "/triggers", "/triggers/T-2026-01-01"):
        text = ward.client().get(path).text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_ready_says_so_once_the_trail_was_read(tmp_path: Path) -> None:
    """The first reading is done beside the server; the pages wait for it."""
    ward = Ward.open(tmp_path)
    with ward.client() as client:
        assert client.get("/").status_code == 200
        assert client.get("/health/ready").status_code == 200
    served = app.build(ward.space)
    site = served.state.site
    with site.trail.memory.lock:  # somebody is reading
        site.begin()
        answer = TestClient(served).get("/health/ready")
        assert (answer.status_code, answer.json()["faults"]) == (503, ["the trail is being read"])
    assert site.begun.wait(10)
    assert site.ready
    assert site.trail.memory.derived  # the Overview was made ready, too
