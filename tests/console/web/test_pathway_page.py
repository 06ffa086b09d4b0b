"""A decision table answered on a page: question by question, back, to a record and its memo."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from console import settings
from evidence.records import PathwayAssessment
from policies import decision_table
from reports import pathway_memo
from tests.board_room import AT, PROPOSAL
from tests.board_sitting import Sitting, done, words
from tests.change_control import world
from tests.change_control.world import FIRST, LOCKS, RUNS, SECOND

if TYPE_CHECKING:
    from pathlib import Path

    from httpx import Response

LATER = "2026-03-04T09:00:00+00:00"  # after the records of the demo's versions
FDA = "/triggers/T-1/pathway/fda"
WHY = "Because the hazard analysis says so, at length."
BEGUN = {"change": "Version 2 without the age answer", "model": SECOND, "baseline": FIRST}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
QUESTIONS = ("P1", "2", "3a", "3b", "4", "VI")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Sitting:
    """The demo's versions, a trigger on the first of them, and a board."""
    folder = tmp_path_factory.mktemp("pathway") / "workspace"
    made = Sitting.furnish(folder, "quinn", "ada", "ben", "rae", plan=world.PLAN)
    room = made.room
    world.trail(LOCKS["2"], RUNS["2"], LOCKS["3"], RUNS["3"], LOCKS["4"], at=room.folder)
    trigger = room.trigger("T-2")
    room.trail.append([trigger.__class__.read(trigger.body() | {"model": FIRST})], at=AT, actor="w")
    return made


