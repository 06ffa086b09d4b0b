"""The nine clause catalogs: read strictly, each clause with what answers it and for whom it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from evidence.errors import NotFoundError, PolicyError
from policies import catalog, reader
from policies.catalog import Catalog
from policies.clause_evidence import MAIN, Evidence
from policies.device import Device
from policies.scope import stated

CLAUSES = {
    "ecopy_estar": 71,
    "eu_ai_act": 233,
    "eu_mdr": 119,
    "fda_ai_dsf": 190,
    "fda_change_control": 84,
    "fda_pccp": 135,
    "gmlp": 31,
    "part11": 34,
    "reporting_checklists": 252,
}
BAD = """\
id: x
title: T
authority: A
citation: C
status: in force
date: "2026-01-01"
as_of: "2026-01-02"
requirements:
- id: x.1
  ref: 1
  title: T
  text: T
  automatable: full
  severity: shall
- id: x.2
  ref: "2"
  title: T
  text: T
  automatable: full
  severity: must
  answered_by:
  - record: validation-runs
  - {device: intended_uze}
  - {device: name, narrative: labelling}
  - {narrative: labelling, shows: criteria}
  applies_to: {roles: [maker]}
"""


def test_all_nine_catalogs_are_read_with_every_clause() -> None:
    """1,149 clauses, each id once over all files, each catalog with its date and its source."""
    known = catalog.every()
    assert {name: len(law.requirements) for name, law in known.items()} == CLAUSES
    assert sum(CLAUSES.values()) == 1149
    for law in known.values():
        assert law.date
        assert law.as_of == "2026-11-23"
        assert law.source
        assert law.targets


@pytest.mark.parametrize("name", CLAUSES)
def test_each_clause_says_what_would_answer_it(name: str) -> None:
    """In the vocabulary, or why it can never apply here; nothing is left unsaid in what we ship."""
    for clause in catalog.load(name).requirements:
        assert clause.answered_by or clause.not_here, clause.id
        kinds = {need_kind(each) for need in clause.answered_by for each in need.any or [need]}
        if clause.automatable == "none" and clause.answered_by:
            assert kinds - {"record", "trail"}, clause.id


def need_kind(need: Evidence) -> str:
    """Which kind of evidence an entry names."""
    return next(name for name in MAIN if getattr(need, name))


def test_the_flags_of_what_was_not_read_in_a_source_are_kept() -> None:
    """Six clauses were never read in a source, and the FDA's draft may have been replaced."""
    known = catalog.every()
    unread = [c.id for law in known.values() for c in law.requirements if not c.verified]
    assert len(unread) == 6
    assert "fda.change.qmsr.iso-7.3.9" in unread
    assert known["fda_ai_dsf"].verify
    assert {c.id for c in known["eu_ai_act"].requirements if c.verify}


def test_law_7_all_faults_of_a_catalog_at_once() -> None:
    """With file, line and key: a type, a word, a kind, a key, two entries in one, a role."""
    with pytest.raises(PolicyError) as caught:
        reader.parse(BAD, Catalog, "x.yaml")
    found = {(fault.line, fault.key) for fault in caught.value.faults}
    assert found == {
        (10, "requirements.0.ref"),
        (14, "requirements.0.severity"),
        (22, "requirements.1.answered_by.0.record.0"),
        (23, "requirements.1.answered_by.1.device"),
        (24, "requirements.1.answered_by.2"),
        (25, "requirements.1.answered_by.3"),
        (26, "requirements.1.applies_to.roles.0"),
    }
    assert "there is no record kind 'validation-runs'" in str(caught.value)
    assert "device.yaml has no key 'intended_uze'" in str(caught.value)


def test_one_clause_in_two_catalogs_is_refused(tmp_path: Path) -> None:
    """Both files are named; a decision table beside them is no catalog."""
    for name in ("one", "two"):
        law = {
            "id": name,
            "title": "T",
            "authority": "A",
            "citation": "C",
            "status": "S",
            "date": "2026-01-01",
            "as_of": "2026-01-01",
            "requirements": [_clause("same.1")],
        }
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(law, sort_keys=False))
    (tmp_path / "table.yaml").write_text("table: t\nquestions: []\n")
    with pytest.raises(PolicyError, match=r"two\.yaml.*stands in one\.yaml"):
        catalog.every(tmp_path)


def _clause(name: str) -> dict[str, str]:
    texts = {"ref": "Art 1", "title": "T", "text": "T"}
    return {"id": name, **texts, "automatable": "none", "severity": "must"}


def test_a_target_is_an_authority_or_one_catalog() -> None:
    """By the name of its file or its id; an unknown one is told what there is."""
    assert list(catalog.chosen("eu")) == ["eu_ai_act", "eu_mdr"]
    assert "part11" in catalog.chosen("fda")
    assert list(catalog.chosen("eu-mdr")) == ["eu_mdr"]
    assert list(catalog.chosen("eu-aia")) == ["eu_ai_act"]
    with pytest.raises(NotFoundError, match="There is no target 'mars'"):
        catalog.chosen("mars")


@pytest.mark.parametrize(
    ("said", "fact", "value"),
    [
        ({"us_pathway": "510(k)"}, "us_pathway", ["510k"]),
        ({"us_pathway": "De Novo"}, "us_pathway", ["de-novo"]),
        ({"us_pathway": "PMA"}, "us_pathway", ["pma"]),
        ({"us_pathway": "we shall see"}, "us_pathway", []),
        ({"eu_class": "IIa"}, "eu_class", ["IIa"]),
        ({"eu_class": "class III"}, "eu_class", ["III"]),
        ({}, "roles", []),
        ({"scope": {"generative": False}}, "generative", ["no"]),
        ({"scope": {"roles": ["deployer"]}}, "roles", ["deployer"]),
    ],
)
def test_facts_are_taken_from_what_people_wrote(
    said: dict[str, object], fact: str, value: list[str]
) -> None:
    """What is not understood, or not said, decides nothing."""
    assert stated(Device.model_validate({"name": "D", **said}))[fact] == value


def test_each_reporting_clock_wakes_a_clause() -> None:
    """A clock by a new name would leave its clauses asleep while an incident is open."""
    named: set[str] = set()
    for law in catalog.every().values():
        for clause in law.requirements:
            for need in clause.occasion:
                named.update(need.where.get("clock", ()))
    shipped = set()
    for path in catalog.folder().glob("*clocks.yaml"):
        shipped |= {clock["id"] for clock in yaml.safe_load(path.read_text())["clocks"]}
    assert len(shipped) > 10
    always = {name for name in shipped if name.endswith("-trend")}  # Art 88 is asked at all times
    assert shipped - named - always == set()
