"""The memo of an assessment: the facts of its record, on pages, the same for ever."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from change_control import assessment, pathways
from change_control.pathways import Given
from evidence.errors import NotFoundError
from evidence.records import PathwayAssessment, ReportIssue
from policies import decision_table
from policies.workspace import Workspace
from reports import figures, issue, pathway_memo, render
from tests.board_room import Room
from tests.change_control import world
from tests.change_control.world import FIRST, LOCKS, RUNS, SECOND
from tests.reports.test_documents import HEADING, NUMBER, _sayable

DEVICE = """\
name: Symptom <b>score</b> & friends
notice: Made up for tests; not a medical device.
manufacturer: {name: Testers}
"""
WHY = "Because <i>the test</i> says so, at length."


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with two assessments: a letter to file, and that a submission is needed."""
    folder = tmp_path_factory.mktemp("memo")
    (folder / "device.yaml").write_text(DEVICE)
    (folder / ".tplc").mkdir()
    made = Workspace(folder=folder)
    world.trail(LOCKS["2"], RUNS["2"], LOCKS["3"], RUNS["3"], at=folder / ".tplc")
    for model, table, said in (
        (SECOND, "fda", "P1=no 2=no 3a=no 3b=no 4=no VI=no"),
        ("covid-symptoms/3", "eu-ai-act", "1=yes 3=no 4=yes"),
    ):
        prepared = assessment.prepare(
            made.trail,
            decision_table.load(table),
            world.plan_of(made.trail),
            change=f"{model} replaces {FIRST}",
            model=model,
            baseline=FIRST,
        )
        given = {
            step.partition("=")[0]: Given(answer=step.endswith("yes"), reason=WHY, by="r.meier")
            for step in said.split()
        }
        walk = pathways.assess(prepared.file.value, given, prepared.evident)
        assessment.record(made.trail, prepared, walk, at=world.AT, actor="r.meier")
    return made


@pytest.fixture(scope="module")
def texts(space: Workspace) -> dict[str, str]:
    """Each memo's text, by its table."""
    found = {}
    for record, value in space.trail.all(PathwayAssessment):
        issued = issue.build_memo(
            space, record.seq, at=world.AT, actor="r.meier", folder=space.documents
        )
        place = space.documents / ReportIssue.read(issued.body).path
        done = subprocess.run(
            ["pdftotext", "-layout", str(place), "-"], capture_output=True, text=True, check=True
        )
        found[value.table] = done.stdout
    return found


def _flat(text: str) -> str:
    return " ".join(text.split())


def test_a_letter_to_file_says_what_the_guidance_wants_filed(texts: dict[str, str]) -> None:
    """Outcome, baseline, plan, cumulative effect, verification, approval; every answer's reason."""
    text = _flat(texts["fda"])
    for said in (
        "Letter to file",
        "No new 510(k); document the analysis.",
        "covid-symptoms/2 replaces covid-symptoms/1.",
        "the device as most recently cleared",
        "Inside M1 (A question is left out that is no longer answered).",
        "No other change since the baseline is in the trail",
        "19 of 19 criteria passed",
        "nobody had an account: decisions are recorded and shown as unsigned",
        "Not signed.",
    ):
        assert said in text, said
    assert text.count("Because <i>the test</i>") == 6  # as it was typed, never as markup


def test_a_memo_of_a_submission_says_so_and_what_to_verify(texts: dict[str, str]) -> None:
    """The bound that is outside stands first; wording to be verified is an open item."""
    text = _flat(texts["eu-ai-act"])
    assert "New submission needed" in text
    assert "A new conformity assessment before" in text
    assert "parameters.max depth: the plan does not let max depth differ" in text
    assert "wording is to be verified" in text
    rows = "".join(text.split())  # pdftotext drops the spaces beside an arrow
    assert rows.index("mustnotdiffer4→6outside") < rows.index("maybecomeoptional")


def test_a_memo_is_the_same_for_ever(space: Workspace, texts: dict[str, str]) -> None:
    """Later records change nothing; building again issues nothing."""
    (first, _), (second, _) = space.trail.all(PathwayAssessment)
    before = len(space.trail.all(ReportIssue))
    again = issue.build_memo(
        space, first.seq, at="2027-01-01T00:00:00+00:00", actor="other", folder=space.documents
    )
    assert len(space.trail.all(ReportIssue)) == before
    assert again.body["path"] == f"pathway-memo-{first.seq}.pdf"
    assert again.body["edition"] == 1
    assert (space.documents / f"pathway-memo-{second.seq}.pdf").exists()
    value = ReportIssue.read(again.body)
    assert issue.again(space.store, value) == space.store.get(value.files["pdf"])
    assert texts


