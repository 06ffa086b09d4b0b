"""The vocabulary of findings: every fault at once, and what a phrase may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import PolicyError
from policies import policy, reader
from policies.clinical_findings import BUNDLED, ClinicalFindings, load

BAD = """\
policy: clinical_findings
version: 1
title: T
uncertain: u-maybe
findings:
  - {id: A B, name: x, synonyms: [x]}
  - {id: b, name: y, synonyms: []}
  - {id: c, name: z, synonyms: [effu*sion]}
  - {id: d, name: z, synonyms: ["... effusion"]}
  - {id: e, name: z, synonyms: [effusion], lateral: perhaps}
  - {id: f, name: z, synonyms: [""]}
cues: {negation: {before: ["no*"]}}
colour: red
"""


def test_all_faults_are_named_with_line_and_key() -> None:
    """One reading."""
    with pytest.raises(PolicyError) as caught:
        reader.parse(BAD, ClinicalFindings, "v.yaml")
    assert {(fault.line, fault.key) for fault in caught.value.faults} == {
        (4, "uncertain"),
        (6, "findings.0.id"),
        (7, "findings.1"),
        (8, "findings.2.synonyms.0"),
        (9, "findings.3.synonyms.0"),
        (10, "findings.4.lateral"),
        (11, "findings.5.synonyms.0"),
        (12, "cues.negation.before.0"),
        (13, "colour"),
    }


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ("[{id: a, name: a, synonyms: [x]}, {id: a, name: b, synonyms: [y]}]", "finding 'a' is given twice"),
        ("[{id: a, name: a, synonyms: [X  y]}, {id: b, name: b, normal_phrases: [x Y], synonyms: [z]}]", "phrase 'x y' is given twice"),
        ("[{id: a, name: a, when_none_but: []}]", "nothing to look for"),
        ("[{id: a, name: a, when_none_but: [c]}, {id: b, name: b, synonyms: [x]}]", "names 'c'"),
        ("[{id: a, name: a, when_none_but: [], lateral: true}]", "no side of its own"),
        ("[]", "findings"),
    ],
)  # fmt: skip
def test_findings_that_contradict_each_other_are_refused(findings: str, words: str) -> None:
    """The message says which."""
    text = f"policy: clinical_findings\nversion: 1\ntitle: T\nfindings: {findings}\n"
    with pytest.raises(PolicyError, match=words):
        reader.parse(text, ClinicalFindings, "v.yaml")


def test_the_bundled_vocabulary_is_chexperts_and_awaits_its_review() -> None:
    """14 observations; a reviewer is to be named by the user."""
    found = load(BUNDLED)
    assert len(found.findings) == 14
    assert found.reviewed_by == ""
    place = Path(policy.__file__).parent / "clinical_findings.yaml"
    assert "radiologist must review" in place.read_text()
    assert policy.load(place).value == found


def test_a_file_of_any_name_is_a_vocabulary_and_a_missing_one_is_named(tmp_path: Path) -> None:
    """By its path."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "policy: clinical_findings\nversion: 1\ntitle: T\n"
        "findings: [{id: a, name: a, synonyms: [Pleural  Effusion*]}]\n"
    )
    assert load(str(path)).findings[0].synonyms == ["pleural effusion*"]
    with pytest.raises(PolicyError, match="none.yaml: no such file"):
        load(str(tmp_path / "none.yaml"))
