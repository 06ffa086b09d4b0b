"""Clause against evidence: every clause of every catalog on a real trail, and each rule by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from evidence import digest as digests
from evidence.records import ChangeRequest, ReportIssue
from policies import catalog, reader
from policies.catalog import Catalog
from policies.clause_evidence import Evidence
from policies.device import Device, Risk
from reports import dossier
from reports.traceability import coverage, editions, evidence, risks
from reports.traceability.coverage import ANSWERED, NOT_APPLICABLE, OPEN, UNVERIFIED, Row
from reports.traceability.facts import Facts
from reports.traceability.narrative import narrative
from tests.reports import world

if TYPE_CHECKING:
    from pathlib import Path

    from policies.workspace import Workspace

SHIPPED = catalog.every()
LAW = """\
id: house
title: Rules of the house
authority: We
citation: none
status: in force
date: "2026-01-01"
as_of: "2026-01-02"
application_dates:
- {key: late, covers: all of it, art_6_1: 2028-08-02, annex_iii: 2027-12-02, ref: Art 113}
requirements:
- id: house.1
  ref: Rule 1(a)
  title: A locked model
  text: Lock it.
  automatable: full
  severity: must
  answered_by: [{record: model-lock, shows: training.start}]
"""
NEW = """\
- id: house.2
  ref: Rule 2
  title: Something new
  text: Nobody has thought of it yet.
  automatable: full
  severity: must
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two versions, eight windows, four triggers, two decisions."""
    return world.build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def facts(space: Workspace) -> Facts:
    """What its clauses may be answered by."""
    return Facts.of(space)


def of(text: str, facts: Facts, as_of: dt.date | None = None) -> dict[str, Row]:
    """The rows of a catalog by clause."""
    law = reader.parse(text, Catalog, "house.yaml")
    return {row.id: row for row in coverage.coverage([law], facts, as_of)}


def with_device(facts: Facts, **said: Any) -> Facts:
    """The same, of another device."""
    device = Device.model_validate({"name": "D", **said})
    return Facts(
        device=device, risks=facts.risks, narratives=facts.narratives, records=facts.records
    )


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_clause_is_answered_by_records_that_show_it_or_says_what_it_lacks(
    name: str, facts: Facts
) -> None:
    """The table test: each clause by its status, and each record number by its own body."""
    law = catalog.load(name)
    rows = coverage.coverage([law], facts)
    assert [row.id for row in rows] == [clause.id for clause in law.requirements]
    bodies = {record.seq: record for record in facts.records}
    for row, clause in zip(rows, law.requirements, strict=True):
        assert row.ref
        assert row.part
        if row.status == ANSWERED:
            assert row.by
            assert not row.missing
            assert not row.reason
            for need in clause.answered_by:
                found = evidence.find(need, facts, clause.id)
                assert found.by, row.id
                if need.record:
                    assert all(bodies[n].kind in need.record for n in found.records)
                    assert all(evidence.shown_by(need, bodies[n].body) for n in found.records)
        elif row.status == NOT_APPLICABLE:
            assert row.reason.endswith("."), row.id
            assert not row.missing
        elif row.status == OPEN:
            assert row.missing
            assert all(words and not words.startswith("{") for words in row.missing), row.id
        else:
            assert row.status == UNVERIFIED
            assert not clause.verified
        assert set(row.records) <= set(bodies)


def test_a_clause_that_is_added_to_a_file_is_open_with_no_change_of_code(
    tmp_path: Path, facts: Facts
) -> None:
    """Judged point 1: it is asked for at once, as a must, with what would close it."""
    path = tmp_path / "house.yaml"
    path.write_text(LAW)
    first = coverage.coverage(catalog.every(tmp_path).values(), facts)
    assert [row.status for row in first] == [ANSWERED]
    assert not coverage.open_musts(first)
    path.write_text(LAW + NEW)
    second = coverage.coverage(catalog.every(tmp_path).values(), facts)
    assert [row.status for row in second] == [ANSWERED, OPEN]
    assert [row.id for row in coverage.open_musts(second)] == ["house.2"]
    assert "answered_by" in second[1].missing[0]


def test_the_same_of_a_catalog_that_ships(tmp_path: Path, facts: Facts) -> None:
    """One more clause in the AI Act is one more open must; the others stay as they were."""
    text = (catalog.folder() / "eu_ai_act.yaml").read_text()
    (tmp_path / "eu_ai_act.yaml").write_text(text + textwrap.indent(NEW, "  "))
    before = coverage.coverage([catalog.load("eu_ai_act")], facts)
    after = coverage.coverage(catalog.every(tmp_path).values(), facts)
    assert after[:-1] == before
    assert after[-1].status == OPEN


@pytest.mark.parametrize(
    ("need", "there", "lacks"),
    [
        ("{record: model-lock}", True, ""),
        ("{record: awareness}", False, "an event that somebody became aware of"),
        ("{record: [awareness, trigger]}", True, ""),
        ("{record: model-lock, shows: training.start}", True, ""),
        ("{record: model-lock, shows: training.nothing}", False, "a locked model with"),
        ("{record: reference-set-freeze, where: {independence.*.verdict: none}}", True, ""),
        ("{record: reference-set-freeze, where: {independence.*.verdict: overlap}}", False, "or"),
        ("{record: validation-run, endpoints: [auroc, sensitivity]}", True, ""),
        (
            "{record: validation-run, endpoints: [positive-likelihood-ratio]}",
            False,
            "a validation run with Positive likelihood ratio",
        ),
        ("{record: validation-run, by_group: true}", True, ""),
        ("{policy: monitoring, shows: triggers}", True, ""),
        (
            "{policy: validation, shows: criteria.rationale}",
            False,
            "a rationale of every criterion",
        ),
        ("{policy: change_control}", False, "change_control.yaml registered"),
        ("{device: ai_statement}", True, ""),
        ("{device: hardware}", False, "hardware in device.yaml"),
        ("{risk: control}", True, ""),
        ("{risk: [control, residual]}", False, "residual of risk R1"),
        ("{trail: true}", True, ""),
        ("{narrative: labelling}", False, "narratives/labelling.md"),
        ("{unrecorded: a robustness study}", False, "a robustness study"),
        ("{any: [{record: awareness}, {device: name}]}", True, ""),
        ("{any: [{record: awareness}, {device: hardware}]}", False, " or "),
    ],
)
def test_each_kind_of_evidence(need: str, lacks: str, facts: Facts, *, there: bool) -> None:
    """Found where the trail holds it; else said in words that a person can act on."""
    found = evidence.find(Evidence.model_validate(yaml.safe_load(need)), facts, "house.1")
    assert bool(found.by) == there
    assert bool(found.missing) != there
    if not need.startswith("{record: reference-set-freeze"):
        assert lacks in found.missing


def test_a_narrative_answers_only_the_clauses_that_it_names(facts: Facts) -> None:
    """By its front matter; one without text answers nothing."""
    text = LAW.replace("[{record: model-lock, shows: training.start}]", "[{narrative: labelling}]")
    head = "---\nclauses: [house.1]\n---\n"
    for content, status in (
        (f"{head}Words.", ANSWERED),
        (f"{head}\n", OPEN),
        ("---\nclauses: [house.9]\n---\nWords.", OPEN),
        ("Words.", OPEN),
    ):
        told = dataclasses.replace(
            with_device(facts), narratives=(narrative("labelling", content),)
        )
        assert of(text, told)["house.1"].status == status, content


@pytest.mark.parametrize(
    ("clause", "said", "reason"),
    [
        ("eu-aia.art-26.1", {"scope": {"roles": ["provider"]}}, "whose role is deployer"),
        ("eu-aia.art-27.1.a", {"scope": {"high_risk": ["art-6-1"]}}, "high-risk by annex-iii"),
        ("eu-aia.art-49.1", {"scope": {"high_risk": ["art-6-1"]}}, "high-risk by annex-iii"),
        ("eu-aia.annex-xi.1.1.a", {"scope": {"roles": ["provider"]}}, "role is gpai-provider"),
        ("eu-aia.art-50.2", {"scope": {"generative": False}}, "that is generative"),
        ("eu-aia.art-9.1", {"scope": {"high_risk": ["none"]}}, "art-6-1 or annex-iii"),
        ("fda.change.pma.39.a.1", {"us_pathway": "510(k)"}, "submission is pma"),
        ("fda.change.q4-performance", {"us_pathway": "PMA"}, "510k or de-novo"),
        ("fda.ecopy.size", {"us_pathway": "510(k)"}, "pma or ide"),
        ("fda.pccp.dom.list", {"scope": {"pccp": False}}, "submitted with a PCCP"),
        ("eu-mdr.art-85", {"eu_class": "IIa"}, "of class I"),
        ("claim-2024.1", {"scope": {"studies": ["prediction-model"]}}, "imaging-ai"),
    ],
)
def test_device_yaml_decides_what_is_not_applicable_and_why(
    clause: str, said: dict[str, Any], reason: str, facts: Facts
) -> None:
    """Said otherwise: not applicable with the reason. Unsaid: it stands, and names the fact."""
    laws = [law for law in SHIPPED.values() if clause in {c.id for c in law.requirements}]
    decided = {r.id: r for r in coverage.coverage(laws, with_device(facts, **said))}[clause]
    assert decided.status == NOT_APPLICABLE
    assert reason in decided.reason
    unsaid = {r.id: r for r in coverage.coverage(laws, with_device(facts))}[clause]
    assert unsaid.status == OPEN
    keys = {f"scope.{name}" for name in said.get("scope", ())} or set(said)
    assert keys <= set(unsaid.undecided)


def test_a_device_that_is_high_risk_by_article_6_1_needs_no_registration(facts: Facts) -> None:
    """SUMMARY of the law: no EU database, no fundamental rights assessment; Art 9 to 15 stand."""
    device = with_device(facts, scope={"roles": ["provider"], "high_risk": ["art-6-1"]})
    rows = coverage.coverage([catalog.load("eu_ai_act")], device)
    off = {row.id for row in rows if row.status == NOT_APPLICABLE}
    assert {i for i in off if ".annex-viii." in i or ".art-27." in i or ".art-49" in i}
    for row in rows:
        if re.match(r"eu-aia\.(art-9\.|art-10\.[1-4]|annex-iv|art-13|art-14)", row.id):
            assert row.status != NOT_APPLICABLE, row.id


def test_what_an_event_would_ask_is_asked_once_it_happened(facts: Facts) -> None:
    """A change request wakes the clauses on changes, and answers none of them by itself."""
    law = catalog.load("fda_change_control")
    quiet = tuple(r for r in facts.records if r.kind != "change-decision")
    before = coverage.coverage([law], dataclasses.replace(with_device(facts), records=quiet))
    asleep = {r.id: r for r in before}["fda.change.q4-performance"]
    assert asleep.status == NOT_APPLICABLE
    assert "a change request" in asleep.reason
    assert "the trail has none" in asleep.reason
    after = coverage.coverage([law], facts)
    assert {r.id: r for r in after}["fda.change.q4-performance"].status == OPEN
    assert ChangeRequest.schema.partition("/")[0] in {
        kind for c in law.requirements for need in c.occasion for e in need.any for kind in e.record
    }


def test_a_clause_that_was_never_read_in_a_source_is_unverified(facts: Facts) -> None:
    """Also where its evidence is there; without evidence it counts as an open must."""
    text = LAW + "  verified: false\n"
    row = of(text, facts)["house.1"]
    assert (row.status, row.missing) == (UNVERIFIED, ())
    assert not coverage.open_musts([row])
    row = of(text.replace("model-lock, shows: training.start", "awareness"), facts)["house.1"]
    assert row.status == UNVERIFIED
    assert coverage.open_musts([row]) == [row]
    assert of(LAW + "  verify: true\n", facts)["house.1"].recheck


@pytest.mark.parametrize(
    ("by", "start"),
    [(["art-6-1"], "2028-08-02"), (["annex-iii"], "2027-12-02"), ([], "2027-12-02")],
)
def test_a_clause_that_applies_later_is_not_asked_on_an_earlier_day(
    by: list[str], start: str, facts: Facts
) -> None:
    """By why the system is high-risk; with no day given everything is asked, and the date shown."""
    text = LAW + "  applies_from: late\n"
    device = with_device(facts, scope={"high_risk": by})
    assert of(text, device)["house.1"].status == ANSWERED
    assert of(text, device)["house.1"].applies_from == start
    day = dt.date.fromisoformat(start)
    assert of(text, device, day)["house.1"].status == ANSWERED
    early = of(text, device, day - dt.timedelta(days=1))["house.1"]
    assert early.status == NOT_APPLICABLE
    assert start in early.reason


def test_the_summary_counts_every_clause_once(facts: Facts) -> None:
    """By catalog and part; the open musts of the parts are those of the rows."""
    rows = coverage.coverage(SHIPPED.values(), facts)
    parts = coverage.by_part(rows)
    assert sum(int(part["clauses"]) for part in parts) == len(rows) == 1149
    assert sum(int(p["open_musts"]) for p in parts) == len(coverage.open_musts(rows))
    for status in coverage.STATUSES:
        assert sum(int(p[status]) for p in parts) == sum(r.status == status for r in rows)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A world with one FDA document, recorded as it would be issued, without drawing it."""
    place = world.build(tmp_path_factory.mktemp("issued"))
    facts = dossier.collect(place, "fda-tplc", "A4")
    value = ReportIssue(
        document="fda-tplc",
        title=facts["title"],
        paper="A4",
        edition=1,
        facts_digest="",
        through=facts["through"],
        open_items=[],
        path="fda-tplc.pdf",
        files={"facts": place.store.put(digests.canonical(facts))},
    )
    place.trail.append([value], at="2026-06-01T00:00:00+00:00", actor="r.meier")
    return place


