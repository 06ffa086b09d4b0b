"""The second story of the demo, with three of its eleven models, and its documents."""

from __future__ import annotations

import datetime as dt
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from demo import stage, vqa
from evidence.records import GenerativeRun, Look
from policies.workspace import Workspace
from tests import printed

if TYPE_CHECKING:
    from pathlib import Path

SOME = ("paligemma-3b", "yi-vl-34b", "gpt-4o")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The story, told once for all tests of this file."""
    folder = tmp_path_factory.mktemp("demo") / "vqa"
    vqa.prepare(folder)
    scene = stage.Stage(
        workspace=Workspace(folder),
        actor="tester",
        at="2026-01-02T03:04:05+00:00",
        today=dt.date(2026, 1, 2),
        progress=lambda *_: None,
    )
    return folder, vqa.tell(scene, SOME)


def text(folder: Path, document: str) -> str:
    """A document's text, on one line."""
    path = folder / "documents" / f"{document}.pdf"
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def test_every_model_is_judged_on_one_frozen_set(told: tuple[Path, dict[str, Any]]) -> None:
    """One look each, all by the same registered policy."""
    trail = Workspace(told[0]).trail
    runs = [run for _, run in trail.all(GenerativeRun)]
    assert [run.model for run in runs] == [f"{model}/1" for model in SOME]
    assert [look.number for _, look in trail.all(Look)] == [1, 2, 3]
    assert len({run.policies["generative"] for run in runs}) == 1


def test_the_report_says_that_there_is_no_evidence_for_the_image(
    told: tuple[Path, dict[str, Any]],
) -> None:
    """And that what cannot be read is no low skill."""
    said = text(told[0], "validation-report")
    assert "No evidence that the image helps" in said
    assert "526 of 568 answers of 'text only' are unparsable" in said
    assert "no output under the condition 'text only'" in said
    assert "not a medical device" in said


def test_each_document_has_a_section_on_the_answers(told: tuple[Path, dict[str, Any]]) -> None:
    """Three documents; no window, so no monitoring report."""
    assert len(told[1]["documents"]) == 3
    for document in ("validation-report", "fda-tplc", "eu-technical-documentation"):
        said = text(told[0], document)
        assert "Unparsable answers" in said, document
        assert "68.5 %" in said, document
        assert "built-in" not in said, document


def test_law_5_every_number_of_the_answers_is_in_the_records(
    told: tuple[Path, dict[str, Any]],
) -> None:
    """As in the first story."""
    space = Workspace(told[0])
    for path in sorted((told[0] / "documents").glob("*.pdf")):
        strange = printed.beyond_the_records(path, space)
        assert not strange, f"{path.name}: {strange[:20]}"


def test_told_again_it_adds_nothing(told: tuple[Path, dict[str, Any]]) -> None:
    """The same inputs are the same records."""
    folder = told[0]
    before = len(list(Workspace(folder).trail.records()))
    scene = stage.Stage(
        workspace=Workspace(folder),
        actor="tester",
        at="2026-02-02T03:04:05+00:00",
        today=dt.date(2026, 2, 2),
        progress=lambda *_: None,
    )
    vqa.tell(scene, SOME)
    assert len(list(Workspace(folder).trail.records())) == before


def test_no_answer_of_a_model_and_no_question_is_in_a_document(
    told: tuple[Path, dict[str, Any]],
) -> None:
    """Law 6: aggregates leave, texts stay."""
    import pandas as pd

    asked = pd.read_csv(told[0] / "questions.csv")["question"].str.split().str[:8].str.join(" ")
    for document in ("validation-report", "fda-tplc"):
        said = text(told[0], document)
        assert not [words for words in asked if len(words) > 30 and words in said]
