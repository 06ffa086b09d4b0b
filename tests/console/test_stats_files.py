"""Files as people have them: every command reads labels, blanks and numbers in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from console.cli import main
from console.stats import labels
from evidence.errors import DataError
from tests.console.calculator import Calculator

COMMANDS: dict[str, tuple[object, ...]] = {
    "binary": ("--score", "s", "--threshold", 0.5, "--replicates", 20),
    "paired": ("--score-a", "s", "--score-b", "t"),
    "subgroups": ("--score", "s", "--threshold", 0.5, "--by", "g", "--replicates", 100),
    "slices": ("--score", "s", "--by", "g"),
    "unpaired": ("--score", "s", "--group", "g"),
    "sites": ("--score", "s", "--site", "g"),
    "calibration": ("--score", "s", "--replicates", 100),
    "decision-curve": ("--score", "s"),
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def table() -> pd.DataFrame:
    """120 cases of two groups with two scores."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 120)
    s = np.clip(0.4 + 0.2 * y + rng.normal(0, 0.15, 120), 0.01, 0.99).round(3)
    return pd.DataFrame({"y": y, "s": s, "t": s[::-1], "g": rng.choice(["A", "B"], 120)})


def _write(frame: pd.DataFrame, folder: Path, **how: Any) -> Path:
    path = folder / "data.csv"
    frame.to_csv(path, index=False, **how)
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_labels_of_r_python_and_words_say_the_same(
    run: Calculator, table: pd.DataFrame, tmp_path: Path, command: str
) -> None:
    """TRUE and FALSE, True and False, 1.0 and 0.0, words and 1/2 with --positive, Parquet."""
    words = ("--label", "y", *COMMANDS[command])
    plain = run(command, _write(table, tmp_path), *words)
    assert plain.code == 0, plain.error
    yes = table.y == 1
    for label, more in (
        (np.where(yes, "TRUE", "FALSE"), ()),
        (np.where(yes, "TRUE", "FALSE"), ("--positive", "TRUE")),
        (np.where(yes, "TRUE", "FALSE"), ("--positive", "1")),
        (yes, ()),
        (table.y.astype(float), ()),
        (np.where(yes, "sick", "well"), ("--positive", "sick")),
        (table.y + 1, ("--positive", "2")),
    ):
        done = run(command, _write(table.assign(y=label), tmp_path), *words, *more)
        assert (done.code, done.body) == (0, plain.body), (label, more, done.error)
    stored = tmp_path / "data.pq"
    table.assign(y=yes, g=table.g.astype("category")).to_parquet(stored)
    assert run(command, stored, *words).body == plain.body


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("word", ["NA", "NaN", "null", ""])
def test_words_for_missing_are_missing_in_every_command(
    run: Calculator, table: pd.DataFrame, tmp_path: Path, command: str, word: str
) -> None:
    """As R and Python write them; counted, not taken for numbers that cannot be read."""
    text = table.astype(object)
    text.loc[:3, "s"] = word
    done = run(command, _write(text, tmp_path), "--label", "y", *COMMANDS[command])
    assert (done.code, done.codes["missing-values"]) == (0, 4), done.error


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d.assign(s=d.s.mask(d.index == 0, np.inf)), "1 values are infinite"),
        (lambda d: d.assign(y=d.y + 1), "neither 0 nor 1 (there are: 1, 2)"),
        (lambda d: d.assign(y=d.y.replace(0, 9)), "--positive V"),
        (lambda d: d[:0], "no rows below the header"),
        (lambda d: d.assign(s=None), "s"),
        (lambda d: d.rename(columns={"t": "s"}), "column 's' stands twice"),
    ],
)
def test_what_no_command_can_use_is_refused_in_plain_words(
    run: Calculator, table: pd.DataFrame, tmp_path: Path, command: str, spoil: Any, said: str
) -> None:
    """Exit code 4, one object on stdout."""
    path = _write(spoil(table), tmp_path)
    done = run(command, path, "--label", "y", *COMMANDS[command])
    assert (done.code, done.body["exit"]) == (4, 4)
    assert said in done.body["error"]
    assert "fault of the suite" not in done.error


@pytest.mark.parametrize("command", COMMANDS)
def test_several_other_labels_are_told_in_every_command(
    run: Calculator, table: pd.DataFrame, tmp_path: Path, command: str
) -> None:
    """A code of 9 beside 0 and 1 counts as negative only with a warning."""
    path = _write(table.assign(y=table.y.mask(table.index < 3, 9)), tmp_path)
    done = run(command, path, "--label", "y", "--positive", "1", *COMMANDS[command])
    assert done.code == 0
    assert "several-negatives" in done.codes


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "the file is empty"),
        (b"y;s;t;g\n1;0,5;0,2;A\n", "separated by semicolons"),
        (b"y\ts\n1\t0.5\n", "separated by tabs"),
        ("y,s,g\n1,0.5,é\n".encode("latin-1"), "save it as CSV in UTF-8"),
        ("y,s\n1,0.5\n".encode("utf-16"), "save it as CSV in UTF-8"),
        (b"PAR1 but no more", "cannot be read as a table"),
        (b"y,score\n1,0.5\n", "column 's' is missing (there are: y, score)"),
    ],
)
def test_other_files_are_refused_with_what_to_do(
    run: Calculator, tmp_path: Path, raw: bytes, said: str
) -> None:
    """By what is wrong with them."""
    path = tmp_path / "data.csv"
    path.write_bytes(raw)
    done = run("binary", path, "--label", "y", "--score", "s")
    assert done.code == 4
    assert said in done.body["error"]


