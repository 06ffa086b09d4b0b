"""Generators of known quality, made from real patients: each fault is seen, and no other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sdmetrics.column_pairs import ContingencySimilarity, CorrelationSimilarity
from sdmetrics.single_column import (
    CategoryCoverage,
    KSComplement,
    MissingValueSimilarity,
    RangeCoverage,
    TVComplement,
)
from sklearn.metrics import roc_auc_score

from evidence.errors import DataError, UsageError
from validation import methods
from validation.count_bootstrap import Resampling
from validation.estimate import Estimate, Result, Test
from validation.synthetic.assessment import assess, fidelity
from validation.synthetic.closeness import nndr, share
from validation.synthetic.declared import declared_share
from validation.synthetic.dependence import contingencies, correlations, dependence
from validation.synthetic.discriminator import discriminate, propensity, two_sample
from validation.synthetic.distance import distances, neighbours, spaces
from validation.synthetic.features import MODELS
from validation.synthetic.files import Files, prepared
from validation.synthetic.marginals import marginals
from validation.synthetic.membership import advantage
from validation.synthetic.privacy import privacy
from validation.synthetic.representation import representation
from validation.synthetic.roles import Roles
from validation.synthetic.survival import Followed, largest_distance, log_rank, restricted_mean
from validation.synthetic.utility import utility

HEART = Path(__file__).parents[1] / "data" / "heart_disease_4sites" / "heart.csv"
NUMBERS = ("age", "trestbps", "chol", "thalach", "oldpeak")
ROLES = Roles(numbers=NUMBERS, label="y", by=("site", "sex"))
SEED = 20240101


@cache
def _patients() -> pd.DataFrame:
    read = pd.read_csv(HEART).drop(columns=["num", "p_model"])
    return read.sample(frac=1, random_state=5).reset_index(drop=True)


def _real() -> pd.DataFrame:
    return _patients()[:300]


def _holdout() -> pd.DataFrame:
    return _patients()[300:600]


def _fresh() -> pd.DataFrame:
    """Ideal: real patients that neither file holds."""
    return _patients()[600:]


def _independent(rows: int = 300) -> pd.DataFrame:
    """Each column drawn by itself: marginals right, what goes together is lost."""
    draw = np.random.default_rng(1)
    return pd.DataFrame({c: draw.choice(_real()[c].to_numpy(), rows) for c in _real()})


def _copula(rows: int = 300) -> pd.DataFrame:
    """A Gaussian copula of the numbers; the categories of a patient of the same rank in age."""
    draw, known = np.random.default_rng(2), _real()[list(NUMBERS)].dropna()
    ranks = norm.ppf((known.rank().to_numpy() - 0.5) / len(known))
    u = norm.cdf(draw.multivariate_normal(np.zeros(len(NUMBERS)), np.corrcoef(ranks.T), rows))
    made = {c: np.quantile(known[c], u[:, i]) for i, c in enumerate(NUMBERS)}
    rest = _real().drop(columns=list(NUMBERS)).sample(rows, replace=True, random_state=3)
    return pd.DataFrame(made).join(rest.reset_index(drop=True))[list(_real().columns)]


def _copies() -> pd.DataFrame:
    return _real().sample(300, replace=True, random_state=4)


def _files(synthetic: pd.DataFrame, roles: Roles = ROLES, *, holdout: bool = True) -> Files:
    return prepared(synthetic, _real(), _holdout() if holdout else None, roles)


def _privacy(synthetic: pd.DataFrame) -> tuple[Result, set[str]]:
    resampling = Resampling(times=200, seed=SEED)
    found, warned = privacy(_files(synthetic), resampling=resampling, confidence=0.95)
    return Result(estimates=tuple(found)), {w.code for w in warned}


def _value(found: Result, endpoint: str, subgroup: str = "overall") -> float:
    value = found.find(endpoint, subgroup).value
    assert value is not None
    return value


def test_every_column_is_scored_as_sdmetrics_scores_it() -> None:
    """SDMetrics called directly on the files, all columns."""
    made, real = _copula(), _real()
    found = Result(estimates=tuple(marginals(_files(made).real, _files(made).synthetic)))
    means = []
    for column in real:
        where, number = f"column={column}", column in NUMBERS
        a, b = (frame[column] if number else frame[column].astype(object) for frame in (real, made))
        shape = (KSComplement if number else TVComplement).compute(a, b)
        means.append(shape)
        name = "ks-complement" if number else "tv-complement"
        assert _value(found, name, where) == pytest.approx(shape, abs=1e-9)
        cover = (RangeCoverage if number else CategoryCoverage).compute(a, b)
        name = "range-coverage" if number else "category-coverage"
        assert _value(found, name, where) == pytest.approx(cover, abs=1e-9)
        if a.isna().any():
            blanks = MissingValueSimilarity.compute(a, b)
            assert _value(found, "missing-value-similarity", where) == pytest.approx(blanks)
    assert _value(found, "marginal-similarity") == pytest.approx(np.mean(means))


def test_every_pair_is_scored_as_sdmetrics_scores_it() -> None:
    """Correlations of numbers, and joint tables with a category."""
    roles = Roles(columns=(*NUMBERS, "sex", "cp", "site"), numbers=NUMBERS)
    made, real, files = _copula(), _real(), _files(_copula(), roles)
    for kind in ("Pearson", "Spearman"):
        for pair in correlations(files.real, files.synthetic, kind):
            a, b = (frame[list(pair.names)] for frame in (real, made))
            direct = CorrelationSimilarity.compute(a, b, coefficient=kind)
            assert pair.value == pytest.approx(direct, abs=1e-9)
    found = {pair.names: pair.value for pair in contingencies(files.real, files.synthetic)}
    assert len(found) == 8 * 7 // 2 - 5 * 4 // 2
    for names, cut in ((("sex", "cp"), None), (("age", "sex"), ["age"])):
        a, b = (frame[list(names)].copy() for frame in (real, made))
        direct = ContingencySimilarity.compute(a, b, continuous_column_names=cut)
        assert found[names if names in found else names[::-1]] == pytest.approx(direct, abs=1e-9)


def test_wasserstein_is_in_real_standard_deviations() -> None:
    """A column moved by two of them is two away."""
    real = _real()[["age"]]
    moved = real + 2 * real.age.std()
    files = prepared(moved, real, None, Roles(numbers=("age",)))
    found = Result(estimates=tuple(marginals(files.real, files.synthetic)))
    assert _value(found, "wasserstein", "column=age") == pytest.approx(2)


def test_independent_columns_keep_marginals_and_lose_correlations() -> None:
    """The copula keeps both; the pair that lost most is named."""
    makers, roles = (("lost", _independent), ("kept", _copula)), Roles(columns=NUMBERS)
    files = {name: _files(make(), roles) for name, make in makers}
    found = {
        name: Result(
            estimates=(
                *marginals(each.real, each.synthetic),
                *dependence(each.real, each.synthetic, None),
            )
        )
        for name, each in files.items()
    }
    assert _value(found["lost"], "marginal-similarity") > 0.93
    name = "correlation-similarity-spearman"
    assert _value(found["kept"], name) > _value(found["lost"], name) + 0.03
    worst = next(e for e in found["lost"].estimates if e.endpoint == f"{name}-lowest")
    rho = _real()[list(NUMBERS)].corr("spearman").abs()
    assert worst.subgroup.startswith("columns=")
    a, b = worst.subgroup.removeprefix("columns=").split(" & ")
    assert float(rho.to_numpy()[NUMBERS.index(a), NUMBERS.index(b)]) > 0.25
    assert worst.low is None
    assert worst.reason


def test_a_discriminator_is_lost_on_fresh_patients_and_sees_independent_columns() -> None:
    """0.5 within the interval, and far from it; a linear model does not see lost correlations."""
    fresh, lost = (
        {e.subgroup: e for e in discriminate(f.real, f.synthetic, seed=SEED, confidence=0.95)}
        for f in (_files(_fresh()), _files(_independent(600)))
    )
    ideal = fresh["model=gradient-boosting"]
    assert (ideal.low or 0) < 0.5 < (ideal.high or 1)
    assert (lost["model=gradient-boosting"].low or 0) > 0.6
    assert (lost["model=logistic-regression"].value or 1) < 0.6
    assert ideal.n == len(_fresh()) // 2 + len(_real()) // 2


def test_the_discriminators_interval_covers_a_half_where_files_are_alike() -> None:
    """Of 100 pairs of equal files, about 95 %: sums over the folds of a cross-validation do not."""
    draw, label, held = np.random.default_rng(0), np.repeat([0, 1], 100), 0
    for seed in range(100):
        matrix = draw.normal(size=(200, 6))
        one = two_sample(matrix, label, "logistic-regression", seed=seed, confidence=0.95)
        held += bool((one.low or 0) <= 0.5 <= (one.high or 1))
    assert held / 100 >= 0.9


def test_propensity_is_at_its_expectation_for_a_right_synthesiser() -> None:
    """Snoke 2018: 1 on average for draws from the fitted model, 1 / (1 - share) for new people."""
    draw, ratios = np.random.default_rng(7), []
    for _ in range(30):
        real, new = draw.normal(size=(200, 4)), draw.normal(size=(200, 4))
        fitted = draw.multivariate_normal(real.mean(axis=0), np.cov(real.T), 200)
        label = np.repeat([0, 1], 200)
        ratios.append([propensity(np.vstack([real, other]), label)[1] for other in (fitted, new)])
    right, fresh = np.mean(np.array(ratios, dtype=float), axis=0)
    assert right == pytest.approx(1, abs=0.25)
    assert fresh == pytest.approx(2, abs=0.5)


def test_gower_distances_are_the_plain_definition() -> None:
    """Every pair, column by column; blanks are values of their own."""
    files = _files(_copies())
    rows, scale = files.synthetic.take(np.arange(40)), files.real
    a, b = spaces([scale], [rows, scale])
    direct = np.zeros((len(rows), len(scale)))
    for column in NUMBERS:
        x, y = rows.number(column)[:, None], scale.number(column)[None]
        apart = np.where(np.isnan(x) & np.isnan(y), 0.0, np.abs(x - y) / np.ptp(y[~np.isnan(y)]))
        direct += np.where(np.isnan(x) != np.isnan(y), 1.0, apart)
    for place in range(rows.codes.shape[1]):
        direct += rows.codes[:, place, None] != scale.codes[None, :, place]
    direct /= 15
    assert distances(a, b) == pytest.approx(direct, abs=1e-8)
    found = neighbours(a, b, np.arange(100))
    ordered = np.sort(direct, axis=1)
    assert found.nearest == pytest.approx(ordered[:, 0], abs=1e-8)
    assert found.second == pytest.approx(ordered[:, 1], abs=1e-8)
    assert found.within == pytest.approx(direct[:, :100].min(axis=1), abs=1e-8)
    assert found.reverse == pytest.approx(direct.min(axis=0), abs=1e-8)


def test_distances_to_closest_records_are_those_of_brute_force() -> None:
    """The share with ties as halves, and the odds of unequal files made even."""
    files = _files(_fresh())
    assert files.holdout is not None
    held = files.holdout.take(np.arange(100))
    s, r, h = spaces([files.real, held], [files.synthetic, files.real, held])
    near, far = distances(s, r).min(axis=1), distances(s, h).min(axis=1)
    expected = float(np.mean((near < far) + 0.5 * (near == far)))
    found = Result(estimates=tuple(share(neighbours(s, r), neighbours(s, h), confidence=0.95)))
    assert _value(found, "dcr-share") == pytest.approx(expected)
    assert _value(found, "dcr-share-expected") == 0.75
    odds = expected / (1 - expected) * 100 / 300
    assert _value(found, "dcr-share-balanced") == pytest.approx(odds / (1 + odds))
    two = np.sort(distances(s, r), axis=1)[:, :2]
    ratio = np.where(two[:, 1] > 0, two[:, 0] / np.maximum(two[:, 1], 1e-12), 1)
    assert nndr(neighbours(s, r)) == pytest.approx(ratio)


def test_copies_alarm_and_fresh_patients_do_not() -> None:
    """Share to 1, and closeness tells who was in training; 0.5 for the ideal generator."""
    copied, alarms = _privacy(_copies())
    assert _value(copied, "copied-records") == 300
    assert _value(copied, "dcr-share") > 0.99  # one patient is in both files, as in the source
    assert copied.find("membership-inference-auroc").low > 0.7  # type: ignore[operator]
    assert copied.find("membership-inference-advantage").low > 0.5  # type: ignore[operator]
    assert alarms >= {"copied-records", "closer-to-training", "membership-inference"}
    ideal, quiet = _privacy(_fresh())
    for endpoint, value in (
        ("dcr-share-balanced", 0.5), ("membership-inference-auroc", 0.5),
        ("membership-inference-advantage", 0.0), ("dcr-5th-percentile-ratio", 1.0),
    ):  # fmt: skip
        one = ideal.find(endpoint)
        assert one.low < value < one.high  # type: ignore[operator]
    assert not quiet & {"closer-to-training", "membership-inference"}


def test_the_interval_of_the_share_covers_a_half_where_nothing_leaks() -> None:
    """Many synthetic rows a real one: rows are no units, and the interval knows (Wilson does not)."""
    draw, held = np.random.default_rng(11), 0
    for _ in range(60):
        real, other, made = (draw.normal(size=(n, 2)) for n in (40, 40, 800))
        frames = [pd.DataFrame(x, columns=["a", "b"]) for x in (made, real, other)]
        files = prepared(frames[0], frames[1], frames[2], Roles(numbers=("a", "b")))
        assert files.holdout is not None
        rows = [files.synthetic, files.real, files.holdout]
        s, r, h = spaces([files.real, files.holdout], rows)
        found = share(neighbours(s, r), neighbours(s, h), confidence=0.95)[0]
        held += bool((found.low or 0) <= 0.5 <= (found.high or 1))
    assert held / 60 > 0.88


def test_the_advantage_is_not_flattered_by_the_choice_of_its_distance() -> None:
    """Where nothing leaks it is about zero on average; the best distance in hindsight is not."""
    draw, found = np.random.default_rng(3), []
    for seed in range(60):
        members, others = draw.exponential(size=(2, 50))
        area, one = advantage(members, others, seed=seed, confidence=0.95)
        found.append(one.value)
        label = np.repeat([1, 0], 50)
        assert area.value == pytest.approx(roc_auc_score(label, -np.append(members, others)))
    assert abs(float(np.mean(found))) < 0.05  # type: ignore[arg-type]
    apart, _ = advantage(np.zeros(50), np.ones(50), seed=1, confidence=0.95)
    assert apart.value == 1


def test_without_a_holdout_only_copies_are_counted() -> None:
    """The rest says why, and nothing is guessed."""
    files = _files(_copies(), holdout=False)
    found, warned = privacy(files, resampling=Resampling(times=100), confidence=0.95)
    assert [e.endpoint for e in found if e.value is not None] == ["copied-records", "copied-share"]
    assert all("no holdout" in e.reason for e in found if e.value is None)
    assert [w.code for w in warned] == ["copied-records"]
    useful, tests, _ = utility(files, seed=SEED, confidence=0.95)
    assert len(useful) == 6
    assert not tests
    assert all(e.value is None and "no holdout" in e.reason for e in useful)


def _useful(made: pd.DataFrame, roles: Roles = ROLES) -> tuple[list[Estimate], list[Test]]:
    """Of the quicker model."""
    quick = MODELS[:1]
    return utility(_files(made, roles), seed=SEED, confidence=0.95, models=quick)[:2]


def test_utility_is_kept_by_fresh_patients_and_lost_by_independent_columns() -> None:
    """AUROC on the holdout; the difference is that of its parts, with DeLong's paired test."""
    fresh, lost = (Result(estimates=tuple(_useful(make())[0])) for make in (_fresh, _independent))
    where = "model=logistic-regression"
    parts = [_value(fresh, f"utility-auroc-{kind}", where) for kind in ("synthetic", "real")]
    kept = fresh.find("utility-auroc-difference", where)
    assert kept.value == pytest.approx(parts[0] - parts[1])
    assert kept.low < 0 < kept.high  # type: ignore[operator]
    assert min(parts) > 0.85
    assert lost.find("utility-auroc-difference", where).high < -0.1  # type: ignore[operator]
    same = _value(lost, "utility-auroc-real", where)
    assert same == pytest.approx(parts[1], abs=1e-9)


