"""`tplc stats modalities` and `tplc stats reliance`: real answers, options, faults in words."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.console.calculator import Answer, Calculator

WORLD = Path(__file__).parents[2] / "demo" / "data" / "worldmedqa_v" / "responses.csv.gz"
LONG = ("--item", "country", "item", "--condition", "condition", "--correct", "correct")


@pytest.fixture
def stats(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Eight questions under two conditions, with cells of every kind of trouble."""
    path = tmp_path / "answers.csv"
    path.write_text(
        "q,given,ok,lost,patient,rouge\n"
        + "".join(
            f'"frage {i} <b>ä</b>\n{i}", {name} ,{bool((i * k) % 3)},{int(i == 7)},p{i // 2},{0.1 * i + 0.2 * k:.2f}\n'
            for i in range(8)
            for k, name in ((1, "image+text"), (2, "Text Only"))
        )
    )
    return path


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    """Three readers, twenty cases; advice as TRUE and FALSE; one blank answer."""
    rows = []
    for reader in ("Ärztin", "b", "c"):
        for case in range(20):
            truth = case % 2
            advice = truth if case % 3 else 1 - truth
            alone = truth if (case + len(reader)) % 4 else 1 - truth
            then = advice if case % 5 < 3 else alone
            rows.append(
                (reader, case, truth, alone, then, str(bool(advice)).upper(), 30 + case, 25)
            )
    names = ["who", "what", "truth", "alone", "then", "advice", "t0", "t1"]
    frame = pd.DataFrame(rows, columns=names).astype({"then": "object"})
    frame.loc[4, "then"] = None
    path = tmp_path / "readings.csv"
    frame.to_csv(path, index=False)
    return path


READ = (
    "--reader",
    "who",
    "--case",
    "what",
    "--truth",
    "truth",
    "--without",
    "alone",
    "--with",
    "then",
    "--ai",
    "advice",
)


def _tests(answer: Answer, name: str) -> list[dict[str, Any]]:
    return [t for t in answer.body["tests"] if t["test"] == name]


def test_gpt_4o_gives_the_published_comparison(stats: Calculator, tmp_path: Path) -> None:
    """0.685 and 0.662, 52 and 39, p = 0.2081744224, and the sentence; the reference by its name."""
    part = pd.read_csv(WORLD, dtype=str)
    part = part[(part.model == "GPT4o") & (part.language == "english")]
    path = tmp_path / "gpt.parquet"
    part.to_parquet(path)
    said = stats(
        "modalities", path, *LONG, "--extracted", "extracted", "--options", "ABCD", "--cite"
    )
    assert said.code == 0
    assert said.find("accuracy", "condition=image+text")["value"] == pytest.approx(0.685, abs=5e-4)
    assert said.find("accuracy", "condition=text_only")["value"] == pytest.approx(0.662, abs=5e-4)
    (exact, _) = _tests(said, "mcnemar-exact")
    assert exact["p"] == pytest.approx(0.2081744224, abs=1e-9)
    details = exact["details"]
    assert (details["right-to-wrong"], details["wrong-to-right"]) == (52, 39)
    assert said.find("unparsable-rate", "condition=text_only")["events"] == 11
    (verdict,) = _tests(said, "modality-contribution")
    assert verdict["details"]["words"] == "no evidence that the image helps"
    assert said.codes == {"reference-taken": 0}
    assert "no reference is recorded" not in said.body["references"].values()


def test_all_models_and_languages_at_once(stats: Calculator) -> None:
    """Gemini's refusals and Yi's are told and not judged; paligemma has one condition."""
    said = stats(
        "modalities", WORLD, *LONG, "--by", "model", "language", "--reference", "image+text",
        "--extracted", "extracted", "--options", "abcd",
    )  # fmt: skip
    words = {
        t["between"].split(" & condition")[0]: t["details"]["words"]
        for t in said.body["tests"]
        if t["test"] == "modality-contribution"
    }
    assert len(words) == 22
    assert "155 of 568" in words["model=GeminiPro1-5 & language=english"]
    assert "526 of 568" in words["model=Yi_VL_34B & language=english"]
    assert "no item has an outcome" in words["model=paligemma-3b-mix-448 & language=local"]
    assert said.codes["multiplicity"] == 20