def test_marks_spaces_and_strange_names_do_no_harm(
    run: Calculator, table: pd.DataFrame, tmp_path: Path
) -> None:
    """A byte order mark, spaces after commas, names with spaces, accents and quotes."""
    words = ("--label", "y", "--score", "s", "--endpoint", "auroc")
    plain = run("binary", _write(table, tmp_path), *words).body
    assert run("binary", _write(table, tmp_path, encoding="utf-8-sig"), *words).body == plain
    path = tmp_path / "data.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",", ", "))
    assert run("binary", path, *words).body == plain
    named = table.rename(columns={"s": 'p, "médecin" 1'})
    done = run("binary", _write(named, tmp_path), "--label", "y", "--score", 'p, "médecin" 1')
    assert done.find("auroc")["value"] == plain["estimates"][0]["value"]


def test_calls_may_speak_the_words_of_the_label(
    run: Calculator, table: pd.DataFrame, tmp_path: Path
) -> None:
    """Logical calls, and words with --positive."""
    calls = table.assign(a=(table.s > 0.5).astype(int), b=(table.t > 0.5).astype(int))
    words = ("--label", "y", "--test-a", "a", "--test-b", "b")
    plain = run("paired", _write(calls, tmp_path), *words).body
    for no, yes, more in (("FALSE", "TRUE", ()), ("well", "sick", ("--positive", "sick"))):
        text = calls.assign(**{c: np.where(calls[c] == 1, yes, no) for c in ("y", "a", "b")})
        done = run("paired", _write(text, tmp_path), *words, *more)
        assert (done.code, done.body) == (0, plain), done.error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "file"),
        (("data.csv", "--label", "y"), "--score"),
        (("data.csv", "--label", "y", "--score", "s", "--confidence", 95), "0.9999"),
        (("data.csv", "--nonsense"), "--nonsense"),
    ],
)
def test_a_fault_of_usage_is_one_object_too(
    run: Calculator, words: tuple[object, ...], said: str
) -> None:
    """Also those that the command line's own parser finds."""
    done = run("binary", *words)
    assert (done.code, done.body["exit"]) == (2, 2)
    assert said in done.body["error"].lower()


def test_impossible_subgroups_and_thresholds_are_refused(
    run: Calculator, table: pd.DataFrame, tmp_path: Path
) -> None:
    """A subgroup for each case says nothing; nan is no threshold."""
    path = _write(table.assign(id=range(120)), tmp_path)
    words = ("binary", path, "--label", "y", "--score", "s")
    done = run(*words, "--by", "id")
    assert (done.code, "column 'id' has 120 values" in done.body["error"]) == (4, True)
    assert run(*words, "--threshold", "nan").code == 2


def test_a_positive_value_that_is_not_there_is_named() -> None:
    """With what is there."""
    with pytest.raises(DataError, match=r"no value is 'x' \(there are: a, b\)"):
        labels.read(pd.Series(["a", "b"]), "y", "f", positive="x")


def test_logits_without_a_threshold_are_warned_of(
    run: Calculator, table: pd.DataFrame, tmp_path: Path
) -> None:
    """The threshold of 0.5 that would be taken is one of probabilities."""
    logits = table.assign(s=np.log(table.s / (1 - table.s)))
    path = _write(logits, tmp_path)
    words = ("--label", "y", "--score", "s")
    assert "not-probabilities" in run("binary", path, *words, "--endpoint", "auroc").codes
    assert "not-probabilities" in run("slices", path, *words, "--by", "g").codes
    truth = tmp_path / "truth.csv"
    table[["y"]].rename(columns={"y": "s"}).to_csv(truth, index=False)
    several = ("multilabel", truth, path, "--columns", "s")
    assert "not-probabilities" in run(*several).codes
    assert "not-probabilities" not in run(*several, "--threshold", 0.1).codes


def test_classes_that_are_numbers_are_known_by_their_value(run: Calculator, tmp_path: Path) -> None:
    """A label of 1.0, as a column with blanks is written, is the class 1."""
    path = tmp_path / "data.csv"
    path.write_text("y,a,b\n0.0,0.7,0.3\n1.0,0.4,0.6\n,0.5,0.5\n1,0.2,0.8\n")
    done = run("multiclass", path, "--label", "y", "--scores", "a", "b", "--classes", "0", "1")
    assert (done.code, done.find("accuracy")["value"]) == (0, 1), done.error


def test_output_that_is_no_terminal_is_wide_enough_for_whole_words(
    table: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No name of a test or method is cut in a file or pipe."""
    words = ["--label", "y", "--score-a", "s", "--score-b", "t"]
    monkeypatch.setattr(
        "sys.argv", ["tplc", "stats", "paired", str(_write(table, tmp_path)), *words]
    )
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "auroc-difference" in out
    assert "delong-paired" in out
