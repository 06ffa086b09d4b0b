"""`tplc convert`: a benchmark's files into one table, counted, or refused with every fault."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from console import cli

ROOT = Path(__file__).parents[2]
VQA_RAD = ROOT / "tests" / "data" / "vqa_rad_text" / "test451.csv.gz"
WORLD = ROOT / "demo" / "data" / "worldmedqa_v" / "items.csv.gz"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs ``tplc convert ...``: exit code, what stdout and stderr say."""

    def _run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tplc", "convert", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        code = left.value.code
        return (code if isinstance(code, int) else 1, *capsys.readouterr())

    return _run


def test_vqa_rad_becomes_a_table_with_its_counts(run: Any, tmp_path: Path) -> None:
    """One object on stdout; the table beside it."""
    out = tmp_path / "set.csv"
    code, said, _ = run("vqa-rad", VQA_RAD, "--split", "test", "--out", out, "--json")
    assert code == 0
    body = json.loads(said)
    assert body["rows"] == 451
    assert body["counts"]["answer_type"] == {"closed": 272, "open": 179}
    assert body["scoring"] == {"closed": "exact-match", "open": "token-recall"}
    assert body["images"] == 203
    assert body["out"] == str(out)
    frame = pd.read_csv(out, dtype=str)
    assert len(frame) == 451
    assert set(frame["split"]) == {"test"}


def test_worldmedqa_v_goes_to_parquet_with_columns_named(run: Any, tmp_path: Path) -> None:
    """Named by option, the case is what was said."""
    out = tmp_path / "set.parquet"
    words = ("--column", "case=country,language,item", "--column", "question_type=country")
    code, said, _ = run("multiple-choice", WORLD, *words, "--out", out)
    assert code == 0
    assert "1,136 rows of 1,136 cases" in said
    assert "question_type: israel 372" in said
    frame = pd.read_parquet(out)
    assert frame["case"][0] == "brazil-english-1"
    assert frame["answer"].isin(list("ABCD")).all()


def test_faults_refuse_the_file_or_are_left_out_and_counted(run: Any, tmp_path: Path) -> None:
    """All at once; nothing is written unless it is asked for."""
    source, out = tmp_path / "qa.txt", tmp_path / "set.csv"
    source.write_text("a|b?|c\nd|e?|\nno bars\n", encoding="utf-8")
    code, said, error = run("vqa-med", source, "--out", out)
    assert (code, said) == (4, "")
    assert "2 rows: 'answer' is blank (rows 2, 3)" in error
    assert "1 rows: the line is not image|question|answer (row 3)" in error
    assert "Traceback" not in error
    assert not out.exists()
    code, said, _ = run("vqa-med", source, "--out", out, "--exclude-faulty", "--json")
    assert code == 0
    body = json.loads(said)
    assert (body["rows"], body["left_out"], len(body["excluded"])) == (1, 2, 3)
    assert list(tmp_path.glob(".*")) == []


def test_words_that_do_not_fit_are_faults_of_usage(run: Any, tmp_path: Path) -> None:
    """Unknown format, column words, a suffix, a folder that is not there."""
    out = tmp_path / "set.csv"
    assert run("vqa", VQA_RAD, "--out", out)[0] == 2
    assert run("multiple-choice", WORLD, "--out", out, "--column", "case")[0] == 2
    assert run("vqa-rad", VQA_RAD, "--out", tmp_path / "set.xlsx")[0] == 2
    assert run("vqa-rad", VQA_RAD, "--out", tmp_path / "none" / "set.csv")[0] == 2
    assert run("vqa-rad", VQA_RAD)[0] == 2
    assert run("vqa-rad", VQA_RAD, "--out", VQA_RAD)[0] == 2
    assert not out.exists()
