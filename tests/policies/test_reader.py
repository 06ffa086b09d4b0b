"""Law 7: every fault of a YAML file at once, with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import PolicyError
from policies import policy, reader
from policies.criteria import ValidationPolicy
from policies.policy import POLICIES

BAD = """\
policy: validation
version: one
title: T
endpoint: [auroc]
endpoints: [auroc]
criteria:
  - {id: V1, endpoint: auroc, at_least: 1.5}
  - {id: V2, endpoint: sensitivity, at_least: 0.5}
confidence: 95
title: again
"""


def test_law_7_all_faults_are_reported_with_file_line_and_key() -> None:
    """One reading, six faults: unknown key, wrong types, impossible values, a key given twice."""
    with pytest.raises(PolicyError) as caught:
        reader.parse(BAD, ValidationPolicy, "validation.yaml")
    found = {(fault.line, fault.key) for fault in caught.value.faults}
    assert found == {
        (2, "version"),
        (4, "endpoint"),
        (7, "criteria.0"),
        (8, "criteria.1"),
        (9, "confidence"),
        (10, "title"),
    }
    text = str(caught.value)
    assert "validation.yaml:4: endpoint: unknown key" in text
    assert "impossible" in text
    assert "key given twice" in text


def test_law_7_text_that_is_no_yaml_is_named_with_its_line() -> None:
    """A missing bracket is found where the text ends."""
    with pytest.raises(PolicyError, match=r"x\.yaml:3"):
        reader.parse("a: 1\nb: [1, 2\n", ValidationPolicy, "x.yaml")


@pytest.mark.parametrize("name", POLICIES)
def test_the_default_policies_can_be_read(name: str) -> None:
    """What a new workspace starts from is valid."""
    place = Path(policy.__file__).parent / f"{name}.yaml"
    assert policy.load(place).name == name