def test_a_number_of_a_memo_is_in_its_facts(space: Workspace, texts: dict[str, str]) -> None:
    """Law 5."""
    for record, value in space.trail.all(PathwayAssessment):
        facts = pathway_memo.collect(space, "A4", record.seq)
        known = _sayable(facts) | set(NUMBER.findall(json.dumps(facts, ensure_ascii=False)))
        shown = set(NUMBER.findall(HEADING.sub("", texts[value.table])))
        assert shown
        assert not sorted(n for n in shown if n not in known)


def test_small_cells_in_a_reason_are_not_printed(space: Workspace) -> None:
    """Law 6: a criterion that was not evaluable for want of positives."""
    (record, value), _ = space.trail.all(PathwayAssessment)
    body = value.body()
    check = body["pccp"]["modifications"][0]["checks"][-1]
    check["reason"] = "not evaluable on covid-april: 4 positives, 50 required"
    plan = pathway_memo._plan(PathwayAssessment.read(body), 10)
    assert "<10 positives, 50 required" in [c["reason"] for c in plan["checks"]][-1] or any(
        "<10 positives" in c["reason"] for c in plan["checks"]
    )
    assert record.seq


def test_a_missing_fact_stops_the_memo(space: Workspace) -> None:
    """As with every document."""
    from jinja2 import UndefinedError

    (record, _), _ = space.trail.all(PathwayAssessment)
    facts = pathway_memo.collect(space, "A4", record.seq) | {"edition": 1}
    assert re.search(r"<h1[^>]*>Approval</h1>", render.html(facts, figures.draw(facts)))
    for name in ("assessment", "plan", "versions", "runs", "board", "device"):
        with pytest.raises(UndefinedError):
            render.html({k: v for k, v in facts.items() if k != name}, {})


def test_the_board_of_a_memo_is_the_one_that_was_enforced_when_it_was_assessed(
    space: Workspace, tmp_path: Path
) -> None:
    """Nobody yet, the first rules, and others once a person of quality signed them; no plan's."""
    room = Room.open(tmp_path, "quinn", "ada")
    trail = room.trail
    plan = world.registration(world.PLAN + "board: {quorum: 7}\n")
    first = trail.append([plan], at=world.AT, actor=world.ACTOR)[0].seq
    alone = room.access.known.since - 1
    newer = room.register(2, quorum=4)
    signed = room.sign("quinn", str(newer.seq))
    boards = {n: pathway_memo._board(trail, n) for n in (alone, first, newer.seq, signed.seq)}
    assert boards[alone] == {}
    assert boards[first] == boards[newer.seq]
    assert boards[first] == {
        "quorum": 2,
        "must": ["approver", "quality"],
        "never": ["author"],
        "ref": "access.yaml, version 1, in force since record 1",
    }
    assert (boards[signed.seq]["quorum"], boards[signed.seq]["ref"]) == (
        4,
        f"access.yaml, version 2, in force since record {signed.seq}",
    )
    (record, _), _ = space.trail.all(PathwayAssessment)
    facts = pathway_memo.collect(space, "A4", record.seq) | {"edition": 1, "board": boards[first]}
    assert (
        "A decision needs 2 approvals, each by another person, among them approver, quality; the "
        "author of the change may not approve it (access.yaml, version 1, in force since record 1)."
    ) in _flat(render.html(facts, figures.draw(facts)))


def test_a_record_that_is_no_assessment_has_no_memo(space: Workspace) -> None:
    """The message says which there are."""
    with pytest.raises(NotFoundError, match="Record 1 is no pathway assessment"):
        pathway_memo.collect(space, "A4", 1)


def test_every_kind_of_outcome_has_a_title() -> None:
    """Of every table."""
    kinds = {
        end.document
        for name in decision_table.TABLES
        for end in decision_table.load(name).value.outcomes
    }
    assert kinds == set(pathway_memo.TITLES)


def test_the_pages_are_tagged_and_named(space: Workspace, texts: dict[str, str]) -> None:
    """PDF/UA, as every document."""
    import pikepdf

    assert texts
    for path in Path(space.documents).glob("pathway-memo-*.pdf"):
        with pikepdf.open(path) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert "Symptom" in str(pdf.docinfo["/Title"])
