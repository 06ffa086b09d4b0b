"""`tplc stats synthetic`: files in, answers or faults out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.console.calculator import Calculator

HEART = Path(__file__).parents[1] / "data" / "heart_disease_4sites" / "heart.csv"
SOME = ("--columns", "age", "chol", "cp")


@pytest.fixture
def calculate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """Run in this process."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Three samples of one population, as text, and copies of the first."""
    read = pd.read_csv(HEART, dtype=str)[["site", "age", "sex", "cp", "chol", "y"]]
    mixed = read.sample(frac=1, random_state=2)
    parts = {"real": mixed[:200], "holdout": mixed[200:400], "fresh": mixed[400:600]}
    parts["copies"] = parts["real"].sample(frac=1, random_state=3)
    paths = {name: tmp_path / f"{name}.csv" for name in parts}
    for name, part in parts.items():
        part.to_csv(paths[name], index=False)
    return paths


def test_a_fresh_sample_is_assessed_with_references(
    calculate: Calculator, files: dict[str, Path]
) -> None:
    """Everything that was asked for is in one object; each method has a reference."""
    found = calculate(
        "synthetic", files["fresh"], "--real", files["real"], "--holdout", files["holdout"],
        *SOME, "--label", "y", "--by", "sex", "--replicates", 100, "--cite",
    )  # fmt: skip
    assert found.code == 0
    assert found.find("marginal-similarity")["value"] > 0.9
    assert found.find("dcr-share")["low"] < 0.5 < found.find("dcr-share")["high"]
    assert found.find("utility-auroc-real", "model=logistic-regression")["value"] > 0.6
    assert found.find("representation-ratio", "sex=0")["low"] < 1
    assert "no reference is recorded" not in found.body["references"].values()
    assert {"closer-to-training", "membership-inference"}.isdisjoint(found.codes)
    assert "kinds-inferred" in found.codes


def test_copies_raise_the_alarm(calculate: Calculator, files: dict[str, Path]) -> None:
    """The count is of rows, not of distinct ones; without a holdout the rest says why."""
    found = calculate("synthetic", files["copies"], "--real", files["real"], *SOME)
    assert found.codes["copied-records"] == 200
    assert found.find("copied-records")["value"] == 200
    assert found.find("dcr-share")["value"] is None
    assert "no holdout" in found.find("membership-inference-auroc")["reason"]


@pytest.mark.parametrize(("real", "synthetic"), [("0", "1"), ("FALSE", "true"), ("real", "made")])
def test_one_file_that_holds_both_declares_its_share(
    calculate: Calculator, files: dict[str, Path], tmp_path: Path, real: str, synthetic: str
) -> None:
    """By subgroup, as a count; the flag is no column to compare."""
    parts = [
        pd.read_csv(files[name], dtype=str).assign(origin=word)
        for name, word in (("real", real), ("fresh", synthetic))
    ]
    both = tmp_path / "both.csv.gz"
    pd.concat([parts[0], parts[1][:100]]).to_csv(both, index=False)
    value = ("--synthetic-value", "made") if synthetic == "made" else ()
    found = calculate(
        "synthetic", both, "--synthetic-flag", "origin", *value, "--by", "sex", "--categories", "y"
    )
    share = found.find("synthetic-share")
    assert (share["events"], share["n"], share["low"]) == (100, 300, None)
    men = found.find("synthetic-share", "sex=1")
    assert men["events"] == (parts[1][:100].sex == "1").sum()
    assert "column=origin" not in {e["subgroup"] for e in found.body["estimates"]}


def test_faults_are_told_at_once_and_in_words(
    calculate: Calculator, files: dict[str, Path], tmp_path: Path
) -> None:
    """Columns that differ, rows that are not declared, options that do not go together."""
    less = tmp_path / "less.csv"
    pd.read_csv(files["real"], dtype=str).drop(columns=["age", "cp"]).to_csv(less, index=False)
    found = calculate("synthetic", files["fresh"], "--real", files["real"], "--holdout", less)
    assert found.code != 0
    assert "Traceback" not in found.error
    told = str(found.body) + found.error
    assert "'age' is missing from 'holdout'" in told
    assert "'cp' is missing from 'holdout'" in told
    for words in (
        (),
        ("--real", files["real"], "--synthetic-flag", "sex"),
        ("--real", files["real"], "--time", "age"),
    ):
        assert calculate("synthetic", files["fresh"], *words).code == 2
    undeclared = tmp_path / "undeclared.csv"
    undeclared.write_text("flag,age\n1,50\n,51\n0,52\n")
    found = calculate("synthetic", undeclared, "--synthetic-flag", "flag")
    assert found.code != 0
    assert "1 rows are blank" in str(found.body) + found.error
    parted = tmp_path / "parted.csv"
    parted.write_text("age;cp\n50;1\n")
    found = calculate("synthetic", parted, "--real", files["real"])
    assert "commas between the columns" in str(found.body) + found.error
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert calculate("synthetic", empty, "--real", files["real"]).code != 0


def test_text_that_is_not_plain_is_read_as_it_is(calculate: Calculator, tmp_path: Path) -> None:
    """HTML, new lines, letters beyond ASCII, and Parquet beside CSV."""
    frame = pd.DataFrame(
        {"größe": [150.5 + i for i in range(40)], "befund": ["<b>ä\nb</b>", "ß"] * 20}
    )
    made, real = tmp_path / "made.parquet", tmp_path / "real.csv"
    frame.to_parquet(made)
    frame.to_csv(real, index=False)
    found = calculate("synthetic", made, "--real", real, "--numbers", "größe")
    assert found.code == 0
    assert found.find("tv-complement", "column=befund")["value"] == 1
    assert found.codes["copied-records"] == 40
