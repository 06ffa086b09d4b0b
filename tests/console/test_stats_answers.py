"""`tplc stats answers`: columns in, figures and warnings out, faults in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.console.calculator import Calculator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DATA = Path(__file__).parents[2] / "demo/data/worldmedqa_v"


@pytest.fixture
def stats(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers of two models beside their keys."""
    items = pd.read_csv(DATA / "items.csv.gz", dtype=str, keep_default_na=False)
    answers = pd.read_csv(DATA / "responses.csv.gz", dtype=str, keep_default_na=False)
    some = answers[answers.model.isin(["GPT4o", "Yi_VL_34B"])]
    path = tmp_path_factory.mktemp("answers") / "world.csv.gz"
    some.merge(items, on=["country", "language", "item"]).to_csv(path, index=False)
    return path


def _file(folder: Path, columns: Mapping[str, Sequence[object]], name: str = "a.csv") -> Path:
    path = folder / name
    frame = pd.DataFrame(columns)
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_csv(path, index=False)
    return path


LETTERS = ("--correct", "correct_option", "--options", "ABCD")


def test_published_figures_come_out_of_the_command(world: Path, stats: Calculator) -> None:
    """Accuracy, the unparsable, kappa between languages; and it says what the letters hide."""
    found = stats(
        "answers", world, "--response", "extracted", "--raw", "response", *LETTERS,
        "--cross", "model", "condition", "language", "--item", "country", "item",
        "--consistency", "language", "--replicates", 100,
    )  # fmt: skip
    gpt = found.find("accuracy", "model=GPT4o & condition=image+text & language=english")
    assert (gpt["events"], gpt["n"], gpt["method"]) == (389, 568, "wilson")
    yi = found.find("unparsable-rate", "model=Yi_VL_34B & condition=text_only & language=english")
    assert (yi["events"], yi["n"]) == (526, 568)
    kappa = found.find("cohen-kappa", "model=GPT4o & condition=image+text")
    assert kappa["value"] == pytest.approx(0.694551652)
    assert found.codes["only-in-the-text"] > 1000
    assert found.codes["unparsable"] == found.find("unparsable-rate")["events"]
    words = next(w["message"] for w in found.body["warnings"] if w["code"] == "unparsable")
    assert "no evidence of low skill" in words
    assert "Yi_VL_34B & condition=text_only & language=english: 526 of 568" in words


def test_letters_that_the_text_does_not_say_are_counted(tmp_path: Path, stats: Calculator) -> None:
    """Three refusals were filled in, one letter is another, one was lost."""
    raw = ["I'm sorry, I cannot tell", "As an AI I cannot", "It depends", "B.", "The answer is C"]
    path = _file(tmp_path, {"said": [*"ABAA", "?"], "key": list("ABABC"), "text": raw})
    found = stats(
        "answers", path, "--response", "said", "--correct", "key", "--options", "ABC",
        "--raw", "text",
    )  # fmt: skip
    assert found.codes["not-in-the-text"] == 3
    assert found.codes["differs-from-the-text"] == 1
    assert found.codes["only-in-the-text"] == 1
    told = stats("answers", path, "--response", "text", "--correct", "key", "--options", "ABC")
    assert told.find("unparsable-rate")["value"] == 0.6


def test_without_a_rule_texts_are_compared_and_that_is_said(
    tmp_path: Path, stats: Calculator
) -> None:
    """Nothing is guessed."""
    path = _file(tmp_path, {"r": ["A", "the liver", "no"], "k": ["a.", "Liver", "yes"]})
    found = stats("answers", path, "--response", "r", "--correct", "k")
    assert "scoring-not-named" in found.codes
    assert found.find("accuracy")["events"] == 1  # "a" is an article to this normalisation
    named = stats(
        "answers", path, "--response", "r", "--correct", "k", "--scoring", "exact-match",
        "--normalise", "plain",
    )  # fmt: skip
    assert "scoring-not-named" not in named.codes
    assert named.find("accuracy")["events"] == 0


def test_a_column_of_letters_with_words_in_it_says_so(tmp_path: Path, stats: Calculator) -> None:
    """The word cells are unparsable, as published; --reading text reads them."""
    said = ["A"] * 18 + ["B. Brain atrophy", "maybe"]
    path = _file(tmp_path, {"r": said, "k": ["A"] * 18 + ["B"] * 2})
    base = ("answers", path, "--response", "r", "--correct", "k", "--options", "AB")
    strict = stats(*base)
    assert strict.find("unparsable-rate")["events"] == 2
    assert strict.codes["letters-in-words"] == 2
    loose = stats(*base, "--reading", "text")
    assert loose.find("unparsable-rate")["events"] == 1
    assert loose.find("accuracy")["events"] == 19