def test_utility_of_several_classes_is_accuracy() -> None:
    """Sites: four of them; Newcombe's difference and McNemar's test."""
    roles = Roles(numbers=NUMBERS, label="site")
    found, tests = _useful(_independent(), roles)
    result = Result(estimates=tuple(found))
    where = "model=logistic-regression"
    kinds = [_value(result, f"utility-accuracy-{kind}", where) for kind in ("synthetic", "real")]
    assert kinds[1] > 0.7
    assert kinds[0] < 0.45
    assert _value(result, "utility-accuracy-difference", where) == pytest.approx(
        kinds[0] - kinds[1]
    )
    assert {t.test for t in tests} == {"mcnemar-exact"}
    assert all(t.p is not None and t.p < 0.001 for t in tests)


def _followed(rows: str) -> Followed:
    """Times with + for censored."""
    words = rows.split()
    return Followed(
        time=np.array([float(w.rstrip("+")) for w in words]),
        event=np.array([int(not w.endswith("+")) for w in words]),
        blank=0,
    )


MERCAPTOPURINE = _followed("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+")
PLACEBO = _followed("1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23")


def test_survival_is_that_of_published_examples() -> None:
    """Freireich 1963: log-rank 16.79, S(6) 0.857; mean to 35 weeks 23.30, error 2.827.

    The mean is in Klein and Moeschberger, Survival Analysis, section 4.5 (23.303 with 2.827, from
    rounded survival; unrounded 23.287). Ovarian cancer (R survival::ovarian): survdiff 1.06, p 0.303.
    """
    statistic, p = log_rank(MERCAPTOPURINE, PLACEBO)
    assert statistic == pytest.approx(16.793, abs=0.001)
    assert p == pytest.approx(4.17e-5, abs=1e-7)
    value, error = restricted_mean(MERCAPTOPURINE, 35)
    assert value == pytest.approx(23.303, abs=0.02)
    assert error == pytest.approx(2.827, abs=0.001)
    one = _followed("59 115 156 268 329 431 448+ 477+ 638 803+ 855+ 1040+ 1106+")
    two = _followed("353 365 377+ 421+ 464 475 563 744+ 769+ 770+ 1129+ 1206+ 1227+")
    statistic, p = log_rank(one, two)
    assert (round(statistic, 2), round(p, 3)) == (1.06, 0.303)


