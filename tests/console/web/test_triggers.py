"""The list of triggers and the page of one: its evidence, its like, what was decided."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from change_control import board
from console.views import trigger as of_trigger
from console.views import triggers as of_list
from console.views.triggers import Wanted
from console.web.site import Site
from evidence.records import ChangeDecision, TriggerNote
from tests.board_room import Room, golden
from tests.console.web.watched_trail import AT, Ward, estimate, finding, trigger

if TYPE_CHECKING:
    from console.views.trigger import TriggerPage

MONTHS = [dt.date(2026, month, 1) for month in (1, 2, 3)]
GONE = finding("missingness", "age")
FELL = finding("performance", "auroc", unit="auc", value=0.7, low=0.68, high=0.72, limit=0.75)


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    """Three months: a missing input in two of them, a fall of the AUROC in the last."""
    ward = Ward.open(tmp_path)
    first, second = ward.window(MONTHS[0], GONE), ward.window(MONTHS[1], GONE)
    third = ward.window(MONTHS[2], FELL, GONE)
    decided = ChangeDecision(
        trigger="T-2026-01-01", decision="no-action", reason="The form was down.", actor="ada"
    )
    values = [first, trigger(first), decided, second, trigger(second, severity="minor"), third]
    ward.trail.append([*values, trigger(third)], at=AT, actor="watch")
    return ward


def _page(ward: Ward, name: str) -> TriggerPage:
    return of_trigger.trigger(Site(ward.space).reading(), name)


def test_open_triggers_come_first_the_gravest_before_the_others(ward: Ward) -> None:
    """Decided ones after them."""
    page = of_list.triggers(Site(ward.space).reading(), Wanted())
    told = [(line.id, line.severity, line.closed) for line in page.triggers]
    assert told == [
        ("T-2026-03-01", "critical", False),
        ("T-2026-02-01", "minor", False),
        ("T-2026-01-01", "critical", True),
    ]
    assert (page.found, page.open) == (3, 2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", ["T-2026-03-01", "T-2026-02-01"]),
        ("state=decided", ["T-2026-01-01"]),
        ("severity=critical", ["T-2026-03-01", "T-2026-01-01"]),
        ("severity=minor&state=decided", []),
        ("model=fever/1&severity=minor", ["T-2026-02-01"]),
        ("model=cough/1", []),
    ],
)
def test_the_list_is_filtered_by_its_address(ward: Ward, query: str, found: list[str]) -> None:
    """And the filters keep what was asked for."""
    text = ward.client().get(f"/triggers?{query}").text
    every = ["T-2026-03-01", "T-2026-02-01", "T-2026-01-01"]
    assert [name for name in every if f"/triggers/{name}" in text] == found
    assert text.count(" selected>") == query.count("=") - ("cough" in query)


def test_a_trigger_says_what_happened_by_which_rule_with_which_numbers(ward: Ward) -> None:
    """Each number once, in its unit, with the interval and the cases behind it."""
    page = _page(ward, "T-2026-03-01")
    assert page.statement == "Auroc is not as it was."
    numbers = {each.name: each.value for each in page.numbers}
    assert numbers == {
        "Value": "0.700",
        "Confidence interval": "0.680 to 0.720",
        "In the reference set": "0.050",
        "The plan's limit": "0.750",
        "Unit": "area under the ROC curve, 0.5 is chance",
        "Cases behind it": "4,000",
        "Method": "share of cases",
        "Seen since": "2026-01-09",
    }
    missing = _page(ward, "T-2026-01-01")
    assert missing.rule == (
        "Rule input-lost of the plan, version 1: missing values, found in 2 windows in a row, "
        "is critical."
    )
    shown = {each.name: each.value for each in missing.numbers}
    assert (shown["Value"], shown["Rise that the plan allows"]) == ("40.0 %", "10.0 %")


def test_subgroups_are_shown_and_small_cells_are_not(ward: Ward) -> None:
    """Seven people are no number on a page."""
    page = _page(ward, "T-2026-03-01")
    assert page.affected is not None
    assert page.affected.endpoint == "AUROC"
    rows = {row.subgroup: (row.value, row.n) for row in page.affected.rows}
    assert rows["All"] == ("0.800", "4,000")
    assert rows["sex: female"] == ("0.750", "4,000")
    assert rows["sex: other"][1] == "<10"


def test_the_figure_has_an_address_and_words_with_its_numbers(ward: Ward) -> None:
    """The SVG can be read as one, and allows nothing but its own styles."""
    page = _page(ward, "T-2026-03-01")
    assert page.figure is not None
    said = "2026-01 0.800; 2026-02 0.800; 2026-03 0.800. The plan's limit is 0.750."
    assert said in page.figure.alt
    answer = ward.client().get(page.figure.address)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert ET.fromstring(answer.text).tag.endswith("svg")  # noqa: S314 - of our own drawing
    missing = _page(ward, "T-2026-01-01")
    assert missing.figure is not None
    assert "2026-01 40.0 %" in missing.figure.alt
    assert "The plan's limit is 15.0 %" in missing.figure.alt  # 5 % in the set and a rise of 10 %


def test_a_gap_is_drawn_the_way_round_that_the_finding_says(tmp_path: Path) -> None:
    """The record may hold the difference of the same two the other way round."""
    ward = Ward.open(tmp_path)
    gap = estimate("auroc-difference", -0.1, subgroup="sex=male − sex=female")
    run = ward.window(MONTHS[0], finding("subgroup-gap", "sex:female>male", unit="auc"), gaps=[gap])
    ward.trail.append([run, trigger(run)], at=AT, actor="watch")
    page = _page(ward, "T-2026-01-01")
    assert page.figure is not None
    assert page.figure.alt.startswith("Difference in AUROC by window: 2026-01 0.100.")


def test_the_cause_is_followed_over_every_window(ward: Ward) -> None:
    """Two triggers and a finding; another cause of the same kind would be quiet here."""
    page = _page(ward, "T-2026-01-01")
    assert page.strip is not None
    (check,) = page.strip.checks
    assert [cell.state for cell in check.cells] == ["trigger", "trigger", "found"]


def test_later_windows_change_a_trigger(ward: Ward) -> None:
    """A note makes it graver, or says that it is gone."""
    note = TriggerNote(
        trigger="T-2026-02-01",
        model="fever/1",
        window="2026-03",
        cause="missingness:age",
        note="escalated",
        severity="major",
        windows=2,
        statement="missingness:age is now major.",
        run_key="key 2026-03",
    )
    ward.trail.append([note], at=AT, actor="watch")
    page = _page(ward, "T-2026-02-01")
    assert (page.severity, page.severity_now) == ("minor", "major")
    assert [(n.note, n.window) for n in page.notes] == [("graver", "2026-03")]
    assert "(raised as minor)" in ward.client().get("/triggers/T-2026-02-01").text


def test_similar_triggers_say_what_was_decided(ward: Ward) -> None:
    """The same cause first; another kind is not like it."""
    page = _page(ward, "T-2026-02-01")
    assert [(s.id, s.same, s.decided) for s in page.similar] == [
        ("T-2026-01-01", "the same cause", "decided: no action")
    ]
    assert page.similar[0].reason == "The form was down."
    assert not _page(ward, "T-2026-03-01").similar


def test_decisions_say_who_signed_and_whether_that_stands(tmp_path: Path) -> None:
    """Two people approve: the trigger is closed, and the page names them."""
    ward = Ward.open(tmp_path, "month", Room.trigger("T-1"))
    room = Room(tmp_path / ".tplc")
    room.register(1, 2)
    for user in ("quinn", "ada", "ben"):
        room.enrol(user)
    reason = "It was one night of a network fault."
    record = board.decide_at(room.desk("ada"), "T-1", "no-action", reason)
    page = _page(ward, "T-1")
    assert not page.closed
    assert page.awaits
    room.sign("ben", str(record.seq))
    room.sign("quinn", str(record.seq))
    page = _page(ward, "T-1")
    assert page.closed
    (decided,) = page.decisions
    assert decided.counts
    assert (decided.decision, decided.by, decided.reason) == ("no action", "Ada Author", reason)
    assert [(s.name, s.meaning, s.void) for s in decided.signatures] == [
        ("Ben Approver", "approval", ""),
        ("Quinn Quality", "approval", ""),
    ]
    text = ward.client("quinn", "quality").get("/triggers/T-1").text
    assert "Approval: Quinn Quality (quality)" in text


def test_a_newer_version_is_held_against_the_plan(ward: Ward) -> None:
    """Without one there is nothing to hold; never a silent yes."""
    assert _page(ward, "T-2026-01-01").planned is None
    ward.trail.append([Room.lock("2")], at=AT, actor="qa")
    planned = _page(ward, "T-2026-01-01").planned
    assert planned is not None
    assert (planned.model, planned.against) == ("fever/2", "fever/1")
    assert planned.answer in ("outside", "cannot tell")
    assert planned.reason


def test_pathways_assessed_for_it_are_shown(ward: Ward) -> None:
    """With their outcome and who assessed them."""
    table = {"title": "Software change", "authority": "FDA"}
    facts = {"table_facts": table, "outcome": {"title": "Letter to file"}}
    mine = golden("pathway-assessment/1", trigger="T-2026-01-01", **facts)
    other = golden("pathway-assessment/1", trigger="T-2026-02-01", **facts)
    ward.trail.append([mine, other], at=AT, actor="rae")
    (found,) = _page(ward, "T-2026-01-01").assessed
    assert (found.outcome, found.table, found.by) == ("Letter to file", "Software change", "rae")


def test_a_trigger_whose_window_is_missing_still_has_a_page(tmp_path: Path) -> None:
    """What is not known is said, and nothing is drawn."""
    ward = Ward.open(tmp_path, "month", Room.trigger("T-1"))
    page = _page(ward, "T-1")
    assert (page.run, page.figure, page.affected) == (0, None, None)
    client = ward.client()
    assert "the window&#39;s record is missing" in client.get("/triggers/T-1").text.replace(
        "window's", "window&#39;s"
    )
    assert client.get("/triggers/T-1/chart.svg").status_code == 404


@pytest.mark.parametrize("path", ["/triggers/T-9", "/triggers/T-9/chart.svg"])
def test_there_is_no_page_of_no_trigger(ward: Ward, path: str) -> None:
    """And it says so."""
    answer = ward.client().get(path)
    assert answer.status_code == 404
    assert "There is no trigger &#39;T-9&#39;." in answer.text
