"""`tplc stats binary`: published figures by way of the command, and each trap with its message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).parents[1] / "data"
RUN = [sys.executable, "-c", "from console.cli import main; main()", "stats", "binary"]
ASAH = DATA / "asah_roc" / "asah.csv"


def _run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *map(str, words)], capture_output=True, text=True, check=False)


def _json(*words: object) -> dict[str, Any]:
    done = _run(*words, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _find(body: dict[str, Any], endpoint: str, subgroup: str = "overall") -> dict[str, Any]:
    (found,) = (
        e for e in body["estimates"] if (e["endpoint"], e["subgroup"]) == (endpoint, subgroup)
    )
    return dict(found)


def _codes(body: dict[str, Any]) -> dict[str, int]:
    return {w["code"]: w["count"] for w in body["warnings"]}


@pytest.fixture
def scores() -> pd.DataFrame:
    """60 cases of 30 patients."""
    rng = np.random.default_rng(1)
    label = np.arange(60) % 2
    return pd.DataFrame(
        {
            "id": np.arange(60),
            "patient": np.arange(60) // 2,
            "label": label,
            "score": np.round(np.clip(0.3 + 0.3 * label + rng.normal(0, 0.2, 60), 0, 1), 3),
            "sex": np.where(np.arange(60) % 3 == 0, "f", "m"),
        }
    )


def _write(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "data.csv"
    frame.to_csv(path, index=False)
    return path


def test_asah_gives_the_figures_of_proc_by_subgroup_with_references() -> None:
    """A biomarker: AUROC 0.7314 (0.6301 to 0.8326), men 0.7727, women 0.72, partial 0.0328."""
    oracle = json.loads((DATA / "asah_roc" / "oracle.json").read_text())
    body = _json(
        *(ASAH, "--label", "outcome", "--positive", "Poor", "--score", "s100b"),
        *("--threshold", 0.205, 0.3, "--by", "gender", "wfns", "--cite", "--replicates", 50),
    )
    found = _find(body, "auroc")
    assert found["value"] == pytest.approx(oracle["auc"]["s100b"]["auc"], abs=1e-9)
    ends = oracle["auc"]["s100b"]["delong_ci95"]
    assert [found["low"], found["high"]] == pytest.approx(ends, abs=1e-9)
    assert (found["method"], found["n"], found["positives"]) == ("delong", 113, 41)
    by = oracle["unpaired_s100b_male_vs_female"]
    assert _find(body, "auroc", "gender=Male")["value"] == pytest.approx(by["auc_male"])
    assert _find(body, "auroc", "gender=Female")["value"] == pytest.approx(by["auc_female"])
    at = [e for e in body["estimates"] if e["endpoint"] == "sensitivity"][:2]
    assert [(e["threshold"], e["events"], e["n"]) for e in at] == [(0.205, 26, 41), (0.3, 21, 41)]
    assert _find(body, "partial-auroc-specificity-0.9-1")["value"] == pytest.approx(
        oracle["partial_auc_s100b_spec_1_0.9"]
    )
    assert _codes(body)["not-probabilities"] == 1
    for subgroup in ("overall", "gender=Male"):  # men's values happen to lie within 0 to 1
        brier = _find(body, "brier", subgroup)
        assert (brier["value"], "no probabilities" in brier["reason"]) == (None, True)
    assert "DeLong" in body["references"]["delong"]
    assert "no reference is recorded" not in body["references"].values()


def test_a_reversed_score_is_warned_of_and_never_turned_round() -> None:
    """Good outcome as the positive one: 1 - 0.7314."""
    body = _json(
        *(ASAH, "--label", "outcome", "--positive", "Good", "--score", "s100b"),
        *("--endpoint", "auroc"),
    )
    assert _find(body, "auroc")["value"] == pytest.approx(1 - 0.7313685637)
    assert "reversed-score" in _codes(body)


def test_fda_worked_example_from_counts(tmp_path: Path) -> None:
    """TP 4200, FP 3400, FN 800, TN 16600; a call of 0 or 1 needs no threshold."""
    table = pd.DataFrame({"y": [1, 0, 1, 0], "call": [1, 1, 0, 0], "n": [4200, 3400, 800, 16600]})
    path = _write(table, tmp_path)
    body = _json(path, "--label", "y", "--score", "call", "--count", "n", "--replicates", 0)
    for name, printed in {
        "sensitivity": (0.84, 0.829, 0.85),
        "specificity": (0.83, 0.825, 0.835),
        "ppv": (0.553, 0.541, 0.564),
        "npv": (0.954, 0.951, 0.957),
        "prevalence": (0.2, 0.195, 0.205),
    }.items():
        found = _find(body, name)
        assert [found["value"], found["low"], found["high"]] == pytest.approx(printed, abs=0.001)
    assert _find(body, "number-needed-to-predict")["value"] == pytest.approx(1.97, abs=0.005)
    assert "calls, not probabilities" in _find(body, "calibration-slope")["reason"]
    assert _run(path, "--label", "y", "--score", "call", "--count", "n").returncode == 0


def test_clustered_lesions_are_wider_by_every_method() -> None:
    """The value stays; the method is named."""
    words = [DATA / "melanoma_lesions" / "lesions.csv", "--label", "melanoma"]
    words += [
        "--score",
        "darker_majority",
        "--threshold",
        0.5,
        "--endpoint",
        "auroc",
        "sensitivity",
    ]
    plain = _json(*words)
    for method, auroc in (
        ("ratio-estimator-wilson", "obuchowski-clustered-logit-t"),
        ("ratio-estimator", "obuchowski-clustered-logit-t"),
        ("bootstrap-patients", "bootstrap-percentile-clustered"),
    ):
        body = _json(*words, "--cluster", "patient", "--clustered", method)
        found = _find(body, "auroc")
        assert (found["method"], found["value"]) == (
            auroc,
            pytest.approx(_find(plain, "auroc")["value"]),
        )
        assert _find(body, "sensitivity")["n"] == 80


def test_missing_and_coded_values_are_counted(scores: pd.DataFrame, tmp_path: Path) -> None:
    """Blank, NA and NaN are excluded and counted; 99 and -9 are used and warned of."""
    text = scores.astype(object)
    text.loc[0, "score"], text.loc[1, "score"], text.loc[2, "label"] = "NaN", "NA", ""
    text.loc[3, "sex"] = None
    body = _json(_write(text, tmp_path), "--label", "label", "--score", "score", "--by", "sex")
    assert _find(body, "auroc")["n"] == 57
    assert _codes(body)["missing-values"] == 3
    assert _find(body, "auroc", "sex=missing")["n"] == 1
    assert "all 1 cases are positive" in _find(body, "auroc", "sex=missing")["reason"]
    assert "small-subgroup" in _codes(body)
    assert "no-threshold" in _codes(body)
    coded = scores.assign(score=[99, -9, *scores.score[2:]])
    body = _json(_write(coded, tmp_path), "--label", "label", "--score", "score")
    assert [w["message"].split(" values")[0] for w in body["warnings"]][:2] == ["1", "1"]
    assert {w["code"] for w in body["warnings"][:2]} == {"coded-missing"}


def test_more_than_two_values_of_the_label_are_told_or_excluded(
    scores: pd.DataFrame, tmp_path: Path
) -> None:
    """Without --negative all others are negative, with a warning; with it they are excluded."""
    text = scores.assign(label=scores.label.map({1: "pos", 0: "neg"}))
    text.loc[:4, "label"] = "other"
    path = _write(text, tmp_path)
    words = (path, "--label", "label", "--positive", "pos", "--score", "score")
    body = _json(*words, "--endpoint", "auroc")
    assert (_find(body, "auroc")["n"], "several-negatives" in _codes(body)) == (60, True)
    body = _json(*words, "--negative", "neg", "--endpoint", "auroc")
    assert (_find(body, "auroc")["n"], _codes(body)["excluded-rows"]) == (55, 5)


def test_one_class_gives_reasons_and_exit_code_0(scores: pd.DataFrame, tmp_path: Path) -> None:
    """What cannot be computed has a reason."""
    path = _write(scores[scores.label == 1], tmp_path)
    body = _json(path, "--label", "label", "--score", "score", "--threshold", 0.5)
    assert _find(body, "sensitivity")["value"] is not None
    for name in ("auroc", "specificity", "youden", "calibration-slope", "auprc-trapezoid"):
        found = _find(body, name)
        assert (found["value"], bool(found["reason"])) == (None, True), name


@pytest.mark.parametrize(
    ("change", "words", "code", "said"),
    [
        ({"id": 7}, ("--case", "id"), 4, "59 rows repeat the id of another case"),
        ({"score": "high"}, (), 4, "60 values are no numbers (such as 'high')"),
        ({"label": "Poor"}, (), 4, "--positive V"),
        ({"patient": None}, ("--cluster", "patient"), 4, "60 rows name no patient"),
        ({"w": 0.7}, ("--count", "w"), 4, "weights are not taken"),
        ({"w": -1}, ("--count", "w"), 4, "negative"),
        ({"score": None}, (), 4, "no row has both a label and a score"),
        ({}, ("--positive", "yes"), 4, "no value is 'yes'"),
        ({}, ("--by", "age"), 4, "column 'age' is missing"),
        ({}, ("--endpoint", "poem"), 2, "unknown endpoint 'poem'"),
        ({}, ("--endpoint", "partial-auroc-specificity-1-0.9"), 2, "the lower first"),
        ({}, ("--interval", "wald"), 2, "wald"),
        ({}, ("--threshold", "half"), 2, "--threshold"),
    ],
)
def test_wrong_input_is_refused_with_a_clear_message(
    scores: pd.DataFrame,
    tmp_path: Path,
    change: dict[str, Any],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    """By count and column, without a traceback."""
    path = _write(scores.assign(**change), tmp_path)
    done = _run(path, "--label", "label", "--score", "score", *words)
    assert done.returncode == code, done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_parquet_and_csv_say_the_same(scores: pd.DataFrame, tmp_path: Path) -> None:
    """Typed columns are read as their text."""
    scores.to_parquet(tmp_path / "data.parquet")
    words = ("--label", "label", "--score", "score", "--threshold", 0.5, "--replicates", 20)
    one = _json(_write(scores, tmp_path), *words)
    assert _json(tmp_path / "data.parquet", *words) == one


def test_a_readable_table_without_json(scores: pd.DataFrame, tmp_path: Path) -> None:
    """The title, the endpoints, the warnings and the references."""
    done = _run(
        *(_write(scores, tmp_path), "--label", "label", "--score", "score"),
        *("--endpoint", "auroc", "--cite"),
    )
    assert done.returncode == 0
    assert "score against label" in done.stdout
    assert "DeLong" in done.stdout


@pytest.mark.parametrize("order", ["file-first", "file-last", "repeated"])
def test_several_values_may_follow_one_option(
    order: str, scores: pd.DataFrame, tmp_path: Path
) -> None:
    """As the contract writes it, wherever the file stands."""
    path, rest = _write(scores, tmp_path), ["--label", "label", "--score", "score"]
    rest += ["--endpoint", "accuracy"]
    words = {
        "file-first": [path, *rest, "--threshold", -1.5, 0.5, "--by", "sex", "patient"],
        "file-last": [*rest, "--threshold", -1.5, 0.5, "--by", "sex", "patient", path],
        "repeated": [
            *("--by", "sex", "--by", "patient", "--threshold", -1.5, "--threshold", 0.5),
            *(*rest, path),
        ],
    }
    body = _json(*words[order])
    assert len(body["estimates"]) == 2 * (1 + 2 + 30)
    assert [e["threshold"] for e in body["estimates"][:2]] == [-1.5, 0.5]