def test_restricted_mean_and_distance_without_censoring_are_plain_means() -> None:
    """The area is the mean of min(time, limit), its error that mean's (divisor n)."""
    for until in (8.0, 10.0, 23.0):
        capped = np.minimum(PLACEBO.time, until)
        value, error = restricted_mean(PLACEBO, until)
        assert value == pytest.approx(capped.mean())
        assert error == pytest.approx(capped.std() / len(capped) ** 0.5)
    late = Followed(time=PLACEBO.time + 100, event=PLACEBO.event, blank=0)
    assert largest_distance(PLACEBO, late, 23.0) == 1
    assert largest_distance(PLACEBO, late, 4.0) == pytest.approx(7 / 21)


def test_survival_curves_are_compared_where_there_are_times_and_events() -> None:
    """Synthetic times twice as long; without any event not evaluable."""
    draw = np.random.default_rng(5)
    real = pd.DataFrame({"t": draw.exponential(10, 200), "e": draw.binomial(1, 0.7, 200)})
    made = real.assign(t=real.t * 2)
    roles = Roles(time="t", event="e")
    found = fidelity(prepared(made, real, None, roles), seed=SEED, confidence=0.95)
    one = found.find("rmst-difference")
    assert one.low > 0  # type: ignore[operator]
    assert one.threshold == pytest.approx(real.t.max())
    assert found.tests[0].p < 0.001  # type: ignore[operator]
    assert _value(found, "survival-distance") > 0.15
    none = fidelity(prepared(made.assign(e=0), real, None, roles), seed=SEED, confidence=0.95)
    assert none.find("rmst-difference").reason == none.tests[0].reason != ""


