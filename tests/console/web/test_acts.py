"""The board's sitting on the pages: from a trigger to a signed decision, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console import settings
from console.views.act import person_of
from console.views.change_request import request_page
from console.web.site import Site
from evidence.records import AuthorityReport, Awareness, ChangeDecision, ChangeStep, Signature
from policies.workspace import Workspace
from tests.board_room import AT, golden
from tests.board_sitting import NOW, Sitting, done, words

if TYPE_CHECKING:
    from pathlib import Path

    from console.views.change_request import RequestPage

REASON = "The board approved it on the evidence named."
TEXT = "Inside the plan as the record says; doing nothing is the larger risk."
ASKED = {
    "title": "Do without the age answer",
    "description": "The answer stopped arriving at one site; nothing else was seen.",
    "trigger": "T-1",
    "model": "fever/1",
    "on": "trigger",
    "act": "raise",
}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Sitting:
    """Quinn (quality), Ada (author, approver), Ben (approver), Rae (reviewer)."""
    folder = tmp_path_factory.mktemp("sitting") / "workspace"
    return Sitting.furnish(folder, "quinn", "ada", "ben", "rae")


@pytest.fixture
def board(furnished: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sitting:
    """A copy of it, on the day of the test."""
    monkeypatch.setattr(settings, "now", lambda: NOW)
    return furnished.copy(tmp_path / "workspace")


def _raise(board: Sitting, decision: str = "no-action") -> None:
    done(board.send("ada", "/requests", **ASKED, decision=decision, record=["2", ""]))


def _assess(board: Sitting) -> None:
    done(board.send("rae", "/requests/C-1/step", step="assessment", text=TEXT, record=["2", ""]))


def _approve(board: Sitting, *users: str) -> None:
    for user in users:
        board.seat(user)
        done(board.sign(user, "/requests/C-1"))


def _page(board: Sitting, user: str) -> RequestPage:
    seen = Site(Workspace(folder=board.folder)).reading()
    return request_page(seen, user, "C-1")


def test_two_people_approve_and_the_trigger_closes(board: Sitting) -> None:
    """The whole sitting; each page says what comes next and who is missing."""
    assert "Raise a change request" in board.get("ada", "/triggers/T-1")
    _raise(board)
    assert "Waits for your assessment" in board.get("rae", "/requests")
    _assess(board)
    before = board.get("ben", "/requests/C-1")
    assert "Awaiting approver and quality." in before
    assert "Approver: Ben Approver" in before  # Ada wrote it
    assert "Quality: Quinn Quality" in before
    assert "I, Ben Approver, approve change request C-1 as shown to me, digest" in before
    _approve(board, "ben", "quinn")
    assert "Waits for you to record the decision" in board.get("ben", "/requests")
    answer = board.send("ben", "/requests/C-1/decide", reason=REASON)
    done(answer)
    assert "Written as" in board.get("ben", answer.headers["location"])
    assert [s.valid for s in _page(board, "ben").votes.signatures] == [True, True]  # type: ignore[union-attr]
    trigger = board.get("quinn", "/triggers/T-1")
    assert "Decided: no-action." in trigger
    assert "The trigger is closed" in trigger
    assert [c.closed for c in board.room.cases()] == [True]
    course = {place.name: place.status for place in _page(board, "").course}
    assert course == {
        **dict.fromkeys(("requested", "assessed", "approved", "decided"), "done"),
        **dict.fromkeys(("implemented", "verified", "in effect"), "not needed"),
        "closed": "done",
    }


def test_what_is_shown_is_all_that_the_digest_covers(board: Sitting) -> None:
    """Each value of the signed body stands on the page, and its digest in the form."""
    _raise(board)
    _assess(board)
    page = board.get("ben", "/requests/C-1")
    for said in (ASKED["title"], ASKED["description"], TEXT, "no-action", "T-1 (major)"):
        assert said in page
    assert "The answer stopped arriving." in page  # of the trigger
    assert "n 4,000; method share" in page  # its finding
    board.seat("ben")
    assert board.seen("/requests/C-1") == _page(board, "ben").thing.digest


def test_a_decision_on_a_trigger_is_signed_on_its_page(board: Sitting) -> None:
    """Whoever writes it down may not vote; two others do, and it closes."""
    fields = {"decision": "restrict-use", "reason": REASON, "act": "decide"}
    done(board.send("ada", "/triggers/T-1/decide", **fields))
    assert "is an author of this change and may not vote on it" in board.get("ada", "/triggers/T-1")
    board.seat("quinn")
    done(board.sign("quinn", "/triggers/T-1", reason="On the site's own letter."))
    page = board.get("ben", "/triggers/T-1")
    assert "Open (restrict-use: awaiting approver)." in page
    assert "“On the site's own letter.”" in page
    done(board.sign("ben", "/triggers/T-1"))
    assert [c.status for c in board.room.cases()] == ["decided: restrict-use"]


def test_nobody_approves_their_own_change(board: Sitting) -> None:
    """Ada is an approver, and it is hers: no form, and no way around it."""
    _raise(board)
    _assess(board)
    page = board.get("ada", "/requests/C-1")
    assert "Ada Author is an author of this change and may not vote on it" in page
    assert "I, Ada Author, approve" not in page
    seen = _page(board, "ben").thing.digest
    refused = board.send("ada", "/requests/C-1/sign", meaning="approval", seen=seen)
    assert refused.status_code == 403
    assert board.room.trail.all(Signature) == []


def test_a_wrong_role_is_refused_and_told_why(board: Sitting) -> None:
    """A reviewer may review; she decides nothing, approves nothing, raises nothing."""
    page = board.get("rae", "/triggers/T-1")
    assert "To decide: Rae Reviewer is reviewer; 'decide' is for: approver, quality." in page
    fields = {"decision": "no-action", "reason": REASON}
    assert board.send("rae", "/triggers/T-1/decide", **fields).status_code == 403
    assert board.send("rae", "/requests", **ASKED, decision="no-action").status_code == 403
    _raise(board)
    _assess(board)
    board.seat("rae")
    seen = board.seen("/requests/C-1")  # of her review, which she may sign
    refused = board.send("rae", "/requests/C-1/sign", meaning="approval", seen=seen)
    assert refused.status_code == 403
    assert "approval is signed by: approver, quality" in words(refused)
    done(board.send("rae", "/requests/C-1/sign", meaning="review", seen=seen))


def test_a_wrong_password_writes_nothing_and_keeps_the_words(board: Sitting) -> None:
    """The password itself is never sent back, nor do another form's fields get the words."""
    refused = board.send("ada", "/requests", **ASKED, decision="roll-back", password="guess-77")  # noqa: S106
    assert refused.status_code == 403
    assert "Nothing was written." in words(refused)
    assert ASKED["description"] in refused.text
    assert 'value="roll-back" required checked' in refused.text
    assert "guess-77" not in refused.text
    _raise(board)
    fields = {"act": "assessment", "step": "assessment", "text": TEXT, "password": ""}
    refused = board.send("rae", "/requests/C-1/step", **fields, record=["2", "1"])
    assert refused.status_code == 400
    assert "Type your password again" in words(refused)
    assert refused.text.count(TEXT) == 1
    assert 'value="2" checked' in refused.text
    assert 'inputmode="numeric" value="1"' in refused.text
    assert board.room.trail.all(ChangeStep) == []


