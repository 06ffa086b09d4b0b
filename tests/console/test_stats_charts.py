"""`tplc stats cusum` and `ewma`: R's path through the door, limits computed, misuse refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.console.calculator import Calculator

DATA = Path(__file__).parents[1] / "data" / "cardiac_surgery_delayed" / "cardiac_surgery.csv.gz"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def phase2(tmp_path: Path) -> Path:
    """Operations of phase II, with the risks of the rounded coefficients."""
    frame = pd.read_csv(DATA).query("date >= 730")
    path = tmp_path / "phase2.csv"
    frame.assign(risk=1 / (1 + np.exp(3.79 - 0.08 * frame["parsonnet"]))).to_csv(path, index=False)
    return path


def test_cardiac_surgery_is_signalled_where_r_does(run: Calculator, phase2: Path) -> None:
    """Operation 1,366, maximum 6.157869; better: 2,348, maximum 7.157216 (to 1e-5)."""
    roles = ("--outcome", "died30", "--risk", "risk")
    up = run("cusum", phase2, *roles, "--odds", 2, "--limit", 4.5, "--order", "date", "--cite")
    down = run("cusum", phase2, *roles, "--odds", 0.5, "--limit", 4)
    assert (up.code, down.code) == (0, 0)
    assert up.body["chart"]["first_signal"] == 1366
    assert up.body["chart"]["maximum"] == pytest.approx(6.157869, abs=1e-5)
    assert down.body["chart"]["first_signal"] == 2348
    assert down.body["chart"]["maximum"] == pytest.approx(7.157216, abs=1e-5)
    assert up.body["chart"]["in_control_arl"] == pytest.approx(7000, rel=0.2)
    assert "Steiner" in up.body["references"]["risk-adjusted-cusum"]
    assert len(up.body["chart"]["path"]) <= 200


def test_a_limit_is_found_for_a_run_length(run: Calculator, phase2: Path) -> None:
    """And the run length that it has is told."""
    done = run("cusum", phase2, "--outcome", "died30", "--rate", 0.065, "--in-control-arl", 3000)
    assert done.body["chart"]["kind"] == "bernoulli-cusum"
    assert 3000 <= done.body["chart"]["in_control_arl"] < 3100
    again = run(
        "cusum", phase2, "--outcome", "died30", "--rate", 0.065,
        "--limit", done.body["chart"]["limit"], "--restart",
    )  # fmt: skip
    assert again.body["chart"]["in_control_arl"] == done.body["chart"]["in_control_arl"]
    assert again.body["chart"]["after_signal"] == "restarts"


def test_people_a_row_and_blanks(run: Calculator, tmp_path: Path) -> None:
    """A row of three is three; an incomplete row is counted and left out."""
    frame = pd.DataFrame({"y": ["1", "0", "1", ""], "n": [2, 3, 1, 9], "day": [3, 1, 2, 0]})
    frame.to_csv(tmp_path / "f.csv", index=False)
    words = ("cusum", tmp_path / "f.csv", "--outcome", "y", "--rate", 0.2, "--limit", 0.9)
    done = run(*words, "--count", "n", "--order", "day")
    assert done.body["chart"]["n"] == 6
    assert done.body["chart"]["first_signal"] == 5
    assert done.codes == {"missing-values": 1}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--limit", 4), 2, "--risk or --rate"),
        (("--rate", 0.1), 2, "--limit or --in-control-arl"),
        (("--rate", 0.1, "--limit", 4, "--odds", 1), 2, "odds ratio"),
        (("--rate", 1.1, "--limit", 4), 2, "between 0 and 1"),
        (("--rate", 0.1, "--in-control-arl", 0.5), 2, "lies above 1"),
        (("--risk", "parsonnet", "--limit", 4), 4, "risks are not between 0 and 1"),
    ],
)
def test_misuse_is_refused(
    run: Calculator, words: tuple[object, ...], code: int, said: str
) -> None:
    """With what to do."""
    done = run("cusum", DATA, "--outcome", "died30", *words)
    assert done.code == code
    assert said in done.body["error"]


def test_an_ewma_of_windows(run: Calculator, tmp_path: Path) -> None:
    """Shares with people, counts without; signals by window."""
    frame = pd.DataFrame({"events": [10, 12, 9, 14, 30, 11], "n": [100] * 6})
    frame.to_csv(tmp_path / "w.csv", index=False)
    words = ("ewma", tmp_path / "w.csv", "--events", "events", "--target")
    share = run(*words, 0.1, "--of", "n", "--width", 3, "--cite")
    assert share.body["chart"]["signals"] == [5]
    assert share.body["chart"]["in_control_arl"] == pytest.approx(560, rel=0.1)
    assert share.body["references"].keys() == {"ewma-share", "markov-chain"}
    count = run(*words, 10, "--in-control-arl", 200, "--direction", "up")
    assert count.body["chart"]["kind"] == "ewma-count"
    assert count.body["chart"]["in_control_arl"] >= 200
    assert count.body["chart"]["points"][0]["low"] is None
    both = run(*words, 10, "--of", "n", "--exposure", "n", "--width", 3)
    assert both.code == 2
    assert "not both" in both.body["error"]
