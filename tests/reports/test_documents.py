"""Law 5 and law 6: what a document says is in the records, and no small cell is in a document."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from evidence import digest as digests
from evidence.records import MonitoringRun, ReferenceFreeze, ReportIssue, ValidationRun
from reports import figures, issue, render, words
from tests.reports import world

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.records import Record
    from policies.workspace import Workspace

NUMBER = re.compile(r"(?<![\w.])−?\d[\d,]*\.\d+(?![\d.])")
HEADING = re.compile(r"^\s*\d+\.\d+ +[A-Z].*$", re.MULTILINE)  # "4.1 Verdict"
EVERY = [(kind, paper) for kind in issue.DOCUMENTS for paper in issue.PAPERS]
RUN_AGAIN = """
import sys
from pathlib import Path
from evidence import digest
from evidence.records import ReportIssue
from policies.workspace import Workspace
from reports import issue
space = Workspace(folder=Path(sys.argv[1]))
for _, value in space.trail.all(ReportIssue):
    print(value.files["pdf"], digest.of_bytes(issue.again(space.store, value)))
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The world."""
    return world.build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def issued(space: Workspace) -> dict[tuple[str, str], Record]:
    """Every document on both papers."""
    found: dict[tuple[str, str], Record] = {}
    for paper in issue.PAPERS:
        records = issue.build_all(
            space,
            issue.DOCUMENTS,
            paper=paper,
            at=world.AT,
            actor=world.ACTOR,
            folder=space.documents,
        )
        found |= {(r.body["document"], paper): r for r in records}
    return found


@pytest.fixture(scope="module")
def texts(space: Workspace, issued: dict[tuple[str, str], Record]) -> dict[tuple[str, str], str]:
    """What `pdftotext` reads in each."""
    return {key: _text(space.documents / r.body["path"]) for key, r in issued.items()}


def _text(path: Path) -> str:
    command = ["pdftotext", "-layout", str(path), "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def _flat(text: str) -> str:
    return " ".join(text.split())


def _facts(space: Workspace, record: Record) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(space.store.get(record.body["files"]["facts"]))
    return kept


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _sayable(facts: dict[str, Any]) -> set[str]:
    """Each decimal number that the facts hold as text, and each rounding of the raw ones."""
    found: set[str] = set()
    for leaf in _leaves(facts):
        if isinstance(leaf, str):
            found.update(NUMBER.findall(leaf))
        elif isinstance(leaf, float):
            texts = [f"{leaf:.{places}f}" for places in (1, 2, 3)]
            texts += [f"{leaf * 100:.1f}", f"{leaf:g}"]
            found.update(text.replace("-", "−") for text in texts)
    return found


@pytest.mark.parametrize("paper", issue.PAPERS)
def test_the_validation_report_shows_every_endpoint_of_each_run(
    space: Workspace, texts: dict[tuple[str, str], str], paper: str
) -> None:
    """Value and interval of each overall estimate stand in the text, beside the run's record."""
    text = _flat(texts["validation-report", paper])
    assert (
        "V1: The clinical reason." in text
    )  # why a limit is what it is, from the registered policy
    for record, run in space.trail.all(ValidationRun):
        assert record.ref in text
        for body in [e for e in run.estimates if e["subgroup"] == "overall"]:
            assert words.number(body["value"], body["unit"]) in text, body
            assert words.interval(body) in text, body


@pytest.mark.parametrize("paper", issue.PAPERS)
def test_the_monitoring_report_shows_every_window(
    space: Workspace, texts: dict[tuple[str, str], str], paper: str
) -> None:
    """Cases, AUROC with its interval, and the record of each window stand in the text."""
    text = _flat(texts["monitoring-report", paper])
    for record, run in space.trail.all(MonitoringRun):
        assert record.ref in text
        assert words.whole(run.cases) in text
        area = next(e for e in run.estimates if e["endpoint"] == "auroc")
        assert words.number(area["value"], area["unit"]) in text
        assert words.interval(area) in text


@pytest.mark.parametrize("paper", issue.PAPERS)
def test_the_monitoring_report_shows_every_trigger_and_decision(
    space: Workspace, texts: dict[tuple[str, str], str], paper: str
) -> None:
    """Each trigger stands there with its severity, each decision with its reason."""
    text = "".join(texts["monitoring-report", paper].split())
    for body in world.bodies():
        if body.schema == "trigger/1":
            assert body.body()["id"] in text
        if body.schema == "change-decision/1":
            assert body.body()["decision"] in text
    assert len(space.trail.all(MonitoringRun)) == 8