def test_a_lost_minority_is_named() -> None:
    """Shares and ratio are of the rows; a site that vanished is said to have."""
    made = _fresh()[_fresh().site != "Switzerland"]
    made = pd.concat([made[made.sex == 1], made[made.sex == 0][:15]])
    found, warned = representation(_files(made), confidence=0.95)
    result, codes = Result(estimates=tuple(found)), {w.code: w for w in warned}
    mine, theirs = (made.sex == 0).mean(), (_real().sex == 0).mean()
    assert _value(result, "subgroup-share-real", "sex=0") == pytest.approx(theirs)
    assert _value(result, "representation-ratio", "sex=0") == pytest.approx(mine / theirs)
    assert codes["subgroup-lost"].count == (_real().site == "Switzerland").sum()
    assert "sex=0" in codes["worst-subgroup"].message
    assert (
        result.find("marginal-similarity", "sex=0").reason
        == "15 rows in one of the files, 30 required"
    )
    assert _value(result, "marginal-similarity", "sex=1") > 0.9


def test_the_declared_share_is_a_count() -> None:
    """Overall and by subgroup, without an interval."""
    from validation.fairness.groups import grouping

    parts = [grouping("sex", ["f", "f", "m", None])]
    found = Result(estimates=tuple(declared_share([1, 0, 1, 1], parts)))
    assert [(e.subgroup, e.events, e.n) for e in found.estimates] == [
        ("overall", 3, 4), ("sex=f", 1, 2), ("sex=m", 1, 1), ("sex=missing", 1, 1),
    ]  # fmt: skip
    assert found.find("synthetic-share").low is None
    with pytest.raises(ValueError, match="1 flags are neither"):
        declared_share([1, 0, 2])


