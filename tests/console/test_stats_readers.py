"""`tplc stats readers`: one JSON object, references, and refusals without a traceback."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from console.cli import main

VANDYKE = Path(__file__).parents[1] / "data" / "vandyke_mrmc" / "vandyke.csv"
COLUMNS = (
    "--reader",
    "reader",
    "--case",
    "case",
    "--modality",
    "treatment",
    "--truth",
    "truth",
    "--rating",
    "rating",
)


def _stats(monkeypatch: pytest.MonkeyPatch, file: Path, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tplc", "stats", "readers", str(file), *COLUMNS, *words])
    with pytest.raises(SystemExit) as done:
        main()
    return int(done.value.code or 0)


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return body


def test_van_dyke_is_analysed_from_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The published difference, interval and p; every method has its reference."""
    assert _stats(monkeypatch, VANDYKE, "--json", "--cite") == 0
    body = _json(capsys)
    test = body["tests"][0]
    assert (test["test"], test["endpoint"]) == ("obuchowski-rockette", "auroc-difference")
    assert test["between"] == "treatment=1 − treatment=2"
    assert [test["estimate"], test["p"]] == pytest.approx([-0.04380032206, 0.05166568582], rel=1e-6)
    assert all(text != "no reference is recorded" for text in body["references"].values())
    assert (
        _stats(monkeypatch, VANDYKE, "--readers", "fixed", "--covariance", "delong", "--json") == 0
    )
    assert _json(capsys)["tests"][0]["p"] == pytest.approx(0.01852520044, rel=1e-6)


def test_a_table_is_printed_with_every_test(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sensitivity at a threshold."""
    assert _stats(monkeypatch, VANDYKE, "--metric", "sensitivity", "--threshold", "3") == 0
    shown = capsys.readouterr().out
    assert "-0.09778" in shown
    assert "0.02009" in shown


def test_missing_ratings_are_counted_and_then_delong_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Jackknife goes on with a warning; DeLong names what is missing; exit code 4."""
    d = pd.read_csv(VANDYKE, dtype=str)
    d.loc[d.index < 3, "rating"] = None
    file = tmp_path / "partly.csv"
    d.to_csv(file, index=False)
    assert _stats(monkeypatch, file, "--json") == 0
    codes = {warning["code"]: warning["count"] for warning in _json(capsys)["warnings"]}
    assert codes == {"missing-values": 3, "unbalanced-readings": 3}
    assert _stats(monkeypatch, file, "--covariance", "delong") == 4
    assert "3 readings are missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "words", "code", "said"),
    [
        ({"rating": "98"}, (), 0, ""),
        ({"truth": "2"}, (), 4, "neither 0 nor 1"),
        ({"reader": None}, (), 4, "column 'reader': 1 rows are blank"),
        ({"case": "2"}, (), 4, "more than once"),
        ({}, ("--positive", "yes"), 4, "no value is 'yes'"),
        ({}, ("--threshold", "3"), 2, "--threshold is for"),
        ({}, ("--cases", "fixed", "--readers", "fixed"), 4, "only one of readers and cases"),
    ],
)
def test_wrong_input_is_refused_in_plain_words(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    spoil: dict[str, str | None],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    """The trap is in the first row; a code for missing is only warned of."""
    d = pd.read_csv(VANDYKE, dtype=str)
    for column, value in spoil.items():
        d.loc[0, column] = value
    file = tmp_path / "study.csv"
    d.to_csv(file, index=False)
    assert _stats(monkeypatch, file, "--json", *words) == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    if not code:
        assert [w["code"] for w in json.loads(printed.out)["warnings"]] == ["coded-missing"]


def test_the_model_alone_is_compared_with_the_readers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Its own modality, one reader; the readers are analysed beside it."""
    d = pd.read_csv(VANDYKE, dtype=str)
    d = d[(d.treatment != "2") | (d.reader == "4")].replace({"treatment": {"2": "net"}})
    file = tmp_path / "model.csv"
    d.to_csv(file, index=False)
    assert _stats(monkeypatch, file, "--standalone", "net", "--json") == 0
    (test,) = _json(capsys)["tests"]
    assert test["test"] == "obuchowski-rockette-standalone"
    assert test["estimate"] == pytest.approx(0.999355877616747 - 0.897037037, abs=1e-8)