def test_names_with_markup_newlines_and_capitals_are_read(stats: Calculator, table: Path) -> None:
    """TRUE and FALSE, spaces around conditions, a condition named Text Only, Parquet's like."""
    long = ("--item", "q", "--condition", "given", "--correct", "ok")
    said = stats("modalities", table, *long, "--unparsable", "lost", "--cluster", "patient")
    assert said.code == 0
    assert said.find("accuracy", "condition=Text Only")["n"] == 8
    assert said.find("accuracy-difference", "condition=image+text − condition=Text Only")[
        "method"
    ] == ("ratio-estimator-paired-t")
    assert said.codes["unparsable-correct"] == 2
    packed = table.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(table.read_bytes()))
    assert stats("modalities", packed, *long).body["estimates"]


def test_blank_outcomes_are_wrong_when_unparsable_and_else_left_out(
    stats: Calculator, table: Path
) -> None:
    """The one is filled and told, the other is an item less."""
    frame = pd.read_csv(table, dtype=str)
    frame.loc[frame.lost == "1", "ok"] = None
    frame.loc[0, "ok"] = None
    frame.to_csv(table, index=False)
    said = stats(
        "modalities", table, "--item", "q", "--condition", "given", "--correct", "ok",
        "--unparsable", "lost",
    )  # fmt: skip
    assert said.codes["unparsable-filled"] == 2
    assert (said.codes["missing-values"], said.codes["unpaired-items"]) == (1, 1)
    assert said.find("accuracy", "condition=Text Only")["n"] == 7


def test_columns_may_have_the_names_of_options(stats: Calculator, tmp_path: Path) -> None:
    """A subgroup called item, blank cells in a wide file, whose columns are named in the warning."""
    path = tmp_path / "names.csv"
    path.write_text(
        "item,cluster,outcome,a+b,a\n" + "x,p,q,1,0\n" * 6 + "y,p,q,1,1\n" * 6 + "y,p,q,,1\n"
    )
    said = stats("modalities", path, "--wide", "a+b", "a", "--by", "item", "cluster")
    assert said.code == 0
    pair = "item=x & cluster=p & condition=a+b − condition=a"
    assert said.find("accuracy-difference", pair)["value"] == 1
    message = next(w["message"] for w in said.body["warnings"] if w["code"] == "missing-values")
    assert "1 in 'a+b, a'" in message


def test_scores_and_wide_files(stats: Calculator, table: Path, tmp_path: Path) -> None:
    """ROUGE by a column; one column a condition, rows as items; a corrupted image by name."""
    said = stats("modalities", table, "--item", "q", "--condition", "given", "--score", "rouge")
    gap = said.find("mean-score-difference", "condition=image+text − condition=Text Only")
    assert gap["value"] == pytest.approx(-0.2)
    wide = tmp_path / "wide.csv"
    wide.write_text("image+text,text,blurred\n" + "1,0,0\n" * 12 + "1,1,0\n0,0,1\n1,0,1\n")
    said = stats(
        "modalities", wide, "--wide", "image+text", "text", "blurred", "--reference", "image+text",
        "--modality", "sharpness=blurred", "--margin", "0.3",
    )  # fmt: skip
    verdicts = {
        t["details"]["modality"]: t["details"]["verdict"]
        for t in _tests(said, "modality-contribution")
    }
    assert verdicts == {"image": "contributes", "sharpness": "contributes"}
    assert said.codes == {"unparsable-untold": 0}
    assert said.find("worst-accuracy-drop", "condition=text")["method"] == "tango-bonferroni"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--item", "q", "--condition", "given"), "give either --correct or --score"),
        (("--item", "q", "--correct", "ok"), "name --item and --condition"),
        (("--wide", "ok"), "--wide needs two columns"),
        (("--item", "q", "--condition", "given", "--correct", "ok", "--options", "AB"), "go together"),
        (("--item", "q", "--condition", "given", "--correct", "ok", "--reference", "x"), "is one of Text Only, image+text"),
        (("--item", "q", "--condition", "given", "--correct", "ok", "--modality", "x"), "MODALITY=CONDITION"),
        (("--item", "q", "--condition", "given", "--correct", "nope"), "'nope' is missing"),
        (("--item", "q", "--condition", "given", "--correct", "rouge"), "neither 0 nor 1; scores need --score"),
        (("--item", "patient", "--condition", "given", "--correct", "ok"), "stand more than once"),
        (("--item", "q", "--condition", "given", "--correct", "ok", "--margin", "1.5"), "lies below 1"),
    ],
)  # fmt: skip
def test_faults_of_modalities_are_told_in_words(
    stats: Calculator, table: Path, words: tuple[str, ...], told: str
) -> None:
    """No traceback, an exit code, what to do."""
    said = stats("modalities", table, *words)
    assert said.code in (2, 4)
    assert told in said.body["error"]
    assert "Traceback" not in said.error