def test_shuffling_rows_changes_nothing() -> None:
    """Not one number of everything that is computed."""
    made, kept = _copula(120), _real()[:120]
    roles = Roles(columns=("age", "chol", "cp"), numbers=("age", "chol"), label="y", by=("sex",))
    one = assess(made, kept, _holdout()[:120], roles=roles, replicates=100)
    mixed = [f.sample(frac=1, random_state=9) for f in (made, kept, _holdout()[:120])]
    other = assess(*mixed, roles=roles, replicates=100)
    assert one.to_dict() == other.to_dict()
    assert {e.method for e in one.estimates} <= set(methods.REFERENCES)
    numbers = [x for e in one.estimates for x in (e.value, e.low, e.high) if x is not None]
    assert np.isfinite(numbers).all()
    assert all(e.reason for e in one.estimates if e.low is None)


def test_synthetic_rows_that_are_the_real_rows_are_no_success() -> None:
    """Perfect fidelity, and every alarm; the classifier below 0.5 is explained."""
    roles = Roles(columns=("age", "chol", "thalach", "cp"))
    found = assess(_real(), _real(), _real(), roles=roles, replicates=100)
    assert _value(found, "marginal-similarity") == 1
    assert _value(found, "copied-share") == 1
    codes = {w.code: w.count for w in found.warnings}
    assert (codes["copied-records"], codes["holdout-overlap"]) == (300, 300)
    assert codes["discriminator-below-chance"] == 300


