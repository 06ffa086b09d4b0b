"""`tplc stats calibration`, `decision-curve` and `regression`: columns by name, traps, JSON."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.console.calculator import Calculator

DATA = Path(__file__).parents[1] / "data" / "decision_curve_demo" / "df_binary.csv.gz"
ROLES = ("--label", "cancer", "--positive", "TRUE", "--score", "cancerpredmarker")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


def test_calibration_gives_values_tests_and_the_curve(run: Calculator) -> None:
    """R's numbers through the door."""
    done = run("calibration", DATA, *ROLES, "--replicates", 200, "--cite")
    assert done.code == 0
    assert done.find("log-loss")["value"] == pytest.approx(0.2851914886)
    assert done.find("calibration-slope")["value"] == pytest.approx(1, abs=1e-6)
    assert {"ece-equal-width", "ece-equal-mass"} <= {e["endpoint"] for e in done.body["estimates"]}
    tests = {t["test"]: t for t in done.body["tests"]}
    assert tests["hosmer-lemeshow-external"]["statistic"] == pytest.approx(14.40064022)
    assert tests["hosmer-lemeshow"]["df"] == 8
    assert "no reference is recorded" not in done.body["references"].values()


def test_a_decision_curve_takes_thresholds_in_any_form(run: Calculator) -> None:
    """Words after the option, or commas; R's dcurves values."""
    wide = run("decision-curve", DATA, *ROLES, "--thresholds", 0.05, 0.1, 0.15, 0.2)
    comma = run("decision-curve", DATA, *ROLES, "--thresholds", "0.05,0.1,0.15,0.2")
    assert wide.body == comma.body
    values = [wide.find("net-benefit", at=t)["value"] for t in (0.05, 0.1, 0.15, 0.2)]
    assert values == pytest.approx([0.105544, 0.087407, 0.079216, 0.067333], abs=1e-6)
    assert (
        len({e["threshold"] for e in run("decision-curve", DATA, *ROLES).body["estimates"]}) == 19
    )


@pytest.mark.parametrize("words", [("--thresholds", "1"), ("--thresholds", "often")])
def test_impossible_thresholds_are_faults_of_usage(run: Calculator, words: tuple[str, ...]) -> None:
    """Exit code 2."""
    done = run("decision-curve", DATA, *ROLES, *words)
    assert done.code == 2
    assert "hreshold" in done.body["error"]


def test_logits_are_refused_and_blanks_counted(run: Calculator, tmp_path: Path) -> None:
    """Exit code 4 with the column; a warning with the number of rows."""
    frame = pd.DataFrame({"y": [0, 1, 0, 1, 1, 0], "s": [0.1, 0.7, None, 0.8, 0.3, 0.2]})
    frame["logit"] = [-2.0, 1.5, 0.3, 4, -0.2, 0.1]
    path = tmp_path / "f.csv"
    frame.to_csv(path, index=False)
    for command in ("calibration", "decision-curve"):
        done = run(command, path, "--label", "y", "--score", "logit")
        assert done.code == 4
        assert "logits" in done.body["error"]
        assert "Traceback" not in done.error
        kept = run(command, path, "--label", "y", "--score", "s")
        assert kept.code == 0
        assert kept.codes["missing-values"] == 1
        assert kept.body["estimates"][0]["n"] == 5


def test_regression_compares_on_one_scale(run: Calculator, tmp_path: Path) -> None:
    """Bias is prediction less reference; codes for missing are warned of."""
    path = tmp_path / "f.csv"
    pd.DataFrame({"r": [1, 2, 3, 4, 5], "p": [2, 3, 4, 5, 99], "w": ["a"] * 5}).to_csv(
        path, index=False
    )
    done = run("regression", path, "--reference", "r", "--prediction", "p")
    assert done.find("bias")["value"] == pytest.approx((4 + 94) / 5)
    assert done.codes == {"coded-missing": 1}
    refused = run("regression", path, "--reference", "r", "--prediction", "w")
    assert refused.code == 4
    assert "5 values are no numbers" in refused.body["error"]
