"""What dataset.yaml and generative.yaml refuse, all faults at once with their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence.errors import PolicyError
from policies import reader, text_set
from policies.dataset import DatasetSpec
from policies.generative import GenerativePolicy

if TYPE_CHECKING:
    from pathlib import Path

SET = """\
task: answers
dataset: q
title: Questions
origin: here
licence: none
standard: an examination's key
case: case
answers: {question: question, key: key, scoring: option-letter, options: {A: a, B: b}}
"""
POLICY = """\
policy: generative
version: 1
title: Criteria
endpoints: [accuracy]
attributes: [language]
criteria:
  - {id: G1, endpoint: accuracy, at_least: 0.5}
"""


def messages(text: str, model: type[reader.Text] = GenerativePolicy) -> str:
    """What the reader says of a text."""
    with pytest.raises(PolicyError) as caught:
        reader.parse(text, model, "file.yaml")
    return str(caught.value)


def test_the_task_says_which_roles_a_data_set_has(tmp_path: Path) -> None:
    """A set of questions, and, without a task, one of labelled cases."""
    path = tmp_path / "dataset.yaml"
    path.write_text(SET)
    found = text_set.load(path)
    assert isinstance(found, text_set.TextSetSpec)
    assert found.columns() == ["case", "question", "key", "a", "b"]
    path.write_text("dataset: x\n")
    with pytest.raises(PolicyError, match="reference_standard"):
        text_set.load(path)


def test_a_recorded_specification_is_read_as_what_it_was() -> None:
    """Freezes of labelled cases carry no task."""
    body = reader.parse(SET, text_set.TextSetSpec, "x").model_dump(mode="json")
    assert isinstance(text_set.of(body), text_set.TextSetSpec)
    labelled = {
        "dataset": "d",
        "title": "t",
        "origin": "o",
        "licence": "l",
        "case": "c",
        "reference_standard": {
            "column": "y",
            "positive": [1],
            "negative": [0],
            "description": "d",
        },
        "features": [{"name": "x", "type": "number"}],
    }
    assert isinstance(text_set.of(labelled), DatasetSpec)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("options: {A: a, B: b}", "options: {A: a}", "option-letter needs 'options'"),
        ("options: {A: a, B: b}", "options: {a: a, B: b}", "single capital letters, not a"),
        ("option-letter, options: {A: a, B: b}", "accepted-answer", "needs 'accepted_separator'"),
        ("task: answers", "task: reports", "needs the key 'reports'"),
        ("case: case", "case: case\nperiod: {start: 2025-01-01, end: 2025-02-01}", "'time' column"),
    ],
)
def test_roles_that_do_not_fit_are_refused(was: str, now: str, said: str) -> None:
    """With what would fit."""
    assert said in messages(SET.replace(was, now), text_set.TextSetSpec)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("endpoint: accuracy", "endpoint: auroc", "there is no endpoint 'auroc'"),
        ("at_least: 0.5", "at_least: 1.5", "impossible: accuracy is from 0 to 1"),
        ("at_least: 0.5", "kind: each, at_least: 0.5", "kind: each needs 'by'"),
        ("at_least: 0.5", "kind: each, by: [organ], at_least: 0.5", "'organ' is neither"),
        ("at_least: 0.5", "kind: gap, by: [language], at_least: 0.5", "limited by at_most"),
        ("at_least: 0.5", "by: [language], at_least: 0.5", "overall takes no 'by'"),
        ("endpoint: accuracy", "endpoint: token-f1", "'token-f1' is not among the endpoints"),
        (
            "criteria:",
            "modalities: [{id: M1, modality: image, without: text}]\ncriteria:",
            "say which 'condition'",
        ),
        (
            "criteria:",
            "condition: text\nmodalities: [{id: M1, modality: image, without: text}]\ncriteria:",
            "is the one that is judged",
        ),
        (
            "criteria:",
            "consistency: [{id: G1, by: language, at_least: 0.5}]\ncriteria:",
            "criterion 'G1' is given twice",
        ),
    ],
)
def test_impossible_criteria_are_refused(was: str, now: str, said: str) -> None:
    """Before anything is opened."""
    assert said in messages(POLICY.replace(was, now))


def test_every_endpoint_of_a_policy_is_one_that_is_measured() -> None:
    """The names that a policy may use and those of the ruler are the same."""
    from policies.generative import ANSWERS, DIVERSITY, FINDINGS, OVERLAP
    from validation import answering, clinical_findings, wording

    assert set(ANSWERS) <= set(answering.ENDPOINTS)
    assert set(OVERLAP) | set(DIVERSITY) <= set(wording.ENDPOINTS)
    assert set(FINDINGS) <= set(clinical_findings.ENDPOINTS)
