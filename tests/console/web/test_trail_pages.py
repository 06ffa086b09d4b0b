"""The pages of the audit trail: searched by the one rule, a page at a time; a record; verified."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console import answer as answers
from console import check, start
from console import trail as command
from console.check import Checked
from console.views import audit_trail as view
from console.views.audit_trail import Asked
from console.web import audit_trail
from console.web.laid_out import laid
from console.web.site import Site
from evidence import chain, history
from evidence.chain import GENESIS
from evidence.errors import UsageError
from evidence.records import ChangeRequest
from evidence.remembered import RememberedTrail
from evidence.search import Search, finder
from policies.workspace import Workspace
from tests.board_room import AT, Room, golden
from tests.console.web.served import TOKEN, pages, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.records import Record


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with 250 triggers and two versions of a policy."""
    start.make(tmp_path)
    made = Workspace(folder=tmp_path)
    room = Room(tmp_path / ".tplc")
    room.register(1, 2)
    triggers = [replace(room.trigger(f"T-{n}"), statement=f"Nº {n} <b>") for n in range(1, 251)]
    made.trail.append(triggers[:200], at="2026-03-02T23:30:00+00:00", actor="watch")
    made.trail.append(triggers[200:], at="2026-03-04T00:00:00+00:00", actor="night")
    room.register(2, 3)
    return made


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with people: a request by Ada, assessed by Rae, signed by Ben."""
    folder = tmp_path_factory.mktemp("board")
    start.make(folder)
    room = Room.open(folder / ".tplc", "quinn", "ada", "ben", "rae")
    room.request("ada")
    room.assess("rae")
    room.sign("ben", "C-1")
    return Workspace(folder=folder)


def _numbers(html: str) -> list[int]:
    rows = (
        html.partition("<tbody>")[2]
        .partition("</tbody>")[0]
        .split('<td class="keep" data-label="Record">')
    )
    return [int(row.partition("/trail/")[2].partition('"')[0]) for row in rows[1:]]


def test_the_newest_hundred_stand_first_and_links_keep_the_query(space: Workspace) -> None:
    """Every record on exactly one page."""
    client = pages(space)
    found: list[int] = []
    address = "/trail?kind=trigger"
    for _ in range(3):
        html = client.get(address).text
        found += _numbers(html)
        address = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert found == list(range(251, 1, -1))
    assert address == ""
    html = client.get("/trail?kind=trigger&page=2").text
    assert 'rel="prev" href="/trail?kind=trigger"' in html
    assert 'rel="next" href="/trail?kind=trigger&amp;page=3"' in html


def test_without_a_filter_only_the_page_is_read(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the database, of 252 records, at most a hundred and one."""
    seen = Site(space).reading()
    read: list[Record] = []
    whole = RememberedTrail.records

    def counted(self: RememberedTrail, *schemas: str, after: int = 0) -> Iterator[Record]:
        for record in whole(self, *schemas, after=after):
            read.extend([] if schemas else [record])
            yield record

    monkeypatch.setattr(RememberedTrail, "records", counted)
    for page, first in ((1, 252), (2, 152), (3, 52), (99, 52)):
        read.clear()
        shown = view.trail(seen, Asked(page=page))
        assert shown.entries[0].record == first
        assert len(read) <= view.PAGE + 1
    assert (shown.asked.page, shown.older, shown.newer) == (3, None, "page=2")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": "trigger"},
        {"actor": "night"},
        {"since": "2026-03-03"},
        {"until": "2026-03-02"},
        {"since": "2026-03-02", "until": "2026-03-02", "actor": "watch"},
        {"text": "nº 24"},
        {"text": "QUORUM: 3"},
        {"text": "t-17", "kind": "trigger", "until": "2026-03-03"},
        {"text": "nowhere"},
    ],
)
def test_the_page_finds_what_the_command_finds(
    space: Workspace, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    """The one rule, and the same lines: subject, deed, old and new values, reason."""
    given: list[Any] = []
    monkeypatch.setenv("TPLC_WORKSPACE", str(space.folder))
    monkeypatch.setattr(answers, "give", lambda body, **_: given.append(body))
    words = {key: value for key, value in asked.items() if key != "text"}
    if "text" in asked:
        command.search(asked["text"], **words, last=100, as_json=True)
    else:
        command.list_(**words, last=100, as_json=True)
    shown = view.trail(Site(space).reading(), Asked.model_validate(asked))
    assert shown.found == given[0]["found"]
    lines = [(e.record, e.subject, e.deed, e.reason, len(e.changes)) for e in shown.entries]
    assert lines == [
        (r["record"], r["subject"], r["deed"], r["reason"], len(r["changes"]))
        for r in reversed(given[0]["records"])
    ]


def test_old_and_new_values_are_the_whole_trails(space: Workspace) -> None:
    """The page reads one record; what it took the place of is far behind."""
    newest = view.trail(Site(space).reading(), Asked()).entries[0]
    *_, last = history.entries(space.trail.records())
    assert [c.field for c in newest.changes] == [c.field for c in last.changes]
    assert {(c.field, c.old, c.new) for c in newest.changes} >= {("version", "1", "2")}


def test_a_day_that_is_none_is_told_and_kept(space: Workspace) -> None:
    """All faults at once; the form keeps what was typed."""
    answer = pages(space).get("/trail?since=soon&until=2026-02-30&text=abc")
    assert answer.status_code == 400
    assert "since 'soon' is no day, until '2026-02-30' is no day" in said(answer.text)
    assert 'value="abc"' in answer.text
    with pytest.raises(UsageError, match="write YYYY-MM-DD"):
        Search.of(since="2026-3-1")


def test_a_day_is_of_utc() -> None:
    """Half past midnight in Berlin is the day before."""
    room = Room.trigger("T-1")
    record = chain.seal(room, 1, "2026-03-03T00:30:00+01:00", "watch", GENESIS)
    assert Search.of(until="2026-03-02").holds(record)
    assert not Search.of(since="2026-03-03").holds(record)


def test_a_text_is_found_as_by_folding_the_whole() -> None:
    """The quick way equals Unicode's case folding on letters that fold to others."""
    draw = random.Random(3)  # noqa: S311 - texts, not secrets
    signs = "aSsßẞſKkiﬁfİıé−"
    for _ in range(20_000):
        text = "".join(draw.choice(signs) for _ in range(8))
        sought = "".join(draw.choice(signs) for _ in range(draw.randint(1, 3)))
        assert finder(sought)(text) == (sought.casefold() in text.casefold()), (sought, text)


def test_what_was_typed_is_text(space: Workspace) -> None:
    """In the list, in the record, in the form."""
    client = pages(space)
    for address in ("/trail?text=%3Cscript%3E", "/trail", "/trail/5"):
        html = client.get(address).text
        assert "<script" not in html
        assert "<b>" not in html


@pytest.mark.parametrize("number", ["0", "-1", "253", "9" * 30, "1e3", "..%2f1"])
def test_a_record_that_is_not_there(space: Workspace, number: str) -> None:
    """404, or 400 where it is no number; never a fault of ours."""
    assert pages(space).get(f"/trail/{number}").status_code in (400, 404)


def test_a_page_of_any_number_is_there(space: Workspace) -> None:
    """Nonsense leads to the nearest page."""
    for number in ("0", "-3", "x", "9" * 5000):
        assert pages(space).get(f"/trail?page={number}").status_code == 200


def test_a_record_is_laid_out_with_its_proof_and_signatures(board: Workspace) -> None:
    """Who, digest, previous; the proof holds; the signature stands; links both ways."""
    ((record, _),) = board.trail.all(ChangeRequest)
    html = pages(board, "ada", "author").get(f"/trail/{record.seq}").text
    text = said(html)
    assert record.digest in text
    assert record.previous in text
    assert "Proof of authority valid Ada Author (ada) wrote this" in text
    assert "Ben Approver approval" in text
    signature = next(iter(board.trail.records("signature/1")))
    before, after = text.partition("Records that name it")[::2]
    assert "Trigger T-1" in before.partition("Records that it names")[2]
    assert f"record {signature.seq} : Signature" in after
    assert "User ada" in before
    assert record.body["authority"]["proof"] not in html


def test_a_proof_that_does_not_hold_is_told(board: Workspace, tmp_path: Path) -> None:
    """A request copied under the authority of another one."""
    shutil.copytree(board.folder, tmp_path / "copy")
    space = Workspace(folder=tmp_path / "copy")
    ((record, value),) = space.trail.all(ChangeRequest)
    forged = space.trail.append([replace(value, title="More")], at=AT, actor="ada")[0]
    text = said(pages(space, "ada", "author").get(f"/trail/{forged.seq}").text)
    assert "Proof of authority void" in text
    assert f"it is a copy of record {record.seq}" in text


def test_a_record_of_a_workspace_without_users_says_so(space: Workspace) -> None:
    """No proof is claimed."""
    value = golden("change-decision/2", trigger="T-1", request="", authority={}, files={})
    number = space.trail.append([value], at=AT, actor="tester")[0].seq
    text = said(pages(space).get(f"/trail/{number}").text)
    assert "Proof of authority none" in text
    assert "record 2 : Trigger T-1" in text


def test_json_is_laid_out_to_be_read() -> None:
    """Digests whole, lists of facts as tables without empty columns, long parts folded."""
    node = laid({"a_b": [{"n": 1, "x": None}, {"n": 2, "x": ""}], "d": "sha256:" + "0" * 64})
    (label, table), (_, digest) = node.rows
    assert (label, table.heads, table.cells) == ("A b", ("N",), (("1",), ("2",)))
    assert table.folded == "2 entries"
    assert digest.digest
    assert laid("one\ntwo").lines
    assert laid({"x": {}}).rows[0][1].text == "none"


def test_verify_now_says_what_stands(space: Workspace) -> None:
    """As many records as there are, and how long it took."""
    client = pages(space)
    assert 'action="/trail/verify"' in client.get("/trail/verify").text
    text = said(client.post("/trail/verify").text)
    assert "verified 252 records, 0 stored files" in text
    assert "it took" in text


def test_verify_now_lists_every_fault(space: Workspace) -> None:
    """A head that was changed and a file that is gone."""
    lost = space.store.put(b"lost")
    value = replace(Room.trigger("T-900"), files={"chart": lost})
    space.trail.append([value], at=AT, actor="watch")
    Path(space.store.location(lost)).unlink()
    (space.hidden / "trail.head").write_text("253 sha256:other\n")
    text = said(pages(space).post("/trail/verify").text)
    assert "2 faults" in text
    assert "the head noted beside the database, is gone or was changed" in text
    assert "'chart' of trigger record 253" in text


def test_one_verification_at_a_time(space: Workspace) -> None:
    """A second is told to wait."""
    with audit_trail.turn.taken():
        answer = pages(space).post("/trail/verify")
    assert answer.status_code == 409
    assert "is being verified already" in said(answer.text)


@pytest.mark.parametrize(
    ("by", "local", "headers", "status"),
    [
        ("", True, {}, 200),
        ("", True, {"sec-fetch-site": "same-origin"}, 200),
        ("", True, {"sec-fetch-site": "cross-site"}, 403),
        ("", False, {}, 403),
        ("rob", False, {}, 200),
    ],
)
def test_who_may_have_it_verified(
    space: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    by: str,
    local: bool,  # noqa: FBT001 - a case of the table
    headers: dict[str, str],
    status: int,
) -> None:
    """People with a session, and a guest at this machine, from a page of this site."""
    monkeypatch.setattr(check, "everything", lambda _: Checked(records=1, files=0, faults=()))
    client = pages(space, by, "read-only", local=local)
    answer = client.post("/trail/verify", data={"token": TOKEN}, headers=headers)
    assert answer.status_code == status