def test_kinds_accepted_answers_and_clusters(tmp_path: Path, stats: Calculator) -> None:
    """Closed by yes or no, open by text; two questions an image."""
    path = _file(
        tmp_path,
        {
            "r": ["Yes, there is", "no", "left lung", "unclear"],
            "k": ["yes", "Yes", "Left lung", "no"],
            "kind": ["CLOSED", "closed ", "OPEN", "CLOSED"],
            "image": [1, 1, 2, 2],
        },
    )
    found = stats(
        "answers", path, "--response", "r", "--correct", "k", "--yes-no", "--answer-type", "kind",
        "--cluster", "image", "--by", "kind",
    )  # fmt: skip
    assert (found.find("closed-accuracy")["events"], found.find("closed-accuracy")["n"]) == (1, 3)
    assert found.find("open-accuracy")["value"] == 1.0
    assert found.find("accuracy")["method"] == "ratio-estimator-wilson"
    many = _file(tmp_path, {"r": ["CT scan", "MRI"], "k": ["mri#ct scan", "ct"]}, "b.parquet")
    found = stats("answers", many, "--response", "r", "--correct", "k", "--accepted-separator", "#")
    assert found.find("accuracy")["events"] == 1


def test_confidence_gives_selective_accuracy(tmp_path: Path, stats: Calculator) -> None:
    """Right when sure: no risk at half coverage."""
    path = _file(
        tmp_path,
        {"r": list("AAAABBBB"), "k": ["A"] * 8, "c": [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1]},
    )
    found = stats(
        "answers", path, "--response", "r", "--correct", "k", "--options", "AB",
        "--confidence-score", "c",
    )  # fmt: skip
    assert found.find("selective-accuracy-at-0.5")["value"] == 1.0
    assert found.find("e-aurc")["value"] == pytest.approx(0)


def test_odd_files_are_answered_or_refused_in_words(tmp_path: Path, stats: Calculator) -> None:
    """Blank answers, HTML, three rows, a missing column, blank keys, an empty file."""
    odd: dict[str, list[str | None]] = {
        "r": ["<p>The answer is B</p>", None, "A\nbecause"],
        "k": ["B", "A", "A"],
    }
    path = _file(tmp_path, odd)
    base = ("answers", path, "--correct", "k", "--options", "AB")
    found = stats(*base, "--response", "r")
    assert found.code == 0
    assert found.find("accuracy")["events"] == 2
    assert found.find("unparsable-rate")["events"] == 1
    missing = stats(*base, "--response", "nothing")
    assert missing.code == 4
    assert "nothing" in missing.error
    lost = _file(tmp_path, {"r": ["A", "B"], "k": ["A", None]}, "lost.csv")
    assert (
        stats("answers", lost, "--response", "r", "--correct", "k", "--options", "AB").codes[
            "missing-values"
        ]
        == 1
    )
    strange = _file(tmp_path, {"r": ["A", "B"], "k": ["A", "Z"]}, "strange.csv")
    refused = stats("answers", strange, "--response", "r", "--correct", "k", "--options", "AB")
    assert refused.code == 4
    assert "none of the options AB (such as 'Z')" in refused.error
    empty = tmp_path / "empty.csv"
    empty.write_text("r,k\n")
    assert stats("answers", empty, "--response", "r", "--correct", "k").code == 4


def test_options_that_do_not_fit_are_refused_together(tmp_path: Path, stats: Calculator) -> None:
    """All faults at once, exit code 2."""
    path = _file(tmp_path, {"r": ["A"], "k": ["A"]})
    refused = stats(
        "answers", path, "--response", "r", "--correct", "k", "--yes-no", "--options", "AB",
        "--raw", "r", "--item", "r", "--normalise", "stem",
    )  # fmt: skip
    assert refused.code == 2
    for words in ("give one of --options", "--normalise 'stem'", "--item and --consistency"):
        assert words in refused.error
    for scoring in ("option-letter", "bleu"):
        named = ("--response", "r", "--correct", "k", "--scoring", scoring)
        assert stats("answers", path, *named).code == 2