def test_three_rows_are_answered_and_not_crashed_on() -> None:
    """With reasons where there is no value."""
    three = [_patients()[i : i + 3] for i in (0, 3, 6)]
    roles = Roles(columns=("age", "chol", "cp"), numbers=("age", "chol"), label="y", by=("sex",))
    found = assess(*three, roles=roles, replicates=100)
    assert found.find("discriminator-auroc", "model=gradient-boosting").reason == (
        "3 rows in one of the files, 20 required"
    )
    assert found.find("membership-inference-advantage").value is None
    assert found.find("utility-auroc-real", "model=gradient-boosting").value is None
    assert found.find("dcr-share").value is not None


def test_constant_and_blank_columns_have_reasons() -> None:
    """No NaN; a column that is blank everywhere is left out with a warning."""
    frames = [
        f[["age", "chol", "sex"]].assign(one=7, nothing=np.nan, half=np.nan)
        for f in (_fresh(), _real(), _holdout())
    ]
    frames[1]["half"] = np.arange(300) % 17
    roles = Roles(numbers=("age", "chol", "one", "half"))
    found = assess(*frames, roles=roles, replicates=100)
    assert {w.code: w.columns for w in found.warnings}["blank-column"] == ("nothing",)
    assert found.find("range-coverage", "column=one").value is None
    assert found.find("ks-complement", "column=half").reason
    for e in found.estimates:
        assert e.value is None or np.isfinite(e.value)


