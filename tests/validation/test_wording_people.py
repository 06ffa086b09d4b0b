"""Diversity, people's ratings, and metrics that need a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kendalltau, pearsonr, spearmanr

from tests.validation import aci_bench
from validation.fairness.groups import grouping
from validation.wording import Reports, Settings, bertscore, diversity
from validation.wording.correlation import COEFFICIENTS
from validation.wording.human import Sheet, evaluate
from validation.wording.score import Lack, Score, mean_score
from validation.wording.scoring import scored


def _values(reports: Reports) -> dict[str, float | None]:
    return {one.endpoint: one.value for one in diversity.evaluate(reports).estimates}


def test_diversity_is_what_counting_by_hand_gives() -> None:
    """Four texts, three of them one but for case and spaces."""
    found = _values(Reports.of(["No  finding", "no finding", "No finding ", "mass"], ["a b"] * 4))
    assert found["distinct-outputs"] == 2
    assert found["distinct-share"] == 0.5
    assert found["mode-share"] == 0.75
    assert found["shannon-entropy"] == pytest.approx(0.811278, abs=1e-6)
    assert found["shannon-entropy-normalised"] == pytest.approx(0.811278 / 2, abs=1e-6)
    assert found["gini-coefficient"] == pytest.approx(0.25)  # of 1, 3
    assert found["gini-coefficient-padded"] == pytest.approx(0.625)  # of 0, 0, 1, 3
    assert found["distinct-1"] == pytest.approx(4 / 7)  # No, finding, no, mass
    assert found["distinct-2"] == pytest.approx(2 / 3)
    assert found["distinct-outputs-references"] == 1
    assert found["gini-coefficient-references"] == 0
    assert found["gini-coefficient-padded-references"] == 0.75


def test_a_collapsed_generator_is_warned_of_whatever_its_overlap() -> None:
    """Two texts for 200 studies, one of them right in most."""
    references = [f"the heart is normal and lesion {place} is seen" for place in range(200)]
    few = ["the heart is normal and lesion 1 is seen"] * 180 + ["no"] * 20
    found = diversity.evaluate(Reports.of(few, references))
    assert [one.code for one in found.warnings] == ["collapsed-generator"]
    assert "2 distinct texts for 200 cases" in found.warnings[0].message
    assert "at most 0.1 of it" in found.warnings[0].message


def test_a_generator_as_uniform_as_its_references_or_a_varied_one_is_not_warned_of() -> None:
    """Normal studies share a wording; real systems differ from note to note."""
    normal = ["no acute finding"] * 180 + [f"nodule {place}" for place in range(20)]
    assert diversity.evaluate(Reports.of(normal, normal)).warnings == ()
    systems = grouping("system", aci_bench.outputs()["system"].to_list())
    assert diversity.evaluate(aci_bench.reports(), [systems]).warnings == ()


def test_few_texts_for_hundreds_of_studies_are_warned_of_beside_poor_references_too() -> None:
    """Three texts for 200 studies, where the references have some twenty, most of them one."""
    references = ["no acute finding"] * 100 + [f"nodule {place % 20}" for place in range(100)]
    few = [f"text {place % 2}" for place in range(190)] + ["other"] * 10
    found = diversity.collapsed(Reports.of(few, references))
    assert [one.code for one in found] == ["collapsed-generator"]
    assert "at most 5% of the cases" in found[0].message


def test_one_collapsed_system_among_several_is_named() -> None:
    """By its subgroup."""
    references = [f"study {place} shows {place % 7}" for place in range(60)]
    system = ["good"] * 30 + ["stuck"] * 30
    texts = [*references[:30], *["normal study"] * 30]
    found = diversity.evaluate(Reports.of(texts, references), [grouping("system", system)])
    assert [one.message.split(":")[0] for one in found.warnings] == ["system=stuck"]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("spearman", spearmanr), ("kendall-tau-b", kendalltau), ("pearson", pearsonr)],
)
def test_a_weighted_correlation_is_scipys_of_the_rows_drawn(name: str, theirs: object) -> None:
    """With ties in both."""
    random = np.random.default_rng(5)
    x = random.integers(0, 6, 40).astype(float)
    y = x + random.integers(0, 5, 40)
    weight = random.multinomial(40, np.full(40, 1 / 40), size=8).astype(float)
    ours = COEFFICIENTS[name](weight, x, y)
    for drawn, value in zip(weight.astype(int), ours, strict=True):
        rows = np.repeat(np.arange(40), drawn)
        assert value == pytest.approx(theirs(x[rows], y[rows]).statistic, abs=1e-12)  # type: ignore[operator] # of scipy


def test_ratings_tell_which_metric_follows_people_and_how_far_people_agree() -> None:
    """Two raters; one metric follows them, one does not, one cannot be had."""
    random = np.random.default_rng(1)
    quality = random.normal(size=50)
    cases = [f"c{place}" for place in range(50)]
    rows = [
        (c, r, round(float(q + random.normal(0, 0.3)), 2))
        for c, q in zip(cases, quality, strict=True)
        for r in "ab"
    ]
    who = [[row[0] for row in rows], [row[1] for row in rows]]
    sheet = Sheet.of("quality", who[0], who[1], [row[2] for row in rows], cases)
    found: list[Score | Lack] = [
        mean_score("good", "d", quality + random.normal(0, 0.2, 50)),
        mean_score("bad", "d", random.normal(size=50)),
        mean_score("flat", "d", np.ones(50)),
        Lack(endpoint="none", definition="d", reason="needs a model"),
    ]
    result = evaluate([sheet], found, replicates=500)
    good, bad = (result.find(f"spearman-{name}", "rating=quality") for name in ("good", "bad"))
    assert (good.low or 0) > 0.8
    assert (bad.low or 0) < 0.1 < (bad.high or 0) + 0.1
    assert (result.find("icc-2-1", "rating=quality").value or 0) > 0.8
    assert (result.find("krippendorff-alpha-interval", "rating=quality").value or 0) > 0.8
    assert "does not vary" in result.find("pearson-flat", "rating=quality").reason
    assert result.find("pearson-none", "rating=quality").reason == "needs a model"


def test_a_mean_rating_is_of_those_who_rated_and_too_few_cases_have_no_correlation() -> None:
    """Blank ratings are left out of the mean."""
    sheet = Sheet.of(
        "q", ["a", "a", "b", "z"], ["1", "2", "1", "1"], [4, 2, None, 5], ["a", "b", "c"]
    )
    assert sheet.mean[0] == 3
    assert np.isnan(sheet.mean[1:]).all()
    found = evaluate([sheet], [mean_score("m", "d", np.arange(3.0))], replicates=100)
    assert found.find("spearman-m", "rating=q").reason == "1 cases are rated; 3 are needed"


class _Plane:
    """Token vectors in a plane, with the little that `_greedy` asks of a tensor."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    @property
    def T(self) -> _Plane:  # noqa: N802 - torch's name
        return _Plane(self.rows.T)

    def __matmul__(self, other: _Plane) -> _Plane:
        return _Plane(self.rows @ other.rows)

    def numpy(self) -> np.ndarray:
        return self.rows


def test_bertscore_matches_each_token_with_its_nearest_and_weighs_as_zhang_does() -> None:
    """By hand: cosines 1 and 0.6 for two candidate tokens; the ends of the text weigh nothing."""
    mine = _Plane(np.array([[0.0, -1.0], [1.0, 0.0], [0.6, 0.8]]))
    theirs = _Plane(np.array([[0.0, -1.0], [1.0, 0.0]]))
    found = bertscore._greedy(mine, theirs, np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0]))
    precision = (1 * 1.0 + 3 * 0.6) / 4
    assert found == pytest.approx([precision, 1.0, 2 * precision / (precision + 1)])


def test_without_the_extra_or_the_model_bertscore_and_vectors_say_what_they_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not evaluable, not a crash."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    reports = Reports.of(["a"], ["a"])
    how = Settings(bertscore_model=tmp_path, embedding_model=tmp_path)
    found = scored(reports, ["bertscore", "embedding"], how)
    assert len(found) == 4
    assert all(isinstance(one, Lack) and "tplc[semantic]" in one.reason for one in found)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    found = scored(reports, ["bertscore", "embedding"], how)
    assert all(isinstance(one, Lack) and "finds no model" in one.reason for one in found)