@pytest.mark.parametrize(("kind", "paper"), EVERY)
def test_a_number_in_a_document_is_in_its_facts(
    space: Workspace,
    issued: dict[tuple[str, str], Record],
    texts: dict[tuple[str, str], str],
    kind: str,
    paper: str,
) -> None:
    """No decimal number of the text comes from anywhere but the facts."""
    known = _sayable(_facts(space, issued[kind, paper]))
    shown = set(NUMBER.findall(HEADING.sub("", texts[kind, paper])))
    assert len(shown) > 20
    assert not sorted(n for n in shown if n not in known and n.replace(",", "") not in known)


@pytest.mark.parametrize(("kind", "paper"), EVERY)
def test_small_cells_are_not_printed(
    space: Workspace, texts: dict[tuple[str, str], str], kind: str, paper: str
) -> None:
    """Twelve people were not asked their age, few of them positive: no share is shown."""
    frozen = space.trail.all(ReferenceFreeze)[0][1]
    group = next(g for g in frozen.subgroups["age_60"] if g["value"] == "not asked")
    assert 0 < group["positives"] < 10
    assert f"; {group['positives']} positives, " not in _flat(texts[kind, paper])
    for _, run in space.trail.all(ValidationRun):
        for body in run.estimates:
            if body["subgroup"] != "age_60=not asked" or body["events"] is None:
                continue
            if 0 < body["events"] < 10:
                row = rf"age 60: not asked.*{re.escape(words.interval(body))}"
                assert not re.search(row, texts[kind, paper]), body


@pytest.mark.parametrize(("kind", "paper"), EVERY)
def test_markup_in_a_name_stays_text(
    texts: dict[tuple[str, str], str], kind: str, paper: str
) -> None:
    """The device's name and a narrative are shown as they were typed."""
    assert "Fever <b>score</b> & friends" in _flat(texts[kind, paper])
    if kind == "eu-technical-documentation":
        assert "<script>alert(1)</script>" in _flat(texts[kind, paper])


@pytest.mark.parametrize(("kind", "paper"), EVERY)
def test_no_section_is_empty(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str, paper: str
) -> None:
    """Between a heading and the next one of the same or a higher rank there is text."""
    facts = _facts(space, issued[kind, paper])
    page = render.html(facts, figures.draw(facts))
    parts = re.split(r"<h([1-4])[^>]*>(.*?)</h\1>", page, flags=re.DOTALL)
    marks = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
    for place, (rank, title, after) in enumerate(marks):
        last = place + 1 == len(marks)
        deeper = not last and marks[place + 1][0] > rank
        assert deeper or re.sub(r"<[^>]*>", "", after).strip(), title


@pytest.mark.parametrize(("kind", "paper"), EVERY)
def test_a_pdf_is_tagged_titled_and_carries_its_fonts(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str, paper: str
) -> None:
    """PDF/UA: structure tree, language, title, every font embedded."""
    with pikepdf.open(space.documents / issued[kind, paper].body["path"]) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "en"
        assert "Fever" in str(pdf.docinfo["/Title"])
        fonts = [font for page in pdf.pages for font in dict(page.Resources.Font).values()]
        assert fonts
        for font in fonts:
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            keys = {"/FontFile", "/FontFile2", "/FontFile3"}
            assert keys & set(inner.FontDescriptor.keys()), font.BaseFont