def test_a_document_names_the_laws_that_it_was_built_against(space: Workspace) -> None:
    """Every catalog of its authority, with the day of the text and the day it was read."""
    laws = dossier.collect(space, "eu-technical-documentation", "A4")["laws"]
    assert [(law["id"], law["date"]) for law in laws] == [
        ("eu-aia", "2026-07-27"),
        ("eu-mdr", "2017-04-05"),
    ]


def test_what_a_newer_catalog_adds_to_what_was_issued(issued: Workspace, tmp_path: Path) -> None:
    """Added, changed and dropped, against the newest document by that day; else nothing is said."""
    text = (catalog.folder() / "gmlp.yaml").read_text()
    head, _, first = text.partition("  - id: gmlp.2021.1-multi-disciplinary\n")
    rest = first[first.index("  - id: ") :].replace("severity: should", "severity: must", 1)
    newer = head.replace("as_of: '2026-11-23'", "as_of: '2027-02-01'") + rest
    (tmp_path / "gmlp.yaml").write_text(newer + textwrap.indent(NEW, "  "))
    laws = list(catalog.every(tmp_path).values())
    (found,) = editions.since(issued.trail, issued.store, laws)
    assert found.added == ("house.2",)
    assert found.changed == ("gmlp.2021.2-software-security",)
    assert found.dropped == ("gmlp.2021.1-multi-disciplinary",)
    assert (found.before[1], found.now[1]) == ("2026-11-23", "2027-02-01")
    assert found.record == issued.trail.all(ReportIssue)[0][0].seq
    (same,) = editions.since(issued.trail, issued.store, [catalog.load("gmlp")])
    assert (same.added, same.changed, same.dropped) == ((), (), ())
    assert editions.since(issued.trail, issued.store, laws, "2026-05-31") == []


