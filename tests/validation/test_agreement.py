"""Agreement on categories against R (irr, irrCAC), SAS and the papers' own tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.rating.agreement import (
    cohen_pairs,
    fleiss_kappa,
    gwet_ac,
    percent_agreement,
    unanimity,
)
from validation.rating.kappa import cohen_kappa, kappas
from validation.rating.krippendorff import krippendorff_alpha
from validation.rating.ratings import Ratings

ECG = Path(__file__).parents[1] / "data" / "code_ecg_labels"
ORACLE: dict[str, Any] = json.loads((ECG / "oracle.json").read_text())
N = None
# 12 units, 4 raters: Krippendorff's own example, and cac.raw4raters of R's irrCAC
UNITS: list[list[int | None]] = [
    [1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, N, 3, N],
]  # fmt: skip
# Fleiss 1971: 30 patients, the diagnosis (1 to 5) of 6 psychiatrists
DIAGNOSES = [
    "444444", "222555", "233335", "555555", "222444", "113333", "333355", "113334", "114444", "555555",
    "144444", "124444", "222333", "144444", "224445", "333335", "111455", "111112", "224444", "133555",
    "555555", "244444", "224555", "114444", "144445", "222224", "111155", "224444", "133333", "555555",
]  # fmt: skip
ANXIETY = [  # irr: 20 persons; the second and third of three raters
    (3, 2), (6, 1), (4, 4), (6, 4), (2, 3), (4, 2), (2, 1), (4, 6), (3, 1), (3, 1),
    (2, 1), (3, 2), (3, 3), (3, 3), (2, 1), (2, 1), (1, 3), (3, 3), (3, 2), (4, 2),
]  # fmt: skip
LEVELS = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}


def test_cohens_kappa_of_a_table_agrees_with_irrcac_and_sas() -> None:
    """cont3x3abstractors (irrCAC): value and error; SAS: 0.4842, 0.1380, H0 0.1484, z 3.2626."""
    found, _ = cohen_kappa([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert [found.value, found.error] == pytest.approx([0.7964094, 0.05891072], abs=5e-8)
    table = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
    for weights, value, error, low, high, z in (
        ("none", 0.4842, 0.1380, 0.2137, 0.7547, 3.2626),
        ("linear", 0.4701, 0.1457, 0.1845, 0.7558, 3.2971),
    ):
        mine, test = cohen_kappa(table, weights=weights)
        assert [mine.value, mine.error, mine.low, mine.high] == pytest.approx(
            [value, error, low, high], abs=5e-5
        )
        assert test.statistic == pytest.approx(z, abs=5e-5)


@pytest.mark.parametrize(
    ("weights", "value", "z", "p"),
    [
        ("none", -0.006289308, -0.0604067, 0.9518317),
        ("linear", 0.1459075, 1.282472, 0.1996772),
        ("quadratic", 0.2520325, 1.437451, 0.1505898),
    ],
)
def test_cohens_kappa_agrees_with_irr(weights: str, value: float, z: float, p: float) -> None:
    """irr::kappa2(anxiety[, 2:3]): categories that neither used do not count."""
    (found, test), *_ = cohen_pairs(Ratings.of_matrix(ANXIETY), weights=weights)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert test.statistic == pytest.approx(z, abs=1e-5)
    assert test.p == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize("label", ["1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"])
def test_readers_of_ecgs_agree_as_published(label: str) -> None:
    """The two cardiologists, and six pairs of network and trainees (Ribeiro 2020), from R."""
    frame = pd.read_csv(ECG / "annotations_long.csv.gz")

    def kappa(*readers: str) -> float | None:
        rows = frame[frame.reader.isin(readers)]
        ratings = Ratings.of(rows.exam, rows.reader, rows[label])
        return cohen_pairs(ratings)[0][0].value

    theirs = ORACLE["kappa_cardiologists"][label]
    assert kappa("cardiologist1", "cardiologist2") == pytest.approx(theirs, abs=1e-9)
    for pair, value in ORACLE["kappa"][label].items():
        assert kappa(*pair.split(" vs ")) == pytest.approx(value, abs=1e-9)


def _diagnoses() -> Ratings:
    return Ratings.of_matrix([[int(digit) for digit in row] for row in DIAGNOSES])


def test_fleiss_kappa_is_that_of_fleiss_1971() -> None:
    """Psychiatric diagnoses: 0.430; irr::kappam.fleiss 0.4302445, z 17.65183."""
    found, test = fleiss_kappa(_diagnoses())
    assert found.value == pytest.approx(0.4302445, abs=5e-8)
    assert test.statistic == pytest.approx(17.65183, abs=5e-6)
    assert (found.n, found.method) == (30, "gwet")


def test_the_coefficients_agree_with_irrcac_where_ratings_are_missing() -> None:
    """cac.raw4raters: value, standard error, p and interval as its manual prints them."""
    ratings = Ratings.of_matrix(UNITS)
    for found, value, error, p, low in (
        (percent_agreement(ratings), 0.8181818, 0.12561, 4.345373e-05, 0.542),
        (gwet_ac(ratings), 0.77544, 0.14295, 0.000208721, 0.461),
        (fleiss_kappa(ratings)[0], 0.76117, 0.15302, 0.000419173, 0.424),
    ):
        assert [found.value, found.error] == pytest.approx([value, error], abs=6e-6)
        assert found.p == pytest.approx(p, rel=1e-5)
        assert [found.low, found.high] == pytest.approx([low, 1], abs=5e-4)
    assert fleiss_kappa(ratings)[1].reason == "the number of ratings differs between units"


def test_the_coefficients_agree_with_irrcac_on_a_distribution_of_raters() -> None:
    """distrib.6raters: the first 15 patients of Fleiss 1971; AC1 and Fleiss with their errors."""
    rows = [[int(digit) for digit in row] for row in DIAGNOSES[:15]]
    ratings = Ratings.of_matrix(rows, categories=[1, 2, 3, 4, 5])
    for found, value, error in (
        (gwet_ac(ratings), 0.4448007, 0.08418757),
        (fleiss_kappa(ratings)[0], 0.4139265, 0.08119291),
    ):
        assert [found.value, found.error] == pytest.approx([value, error], abs=5e-8)


@pytest.mark.parametrize("level", LEVELS)
def test_krippendorffs_alpha_is_that_of_his_example(level: str) -> None:
    """Nominal .743, ordinal .815, interval .849, ratio .797 (Krippendorff 2013, ch. 12)."""
    found = krippendorff_alpha(Ratings.of_matrix(UNITS), level=level)
    assert found.value == pytest.approx(LEVELS[level], abs=5e-4)
    assert found.n == 11
    assert found.low is not None
    assert found.value is not None
    assert found.low < found.value


def _by_hand(ratings: Ratings, level: str) -> float:
    """Alpha from the coincidence matrix, pair by pair."""
    values, size = ratings.places, len(ratings.levels)
    together = np.zeros((size, size))
    for row in ratings.codes:
        codes = row[row >= 0]
        for i in range(len(codes)):
            for j in range(len(codes)):
                if i != j:
                    together[codes[i], codes[j]] += 1 / (len(codes) - 1)
    number = together.sum(axis=1)

    def apart(c: int, k: int) -> float:
        low, high = min(c, k), max(c, k)
        if level == "nominal":
            return float(c != k)
        if level == "ordinal":
            return float((number[low : high + 1].sum() - (number[c] + number[k]) / 2) ** 2)
        gap = float(values[c] - values[k])
        return gap**2 if level == "interval" else (gap / (values[c] + values[k])) ** 2

    metric = np.array([[apart(c, k) if c != k else 0 for k in range(size)] for c in range(size)])
    expected = (np.outer(number, number) * metric).sum() / (number.sum() - 1)
    return 1 - float((together * metric).sum() / expected)


matrices = st.lists(
    st.lists(st.sampled_from([1, 2, 4, 7, None]), min_size=3, max_size=3), min_size=4, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(matrices, st.sampled_from(sorted(LEVELS)))
def test_alpha_is_that_of_the_coincidence_matrix(rows: list[list[int | None]], level: str) -> None:
    """Sums of squares give what pairs give, at every level of measurement."""
    ratings = Ratings.of_matrix(rows)
    found = krippendorff_alpha(ratings, level=level, replicates=10)
    if found.value is not None:
        assert found.value == pytest.approx(_by_hand(ratings, level), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(matrices, st.permutations(range(3)), st.randoms())
def test_neither_the_order_of_raters_nor_of_units_matters(
    rows: list[list[int | None]], order: list[int], random: Any
) -> None:
    """For measures of all raters at once."""
    moved = [[row[place] for place in order] for row in rows]
    random.shuffle(moved)
    one, two = Ratings.of_matrix(rows), Ratings.of_matrix(moved)
    for measure in (percent_agreement, gwet_ac, unanimity):
        a, b = measure(one), measure(two)
        assert [a.value, a.low, a.high] == pytest.approx([b.value, b.low, b.high])
    assert fleiss_kappa(one)[0].value == pytest.approx(fleiss_kappa(two)[0].value)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_is_symmetric_and_at_most_one(table: list[list[int]]) -> None:
    """Exchanging the raters transposes the table."""
    for weights in ("none", "linear", "quadratic"):
        a, _ = cohen_kappa(table, weights=weights)
        b, _ = cohen_kappa(np.transpose(table), weights=weights)
        assert a.value == pytest.approx(b.value)
        if a.value is not None and a.low is not None and a.high is not None:
            assert -1 <= a.low <= a.value <= a.high <= 1 + 1e-12
            assert a.value == pytest.approx(kappas(np.array([table], dtype=float), weights)[0])


def test_weights_need_an_order() -> None:
    """Words are refused until their order is named; then each step counts."""
    rows = [["mild", "severe"], ["mild", "mild"], ["moderate", "mild"], ["severe", "severe"]]
    with pytest.raises(ValueError, match="name all categories in their order"):
        cohen_pairs(Ratings.of_matrix(rows), weights="linear")
    with pytest.raises(ValueError, match="name all categories"):
        krippendorff_alpha(Ratings.of_matrix(rows), level="ordinal")
    named = Ratings.of_matrix(rows, categories=["mild", "moderate", "severe"])
    ac2 = gwet_ac(named, weights="quadratic")
    assert ac2.endpoint == "gwet-ac2-quadratic"
    assert ac2.value is not None


def test_numbers_are_one_category_however_they_are_written() -> None:
    """1, 1.0 and "1"; and 10 comes after 2."""
    ratings = Ratings.of(["a", "a", "b", "b"], ["x", "y"] * 2, [1, "1.0", "10", 2])
    assert ratings.levels == ("1", "2", "10")
    assert cohen_pairs(ratings)[0][0].n == 2


def test_faulty_ratings_are_refused() -> None:
    """Repeats, lengths, unknown categories, words as numbers, negative ratios."""
    with pytest.raises(ValueError, match=r"repeat a unit and rater \(such as unit 'a' by 'x'\)"):
        Ratings.of(["a", "a"], ["x", "x"], [1, 2])
    with pytest.raises(ValueError, match="lengths differ"):
        Ratings.of(["a"], ["x", "x"], [1, 2])
    with pytest.raises(ValueError, match="none of the categories"):
        Ratings.of(["a"], ["x"], [3], categories=[1, 2])
    words = Ratings.of_matrix([["p", "q"], ["p", "p"]])
    with pytest.raises(ValueError, match="needs numbers"):
        krippendorff_alpha(words, level="interval")
    with pytest.raises(ValueError, match="0 or more"):
        krippendorff_alpha(Ratings.of_matrix([[-1, 2], [1, 1]]), level="ratio")


def test_ratings_that_cannot_disagree_have_a_reason() -> None:
    """One category, one rater, none at all."""
    same = Ratings.of_matrix([[1, 1], [1, 1]])
    assert fleiss_kappa(same)[0].reason == gwet_ac(same).reason == "one category only"
    assert cohen_pairs(same)[0][0].reason == "both ratings use one category only"
    assert krippendorff_alpha(same).reason == "all ratings are equal"
    assert percent_agreement(same).value == 1
    alone = Ratings.of_matrix([[1], [2]])
    assert fleiss_kappa(alone)[0].reason == "no unit has two ratings"
    assert krippendorff_alpha(alone).value is None
    blank = Ratings.of_matrix([[None, None]])
    assert percent_agreement(blank).reason == "no ratings"
