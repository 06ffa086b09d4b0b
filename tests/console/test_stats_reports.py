"""`tplc stats reports`: files as people have them, and refusals in plain words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.console.calculator import Calculator
from tests.validation import aci_bench

QUICK = ("--metric", "bleu", "rouge", "cider", "diversity", "--replicates", 100)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """Runs the command."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Forty reports with two references, two empty outputs, markup and line ends."""
    own = [f"Heart size {p % 4} is normal.\nNo focal <b>lesion</b> {p}, é." for p in range(40)]
    own[3], own[7] = "", "  "
    frame = pd.DataFrame(
        {
            "id": [f"c{p}" for p in range(40)],
            "said": own,
            "truth": [f"Heart size {p % 3} is normal.\nNo lesion {p}." for p in range(40)],
            "second": ["" if p % 2 else f"Normal heart, lesion {p}." for p in range(40)],
            "sex": ["f", "m", "m", ""] * 10,
            "who": [p // 2 for p in range(40)],
        }
    )
    path = tmp_path / "reports.csv"
    frame.to_csv(path, index=False)
    return path


def test_aci_bench_comes_in_two_files_and_gives_the_published_values(run: Calculator) -> None:
    """One system's, by its name; the output says that the printed ROUGE-L is rouge-lsum."""
    found = run(
        "reports", aci_bench.DATA / "test1_system_outputs.csv.gz", "--candidate", "generated_note",
        "--references", aci_bench.DATA / "test1_reference.csv.gz", "--reference", "note",
        "--case", "encounter_id", "--by", "system", "--metric", "rouge-lsum", "rouge-l", "--replicates", 100,
    )  # fmt: skip
    one = found.find("rouge-lsum", "system=trainUMLS")
    assert 100 * one["value"] == pytest.approx(40.47, abs=0.01)
    assert one["low"] < one["value"] < one["high"]
    assert one["n"] == 40
    assert found.codes["repeated-cases"] == 400
    assert one["method"] == "rouge-score-unstemmed-bootstrap-percentile-clustered"
    said = next(w["message"] for w in found.body["warnings"] if w["code"] == "rouge-l-or-lsum")
    assert "print rouge-lsum as 'ROUGE-L'" in said


def test_empty_outputs_are_counted_and_score_zero(run: Calculator, file: Path) -> None:
    """They stay in the denominator."""
    found = run("reports", file, "--candidate", "said", "--reference", "truth", "second", *QUICK)
    assert found.code == 0
    assert found.codes["empty-outputs"] == 2
    assert found.find("rouge-1")["n"] == 40
    assert found.find("distinct-outputs")["value"] == 39  # the empty ones are one text
    assert "untokenised-text" in found.codes
    assert found.find("bleu-4")["method"].startswith("coco-bleu-whitespace")


def test_subgroups_patients_and_tokens_are_named_in_the_output(run: Calculator, file: Path) -> None:
    """A blank attribute is a subgroup of its own."""
    found = run(
        "reports", file, "--candidate", "said", "--reference", "truth", "--by", "sex",
        "--cluster", "who", "--tokenise", "words", "--cite", *QUICK,
    )  # fmt: skip
    one = found.find("cider", "sex=missing")
    assert one["n"] == 10
    assert one["method"] == "coco-cider-d-words-bootstrap-percentile-clustered"
    assert "untokenised-text" not in found.codes
    assert "idf of all references" in found.body["references"][one["method"]]
    assert found.find("distinct-1", "sex=f")["method"] == "distinct-n-words"


def test_the_same_answer_comes_from_parquet_and_csv_gz(
    run: Calculator, file: Path, tmp_path: Path
) -> None:
    """Text is text."""
    frame = pd.read_csv(file, dtype=str)
    frame.to_parquet(tmp_path / "r.parquet")
    frame.to_csv(tmp_path / "r.csv.gz", index=False)
    words = ("--candidate", "said", "--reference", "truth", *QUICK)
    first, *others = (
        run("reports", path, *words).body["estimates"]
        for path in (file, tmp_path / "r.parquet", tmp_path / "r.csv.gz")
    )
    assert all(other == first for other in others)


def test_a_collapsed_generator_is_warned_of(run: Calculator, file: Path) -> None:
    """One text for all."""
    frame = pd.read_csv(file, dtype=str).assign(said="Heart size is normal. No lesion.")
    frame.to_csv(file, index=False)
    words = ("reports", file, "--candidate", "said", "--reference", "truth")
    found = run(*words, *QUICK)
    assert found.codes["collapsed-generator"] == 1
    assert found.find("mode-share")["value"] == 1
    assert run(*words, "--metric", "bleu-1").codes["collapsed-generator"] == 1


def test_ratings_are_joined_by_case_and_correlated(
    run: Calculator, file: Path, tmp_path: Path
) -> None:
    """Two criteria, a case that is none of ours."""
    rows = [(f"c{p}", r, p % 4 + 1, (p * 7) % 5) for p in range(30) for r in ("ann", "ben")]
    rows.append(("z", "ann", 3, 3))
    sheet = tmp_path / "ratings.csv"
    pd.DataFrame(rows, columns=["id", "reader", "clarity", "care"]).to_csv(sheet, index=False)
    found = run(
        "reports", file, "--candidate", "said", "--reference", "truth", "--case", "id",
        "--ratings", sheet, "--rater", "reader", "--rating", "clarity", "care", *QUICK,
    )  # fmt: skip
    assert found.find("icc-2-1", "rating=clarity")["value"] == 1
    one = found.find("kendall-tau-b-rouge-l", "rating=care")
    assert one["n"] == 30
    assert one["low"] <= one["value"] <= one["high"]
    assert found.codes["unknown-cases"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reference", "second"), "column 'second': 20 cases have no reference"),
        (("--reference", "nope"), "column 'nope' is missing"),
        (("--reference", "truth", "--metric", "blue"), "unknown metrics blue"),
        (("--reference", "truth", "--references", "SELF"), "--references needs --case"),
        (("--reference", "truth", "--ratings", "SELF"), "--ratings needs --case"),
        (("--reference", "truth", "--ratings", "SELF", "--case", "id", "--rater", "id", "--rating", "sex"), "values are no numbers"),
        (("--reference", "truth", "--references", "SELF", "--case", "sex"), "10 rows are blank"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_plain_words(
    run: Calculator, file: Path, words: tuple[str, ...], said: str
) -> None:
    """What, where, how many."""
    found = run(
        "reports", file, "--candidate", "said", *(str(file) if w == "SELF" else w for w in words)
    )
    assert found.code in (2, 4)
    assert said in " ".join(found.error.split())


def test_a_case_without_its_reference_in_the_other_file_is_refused(
    run: Calculator, file: Path, tmp_path: Path
) -> None:
    """With an example."""
    other = tmp_path / "truth.csv"
    pd.read_csv(file, dtype=str)[["id", "truth"]][5:].to_csv(other, index=False)
    found = run(
        "reports", file, "--candidate", "said", "--reference", "truth", "--references", other,
        "--case", "id",
    )  # fmt: skip
    assert found.code == 4
    assert "5 rows have a 'id' that truth.csv does not hold (such as 'c0')" in found.error


def test_three_rows_and_one_row_have_values_and_say_what_they_lack(
    run: Calculator, file: Path
) -> None:
    """No crash and no interval from nothing."""
    frame = pd.read_csv(file, dtype=str)
    words = ("--candidate", "said", "--reference", "truth", *QUICK)
    frame[:3].to_csv(file, index=False)
    assert run("reports", file, *words).find("bleu-4")["n"] == 3
    frame[:1].to_csv(file, index=False)
    found = run("reports", file, *words)
    assert found.find("rouge-l")["low"] is None
    assert "one case" in found.find("cider")["reason"]
    assert found.find("shannon-entropy-normalised")["value"] is None


def test_the_findings_of_a_vocabulary_stand_beside_the_wording(
    run: Calculator, tmp_path: Path
) -> None:
    """The same figures as `tplc stats findings`: one of two effusions is invented."""
    frame = pd.DataFrame(
        {
            "said": ["Left pleural effusion.", "Pleural effusion. No pneumothorax."] * 10,
            "truth": ["Left pleural effusion.", "No pleural effusion. No pneumothorax."] * 10,
        }
    )
    frame.to_csv(tmp_path / "r.csv", index=False)
    found = run(
        "reports", tmp_path / "r.csv", "--candidate", "said", "--reference", "truth", "--metric", "bleu",
        "--findings", "chest-radiograph", "--replicates", 200,
    )  # fmt: skip
    rate = found.find("hallucination-rate")
    assert (rate["events"], rate["n"]) == (10, 20)
    assert found.find("bleu-4")["value"] > 0
    assert found.codes["vocabulary-unreviewed"] >= 0
    lost = run(
        "reports",
        tmp_path / "r.csv",
        "--candidate",
        "said",
        "--reference",
        "truth",
        "--findings",
        "x.yaml",
    )
    assert lost.code == 4
    assert "x.yaml" in lost.error
