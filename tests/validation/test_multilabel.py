"""Multi-label endpoints against R on six ECG abnormalities; averages; traps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, hamming_loss, roc_auc_score

from validation.categories.multilabel import multilabel

DATA = Path(__file__).parents[1] / "data" / "code_ecg_labels"
ORACLE: dict[str, Any] = json.loads((DATA / "oracle.json").read_text())
NAMES = ["1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"]
THRESHOLDS = (0.124, 0.07, 0.05, 0.278, 0.390, 0.174)
LONG = pd.read_csv(DATA / "annotations_long.csv.gz").sort_values("exam")
GOLD = LONG.loc[LONG.reader == "gold_standard", NAMES].to_numpy()
NETWORK = pd.read_csv(DATA / "dnn_probabilities_seed1.csv.gz").sort_values("exam")
READERS = sorted(ORACLE["readers"]["AF"])


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_agrees_with_r(reader: str) -> None:
    """2x2 counts exactly, Wilson intervals and F1 to 1e-9, in every label."""
    called = LONG.loc[LONG.reader == reader, NAMES]
    found = multilabel(GOLD, called, NAMES, replicates=20)
    for label in NAMES:
        theirs = ORACLE["readers"][label][reader]
        for endpoint in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
            mine = found.find(endpoint, f"label={label}")
            assert (mine.events, mine.n) == (theirs[endpoint]["x"], theirs[endpoint]["n"])
            assert [mine.low, mine.high] == pytest.approx(theirs[endpoint]["wilson95"], abs=1e-9)
        assert found.find("f1", f"label={label}").value == pytest.approx(theirs["f1"], abs=1e-9)


def test_the_network_has_its_published_auc_and_operating_points() -> None:
    """DeLong from R to 1e-9; the network's thresholds give the published F1 (Ribeiro 2020)."""
    found = multilabel(GOLD, NETWORK[NAMES], NAMES, thresholds=THRESHOLDS, replicates=20)
    for label, published in zip(NAMES, (0.897, 0.944, 1, 0.882, 0.870, 0.960), strict=True):
        area, theirs = found.find("auroc", f"label={label}"), ORACLE["auc_seed1"][label]
        assert area.value == pytest.approx(theirs["auc"], abs=1e-9)
        assert [area.low, area.high] == pytest.approx(theirs["delong_ci95"], abs=1e-9)
        assert found.find("f1", f"label={label}").value == pytest.approx(published, abs=5e-4)


def test_averages_are_those_of_scikit_learn() -> None:
    """Macro and micro F1 and AUROC, Hamming loss."""
    scores = NETWORK[NAMES].to_numpy()
    found = multilabel(GOLD, scores, NAMES, replicates=20)
    called = (scores >= 0.5).astype(int)
    assert found.find("f1-macro").value == pytest.approx(f1_score(GOLD, called, average="macro"))
    assert found.find("f1-micro").value == pytest.approx(f1_score(GOLD, called, average="micro"))
    assert found.find("hamming-loss").value == pytest.approx(hamming_loss(GOLD, called))
    for kind in ("macro", "micro"):
        area = found.find(f"auroc-{kind}").value
        assert area == pytest.approx(roc_auc_score(GOLD, scores, average=kind))


def test_findings_of_a_case_are_resampled_together() -> None:
    """Six copies of one label have the interval of that label, not a sixth of its variance."""
    rng = np.random.default_rng(4)
    label = rng.integers(0, 2, 200)
    score = np.clip(label * 0.3 + rng.random(200) * 0.7, 0, 1)
    one = multilabel(label[:, None], score[:, None], ["a"], replicates=500)
    many = multilabel(
        np.tile(label, (6, 1)).T, np.tile(score, (6, 1)).T, list("abcdef"), replicates=500
    )
    for endpoint in ("f1-micro", "f1-macro", "auroc-macro", "auroc-micro", "hamming-loss"):
        a, b = one.find(endpoint), many.find(endpoint)
        assert [b.value, b.low, b.high] == pytest.approx([a.value, a.low, a.high], abs=1e-9)


def test_patients_are_resampled_whole() -> None:
    """Every case doubled within its patient: the same intervals."""
    scores = NETWORK[NAMES].to_numpy()
    patient = np.arange(len(GOLD)) // 2
    one = multilabel(GOLD, scores, NAMES, cluster=patient, replicates=300)
    two = multilabel(
        np.vstack([GOLD, GOLD]),
        np.vstack([scores, scores]),
        NAMES,
        cluster=np.concatenate([patient, patient]),
        replicates=300,
    )
    for endpoint in ("exact-match", "f1-macro", "auroc-macro", "auroc-micro"):
        a, b = one.find(endpoint), two.find(endpoint)
        assert "clustered" in a.method
        assert [b.low, b.high] == pytest.approx([a.low, a.high], abs=1e-9)
    sensitivity = one.find("sensitivity", "label=AF")
    assert (sensitivity.events, sensitivity.n) == (10, 13)


def test_counts_give_what_expanded_rows_give() -> None:
    """All values and intervals."""
    rng = np.random.default_rng(8)
    label, score = rng.integers(0, 2, (40, 3)), rng.random((40, 3))
    count = rng.integers(1, 4, 40)
    one = multilabel(label, score, "abc", count=count, replicates=50)
    deep = multilabel(
        np.repeat(label, count, axis=0), np.repeat(score, count, axis=0), "abc", replicates=50
    )
    for mine, theirs in zip(one.estimates, deep.estimates, strict=True):
        assert [mine.value, mine.low, mine.high] == pytest.approx(
            [theirs.value, theirs.low, theirs.high]
        ), mine.endpoint


def test_a_label_that_no_case_has_spoils_no_table() -> None:
    """Its own sensitivity and the macro averages say why they have no value."""
    found = multilabel([[1, 0], [0, 0]], [[0.9, 0.1], [0.2, 0.3]], ["a", "b"])
    assert found.find("auroc-macro").reason == "one class only in b"
    assert found.find("sensitivity", "label=b").value is None
    assert found.find("auroc", "label=a").value == 1


@pytest.mark.parametrize(
    ("label", "score", "thresholds", "message"),
    [
        ([[0, 2]], [[0.1, 0.2]], (0.5,), "neither 0 nor 1"),
        ([[0, 1]], [[0.1, np.nan]], (0.5,), "missing"),
        ([[0, 1]], [[0.1]], (0.5,), "shapes differ"),
        ([[0, 1]], [[0.1, 0.2]], (0.1, 0.2, 0.3), "thresholds"),
    ],
)
def test_wrong_input_is_refused(label: Any, score: Any, thresholds: Any, message: str) -> None:
    """With what is wrong."""
    with pytest.raises(ValueError, match=message):
        multilabel(label, score, ["a", "b"], thresholds=thresholds)