def test_what_changed_since_it_was_shown_is_not_signed(board: Sitting) -> None:
    """Ada amends while Ben reads: his signature is refused, and he sees the new state."""
    _raise(board)
    _assess(board)
    board.seat("ben")
    seen = board.seen("/requests/C-1")
    other = ASKED | {"description": "Another text entirely, for the same change."}
    done(board.send("ada", "/requests/C-1/amend", **other, decision="no-action"))
    _assess(board)
    refused = board.send(
        "ben", "/requests/C-1/sign", meaning="approval", seen=seen, act="sign", reason="Agreed."
    )
    assert refused.status_code == 409
    assert "was changed since it was shown to you. Nothing was signed" in words(refused)
    assert "Another text entirely" in words(refused)
    assert "Agreed." in refused.text
    assert f'value="{seen}"' not in refused.text
    assert board.room.trail.all(Signature) == []


def test_an_approval_is_void_when_the_request_is_amended(board: Sitting) -> None:
    """It is shown with the reason, and the board must vote again."""
    _raise(board)
    _assess(board)
    _approve(board, "ben")
    done(board.send("ada", "/requests/C-1/amend", **ASKED, decision="investigate"))
    page = board.get("quinn", "/requests/C-1")
    assert "void what was signed was changed afterwards" in page
    assert "revision 2" in page
    assert "Awaiting approver and quality." in page


