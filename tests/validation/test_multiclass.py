"""Multi-class endpoints against R and the published notebook; clusters; traps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.categories import multiclass_auroc
from validation.categories.classes import ClassCases
from validation.categories.multiclass import multiclass

DATA = Path(__file__).parents[1] / "data" / "melanoma_derm_multiclass"
ORACLE: dict[str, Any] = json.loads((DATA / "oracle.json").read_text())
FRAME = pd.read_csv(DATA / "predictions_long.csv.gz")
CLASSES = ("invasive melanoma", "non-invasive melanoma", "nevus")
SCORES = ["p_invasive", "p_noninvasive", "p_nevus"]
RUNS = sorted({f"{split} {model}" for split, model in zip(FRAME.split, FRAME.model, strict=True)})
PUBLISHED = {  # the repository's notebook, holdout: accuracy, macro F1, mean AUROC
    "darker_majority": (0.8333, 0.7882, 0.9225),
    "normal_majority": (0.8000, 0.7278, 0.9138),
    "contrast_majority": (0.7889, 0.7289, 0.9157),
    "gray_majority": (0.7667, 0.6965, 0.9011),
    "darker_softlabel": (0.8222, 0.7526, 0.9131),
    "normal_softlabel": (0.8111, 0.7677, 0.9199),
    "contrast_softlabel": (0.8333, 0.7794, 0.9085),
    "gray_softlabel": (0.8000, 0.6038, 0.9171),
}


def _run(name: str) -> pd.DataFrame:
    split, model = name.split(" ", 1)
    return FRAME[(FRAME.split == split) & (FRAME.model == model)]


@pytest.mark.parametrize("name", RUNS)
def test_each_run_agrees_with_r(name: str) -> None:
    """24 runs: confusion, accuracy, averages, AUROCs, losses and kappas to 1e-9."""
    frame, theirs = _run(name), ORACLE[name]
    found = multiclass(frame.truth, frame[SCORES], CLASSES, replicates=50)
    wanted = {
        "accuracy": theirs["accuracy"]["estimate"],
        "balanced-accuracy": theirs["balanced_accuracy"],
        "sensitivity-macro": theirs["balanced_accuracy"],
        "f1-macro": theirs["macro_f1"],
        "auroc-macro": theirs["macro_ovr_auc"],
        "auroc-hand-till": theirs["hand_till_auc"],
        "brier-multiclass": theirs["multiclass_brier"],
        "log-loss": theirs["log_loss"],
        "cohen-kappa": theirs["kappa"],
        "cohen-kappa-quadratic": theirs["quadratic_kappa"],
    }
    assert {key: found.find(key).value for key in wanted} == pytest.approx(wanted, abs=1e-9)
    accuracy = found.find("accuracy")
    assert [accuracy.low, accuracy.high] == pytest.approx(theirs["accuracy"]["wilson95"], abs=1e-9)
    for row, name_ in enumerate(CLASSES):
        area = found.find("auroc", f"class={name_}").value
        assert area == pytest.approx(theirs["ovr_auc"][row], abs=1e-9)
        for column, called in enumerate(CLASSES):
            cell = found.find("confusion", f"truth={name_} & called={called}")
            assert cell.value == theirs["confusion_rows_truth"][str(row + 1)][column]


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_published_holdout_is_reproduced(model: str) -> None:
    """Accuracy, macro F1 and mean AUROC of the notebook, to its four digits."""
    frame = _run(f"holdout {model}")
    found = multiclass(frame.truth, frame[SCORES], CLASSES, replicates=50)
    seen = [found.find(name).value for name in ("accuracy", "f1-macro", "auroc-macro")]
    assert seen == pytest.approx(PUBLISHED[model], abs=1e-4)


def test_influence_functions_have_the_spread_of_resampled_rows() -> None:
    """Macro, weighted and Hand-Till AUROC: analytic error against a bootstrap of rows."""
    frame = _run("extern darker_majority")
    truth, scores = frame.truth.to_numpy(), frame[SCORES].to_numpy()
    found = multiclass_auroc.averages(ClassCases.of(truth, scores, CLASSES), 0.95)
    rng, again = np.random.default_rng(2), []
    for _ in range(400):
        rows = rng.integers(0, 180, 180)
        drawn = ClassCases.of(truth[rows], scores[rows], CLASSES)
        again.append([e.value for e in multiclass_auroc.averages(drawn, 0.95)])
    assert [e.error for e in found] == pytest.approx(
        np.std(np.array(again, dtype=float), axis=0), rel=0.15
    )


def test_patients_are_resampled_whole() -> None:
    """Doubling every patient's cases leaves patient intervals as they were, and halves no error."""
    frame = _run("extern darker_majority")
    twice = pd.concat([frame, frame])
    runs = [
        multiclass(f.truth, f[SCORES], CLASSES, cluster=f.patient, replicates=1000)
        for f in (frame, twice)
    ]
    naive = multiclass(twice.truth, twice[SCORES], CLASSES, replicates=1000)
    for endpoint in ("accuracy", "f1-macro", "auroc-macro", "auroc-hand-till", "log-loss"):
        one, two, rows = (run.find(endpoint) for run in (*runs, naive))
        assert "clustered" in one.method
        assert two.value == pytest.approx(one.value)
        assert [two.low, two.high] == pytest.approx([one.low, one.high], abs=1e-9)
        assert rows.high is not None
        assert two.high is not None
        assert rows.high - (rows.low or 0) < 0.8 * (two.high - (two.low or 0))