def test_reliance_reads_answers_of_any_kind(stats: Calculator, readings: Path) -> None:
    """The blank answer is counted; times too; every method has its reference."""
    said = stats(
        "reliance",
        readings,
        *READ,
        "--time-without",
        "t0",
        "--time-with",
        "t1",
        "--cite",
        "--minimum",
        "5",
    )
    assert said.code == 0
    assert said.codes["missing-values"] == 1
    assert said.codes["unbalanced-readings"] == 1
    bias = said.find("automation-bias-rate")
    assert bias["method"] == "bootstrap-percentile-readers-cases"
    frame = pd.read_csv(readings).dropna(subset="then")
    wrong = frame[(frame.advice.astype(int) != frame.truth) & (frame.alone == frame.truth)]
    assert (bias["events"], bias["n"]) == (
        int((wrong.then.astype(int) != wrong.truth).sum()),
        len(wrong),
    )
    assert said.find("time-difference")["value"] == pytest.approx((frame.t1 - frame.t0).mean())
    assert said.find("accuracy-with", "reader=Ärztin")["n"] == 19
    assert "no reference is recorded" not in said.body["references"].values()


def test_reliance_with_ratings_and_subgroups(stats: Calculator, readings: Path) -> None:
    """AUROC by Obuchowski and Rockette beside the shares."""
    frame = pd.read_csv(readings)
    frame["r0"], frame["r1"] = frame.alone * 10 + frame.what, frame.truth * 10 + frame.what
    frame["site"] = frame.what % 2
    frame.to_csv(readings, index=False)
    said = stats(
        "reliance",
        readings,
        *READ,
        "--rating-without",
        "r0",
        "--rating-with",
        "r1",
        "--replicates",
        "200",
    )
    (test,) = [
        t
        for t in said.body["tests"]
        if (t["endpoint"], t["test"]) == ("auroc-difference", "obuchowski-rockette")
    ]
    assert test["estimate"] > 0
    by = stats("reliance", readings, *READ, "--by", "site", "--replicates", "200")
    assert by.find("accuracy-with", "site=0")["n"] == 10


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("--ai", "t0"), "no answer of the AI is a label"),
        (("--case", "truth"), "stand more than once"),
        (("--truth", "alone"), "two reference standards"),
        (("--time-without", "t0"), "--time-without and --time-with go together"),
        (("--ai", "nope"), "'nope' is missing"),
    ],
)
def test_faults_of_reliance_are_told_in_words(
    stats: Calculator, readings: Path, change: tuple[str, str], told: str
) -> None:
    """The later option counts."""
    said = stats("reliance", readings, *READ, *change)
    assert said.code in (2, 4)
    assert told in said.body["error"]
