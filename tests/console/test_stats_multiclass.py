"""`tplc stats multiclass` and `multilabel`: classes, clusters, two files, traps."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.console.calculator import Calculator

DATA = Path(__file__).parents[1] / "data"
SCORES = ("p_invasive", "p_noninvasive", "p_nevus")
CLASSES = ("invasive melanoma", "non-invasive melanoma", "nevus")
LABELS = ("1dAVb", "RBBB", "LBBB", "SB", "AF", "ST")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def lesions(tmp_path: Path) -> Path:
    """One model on the external lesions."""
    frame = pd.read_csv(DATA / "melanoma_derm_multiclass" / "predictions_long.csv.gz")
    path = tmp_path / "lesions.csv"
    kept = frame[(frame.split == "extern") & (frame.model == "darker_majority")]
    kept.rename(columns=dict(zip(SCORES, CLASSES, strict=True))).to_csv(path, index=False)
    return path


def test_score_columns_name_the_classes(run: Calculator, lesions: Path) -> None:
    """R's values; patients resampled when they are named."""
    words = ("multiclass", lesions, "--label", "truth", "--scores", *CLASSES, "--replicates", 200)
    done, clustered = run(*words), run(*words, "--cluster", "patient", "--cite")
    assert done.find("accuracy")["method"] == "wilson"
    assert done.find("f1-macro")["value"] == pytest.approx(0.7574545895)
    assert done.find("auroc-hand-till")["value"] == pytest.approx(0.8852735043)
    assert done.find("confusion", "truth=nevus & called=nevus")["value"] == 84
    assert clustered.find("accuracy")["method"] == "bootstrap-percentile-clustered"
    assert clustered.find("auroc", "class=nevus")["value"] == pytest.approx(0.9105)
    assert "no reference is recorded" not in clustered.body["references"].values()


def test_classes_map_the_scores_in_order(run: Calculator, tmp_path: Path) -> None:
    """With other column names --classes is asked for, then used."""
    path = tmp_path / "f.csv"
    rows = {"y": ["a", "b", "c"] * 4, "s1": [0.6, 0.2, 0.1] * 4, "s2": [0.3, 0.7, 0.1] * 4}
    pd.DataFrame({**rows, "s3": [0.1, 0.1, 0.8] * 4}).to_csv(path, index=False)
    words = ("multiclass", path, "--label", "y", "--scores", "s1", "s2", "s3")
    refused = run(*words)
    assert refused.code == 2
    assert "--classes" in refused.body["error"]
    done = run(*words, "--classes", "a", "b", "c")
    assert done.find("accuracy")["value"] == 1
    assert run(*words, "--classes", "a", "b").code == 2


def test_multiclass_traps(run: Calculator, tmp_path: Path) -> None:
    """Sums, blanks, patients without a name, logits, counts."""
    path = tmp_path / "f.csv"
    frame = pd.DataFrame(
        {
            "y": ["a", "b", "a", "b"],
            "a": [0.9, 0.4, 0.5, 0.2],
            "b": [0.4, 0.6, None, 0.8],
            "who": ["x", None, "y", "z"],
            "logit": [1.2, -3, 0.5, 2],
            "people": [2, 3, 1, 1.5],
        }
    )
    frame.to_csv(path, index=False)
    words = ("multiclass", path, "--label", "y", "--scores", "a", "b")
    done = run(*words)
    assert done.codes == {"missing-values": 1, "probabilities-do-not-sum-to-1": 1}
    assert done.find("accuracy")["n"] == 3
    for more, message in (
        (("--cluster", "who"), "rows are blank"),
        (("--count", "people"), "no whole numbers"),
        (("--cluster", "nobody"), "is missing"),
    ):
        refused = run(*words, *more)
        assert refused.code == 4, more
        assert message in refused.body["error"]
    logits = run(
        "multiclass", path, "--label", "y", "--scores", "logit", "a", "--classes", "a", "b"
    )
    assert logits.code == 4
    assert "logits" in logits.body["error"]


@pytest.fixture
def ecgs(tmp_path: Path) -> tuple[Path, Path]:
    """Gold standard and probabilities, in two orders of rows."""
    folder = DATA / "code_ecg_labels"
    frame = pd.read_csv(folder / "annotations_long.csv.gz")
    truth = frame.loc[frame.reader == "gold_standard", ["exam", *LABELS]]
    truth.to_csv(tmp_path / "labels.csv", index=False)
    scores = pd.read_csv(folder / "dnn_probabilities_seed1.csv.gz")
    scores.sample(frac=1, random_state=3).to_csv(tmp_path / "scores.csv", index=False)
    return tmp_path / "labels.csv", tmp_path / "scores.csv"


def test_two_files_are_paired_by_id(run: Calculator, ecgs: tuple[Path, Path]) -> None:
    """R's AUC of each label although the rows stand in another order."""
    thresholds = (0.124, 0.07, 0.05, 0.278, 0.390, 0.174)
    words = ("--replicates", 100, "--threshold", *thresholds)
    done = run("multilabel", *ecgs, "--id", "exam", *words)
    assert done.code == 0
    assert done.find("auroc", "label=AF")["value"] == pytest.approx(0.9971649972)
    assert done.find("f1", "label=1dAVb")["value"] == pytest.approx(0.8965517241)
    assert done.find("sensitivity", "label=AF")["threshold"] == 0.39
    one = run("multilabel", *ecgs, "--id", "exam", "--columns", "AF", "ST", "--replicates", 100)
    assert {e["subgroup"] for e in one.body["estimates"]} == {"overall", "label=AF", "label=ST"}


def test_multilabel_traps(run: Calculator, ecgs: tuple[Path, Path], tmp_path: Path) -> None:
    """Rows that do not pair, columns of one file, repeated ids, thresholds, labels that are none."""
    labels, scores = ecgs
    fewer = tmp_path / "fewer.csv"
    frame = pd.read_csv(scores)
    frame.head(700).to_csv(fewer, index=False)
    done = run("multilabel", labels, fewer, "--id", "exam", "--replicates", 100)
    assert (done.codes["unmatched-ids"], done.find("exact-match")["n"]) == (127, 700)
    twice = tmp_path / "twice.csv"
    pd.concat([frame, frame.head(2)]).to_csv(twice, index=False)
    renamed = tmp_path / "renamed.csv"
    frame.rename(columns={"AF": "afib"}).to_csv(renamed, index=False)
    for words, code, message in (
        ((labels, fewer), 4, "pair them by an identifier"),
        ((labels, twice, "--id", "exam"), 4, "2 rows repeat an id"),
        ((labels, renamed, "--id", "exam"), 4, "AF, afib"),
        ((labels, scores), 4, "neither 0 nor 1"),
        ((labels, scores, "--id", "exam", "--threshold", 0.1, 0.2), 2, "2 thresholds for 6 labels"),
        ((labels, scores, "--id", "exam", "--cluster", "who"), 4, "'who' is missing"),
    ):
        refused = run("multilabel", *words)
        assert refused.code == code, words
        assert message in refused.body["error"]