@pytest.fixture
def board(furnished: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sitting:
    """A copy of it, on the day of the test."""
    monkeypatch.setattr(settings, "now", lambda: LATER)
    return furnished.copy(tmp_path / "workspace")


def _form(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form of an act: what the page carries from question to question."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{act}"' in f)
    return {name: html.unescape(value) for name, value in HIDDEN.findall(form)}


def _begin(board: Sitting, user: str, path: str = FDA) -> Response:
    board.seat(user)
    answer: Response = board.client.get(path, params=BEGUN | {"begun": "1"})
    return answer


def _answer(board: Sitting, page: Response, word: str, why: str = WHY, path: str = FDA) -> Response:
    fields = _form(page.text, "answer") | {"answer": word, "reason": why}
    answer: Response = board.client.post(path, data=fields)
    return answer


def _asked(page: Response) -> str:
    found = re.search(r"<h2>Question (\S+?)(, all changes together)?</h2>", page.text)
    return f"{found[1]}{' together' if found[2] else ''}" if found else ""


def _through(board: Sitting, user: str, path: str = FDA) -> tuple[Response, list[str]]:
    """Answer no to everything; the last page and the questions asked."""
    page, asked = _begin(board, user, path), []
    while question := _asked(page):
        asked.append(question)
        page = _answer(board, page, "no", path=path)
        assert page.status_code == 200, words(page)
    return page, asked


def test_each_table_is_offered_with_a_sentence(board: Sitting) -> None:
    """On the trigger's page, and as tabs of each table; there is no fifth."""
    page = board.get("ben", "/triggers/T-1")
    for table in decision_table.TABLES:
        assert f'href="/triggers/T-1/pathway/{table}"' in board.client.get("/triggers/T-1").text
        assert "Ask the records" in board.get("ben", f"/triggers/T-1/pathway/{table}")
    assert "which needs a new conformity assessment?" in page
    assert board.client.get("/triggers/T-1/pathway/law").status_code == 404
    assert board.client.get("/triggers/T-9/pathway/fda").status_code == 404


def test_it_is_answered_to_its_end_recorded_and_offered_as_evidence(board: Sitting) -> None:
    """What the records answer is filled in; the rest is asked in the order of the table."""
    board.room.request("ada", PROPOSAL)
    path = "/requests/C-1/pathway/fda"
    page, asked = _through(board, "ben", path)
    assert asked[: len(QUESTIONS)] == list(QUESTIONS)  # 0 and 1 are answered by the records
    text = words(page)
    assert "say the records" in text
    assert "No , says Ben Approver:" in text
    assert board.room.trail.all(PathwayAssessment) == []
    fields = _form(page.text, "record") | {"rationale": "The whole changes nothing that matters."}
    answer = board.client.post(path, data=fields)
    done(answer)
    record, value = board.room.trail.all(PathwayAssessment)[0]
    assert record.actor == "ben"
    assert (value.model, value.baseline, value.trigger) == (SECOND, FIRST, "T-1")
    assert {a["by"] for a in value.answers} == {"evidence", "ben"}
    assert value.rationale == "The whole changes nothing that matters."
    written = board.client.get(answer.headers["location"])
    assert f"as record {record.seq}" in words(written)
    memo = _form(written.text, pathway_memo.KIND)
    assert (memo["kind"], memo["assessment"]) == ("pathway-memo", str(record.seq))
    offered = board.get("rae", "/requests/C-1")
    assert f"Pathway assessment: {value.table_facts['title']}" in offered
    board.seat("ben")
    done(board.client.post(path, data=fields))
    assert len(board.room.trail.all(PathwayAssessment)) == 1  # the same is written once


def test_the_plan_is_answered_beside_it(board: Sitting) -> None:
    """Inside, outside with its bound, and cannot be told: the demo's three versions."""
    assert "✓" not in board.get("ben", FDA)
    page = words(_begin(board, "ben"))
    assert "inside covid-symptoms/2 against covid-symptoms/1, plan version 1." in page
    assert "No record shows, and people confirm:" in page
    board.seat("ben")
    third = BEGUN | {"model": "covid-symptoms/3", "begun": "1"}
    page = words(board.client.get(FDA, params=third))
    assert "outside covid-symptoms/3 against covid-symptoms/1" in page
    assert "parameters.max_depth" in page
    none = BEGUN | {"model": "", "begun": "1"}
    assert "Cannot be told: no new locked version" in words(board.client.get(FDA, params=none))


def test_an_answer_is_taken_back_and_comes_as_a_draft(board: Sitting) -> None:
    """From it on all are asked again; what was said stands in the fields."""
    page = _begin(board, "ben")
    for _ in range(3):
        page = _answer(board, page, "no")
    assert _asked(page) == "3b"
    fields = _form(page.text, "answer") | {"back": "2"}
    page = board.client.post(FDA, data=fields)
    assert _asked(page) == "2"
    assert WHY in page.text
    page = _answer(board, page, "no", "Another reason, which is long enough.")
    assert _asked(page) == "3a"
    assert 'name="answer" value="no" required checked' in page.text
    assert "Another reason, which is long enough." in page.text
    page = _answer(board, page, "yes")
    assert "Outcome:" in words(page)
    assert "new 510(k)" in words(page)


def test_a_wrong_answer_is_told_and_the_words_stay(board: Sitting) -> None:
    """No answer, a short reason, a contradiction of the records."""
    page = _begin(board, "ben")
    short = _answer(board, page, "yes", "Too short.")
    assert short.status_code == 400
    assert "needs a reason of 20 characters" in words(short)
    assert "Too short." in short.text
    assert _asked(short) == "P1"
    none = _answer(board, page, "perhaps")
    assert "Choose yes or no." in words(none)
    strange = _form(page.text, "answer") | {"given:1": f"yes {WHY}"}
    contradicting = board.client.post(FDA, data=strange | {"answer": "no", "reason": WHY})
    assert contradicting.status_code == 400
    assert "contradicts the records" in words(contradicting)


def test_no_end_no_record(board: Sitting) -> None:
    """It says which question is open; and who may not record it writes nothing."""
    page = _begin(board, "rae")
    fields = _form(page.text, "answer") | {"act": "record"}
    refused = board.client.post(FDA, data=fields)
    assert refused.status_code == 409
    assert "Asked next: question P1" in words(refused)
    assert board.room.trail.all(PathwayAssessment) == []


def test_who_answers_is_who_sits_there(board: Sitting) -> None:
    """Whatever a form says, the record names the session's person."""
    page, _ = _through(board, "rae")
    fields = _form(page.text, "record") | {"by": "quinn", "actor": "quinn"}
    done(board.client.post(FDA, data=fields))
    record, value = board.room.trail.all(PathwayAssessment)[0]
    assert record.actor == "rae"
    assert {a["by"] for a in value.answers} == {"evidence", "rae"}


def test_the_version_that_was_cleared_must_be_named(board: Sitting) -> None:
    """The plan names no authorisation: nobody guesses what was cleared."""
    board.seat("ben")
    answer = board.client.get(FDA, params={"begun": "1", "model": SECOND})
    assert answer.status_code == 409
    assert "Ask the records" in words(answer)
    same = board.client.get(FDA, params={"begun": "1", "model": FIRST, "baseline": FIRST})
    assert "held against itself" in words(same)
    lost = board.client.get(FDA, params={"begun": "1", "model": "other/1", "baseline": FIRST})
    assert lost.status_code == 404


def test_a_guest_reads_what_the_records_say(tmp_path: Path) -> None:
    """Without users: the plan, the records' answers, the next question; no answer is taken."""
    guests = Sitting.furnish(tmp_path / "workspace", plan=world.PLAN)
    world.trail(LOCKS["2"], RUNS["2"], at=guests.room.folder)
    page = _begin(guests, "")
    assert _asked(page) == "P1"
    assert "nobody can answer on a page" in words(page)
    assert 'name="answer"' not in page.text
    refused = guests.client.post(FDA, data={"answer": "no", "question": "P1", "reason": WHY})
    assert refused.status_code == 403


def test_an_assessment_by_another_table_is_not_shown_as_this_one(board: Sitting) -> None:
    """Nor any other record."""
    board.seat("ben")
    assert board.client.get(FDA, params={"assessment": "1"}).status_code == 404
    assert board.client.get(FDA, params={"assessment": "999"}).status_code == 404
    assert board.client.get(FDA, params={"assessment": "one"}).status_code == 400