def test_another_process_draws_the_same_bytes(
    space: Workspace, issued: dict[tuple[str, str], Record]
) -> None:
    """Every document is drawn again, from its kept facts, byte for byte."""
    command = [sys.executable, "-c", RUN_AGAIN, str(space.folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    pairs = [line.split() for line in done.stdout.splitlines()]
    assert len(pairs) == len(issued)
    assert all(kept == drawn for kept, drawn in pairs)


def test_the_same_facts_are_issued_once(
    space: Workspace, issued: dict[tuple[str, str], Record]
) -> None:
    """Building again appends nothing and lays down the same bytes."""
    before = space.trail.verify()
    place = space.documents / issued["validation-report", "A4"].body["path"]
    bytes_before = place.read_bytes()
    place.unlink()
    later = "2027-01-01T00:00:00+00:00"
    again = issue.build(space, "validation-report", at=later, actor="other", folder=space.documents)
    assert again.seq == issued["validation-report", "A4"].seq
    assert space.trail.verify() == before
    assert place.read_bytes() == bytes_before
    assert digests.of_bytes(bytes_before) == ReportIssue.read(again.body).files["pdf"]


@pytest.mark.parametrize("kind", issue.DOCUMENTS)
def test_a_missing_fact_stops_the_build(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str
) -> None:
    """A template that asks for a fact which is not there draws nothing."""
    from jinja2 import UndefinedError

    facts = _facts(space, issued[kind, "A4"])
    drawn = figures.draw(facts)
    del facts["device"]
    with pytest.raises(UndefinedError):
        render.html(facts, drawn)


@pytest.mark.parametrize("kind", ["fda-tplc", "eu-technical-documentation"])
def test_a_study_that_no_record_holds_is_open(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str
) -> None:
    """A clause that asks for a robustness study is open: nothing in the trail holds one."""
    facts = _facts(space, issued[kind, "A4"])
    asked = [row for row in facts["trace"] if "a robustness study" in row["missing"]]
    assert asked
    assert all(row["status"] == "open" for row in asked)
    assert len(issued[kind, "A4"].body["open_items"]) >= len(asked)


def test_a_clause_that_asks_for_more_than_the_records_hold_is_open(
    space: Workspace, issued: dict[tuple[str, str], Record]
) -> None:
    """No record names a site, a file number or a likelihood ratio: none of these is answered."""
    facts = _facts(space, issued["fda-tplc", "A4"])
    status = {row["id"].removeprefix("fda.ai-dsf."): row["status"] for row in facts["trace"]}
    for clause in (
        "viii.collection.sites",
        "viii.representativeness.acquisition",
        "app-e.regulatory-status.file-number",
        "app-c.metrics-by-output",
        "app-c.clustering",
    ):
        assert status[clause] == "open", clause


@pytest.mark.parametrize("kind", ["fda-tplc", "eu-technical-documentation"])
def test_a_file_shows_the_newest_run(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str
) -> None:
    """Two versions were validated: criteria, estimates and figures are those of the second."""
    facts = _facts(space, issued[kind, "A4"])
    (first, _), (second, _) = space.trail.all(ValidationRun)
    drawn = figures.draw(facts)
    assert f"roc {second.seq}" in drawn
    assert f"roc {first.seq}" not in drawn
    page = render.html(facts, drawn)
    tables = re.findall(r"<table.*?</table>\s*<p class=.source.>(.*?)</p>", page, re.DOTALL)
    sources = " ".join(tables)
    assert second.ref in sources
    assert first.ref not in sources


@pytest.mark.parametrize("kind", ["fda-tplc", "eu-technical-documentation"])
def test_a_file_says_which_texts_of_the_law_it_follows(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str
) -> None:
    """Each with its date; a clause that does not apply says why, beside its status."""
    facts = _facts(space, issued[kind, "A4"])
    facts["trace"][0] |= {"status": "not applicable", "reason": "Not ours.", "missing": []}
    page = render.html(facts, figures.draw(facts))
    assert "Laws and guidance that this file was built against" in page
    for law in facts["laws"]:
        assert law["date"] in page
    assert "Not ours." in page


@pytest.mark.parametrize(("kind", "paper"), EVERY)
def test_no_word_stands_outside_the_margins(
    space: Workspace, issued: dict[tuple[str, str], Record], kind: str, paper: str
) -> None:
    """22 mm left, 20 mm right: a table that is too wide would show here."""
    command = ["pdftotext", "-bbox", str(space.documents / issued[kind, paper].body["path"]), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    point = 72 / 25.4
    width = 0.0
    for line in text.splitlines():
        if size := re.search(r'<page width="([\d.]+)"', line):
            width = float(size[1])
        if word := re.search(r'<word xMin="([\d.]+)" .* xMax="([\d.]+)"[^>]*>(.*)</word>', line):
            assert float(word[1]) >= 22 * point - 1, word[3]
            assert float(word[2]) <= width - 20 * point + 1, word[3]
