"""`tplc stats findings`: columns by name, several references, faults for the person at the keyboard."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pandas as pd
import pytest

from console import cli
from tests.console.calculator import Calculator

ROWS = {
    "patient": ["a", "a", "b", "c", "d", "e"],
    "sex": ["f", "f", "m", None, "m", "f"],
    "age": ["30", "30", "70", "51", "64", "65"],
    "made": [
        "Small left effusion.\nNo pneumothorax.",
        "Small right effusion.",
        "<p>Possible pneumonia</p>",
        None,
        "Pneumothorax, größer.",
        "No effusion.",
    ],
    "first": [
        "Left effusion. No pneumothorax.",
        "Left effusion.",
        "Pneumonia.",
        "Effusion.",
        "No pneumothorax.",
        "Effusion.",
    ],
    "second": ["", "Right effusion.", "", "", "Pneumothorax.", ""],
}
WORDS = ("--candidate", "made", "--reference", "first", "--vocabulary", "chest-radiograph")


@pytest.fixture
def calculator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """Runs `tplc stats`."""
    return Calculator(monkeypatch, capsys)


def _file(folder: Path, ending: str = ".csv", **columns: list[str | None]) -> Path:
    path = folder / f"reports{ending}"
    frame = pd.DataFrame({**ROWS, **columns})
    if ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".csv.gz":
        with gzip.open(path, "wt") as stream:
            frame.to_csv(stream, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_counts_are_those_of_the_texts(tmp_path: Path, calculator: Calculator, ending: str) -> None:
    """By hand, in every kind of file."""
    got = calculator("findings", _file(tmp_path, ending), *WORDS, "--by", "sex")
    assert got.code == 0
    counts = {e["endpoint"]: (e["events"], e["n"]) for e in got.body["estimates"][:9]}
    assert counts == {
        "finding-precision": (2, 3),
        "finding-recall": (2, 4),
        "finding-f1": (None, 5),
        "hallucination-rate": (1, 3),
        "omission-rate": (2, 4),
        "negation-flip-rate": (2, 5),
        "laterality-error-rate": (1, 2),
        "uncertain-rate": (1, 6),
        "reports-with-hallucination": (1, 6),
    }
    assert got.find("omission-rate", "sex=missing")["value"] == 1
    assert got.find("finding-recall", "finding=pleural-effusion")["n"] == 4
    assert got.codes == {
        "vocabulary-unreviewed": 0,
        "blank-candidates": 1,
        "uncertain-findings": 1,
        "findings-not-asserted": 11,
    }


def test_several_references_conventions_clusters_and_cuts(
    tmp_path: Path, calculator: Calculator
) -> None:
    """Each is an option."""
    path = _file(tmp_path)
    several = calculator("findings", path, *WORDS[:4], "second", *WORDS[4:], "--cut", "age=65")
    assert several.find("hallucination-rate")["events"] == 0
    assert several.find("laterality-error-rate")["events"] == 1  # both sides are not the right one
    assert several.find("reports-with-hallucination", "age=[65, inf)")["n"] == 2
    ones = calculator("findings", path, *WORDS, "--uncertain", "u-ones", "--cluster", "patient")
    assert (ones.find("finding-recall")["events"], ones.find("finding-recall")["n"]) == (3, 5)
    assert ones.find("finding-recall")["method"] == "bootstrap-percentile-clustered"
    assert ones.find("reports-with-hallucination")["method"] == "bootstrap-percentile-clustered"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--candidate", "none", *WORDS[2:]), 4, "column 'none' is missing"),
        ((*WORDS[:3], "made", *WORDS[4:]), 2, "must be different columns"),
        ((*WORDS[:5], "nowhere.yaml"), 4, "no such file"),
        ((*WORDS, "--uncertain", "perhaps"), 2, "u-ones"),
        ((*WORDS, "--cluster", "sex"), 4, "1 rows are blank"),
        (WORDS[:4], 2, "--vocabulary"),
    ],
)
def test_faults_are_named(
    tmp_path: Path, calculator: Calculator, words: tuple[str, ...], code: int, message: str
) -> None:
    """No traceback; the report's text is not repeated."""
    got = calculator("findings", _file(tmp_path), *words)
    assert got.code == code
    assert message in got.error + str(got.body)
    assert "Traceback" not in got.error
    assert "größer" not in got.error


def test_columns_without_any_text_are_refused_together(
    tmp_path: Path, calculator: Calculator
) -> None:
    """Both at once."""
    path = _file(tmp_path, made=[None] * 6, first=["  "] * 6)
    got = calculator("findings", path, *WORDS)
    assert got.code != 0
    said = got.error + str(got.body)
    assert "every candidate text is blank" in said
    assert "every reference text is blank" in said


def test_a_vocabulary_with_faults_names_them_all(tmp_path: Path, calculator: Calculator) -> None:
    """With file, line and key."""
    path = tmp_path / "mine.yaml"
    path.write_text("policy: clinical_findings\nversion: 0\nfindings: []\n")
    got = calculator("findings", _file(tmp_path), *WORDS[:5], path)
    said = got.error + str(got.body)
    assert all(key in said for key in ("version", "title", "findings"))
    assert got.code != 0


def test_the_table_leaves_out_what_no_report_says_and_the_json_does_not(
    tmp_path: Path, calculator: Calculator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single findings without a denominator; the endpoints of all findings always stand there."""
    path = _file(tmp_path)
    whole = calculator("findings", path, *WORDS)
    assert whole.find("finding-recall", "finding=fracture")["value"] is None
    monkeypatch.setattr(sys, "argv", ["tplc", "stats", "findings", str(path), *WORDS, "--cite"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    shown, _ = calculator.capture.readouterr()
    assert "finding=pleural-effusion" in shown
    assert "finding=fracture" not in shown
    assert "laterality-error-rate" in shown
    assert "Efron B" in shown