def test_rejected_then_amended_then_approved(board: Sitting) -> None:
    """The course says that it was refused, by whom; an amendment brings it back."""
    _raise(board)
    _assess(board)
    board.seat("quinn")
    done(board.sign("quinn", "/requests/C-1", "rejection", reason="The site must be asked."))
    page = board.get("ben", "/requests/C-1")
    assert "Approved refused Quinn Quality rejected" in page
    assert "Rejected by Quinn Quality." in page
    assert "Waits for your amendment" in board.get("ada", "/requests")
    asked = ASKED | {"title": "Do without it, the site was asked"}
    done(board.send("ada", "/requests/C-1/amend", **asked, decision="no-action"))
    _assess(board)
    _approve(board, "quinn", "ben")
    assert _page(board, "").state == "approved"


def test_an_act_before_its_time_is_refused_with_the_reason(board: Sitting) -> None:
    """Each says when it comes; the form is not offered."""
    _raise(board)
    page = board.get("quinn", "/requests/C-1")
    assert "Record the decision: Comes when the request is approved." in page
    refused = board.send("quinn", "/requests/C-1/decide", reason=REASON)
    assert refused.status_code == 409
    seen = _page(board, "quinn").thing.digest
    refused = board.send("quinn", "/requests/C-1/sign", meaning="approval", seen=seen)
    assert refused.status_code == 409
    assert board.send("quinn", "/requests/C-9/decide", reason=REASON).status_code == 404
    refused = board.send("quinn", "/requests/C-1/step", step="assessment", text=TEXT, record="x1")
    assert "write numbers of records" in words(refused)


def test_a_new_version_is_implemented_verified_watched_and_closed(board: Sitting) -> None:
    """Implementation names the lock, verification the run, effectiveness the windows."""
    room = board.room
    _raise(board, "modify-under-pccp")
    _assess(board)
    _approve(board, "ben", "quinn")
    done(board.send("ben", "/requests/C-1/decide", reason=REASON))
    lock = room.trail.append([room.lock("2")], at=AT, actor="ada")[0].seq
    page = board.get("ada", "/requests/C-1")
    assert "Locked version: fever/2" in page
    fields = {"step": "implementation", "text": "Version 2 replaces version 1 on all sites."}
    refused = board.send("ada", "/requests/C-1/step", **fields, act="implementation")
    assert "is implemented by one new locked version" in words(refused)
    done(board.send("ada", "/requests/C-1/step", **fields, record=str(lock)))
    run = golden(
        "validation-run/2", model="fever/2", model_digest="sha256:2", verdict="pass", files={}
    )
    number = room.trail.append([run], at=AT, actor="ada")[0].seq
    assert "Protocol run: fever/2 on" in board.get("rae", "/requests/C-1")
    fields = {"step": "verification", "text": "The run of version 2 passed every criterion."}
    done(board.send("rae", "/requests/C-1/step", **fields, record=str(number)))
    assert "0 windows of fever/2 were run since" in board.get("rae", "/requests/C-1")
    window = golden("monitoring-run/2", key="w", model="fever/2", files={})
    room.trail.append([window], at=AT, actor="watch")
    fields = {"step": "effectiveness", "text": "One window without a finding was seen."}
    done(board.send("rae", "/requests/C-1/step", **fields, outcome="effective"))
    found = _page(board, "rae")
    assert (found.state, found.waits_for) == ("closed", "nothing more")
    assert {place.status for place in found.course} == {"done"}
    assert [place.by for place in found.course if place.name == "verified"] == [["Rae Reviewer"]]


def test_withdrawn_by_its_author(board: Sitting) -> None:
    """The rest of its course is left out, and nothing can be signed."""
    _raise(board)
    fields = {"step": "withdrawal", "text": "The answer arrives again since this morning."}
    done(board.send("ada", "/requests/C-1/step", **fields))
    found = _page(board, "ben")
    assert found.course[-1].name == "withdrawn"
    assert [place.status for place in found.course[1:-1]] == ["not needed"] * 6
    assert "Your signature" not in board.get("ben", "/requests/C-1")