def test_identifiers_are_left_out_and_kinds_are_told() -> None:
    """Text that is different in every row; numbers that count the rows."""
    made, real, held = (
        f.assign(mrn=[f"P{i:05}" for i in f.index], row=range(len(f)))
        for f in (_fresh(), _real(), _holdout())
    )
    files = prepared(made, real, held, Roles())
    told = {w.code: [x.columns for x in files.warnings if x.code == w.code] for w in files.warnings}
    assert told["identifier"] == [("mrn",), ("row",)]
    assert files.coding.numbers == ("age", "trestbps", "chol", "thalach", "oldpeak")
    assert len(told["kinds-inferred"][0]) == 15


def test_numbers_as_text_are_told_and_refused_where_they_were_named() -> None:
    """1.0 and 1 are one category; '?' among numbers is not swallowed; new categories are shown."""
    made, real = _fresh().astype(object), _real().astype(object)
    made.loc[made.index[0], "chol"] = "?"
    made["sex"] = made.sex.map({0: "0.0", 1: " 1.0 "})
    made["site"] = made.site.str.upper()
    files = prepared(made, real, None, Roles(label="y"))
    codes = {w.code: w for w in files.warnings}
    assert files.coding.levels[files.coding.categories.index("sex")] == ("0", "1")
    assert "chol" not in files.coding.numbers
    assert "letters' case" in codes["unseen-categories"].message
    named = Roles(numbers=("chol", "age"), label="y")
    with pytest.raises(DataError, match=r"1 values are no finite numbers \(such as '\?'\)"):
        prepared(made, real, None, named)


def test_all_faults_of_the_files_come_at_once() -> None:
    """Missing in one file, more in another; and roles that contradict each other."""
    with pytest.raises(DataError) as told:
        prepared(
            _fresh().drop(columns=["age"]).assign(new=1),
            _real(),
            _holdout().drop(columns=["sex", "cp"]),
            Roles(label="nobody"),
        )
    text = str(told.value)
    for words in ("'age' is missing from 'synthetic'", "'new' of 'synthetic'", "'sex' is missing",
                  "'cp' is missing from 'holdout'", "'nobody' is missing from 'real'"):  # fmt: skip
        assert words in text
    with pytest.raises(UsageError, match="both --time and --event"):
        Roles(time="t")
    with pytest.raises(UsageError, match="cannot be a label"):
        Roles(numbers=("y",), label="y")
    with pytest.raises(DataError, match="no rows"):
        prepared(_fresh()[:0], _real(), None, Roles())
    with pytest.raises(DataError, match="name the positive value"):
        prepared(_fresh().assign(y="yes"), _real().assign(y="no"), None, Roles(label="y"))
