"""`tplc stats`: intervals for few cases are chosen by name, and the defaults stay what they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.console.calculator import Calculator


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """Two raters of thirty units, one of them rare."""
    table = {("a", "a"): 24, ("a", "b"): 2, ("b", "a"): 1, ("b", "b"): 3}
    pairs = [pair for pair, number in table.items() for _ in range(number)]
    rows = [(u, r, y) for u, pair in enumerate(pairs) for r, y in enumerate(pair)]
    path = tmp_path / "ratings.csv"
    pd.DataFrame(rows, columns=["unit", "rater", "rating"]).to_csv(path, index=False)
    return path


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Thirty cases of twelve patients at three sites."""
    rng = np.random.default_rng(1)
    label = np.repeat([0, 1], 15)
    frame = pd.DataFrame(
        {
            "label": label,
            "score": 1 / (1 + np.exp(-(2 * label - 1 + rng.normal(size=30)))),
            "patient": rng.integers(0, 12, 30),
            "site": np.tile(["x", "y", "z"], 10),
        }
    )
    path = tmp_path / "scores.csv"
    frame.to_csv(path, index=False)
    return path


ROLES = ("--unit", "unit", "--rater", "rater", "--rating", "rating")


def test_agreement_has_its_interval_for_few_units_by_name(run: Calculator, ratings: Path) -> None:
    """Values stay; the default is what other software has; alpha has the jackknife either way."""
    plain = run("agreement", ratings, *ROLES)
    small = run("agreement", ratings, *ROLES, "--interval", "small-sample", "--cite")
    drawn = run("agreement", ratings, *ROLES, "--interval", "bootstrap", "--replicates", 100)
    methods = {
        "cohen-kappa": ("fleiss-cohen-everitt", "score", "fleiss-cohen-everitt"),
        "fleiss-kappa": ("gwet", "jackknife-t-units", "gwet"),
        "gwet-ac1": ("gwet", "jackknife-t-units", "gwet"),
        "krippendorff-alpha": (
            "jackknife-t-units", "jackknife-t-units", "bootstrap-percentile-units",
        ),
    }  # fmt: skip
    for endpoint, names in methods.items():
        found = [done.find(endpoint) for done in (plain, small, drawn)]
        assert [e["method"] for e in found] == list(names)
        assert len({e["value"] for e in found}) == 1
    assert "no reference is recorded" not in small.body["references"].values()


def test_binary_has_its_intervals_for_few_cases_by_name(run: Calculator, scores: Path) -> None:
    """AUROC and kappa, of separate people and of patients."""
    words = (
        *("binary", scores, "--label", "label", "--score", "score", "--threshold", 0.5),
        *("--endpoint", "auroc", "kappa", "sensitivity", "--replicates", 200),
    )
    plain = run(*words)
    small = run(*words, "--kappa", "small-sample", "--auroc-scale", "score")
    assert plain.find("auroc")["method"] == "delong"
    assert plain.find("kappa")["method"] == "fleiss-cohen-everitt"
    assert small.find("auroc")["method"] == "newcombe-score"
    assert small.find("kappa")["method"] == "score"
    grouped = run(*words, "--cluster", "patient", "--clustered", "bootstrap-patients-expanded")
    drawn = run(*words, "--cluster", "patient", "--clustered", "bootstrap-patients")
    for endpoint in ("auroc", "kappa", "sensitivity"):
        wide, narrow = grouped.find(endpoint), drawn.find(endpoint)
        assert wide["method"] == "bootstrap-expanded-percentile-clustered"
        assert wide["low"] <= narrow["low"]
        assert narrow["high"] <= wide["high"]


def test_sites_are_pooled_by_likelihood_beside_the_two_stages(
    run: Calculator, scores: Path
) -> None:
    """Proportions only; AUROCs have no counts."""
    words = ("sites", scores, "--label", "label", "--score", "score", "--site", "site")
    shares = run(*words, "--threshold", 0.5)
    methods = [
        e["method"]
        for e in shares.body["estimates"]
        if (e["endpoint"], e["subgroup"]) == ("accuracy", "all sites")
    ]
    assert methods == ["fixed-effect", "random-reml-hartung-knapp", "binomial-normal-sandwich-t"]
    areas = run(*words)
    assert "binomial-normal-sandwich-t" not in {e["method"] for e in areas.body["estimates"]}


def test_classes_have_kappas_for_few_cases_by_name(run: Calculator, tmp_path: Path) -> None:
    """The others are left as they are."""
    rng = np.random.default_rng(2)
    truth = rng.choice(["a", "b", "c"], 40)
    raw = rng.random((40, 3)) + 0.8 * (truth[:, None] == np.array(["a", "b", "c"]))
    frame = pd.DataFrame(raw / raw.sum(axis=1, keepdims=True), columns=["a", "b", "c"])
    path = tmp_path / "classes.csv"
    frame.assign(truth=truth).to_csv(path, index=False)
    words = ("multiclass", path, "--label", "truth", "--scores", "a", "b", "c", "--replicates", 100)
    plain, small = run(*words), run(*words, "--kappa", "small-sample")
    for name in ("cohen-kappa", "cohen-kappa-quadratic"):
        assert plain.find(name)["method"] == "fleiss-cohen-everitt"
        assert small.find(name)["method"] == "score"
        assert small.find(name)["value"] == plain.find(name)["value"]
    assert small.find("accuracy") == plain.find("accuracy")