def test_a_clock_is_started_and_stopped(board: Sitting) -> None:
    """From a local moment to its limit; the report's number stops it; a reader may do neither."""
    fields = {
        "clock": "mdr-15",
        "aware_at": "2026-03-02T09:30",
        "zone": "Europe/Berlin",
        "what": "A missed case at one site.",
        "state": "DE",
        "person": "Rae Reviewer",
    }
    wrong = fields | {"zone": "Berlin", "act": "clock"}
    refused = board.send("rae", "/triggers/T-1/clock", **wrong)
    assert "There is no time zone 'Berlin'" in words(refused)
    assert "A missed case at one site." in refused.text
    done(board.send("rae", "/triggers/T-1/clock", **fields))
    page = board.get("ben", "/triggers/T-1")
    assert "Serious incident: 15 days running" in page
    assert "14 days 13 h left. Last moment: 17 Mar 2026, 22:59 UTC." in page
    stop = {"sent_at": "2026-03-03T09:00", "zone": "Europe/Berlin", "reference": "DE-7"}
    refused = board.send("rae", "/clocks/A-001/stop", **(stop | {"reference": ""}))
    assert refused.status_code == 400
    done(board.send("rae", "/clocks/A-001/stop", **stop))
    assert "reported in time" in board.get("ben", "/triggers/T-1")
    assert len(board.room.trail.all(Awareness)) == len(board.room.trail.all(AuthorityReport)) == 1
    assert board.send("rae", "/clocks/A-009/stop", **stop).status_code == 404


def test_who_only_reads_sees_everything_and_no_form(board: Sitting) -> None:
    """Reasons in place of forms; the rules refuse a form that is sent all the same."""
    from tests import board_room

    _raise(board)
    board_room.PEOPLE["rob"] = ("Rob Reader", ("read-only",))
    try:
        board.room.enrol("rob")
        for path in ("/triggers/T-1", "/requests/C-1", "/requests"):
            board.get("rob", path)
            sent = board.client.get(path).text
            assert 'name="password"' not in sent
        fields = {"clock": "mdr-15", "aware_at": "2026-03-02T09:30", "zone": "UTC", "what": "x"}
        assert board.send("rob", "/triggers/T-1/clock", **fields).status_code == 403
    finally:
        del board_room.PEOPLE["rob"]


def test_words_are_printed_as_words(board: Sitting) -> None:
    """HTML in every text field stays text."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    asked = ASKED | {"title": evil, "description": f"{evil} and so on"}
    done(board.send("ada", "/requests", **asked, decision="no-action"))
    fields = {"step": "assessment", "text": f"{evil} and so on"}
    done(board.send("rae", "/requests/C-1/step", **fields))
    board.seat("ben")
    done(board.sign("ben", "/requests/C-1", reason=evil))
    for path in ("/requests", "/requests/C-1", "/triggers/T-1"):
        board.seat("quinn")
        sent = board.client.get(path).text
        assert "<script" not in sent
        assert "<img" not in sent


def test_without_users_everything_is_read_and_nothing_asked(tmp_path: Path) -> None:
    """A guest sees where it stands; nobody can sign, and the page says so."""
    guests = Sitting.furnish(tmp_path / "workspace")
    assert "None answers this trigger yet." in guests.get("", "/triggers/T-1")
    raised = guests.room.request("")
    assert raised.actor == "tester"
    guests.room.assess("")
    page = guests.get("", "/requests/C-1")
    assert "There are no users here, so nobody can sign" in page
    guests.seat("")
    for path in ("/triggers/T-1", "/requests/C-1", "/requests"):
        assert '<form method="post"' not in guests.client.get(path).text
    seen = Site(Workspace(folder=guests.folder)).reading()
    assert person_of(seen, "") is None


def test_the_terminal_and_the_page_show_the_same_rows(board: Sitting) -> None:
    """A decision's own record too: its words, and the trigger with it."""
    from console import shown_thing
    from evidence.signing import shown

    fields = {"decision": "investigate", "reason": REASON}
    done(board.send("ada", "/triggers/T-1/decide", **fields))
    number = board.room.trail.all(ChangeDecision)[0][0].seq
    body = shown.now(board.room.trail, board.room.access.known, str(number))
    page = board.get("ben", "/triggers/T-1")
    from console.views import signed_thing

    rows = signed_thing.laid_out(body).rows
    assert {"Decision", "Reason", "Actor", "What happened"} <= {row.label for row in rows}
    for row in signed_thing.laid_out(body, lambda _: "Ada Author").rows:
        for line in row.lines:
            assert " ".join(line.split()) in page, row.label
    shown_thing.show(body)
