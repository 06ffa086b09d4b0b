"""`tplc stats label-free`: NannyML's car loan through the door, parts, people a row, traps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.console.calculator import Calculator

LOAN = Path(__file__).parents[1] / "data" / "nannyml_car_loan"
FILES = (LOAN / "reference.csv.gz", LOAN / "analysis.csv.gz")
ROLES = ("--label", "repaid", "--score", "y_pred_proba")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path]:
    """A reference with labels, and two months without."""
    rng = np.random.default_rng(1)
    score = rng.uniform(0.2, 0.8, 600).round(2)
    truth = np.where(rng.random(600) < score, "yes", "no")
    one, other = tmp_path / "reference.csv", tmp_path / "analysis.csv"
    pd.DataFrame({"s": score, "y": truth, "n": 1}).to_csv(one, index=False)
    later = pd.DataFrame({"s": rng.uniform(0.3, 0.7, 200).round(2), "n": rng.integers(1, 4, 200)})
    later.assign(month=np.repeat(["2025-01", "2025-02"], 100)).to_csv(other, index=False)
    return one, other


def test_the_published_car_loan_estimates(run: Calculator) -> None:
    """Chunks of 5,000; one point; the assumption is said with each answer."""
    done = run("label-free", *FILES, *ROLES, "--threshold", 0.65, "--chunk", 5000, "--cite")
    assert done.code == 0
    found = [e["value"] for e in done.body["estimates"] if e["endpoint"] == "auroc"]
    assert len(found) == 10
    assert (found[0], found[-1]) == pytest.approx((0.970744, 0.961316), abs=1e-6)
    assert done.find("f1", "rows=1-5000")["value"] == pytest.approx(0.943030, abs=1e-6)
    assert done.codes == {"no-concept-drift": 0}
    assert "2505.05295" in done.body["references"]["cbpe-isotonic"]
    with_error = run(
        "label-free", *FILES, *ROLES, "--endpoint", "auroc", "--chunk", 5000,
        "--interval", "sampling-error-3", "--calibration", "if-needed",
    ).find("auroc", "rows=1-5000")  # fmt: skip
    assert with_error["low"] == pytest.approx(0.96530144, abs=3e-5)
    assert with_error["method"] == "sampling-error-3"


def test_periods_and_people_a_row(
    run: Calculator, small: tuple[Path, Path], tmp_path: Path
) -> None:
    """A row of three is three people, in each period."""
    roles = ("--label", "y", "--positive", "yes", "--score", "s", "--count", "n")
    done = run("label-free", *small, *roles, "--by-period", "month", "--threshold", 0.5)
    assert done.code == 0
    later = pd.read_csv(small[1])
    rows = later.loc[later.index.repeat(later["n"])].assign(n=1)
    rows.to_csv(tmp_path / "rows.csv", index=False)
    again = run(
        "label-free",
        small[0],
        tmp_path / "rows.csv",
        *roles,
        "--by-period",
        "month",
        "--threshold",
        0.5,
    )
    assert again.body["estimates"] == done.body["estimates"]
    assert {e["subgroup"] for e in done.body["estimates"]} == {"month=2025-01", "month=2025-02"}
    assert done.find("ppv", "month=2025-01")["n"] == later["n"][:100].sum()


def test_what_cannot_be_trusted_is_warned_of(
    run: Calculator, small: tuple[Path, Path], tmp_path: Path
) -> None:
    """Scores beyond the reference's, blanks, and a reference with few positives."""
    beyond = tmp_path / "beyond.csv"
    pd.DataFrame({"s": [0.95] * 90 + [None] * 10}).to_csv(beyond, index=False)
    roles = ("--label", "y", "--positive", "yes", "--score", "s")
    done = run("label-free", small[0], beyond, *roles)
    assert done.codes == {"missing-values": 10, "extrapolated": 90, "no-concept-drift": 0}
    few = tmp_path / "few.csv"
    pd.DataFrame({"s": np.linspace(0.2, 0.8, 100), "y": ["yes"] * 9 + ["no"] * 91}).to_csv(
        few, index=False
    )
    assert run("label-free", few, small[1], *roles).codes["few-to-calibrate"] == 9


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--endpoint", "brier"), 2, "without labels there is no brier"),
        (("--endpoint", "ppv"), 2, "need an operating point"),
        (("--chunk", 5, "--by-period", "month"), 2, "either --chunk or --by-period"),
        (("--by-period", "week"), 4, "column 'week' is missing"),
    ],
)
def test_what_does_not_fit_is_refused(
    run: Calculator, small: tuple[Path, Path], words: tuple[object, ...], code: int, said: str
) -> None:
    """Usage and data apart."""
    done = run("label-free", *small, "--label", "y", "--positive", "yes", "--score", "s", *words)
    assert done.code == code
    assert said in done.body["error"]


def test_one_class_cannot_calibrate(
    run: Calculator, small: tuple[Path, Path], tmp_path: Path
) -> None:
    """Refused, with the reason."""
    one = tmp_path / "one.csv"
    pd.DataFrame({"s": [0.2, 0.3], "y": [1, 1]}).to_csv(one, index=False)
    done = run("label-free", one, small[1], "--label", "y", "--score", "s")
    assert done.code == 4
    assert "cannot calibrate: all 2 cases are positive" in done.body["error"]