def test_another_answer_to_the_same_clause_is_no_new_law() -> None:
    """Only what is asked counts: not the suite's own mapping, nor a note."""
    one = reader.parse(LAW, Catalog, "house.yaml")
    other = reader.parse(LAW.replace("model-lock", "trigger"), Catalog, "house.yaml")
    assert one.digest == other.digest
    assert one.digest != reader.parse(LAW.replace("Lock it", "Do"), Catalog, "house.yaml").digest


def test_each_risk_is_followed_to_its_check(facts: Facts) -> None:
    """Hazard, control, endpoint, verdicts of the newest run, rules of the plan, triggers."""
    risk: dict[str, Any] = {"hazard": "h", "harm": "a", "control": "c", "residual": "r"}
    said = ["sensitivity", "auroc", "auroc by sex", "missingness", "npv"]
    device = dataclasses.replace(
        with_device(facts), risks=(Risk(id="R1", watched_by=said, **risk), Risk(id="R2", **risk))
    )
    rows = {row.watched_by: row for row in risks.links(device)}
    newest = max(r.seq for r in facts.records if r.kind == "validation-run")
    assert {(v["id"], v["record"]) for v in rows["sensitivity"].verdicts} == {("V2", newest)}
    assert {v["id"] for v in rows["auroc"].verdicts} == {"V1", "V4"}
    assert {v["id"] for v in rows["auroc by sex"].verdicts} == {"F1", "F2"}
    assert [c["id"] for c in rows["missingness"].checks] == ["input-lost"]
    raised = [r for r in facts.records if r.kind == "trigger" and r.body["rule"] == "input-lost"]
    assert [t["record"] for t in rows["missingness"].triggers] == [r.seq for r in raised]
    assert rows["missingness"].missing == ()
    assert rows["npv"].missing == (
        "an acceptance criterion on npv",
        "a check of the surveillance plan on npv",
    )
    assert rows[""].missing == ("an endpoint or finding that watches it (watched_by)",)
    assert rows["sensitivity"].missing == ("a check of the surveillance plan on sensitivity",)
