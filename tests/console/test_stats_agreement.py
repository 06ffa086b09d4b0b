"""`tplc stats agreement`: measures by name, missing ratings, traps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.console.calculator import Calculator

N = None
UNITS: list[list[int | None]] = [
    [1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, N, 3, N],
]  # fmt: skip
ROLES = ("--unit", "unit", "--rater", "rater", "--rating", "rating", "--replicates", 100)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


def _long(path: Path, matrix: Sequence[Sequence[object]]) -> Path:
    rows = [(u, r, y) for u, row in enumerate(matrix) for r, y in enumerate(row)]
    pd.DataFrame(rows, columns=["unit", "rater", "rating"]).to_csv(path, index=False)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Krippendorff's example, long, its blanks as blank ratings."""
    return _long(tmp_path / "f.csv", UNITS)


def test_measures_of_all_raters_at_once(run: Calculator, file: Path) -> None:
    """The defaults, with blank ratings counted; values of irrCAC."""
    done = run("agreement", file, *ROLES, "--cite")
    assert done.code == 0
    assert done.codes["missing-values"] == 7
    for endpoint, value in (
        ("percent-agreement", 0.8181818),
        ("gwet-ac1", 0.77544),
        ("fleiss-kappa", 0.76117),
        ("krippendorff-alpha", 0.74342),
    ):
        assert done.find(endpoint)["value"] == pytest.approx(value, abs=6e-6)
    assert "no reference is recorded" not in done.body["references"].values()


def test_measures_are_chosen_by_short_or_full_name(run: Calculator, file: Path) -> None:
    """Several words after one option; levels and weights are in the endpoints' names."""
    done = run(
        "agreement", file, *ROLES, "--measure", "krippendorff", "gwet-ac2", "icc",
        "--weights", "quadratic", "--level", "ordinal",
    )  # fmt: skip
    assert [e["endpoint"] for e in done.body["estimates"]] == [
        "krippendorff-alpha-ordinal", "gwet-ac2-quadratic",
        "icc-1-1", "icc-2-1", "icc-3-1", "icc-1-k", "icc-2-k", "icc-3-k",
    ]  # fmt: skip
    assert done.find("krippendorff-alpha-ordinal")["value"] == pytest.approx(0.815, abs=5e-4)
    pairs = run("agreement", file, *ROLES, "--measure", "cohen")
    assert [e["subgroup"] for e in pairs.body["estimates"]][:2] == ["raters=0 & 1", "raters=0 & 2"]


def test_words_get_an_order_from_categories(run: Calculator, tmp_path: Path) -> None:
    """A weighted kappa of words without it is refused."""
    path = _long(
        tmp_path / "f.csv", [["low", "mid"], ["mid", "mid"], ["high", "high"], ["low", "low"]]
    )
    words = ("agreement", path, *ROLES, "--measure", "cohen", "--weights", "linear")
    refused = run(*words)
    assert refused.code == 4
    assert "in their order" in refused.body["error"]
    done = run(*words, "--categories", "low", "mid", "high")
    assert done.find("cohen-kappa-linear")["value"] == pytest.approx(1 - 0.125 / 0.4375)


def test_agreement_traps(run: Calculator, tmp_path: Path, file: Path) -> None:
    """Unknown measures, repeats, blanks of a unit, codes for missing, continuous ratings."""
    for words, code, message in (
        (("--measure", "kappa"), 2, "Unknown measure kappa"),
        (("--measure", "gwet-ac2"), 2, "AC2 needs --weights"),
    ):
        refused = run("agreement", file, *ROLES, *words)
        assert refused.code == code
        assert message in refused.body["error"]
    frame = pd.read_csv(file)
    twice = tmp_path / "twice.csv"
    pd.concat([frame, frame.head(1)]).to_csv(twice, index=False)
    refused = run("agreement", twice, *ROLES)
    assert refused.code == 4
    assert "repeat a unit and rater" in refused.body["error"]
    blank = tmp_path / "blank.csv"
    frame.assign(unit=frame.unit.where(frame.unit > 0)).to_csv(blank, index=False)
    assert "rows are blank" in run("agreement", blank, *ROLES).body["error"]
    coded = tmp_path / "coded.csv"
    frame.fillna({"rating": 99}).to_csv(coded, index=False)
    assert run("agreement", coded, *ROLES).codes == {"coded-missing": 7}
    many = _long(tmp_path / "many.csv", [[i / 7, i / 7 + 0.01] for i in range(40)])
    assert "many-categories" in run("agreement", many, *ROLES).codes
    assert not run("agreement", many, *ROLES, "--measure", "icc", "repeatability").codes


def test_weights_reach_every_measure_or_are_told_of(run: Calculator, tmp_path: Path) -> None:
    """AC1 is joined by AC2, nominal alpha by interval alpha; linear alpha does not exist here."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"u": np.repeat(range(30), 3), "r": list("abc") * 30})
    path = tmp_path / "ratings.csv"
    frame.assign(x=rng.integers(1, 5, 90)).to_csv(path, index=False)
    roles = ("agreement", path, "--unit", "u", "--rater", "r", "--rating", "x")
    words = (*roles, "--measure", "gwet-ac1", "krippendorff", "--weights")
    done = run(*words, "quadratic")
    assert [e["endpoint"] for e in done.body["estimates"]] == [
        "gwet-ac1",
        "gwet-ac2-quadratic",
        "krippendorff-alpha",
        "krippendorff-alpha-interval",
    ]
    assert "weights-unused" in run(*words, "linear").codes
