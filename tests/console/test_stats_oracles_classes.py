"""R's figures of two public data sets with readers and classes, through the calculator itself."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.console.calculator import Calculator

DATA = Path(__file__).parents[1] / "data"
ECG, SKIN = DATA / "code_ecg_labels", DATA / "melanoma_derm_multiclass"
LABELS: dict[str, Any] = json.loads((ECG / "oracle.json").read_text())
PAIRS: dict[str, Any] = json.loads((DATA / "code_ecg" / "oracle_paired.json").read_text())
LESIONS: dict[str, Any] = json.loads((SKIN / "oracle.json").read_text())
FINDINGS = ("1dAVb", "RBBB", "LBBB", "SB", "AF", "ST")
CLASSES = ("invasive melanoma", "non-invasive melanoma", "nevus")
SCORES = ("p_invasive", "p_noninvasive", "p_nevus")
ONCE = ("--replicates", 100)  # intervals by bootstrap are not compared


def close(value: object) -> Any:
    """Equal to R."""
    return pytest.approx(value, abs=1e-6)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


def _wide(finding: str) -> pd.DataFrame:
    """One row an exam: each reader's call of a finding, and the patient's sex."""
    frame = pd.read_csv(ECG / "annotations_long.csv.gz")
    wide = frame.pivot_table(index="exam", columns="reader", values=finding).astype(int)
    return wide.join(pd.read_csv(ECG / "attributes.csv", index_col="exam").sex)


@pytest.mark.parametrize("finding", FINDINGS)
def test_each_ecg_reader_against_the_gold_standard(
    run: Calculator, tmp_path: Path, finding: str
) -> None:
    """Tables, both intervals, F1, kappa; sensitivity by sex."""
    file = tmp_path / "ecg.csv"
    _wide(finding).to_csv(file)
    for reader, theirs in LABELS["readers"][finding].items():
        words = ("binary", file, "--label", "gold_standard", "--score", reader, *ONCE)
        for interval in ("wilson", "clopper-pearson"):
            done = run(*words, "--interval", interval, "--by", "sex")
            for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
                found, table = done.find(name), theirs[name]
                bounds = table[f"{interval.replace('-', '_')}95"]
                assert (found["events"], found["n"]) == (table["x"], table["n"])
                assert [found["low"], found["high"]] == close(bounds)
            if reader == "dnn" and interval == "wilson":
                for sex, table in LABELS["by_sex_sens_dnn"][finding].items():
                    found = done.find("sensitivity", f"sex={sex}")
                    assert [found["value"], found["low"], found["high"]] == close(
                        [table["estimate"], *table["wilson95"]]
                    )
        assert done.find("f1")["value"] == close(theirs["f1"])
        assert done.find("kappa")["value"] == close(theirs["kappa_vs_gold"])


@pytest.mark.parametrize("finding", FINDINGS)
def test_ecg_readers_compared_in_pairs(run: Calculator, tmp_path: Path, finding: str) -> None:
    """McNemar of correctness, exact and asymptotic; kappa between readers."""
    file = tmp_path / "ecg.csv"
    _wide(finding).to_csv(file)
    for pair, theirs in PAIRS["mcnemar_correctness"][finding].items():
        a, b = pair.split(" vs ")
        done = run("paired", file, "--label", "gold_standard", "--test-a", a, "--test-b", b)
        tests = {
            t["test"]: t["p"] for t in done.body["tests"] if t["endpoint"] == "accuracy-difference"
        }
        assert tests["mcnemar-exact"] == close(theirs["exact_p"])
        assert tests["mcnemar-asymptotic"] == close(theirs["chisq_p_no_cc"])
    frame = pd.read_csv(ECG / "annotations_long.csv.gz")
    frame[frame.reader.isin(["cardiologist1", "cardiologist2"])].to_csv(file, index=False)
    done = run(
        *("agreement", file, "--unit", "exam", "--rater", "reader", "--rating", finding),
        *("--measure", "cohen"),
    )
    assert done.body["estimates"][0]["endpoint"] == "cohen-kappa"
    assert done.body["estimates"][0]["value"] == close(PAIRS["kappa_cardiologists"][finding])


def test_ecg_probabilities_by_label(run: Calculator, tmp_path: Path) -> None:
    """DeLong of each label; LBBB is separated and has no variance."""
    frame = pd.read_csv(ECG / "annotations_long.csv.gz")
    truth, scores = tmp_path / "truth.csv", tmp_path / "scores.csv"
    gold = frame[frame.reader == "gold_standard"].drop(columns="reader")
    gold.to_csv(truth, index=False)
    seed = pd.read_csv(ECG / "dnn_probabilities_seed1.csv.gz")
    seed[["exam", *FINDINGS]].to_csv(scores, index=False)
    done = run("multilabel", truth, scores, "--id", "exam", *ONCE)
    for finding, theirs in LABELS["auc_seed1"].items():
        found = done.find("auroc", f"label={finding}")
        assert (found["n"], found["positives"]) == (theirs["n"], theirs["n_pos"])
        assert found["value"] == close(theirs["auc"])
        if theirs["delong_var"]:
            assert [found["low"], found["high"]] == close(theirs["delong_ci95"])


@pytest.mark.parametrize(
    "which", [name for name in LESIONS if name.partition(" ")[0] in ("val", "holdout", "extern")]
)
def test_lesions_of_three_classes(run: Calculator, tmp_path: Path, which: str) -> None:
    """Confusion, accuracy, macro averages, areas in both definitions, losses, kappas."""
    theirs, (split, _, model) = LESIONS[which], which.partition(" ")
    frame = pd.read_csv(SKIN / "predictions_long.csv.gz")
    file = tmp_path / "lesions.csv"
    frame[(frame.split == split) & (frame.model == model)].to_csv(file, index=False)
    done = run(
        *("multiclass", file, "--label", "truth", "--scores", *SCORES),
        *("--classes", *CLASSES, *ONCE),
    )
    cells = [e["events"] for e in done.body["estimates"] if e["endpoint"] == "confusion"]
    rows = theirs["confusion_rows_truth"]
    given = rows.values() if isinstance(rows, dict) else rows
    assert cells == list(itertools.chain.from_iterable(given))
    for name, key in {
        "balanced-accuracy": "balanced_accuracy",
        "f1-macro": "macro_f1",
        "auroc-macro": "macro_ovr_auc",
        "auroc-hand-till": "hand_till_auc",
        "brier-multiclass": "multiclass_brier",
        "log-loss": "log_loss",
        "cohen-kappa": "kappa",
        "cohen-kappa-quadratic": "quadratic_kappa",
    }.items():
        assert done.find(name)["value"] == close(theirs[key]), name
    found, accuracy = done.find("accuracy"), theirs["accuracy"]
    assert [found["value"], found["low"], found["high"]] == close(
        [accuracy["estimate"], *accuracy["wilson95"]]
    )
    for name, area in zip(CLASSES, theirs["ovr_auc"], strict=True):
        assert done.find("auroc", f"class={name}")["value"] == close(area)
