"""Content drift, repetition and reports, measured on texts alone; real questions and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from console import start
from monitoring import (
    content,
    text_columns,
    text_findings,
)
from policies import reader
from policies.plan import MonitoringPlan
from policies.text_plan import Embedding, TextPlan
from policies.text_set import TextSetSpec
from tests.examination import halves
from validation.generative import variety
from validation.generative.outputs import RESPONSE
from validation.table import COUNT

if TYPE_CHECKING:
    from pathlib import Path


def test_questions_in_another_mix_of_languages_are_told_apart_without_a_language_column() -> None:
    """English alone against half English; Japanese against Japanese is not told apart."""
    frozen, rest = halves()
    plan = TextPlan(response="r")
    english = list(rest[rest.language == "english"].question)
    mixed = content.texts("questions", list(frozen.question), english, plan, 0.95)
    assert mixed["status"] == "drift"
    mine, others = (
        list(side[(side.country == "japan") & (side.language == "local")].question)
        for side in (frozen, rest)
    )
    same = content.texts("questions", mine, others, plan, 0.95)
    assert same["status"] == "stable"


def test_law_4_content_drift_does_not_depend_on_the_order_of_rows() -> None:
    """Nor does it change from run to run."""
    frozen, rest = halves()
    plan, then, now = TextPlan(response="r"), list(frozen.question), list(rest.question)
    one = content.texts("questions", then, now, plan, 0.95)
    other = content.texts("questions", then[::-1], now[::-1], plan, 0.95)
    assert one == other
    assert 0.45 < one["value"] < 0.6


def test_what_cannot_be_compared_is_not_evaluable_and_says_why() -> None:
    """No words, one word for all, too few."""
    plan, some = TextPlan(response="r"), list(halves()[0].question)
    for now, reason in (
        ([""] * 200, "the window has 0, 50 are needed"),
        (some[:49], "the window has 49"),
    ):
        body = content.texts("questions", some, now, plan, 0.95)
        assert (body["status"], body["value"]) == ("not evaluable", None)
        assert reason in body["reason"]
    letters = content.texts("responses", ["A"] * 90, ["B"] * 90, plan, 0.95)
    assert "no classifier can be trained" in letters["reason"]


@pytest.mark.parametrize("method", ["model", "mmd", "ratio"])
def test_each_method_for_embeddings_tells_a_shift_from_none(method: str) -> None:
    """On the frozen half and the other: none by its own limit, then 1.5 on each number."""
    frozen, rest = halves()
    names = [f"e_{place}" for place in range(4)]
    rule = Embedding.model_validate({"columns": ["e_*"], "method": method})
    same = content.embedding("e", frozen[names], rest[names], rule, 2000, 0.95)
    moved = content.embedding("e", frozen[names], rest[names] + 1.5, rule, 2000, 0.95)
    assert (same["status"], moved["status"]) == ("stable", "drift")


def test_distinct_texts_are_compared_at_one_number_of_outputs() -> None:
    """Hurlbert's number by hand: of a, a, b two are drawn; {a, b} in 2 of 3 draws."""
    assert variety.rarefied([2, 1], 2) == pytest.approx(2 / 3 * 2 + 1 / 3)
    assert variety.rarefied([1] * 400, 100) == pytest.approx(100)
    assert variety.frequencies(["Yes ", "yes", "no"]) == [2, 1]


def test_reports_are_watched_without_keys_or_questions() -> None:
    """Empty reports and one report for all; a reference report is never asked of production."""
    spec = TextSetSpec.model_validate(
        {"task": "reports", "reports": {"references": ["report"]}, "case": "study"}
        | dict.fromkeys(("dataset", "title", "origin", "licence", "standard"), "x")
    )
    written = list(halves()[0].response)

    def watched(texts: list[str]) -> text_columns.Watched:
        frame = pd.DataFrame({"study": range(len(texts)), RESPONSE: texts, COUNT: 1})
        return text_columns.watched(frame, spec)

    then, plan = watched(written), TextPlan(response="r")
    assert list(text_columns.reference(then, {}, [])) == ["response words"]
    for texts, kinds in (
        (written[:200], []),
        (written[:150] + [""] * 50, ["unparsable"]),
        (["No acute disease.", "Normal."] * 100, ["collapse"]),
    ):
        now = watched(texts)
        shares = text_columns.shares(now, then, 0.95)
        usual = text_columns.shares(then, now, 0.95)
        found = text_findings.unparsable(shares, usual, now.why, plan, "2025-02")
        found += text_findings.collapsed(shares, usual, plan, "2025-02")
        assert [finding.kind for finding in found] == kinds


def test_a_new_workspace_of_texts_has_a_plan_that_reads(tmp_path: Path) -> None:
    """For answers and for reports; that for scores has no texts."""
    for task in ("answers", "reports", "classification"):
        start.make(tmp_path / task, task)
        plan = reader.read(tmp_path / task / "policies" / "monitoring.yaml", MonitoringPlan)
        assert (plan.texts is None) == (task == "classification")
