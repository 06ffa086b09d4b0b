"""The page of documents: built by those who may, downloaded by record and checked by digest."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from console import papers, start
from console.web import documents
from evidence import digest as digests
from evidence.records import ReportIssue
from policies.workspace import Workspace
from reports import issue
from tests.change_control.world import registration
from tests.console.web.served import TOKEN, pages, said
from tests.reports import world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Record

PDF = b"%PDF-1.7\nno more than a test\n"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with two editions of a document."""
    start.make(tmp_path)
    made = Workspace(folder=tmp_path)
    _issue(made, edition=1, content=PDF)
    _issue(made, edition=2, content=PDF + b"2")
    return made


def _issue(made: Workspace, *, edition: int, content: bytes, **changes: Any) -> Record:
    value = ReportIssue(
        **{
            "document": "validation-report",
            "title": "Validation report",
            "paper": "A4",
            "edition": edition,
            "facts_digest": digests.of_bytes(b"facts"),
            "through": 1,
            "open_items": [{"ref": "Device", "title": "Not stated", "needs": "version"}],
            "path": "validation-report.pdf",
            "files": {"pdf": made.store.put(content)},
            **changes,
        }
    )
    return made.trail.append([value], at=world.AT, actor=world.ACTOR)[0]


def test_editions_are_listed_newest_first(space: Workspace) -> None:
    """Who, when, through which record, and what is open."""
    text = said(pages(space).get("/documents").text)
    assert text.index("edition 2 (A4, PDF) newest") < text.index("edition 1 (A4, PDF)")
    assert "2 Mar 2026, 10:00 UTC by r.meier, record 2" in text
    assert "1 open item Device: Not stated; needed: version" in text