rows_ = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 4), st.integers(1, 3)),
    min_size=3,
    max_size=25,
)


@settings(max_examples=30, deadline=None)
@given(rows_)
def test_counts_are_rows_and_bounds_hold(rows: list[tuple[int, int, int, int]]) -> None:
    """Values from counts equal those of expanded rows; intervals lie inside the scale."""
    truth, a, b, n = (np.array(column) for column in zip(*rows, strict=True))
    scores = np.column_stack([a, b, 8 - a - b]) / 8
    one = multiclass(truth, scores, (0, 1, 2), n, replicates=20)
    deep = multiclass(np.repeat(truth, n), np.repeat(scores, n, axis=0), (0, 1, 2), replicates=20)
    for mine, theirs in zip(one.estimates, deep.estimates, strict=True):
        assert mine.value == pytest.approx(theirs.value), mine.endpoint
        assert mine.n == theirs.n
        if mine.low is not None and mine.value is not None and mine.unit == "auc":
            assert 0 <= mine.low <= mine.value <= (mine.high or 0) <= 1


def test_a_class_order_changes_no_endpoint_but_the_ordered_kappas() -> None:
    """Columns and names permuted together."""
    frame = _run("holdout gray_softlabel")
    one = multiclass(frame.truth, frame[SCORES], CLASSES, replicates=50)
    two = multiclass(frame.truth, frame[SCORES[::-1]], CLASSES[::-1], replicates=50)
    for endpoint in ("f1-macro", "auroc-hand-till", "auroc-macro", "cohen-kappa", "log-loss"):
        assert one.find(endpoint).value == pytest.approx(two.find(endpoint).value)


def test_two_classes_are_the_binary_case() -> None:
    """Hand-Till, macro and each class's AUROC are one number, with DeLong's standard error."""
    score = np.array([0.1, 0.4, 0.35, 0.8])
    found = multiclass(["a", "a", "b", "b"], np.column_stack([1 - score, score]), ("a", "b"))
    names = ("auroc-macro", "auroc-weighted", "auroc-hand-till")
    assert [found.find(name).value for name in names] == pytest.approx([0.75] * 3)
    delong = found.find("auroc", "class=b").error
    for name in ("auroc-macro", "auroc-hand-till"):
        assert found.find(name).error == pytest.approx(delong)
    assert found.find("balanced-accuracy").method == "mover-wilson"


def test_scores_that_do_not_sum_to_1_and_ties_are_warned_of() -> None:
    """Counted, and used as they stand."""
    found = multiclass(["a", "b"], [[0.9, 0.9], [0.2, 0.8]], ("a", "b"), replicates=20)
    assert {w.code: w.count for w in found.warnings} == {
        "probabilities-do-not-sum-to-1": 1,
        "tied-scores": 1,
    }


def test_an_absent_class_has_no_sensitivity_and_no_macro_average() -> None:
    """Reasons name the class; nothing is set to zero."""
    found = multiclass(
        ["a", "b", "a"], [[0.8, 0.2, 0], [0.3, 0.7, 0], [0.6, 0.4, 0]], ("a", "b", "c")
    )
    for endpoint in ("balanced-accuracy", "auroc-macro", "auroc-hand-till"):
        assert found.find(endpoint).value is None
        assert "no cases of c" in found.find(endpoint).reason
    assert found.find("sensitivity", "class=c").value is None
    assert found.find("ppv-macro").reason == "no case was called c"


@pytest.mark.parametrize(
    ("truth", "scores", "message"),
    [
        (["a", "x"], [[0.5, 0.5], [0.5, 0.5]], "are not among"),
        (["a", "b"], [[2.0, -1.0], [0.5, 0.5]], "not logits"),
        (["a", "b"], [[np.nan, 0.5], [0.5, 0.5]], "missing"),
        (["a"], [[0.5, 0.5], [0.5, 0.5]], "shape"),
    ],
)
def test_wrong_input_is_refused(truth: list[str], scores: list[list[float]], message: str) -> None:
    """With what is wrong and how often."""
    with pytest.raises(ValueError, match=message):
        multiclass(truth, scores, ("a", "b"))


def test_a_perfect_model_keeps_an_honest_width() -> None:
    """Wilson for proportions and F1; no interval where all replicates are equal."""
    found = multiclass(["a", "b"] * 10, [[0.9, 0.1], [0.1, 0.9]] * 10, ("a", "b"))
    f1 = found.find("f1", "class=a")
    assert (f1.value, f1.method) == (1, "wilson-f-star")
    assert f1.high == pytest.approx(1)
    assert f1.low is not None
    assert f1.low < 0.9
    macro = found.find("f1-macro")
    assert (macro.value, macro.low) == (1, None)
    assert "all replicates equal" in macro.reason
