"""Label-free estimates against NannyML's: car loan as published, COVID as computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from monitoring.label_free import calibrator, sampling
from monitoring.label_free.calibrator import Calibrator  # noqa: TC001 - pytest reads the annotations
from monitoring.label_free.levels import Levels
from monitoring.label_free.performance import Asked, estimate
from tests.monitoring.label_free import covid

DATA = Path(__file__).parents[2] / "data"
LOAN = DATA / "nannyml_car_loan"
PUBLISHED = (
    *(0.970744, 0.971011, 0.971407, 0.971091, 0.971123),
    *(0.961090, 0.961825, 0.961073, 0.962533, 0.961316),
)
NAMES = {
    "roc_auc": "auroc",
    "f1": "f1",
    "precision": "ppv",
    "recall": "sensitivity",
    "specificity": "specificity",
    "accuracy": "accuracy",
    "average_precision": "auprc-average-precision",
}
CHUNK, POINT = 5000, 0.65  # y_pred is 1 from a score of 0.65


@pytest.fixture(scope="module")
def loan() -> Calibrator:
    """The car loan reference, learned."""
    frame = pd.read_csv(LOAN / "reference.csv.gz")
    return calibrator.fit(frame["repaid"], frame["y_pred_proba"], kind="if-needed")


@pytest.fixture(scope="module")
def oracle() -> Any:
    """NannyML's results by chunk."""
    return json.loads((LOAN / "oracle.json").read_text())["car_loan_chunk5000"]


@pytest.fixture(scope="module")
def chunks() -> list[Levels]:
    """The ten analysis chunks."""
    score = pd.read_csv(LOAN / "analysis.csv.gz")["y_pred_proba"].to_numpy()
    return [Levels.of(score[at : at + CHUNK]) for at in range(0, len(score), CHUNK)]


def test_the_published_car_loan_estimates(loan: Calibrator, chunks: list[Levels]) -> None:
    """ROC AUC of the ten chunks, as the documentation prints them."""
    found = [estimate(loan, chunk, Asked(endpoints=["auroc"]))[0].value for chunk in chunks]
    assert found == pytest.approx(PUBLISHED, abs=1e-6)


def test_the_check_says_that_car_loan_scores_need_calibration(loan: Calibrator) -> None:
    """NannyML decides so too."""
    assert loan.method == "cbpe-isotonic"


@pytest.mark.parametrize("theirs", NAMES)
def test_every_metric_of_nannyml(
    loan: Calibrator, chunks: list[Levels], oracle: Any, theirs: str
) -> None:
    """To rounding; average precision to 1e-3, since NannyML steps within equal scores."""
    asked = Asked(endpoints=[NAMES[theirs]], thresholds=[POINT])
    found = [estimate(loan, chunk, asked)[0].value for chunk in chunks]
    then = [chunk[theirs]["value"] for chunk in oracle["cbpe_estimated"]]
    assert found == pytest.approx(then, abs=1e-3 if theirs == "average_precision" else 1e-7)


@pytest.mark.parametrize("theirs", [name for name in NAMES if name != "average_precision"])
def test_nannyml_s_own_sampling_error(loan: Calibrator, oracle: Any, theirs: str) -> None:
    """To rounding; AUROC to 1e-5, since equal scores are ranked halfway here."""
    found = sampling.error(loan, NAMES[theirs], CHUNK, POINT)
    then = oracle["cbpe_estimated"][0][theirs]["sampling_error"]
    assert found == pytest.approx(then, abs=1e-5 if theirs == "roc_auc" else 1e-8)


def test_nannyml_s_bounds_are_three_sampling_errors(
    loan: Calibrator, chunks: list[Levels], oracle: Any
) -> None:
    """And average precision, whose error NannyML draws without a seed, has none."""
    asked = Asked(endpoints=["auroc", "auprc-average-precision"])
    auroc, precision = (
        sampling.with_sampling_error(loan, one) for one in estimate(loan, chunks[0], asked)
    )
    theirs = oracle["cbpe_estimated"][0]["roc_auc"]
    assert auroc.low == pytest.approx(theirs["lower_confidence_boundary"], abs=3e-5)
    assert auroc.high == pytest.approx(theirs["upper_confidence_boundary"], abs=3e-5)
    assert precision.low is None
    assert precision.reason


def test_the_interval_holds_what_car_loan_labels_showed(
    loan: Calibrator, chunks: list[Levels], oracle: Any
) -> None:
    """In the five chunks that are like the reference, at most 4 of 30 lie outside at 95 %.

    In the other five the cases shift, and the concept with them a little: the labels show more
    recall and less precision than any estimate from scores can know.
    """
    names = [name for name in NAMES if name != "average_precision"]
    asked = Asked(endpoints=[NAMES[name] for name in names], thresholds=[POINT])
    outside = []
    for chunk, shown in zip(chunks, oracle["realized"], strict=True):
        found = zip(names, estimate(loan, chunk, asked), strict=True)
        out = {n for n, e in found if not (e.low or 1) <= shown[n]["value"] <= (e.high or 0)}
        outside.append(out)
    assert sum(len(out) for out in outside[:5]) <= 4
    assert all("recall" in out for out in outside[5:])
    assert not any("roc_auc" in out for out in outside)


def test_covid_estimates_are_nannyml_s() -> None:
    """Rows that stand for many people; AUROC, accuracy, recall, precision, specificity."""
    frame = covid.cohort()
    then = covid.between(frame, *covid.REFERENCE)
    learned = calibrator.fit(then["y"], then["p_all"], then["n"], kind="if-needed", replicates=0)
    oracle = json.loads((DATA / "covid_il_symptoms" / "oracle_cbpe_nannyml.json").read_text())
    names = [name for name in NAMES if name in oracle["windows"][0]]
    asked = Asked(endpoints=[NAMES[name] for name in names], thresholds=[covid.POINT])
    assert len(names) == 5
    for window in oracle["windows"]:
        now = covid.between(frame, *covid.period(window["window"]))
        found = estimate(learned, Levels.of(now["p_all"], now["n"]), asked)
        assert found[0].n == window["n"]
        assert [one.value for one in found] == pytest.approx(
            [window[name]["cbpe"] for name in names], abs=1e-6
        )