def test_a_document_is_downloaded_by_its_record(space: Workspace) -> None:
    """The very bytes, under a safe name, as a file and not as a page."""
    answer = pages(space).get("/documents/2/download")
    assert answer.content == PDF + b"2"
    assert answer.headers["content-type"] == "application/pdf"
    assert (
        answer.headers["content-disposition"]
        == 'attachment; filename="validation-report-edition-2.pdf"'
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert pages(space).get("/documents/1/download").content == PDF


@pytest.mark.parametrize(
    "path",
    [
        "/documents/../../device.yaml/download",
        "/documents/..%2f..%2fdevice.yaml/download",
        "/documents/%2e%2e/%2e%2e/device.yaml",
        "/documents/validation-report.pdf/download",
        "/documents/1%00/download",
        "/documents/-1/download",
        "/documents/99999999999999999999999/download",
        "/documents/1e0/download",
        "/documents/3/download",
    ],
)
def test_no_path_leads_to_another_file(space: Workspace, path: str) -> None:
    """Nothing of a request becomes a file's path: only a record's number is read."""
    answer = pages(space).get(path)
    assert answer.status_code in (400, 404)
    assert "intended_use" not in answer.text


def test_a_name_in_a_record_becomes_a_safe_one(space: Workspace) -> None:
    """Neither folders, quotes nor line ends reach the header; the bytes are the digest's."""
    path = '../../etc/passwd"\r\nSet-Cookie: a=b/über den "Rand".pdf'
    number = _issue(space, edition=3, content=PDF + b"3", path=path).seq
    answer = pages(space).get(f"/documents/{number}/download")
    assert answer.content == PDF + b"3"
    name = answer.headers["content-disposition"].partition('filename="')[2]
    assert name == 'ber-den-Rand-edition-3.pdf"'
    assert "set-cookie" not in answer.headers


def test_a_record_that_is_no_document_is_not_there(space: Workspace) -> None:
    """404, in words."""
    other = registration(world.VALIDATION, "validation")
    number = space.trail.append([other], at=world.AT, actor=world.ACTOR)[0].seq
    answer = pages(space).get(f"/documents/{number}/download")
    assert answer.status_code == 404
    assert f"Record {number} is no document." in said(answer.text)


def test_a_changed_file_is_refused(space: Workspace) -> None:
    """With the words of `tplc verify`; a file that is gone, too."""
    ((_, value), *_) = space.trail.all(ReportIssue)
    place = Path(space.store.location(value.files["pdf"]))
    place.write_bytes(PDF.replace(b"more", b"less"))
    answer = pages(space).get("/documents/1/download")
    assert answer.status_code == 503
    assert "Validation report, edition 1, was changed after it was recorded" in said(answer.text)
    assert b"less" not in answer.content
    place.unlink()
    assert pages(space).get("/documents/1/download").status_code == 404


def _form(**fields: str) -> dict[str, str]:
    return {"token": TOKEN, "kind": "validation-report", "paper": "A4"} | fields


@pytest.mark.parametrize("roles", [("author",), ("reviewer",), ("approver",), ("quality",)])
def test_whoever_may_builds_with_the_commands_own_function(
    space: Workspace, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...]
) -> None:
    """Under their own id; the answer leads to the document."""
    asked: list[dict[str, Any]] = []

    def build_all(made: Workspace, kinds: Sequence[str], **words: Any) -> list[Record]:
        asked.append({"kinds": tuple(kinds)} | words)
        return [next(iter(made.trail.records(after=1)))]

    monkeypatch.setattr(issue, "build_all", build_all)
    answer = pages(space, "ada", *roles).post("/documents/build", data=_form(paper="Letter"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents?built=2")
    assert [(a["kinds"], a["paper"], a["actor"]) for a in asked] == [
        (("validation-report",), "Letter", "ada")
    ]
    after = said(pages(space, "ada", *roles).get("/documents?built=2").text)
    assert "Validation report, edition 2, stands as record 2" in after


def test_readers_and_guests_build_nothing(space: Workspace) -> None:
    """403 without a form on the page; nothing is written."""
    for client in (pages(space, "rob", "read-only"), pages(space)):
        assert 'action="/documents/build"' not in client.get("/documents").text
        assert client.post("/documents/build", data=_form()).status_code == 403
    assert len(list(space.trail.records())) == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": ""}, "Choose the document"),
        ({"kind": "../../etc"}, "There is no document"),
        ({"paper": "A0"}, "There is no paper"),
        ({"kind": "pathway-memo"}, "Choose the assessment"),
        ({"kind": "pathway-memo", "assessment": "2"}, "no pathway assessment"),
        ({"kind": "pathway-memo", "assessment": "9" * 5000}, "takes --assessment"),
    ],
)
def test_a_form_that_cannot_be_done_says_why(
    space: Workspace, fields: dict[str, str], says: str
) -> None:
    """What was chosen stays chosen; nothing is written."""
    answer = pages(space, "ada", "author").post("/documents/build", data=_form(**fields))
    assert answer.status_code in (400, 404)
    assert says in said(answer.text)
    assert len(list(space.trail.records())) == 2


def test_one_document_is_drawn_at_a_time(space: Workspace) -> None:
    """A second is refused while one is drawn, and goes through afterwards."""
    client = pages(space, "ada", "author")
    with documents.turn.taken():
        answer = client.post("/documents/build", data=_form())
        assert answer.status_code == 409
        assert "being drawn already" in said(answer.text)
        assert '<option value="validation-report" selected>' in answer.text
    assert client.post("/documents/build", data=_form(kind="none")).status_code == 400


def test_a_document_is_really_drawn(tmp_path: Path) -> None:
    """The PDF that is downloaded is the one that was issued; built again it is the same edition."""
    start.make(tmp_path)
    space = Workspace(folder=tmp_path)
    policy = registration(world.VALIDATION, "validation")
    space.trail.append([policy], at=world.AT, actor=world.ACTOR)
    client = pages(space, "ada", "author")
    for _ in range(2):
        answer = client.post("/documents/build", data=_form())
        assert answer.headers["location"] == "/documents?built=2"
    ((record, value),) = Workspace(folder=tmp_path).trail.all(ReportIssue)
    assert (record.actor, value.edition) == ("ada", 1)
    content = client.get("/documents/2/download").content
    assert digests.of_bytes(content) == value.files["pdf"]
    with pikepdf.open(io.BytesIO(content)) as paper:
        assert len(paper.pages) > 0
    assert papers.issue(space, "validation-report", at=world.AT, actor="ada")[0].seq == 2
