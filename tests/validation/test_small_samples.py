"""Intervals that keep their coverage with few cases, held to definitions and published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import binom, multinomial, norm, t
from statsmodels.stats.proportion import confint_proportions_2indep

from validation import inversion, resampling
from validation.binary.confusion import measured
from validation.binary.discrimination import auroc, score_interval
from validation.binary.reliability import ece
from validation.binary.two_by_two import Table
from validation.choices import Choices
from validation.clustering import clustered, clustered_confusion
from validation.designs import binomial_normal
from validation.designs.hypothesis import superiority
from validation.fairness.disparities import compare
from validation.fairness.group_spreads import Plan
from validation.fairness.groups import grouping
from validation.rating import kappa_score
from validation.rating.agreement import fleiss_kappa, gwet_ac, percent_agreement
from validation.rating.kappa import cohen_kappa, kappas
from validation.rating.krippendorff import krippendorff_alpha
from validation.rating.ratings import Ratings

# Niel-Weise, Stijnen and van den Broek, Intensive Care Med 2007; 33: 2058-2068: infections of
# standard and of treated catheters in 18 trials: events, n, events, n
CATHETERS = np.array(
    [
        [3, 117, 0, 116], [3, 35, 1, 44], [9, 195, 2, 208], [7, 136, 0, 130], [6, 157, 5, 151],
        [4, 139, 1, 98], [3, 177, 1, 174], [2, 39, 1, 74], [19, 103, 1, 97], [2, 122, 1, 113],
        [7, 64, 0, 66], [1, 58, 0, 70], [5, 175, 3, 188], [11, 180, 6, 187], [0, 105, 0, 118],
        [1, 262, 0, 252], [3, 362, 1, 345], [1, 69, 4, 64],
    ]
)  # fmt: skip
Z2 = norm.ppf(0.975) ** 2


def _likeliest(counts: np.ndarray, kappa: float) -> np.ndarray:
    """The most likely 2x2 table with a kappa, over its two margins (another way than ours)."""

    def shares(margins: np.ndarray) -> np.ndarray:
        r, c = 1 / (1 + np.exp(-margins))
        chance = r * c + (1 - r) * (1 - c)
        both = (kappa * (1 - chance) + chance - 1 + r + c) / 2
        return np.array([[both, r - both], [c - both, 1 - r - c + both]])

    def loss(margins: np.ndarray) -> float:
        share = shares(margins)
        if (share <= 0).any():
            return 1e9
        return -float((counts * np.log(share)).sum())

    start = np.log(counts.sum(axis=1)[0] / counts.sum(axis=1)[1])
    other = np.log(counts.sum(axis=0)[0] / counts.sum(axis=0)[1])
    how = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    found = minimize(loss, (start, other), method="Nelder-Mead", options=how)
    return shares(found.x)


@pytest.mark.parametrize("cells", [[[10, 2], [3, 15]], [[25, 1], [1, 3]], [[40, 8], [12, 9]]])
def test_a_bound_of_kappa_is_where_pearsons_chi_squared_is_the_quantile(
    cells: list[list[int]],
) -> None:
    """The definition of the score interval (Lang 2008), solved in another way."""
    counts = np.array(cells, dtype=float)
    found, _ = cohen_kappa(counts, small_sample=True)
    assert found.method == "score"
    for bound in (found.low, found.high):
        assert bound is not None
        expected = _likeliest(counts, bound) * counts.sum()
        assert ((counts - expected) ** 2 / expected).sum() == pytest.approx(Z2, abs=2e-3)


def test_the_score_interval_of_kappa_covers_where_the_large_sample_one_does_not() -> None:
    """Twelve cases and a rare category: exactly, over all tables that may come up."""
    share = np.array([[0.82, 0.05], [0.04, 0.09]])
    true, n = float(kappas(share[None], "none")[0]), 12
    held = {"score": 0.0, "large": 0.0}
    total = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            for c in range(n + 1 - a - b):
                table = np.array([[a, b], [c, n - a - b - c]], dtype=float)
                chance = multinomial(n, share.ravel()).pmf(table.ravel())
                large, _ = cohen_kappa(table)
                if chance < 1e-5 or large.low is None or large.high is None:
                    continue
                total += chance
                accepted = kappa_score.statistic(table, 1 - np.eye(2), true) <= Z2
                held["score"] += chance * accepted
                held["large"] += chance * (large.low <= true <= large.high)
    assert held["score"] / total > 0.95
    assert held["large"] / total < 0.6


def test_perfect_agreement_of_few_has_an_interval_with_width() -> None:
    """The large-sample standard error is zero there."""
    large, _ = cohen_kappa([[10, 0], [0, 20]])
    small, _ = cohen_kappa([[10, 0], [0, 20]], small_sample=True)
    assert (large.low, large.high) == (1, 1)
    assert small.high == 1
    assert small.low == pytest.approx(0.7527, abs=5e-4)
    calls = measured(
        "kappa", Table(tp=10, fp=0, fn=0, tn=20), choices=Choices(kappa="small-sample")
    )
    assert (calls.low, calls.high) == pytest.approx((small.low, small.high))


tables = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)


@settings(max_examples=15, deadline=None)
@given(tables, st.sampled_from(["none", "linear", "quadratic"]))
def test_the_score_interval_holds_kappa_and_is_symmetric_in_the_raters(
    table: list[list[int]], weights: str
) -> None:
    """Any table, with empty cells."""
    a, _ = cohen_kappa(table, weights=weights, small_sample=True)
    b, _ = cohen_kappa(np.transpose(table), weights=weights, small_sample=True)
    if a.value is not None and a.low is not None and a.high is not None:
        assert -1 <= a.low <= a.value <= a.high <= 1
        assert b.low == pytest.approx(a.low, abs=1e-3)
        assert b.high == pytest.approx(a.high, abs=1e-3)


def _units(n: int) -> list[list[int]]:
    rng = np.random.default_rng(4)
    true = rng.choice(3, n, p=[0.6, 0.3, 0.1])[:, None]
    moved = (true + rng.integers(1, 3, (n, 3))) % 3
    seen = np.where(rng.random((n, 3)) < 0.8, true, moved)
    return [[int(y) for y in row] for row in seen]


@pytest.mark.parametrize("measure", ["percent", "fleiss", "gwet", "alpha", "alpha-ordinal"])
def test_the_jackknife_leaves_out_one_unit_at_a_time(measure: str) -> None:
    """Against computing each coefficient again without each unit."""
    rows = _units(14)

    def of(kept: list[list[int]], *, small: bool = True) -> tuple[float, float, float]:
        ratings = Ratings.of_matrix(kept, categories=[0, 1, 2])
        if measure.startswith("alpha"):
            level = "ordinal" if measure.endswith("ordinal") else "nominal"
            found = krippendorff_alpha(ratings, level=level)
        elif measure == "fleiss":
            found, _ = fleiss_kappa(ratings, small_sample=small)
        else:
            function = percent_agreement if measure == "percent" else gwet_ac
            found = function(ratings, small_sample=small)
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        return found.value, found.low, found.high

    value, low, high = of(rows)
    left = np.array([of(rows[:i] + rows[i + 1 :])[0] for i in range(len(rows))])
    error = (13 / 14 * ((left - left.mean()) ** 2).sum()) ** 0.5
    half = t.ppf(0.975, 13) * error
    assert (low, high) == pytest.approx((max(-1, value - half), min(1, value + half)))


def test_expanded_percentiles_of_a_mean_are_as_wide_as_students_interval() -> None:
    """Hesterberg 2015: what the plain percentiles of few patients lack."""
    rng = np.random.default_rng(1)
    own = rng.normal(size=12)
    again = rng.choice(own, (40_000, 12)).mean(axis=1)
    plain = resampling.percentile(again, 0.95)
    wide = resampling.percentile(again, 0.95, patients=12)
    assert plain.low is not None
    assert plain.high is not None
    assert wide.low is not None
    assert wide.high is not None
    student = 2 * t.ppf(0.975, 11) * own.std(ddof=1) / 12**0.5
    assert wide.high - wide.low == pytest.approx(student, rel=0.06)
    assert plain.high - plain.low < 0.9 * student


def test_patients_drawn_with_expanded_percentiles_are_wider_by_name() -> None:
    """Ten patients; the method's name says which."""
    rng = np.random.default_rng(2)
    cases = rng.integers(1, 5, 10).astype(float)
    events = rng.binomial(cases.astype(int), 0.7).astype(float)
    spans = {}
    for name in ("bootstrap-patients", "bootstrap-patients-expanded"):
        found = clustered.proportion(
            "sensitivity", events, cases, positives=10, choices=Choices(clustered=name)
        )
        assert found.method == clustered.DRAWN[name]
        spans[name] = (found.high or 0) - (found.low or 0)
    assert spans["bootstrap-patients-expanded"] > 1.05 * spans["bootstrap-patients"]


def test_the_kappa_of_clustered_cases_may_be_on_fishers_scale() -> None:
    """Its gradient over 1 - kappa^2, back through tanh."""
    rng = np.random.default_rng(3)
    table = rng.multinomial(4, [0.3, 0.1, 0.1, 0.5], 12).astype(float)
    plain = clustered_confusion.measured("kappa", table)
    small = clustered_confusion.measured("kappa", table, choices=Choices(kappa="small-sample"))
    assert plain.value is not None
    assert plain.error is not None
    half = t.ppf(0.975, 11) * plain.error / (1 - plain.value**2)
    centre = np.arctanh(plain.value)
    assert (small.low, small.high) == pytest.approx(
        (np.tanh(centre - half), np.tanh(centre + half))
    )
    assert small.method == "taylor-clustered-fisher-z-t"


@pytest.mark.parametrize(
    ("columns", "mean", "tau2"), [((0, 1), -3.50, 0.81), ((2, 3), -4.81, 0.83)]
)
def test_pooling_by_likelihood_is_that_of_stijnen_2010(
    columns: tuple[int, int], mean: float, tau2: float
) -> None:
    """Table II, binomial-normal model; metafor's rma.glmm(measure="PLO") gives the same."""
    events, n = CATHETERS[:, columns[0]], CATHETERS[:, columns[1]]
    found = binomial_normal.fit(events, n)
    assert found is not None
    assert found.mean == pytest.approx(mean, abs=5e-3)
    assert found.spread**2 == pytest.approx(tau2, abs=1e-2)
    assert found.low < found.mean < found.high


def test_the_likelihood_of_sites_is_the_integral_over_normal_logits() -> None:
    """Adaptive quadrature of SciPy in place of fixed points."""
    events, n = np.array([28, 30, 25, 31, 10]), np.array([32, 32, 33, 34, 20])
    found = binomial_normal.fit(events, n)
    assert found is not None

    def loss(mean: float, spread: float) -> float:
        total = 0.0
        for x, m in zip(events, n, strict=True):

            def height(z: float, x: int = x, m: int = m) -> float:
                share = 1 / (1 + np.exp(-(mean + spread * z)))
                return float(binom.pmf(x, m, share) * norm.pdf(z))

            total -= np.log(quad(height, -8, 8)[0])
        return total

    best = loss(found.mean, found.spread)
    for mean, spread in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
        assert loss(found.mean + mean, found.spread + spread) > best


def test_large_sites_are_pooled_like_their_logits() -> None:
    """A narrow likelihood is not missed: with a million cases a site the logits are known."""
    logits = np.array([1.0, 1.4, 2.0, 1.2, 1.7])
    n = np.full(5, 1_000_000)
    found = binomial_normal.fit(np.round(n / (1 + np.exp(-logits))), n)
    assert found is not None
    assert found.mean == pytest.approx(logits.mean(), abs=1e-4)
    assert found.spread == pytest.approx(logits.std(), abs=1e-3)
    assert found.error == pytest.approx(logits.std(ddof=1) / 5**0.5, rel=1e-2)


def test_sites_that_are_alike_pool_to_their_share_and_extremes_to_none() -> None:
    """No spread; and no finite logit where no site has an event."""
    found = binomial_normal.fit([16, 16, 16], [20, 20, 20])
    assert found is not None
    assert found.mean == pytest.approx(np.log(4), abs=1e-3)
    assert found.spread < 0.01
    assert binomial_normal.fit([0, 0], [10, 12]) is None
    assert binomial_normal.fit([10, 12], [10, 12]) is None


def test_a_distance_far_from_zero_has_nearly_the_interval_of_its_percentiles() -> None:
    """Two parts far apart: the bias is gone, and both ways agree."""
    noise = np.random.default_rng(5).normal(0, 0.05, (20_000, 2))
    parts = np.array([0.9, 0.3])

    def apart(x: np.ndarray) -> np.ndarray:
        return np.asarray(x.max(axis=-1) - x.min(axis=-1))

    low, high = inversion.interval(parts, noise, 0.6, apart, 0.95)
    assert (low, high) == pytest.approx(np.quantile(apart(parts + noise), [0.025, 0.975]), abs=0.01)


def test_a_distance_by_chance_alone_reaches_zero_and_holds_what_was_seen() -> None:
    """The test of no distance rejects in about 2.5 % of samples; alike parts have an upper bound."""
    rng = np.random.default_rng(6)
    noise = rng.normal(0, 1, (2000, 4))

    def apart(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(x).sum(axis=-1))

    rejected = 0
    for _ in range(200):
        parts = rng.normal(0, 1, 4)
        low, high = inversion.interval(parts, noise, 0.0, apart, 0.95)
        assert low <= float(apart(parts)) <= high
        rejected += low > 0
    assert rejected <= 12
    low, high = inversion.interval(np.zeros(4), noise, 0.0, apart, 0.95)
    assert low == 0
    assert high > 0


def test_the_interval_of_ece_covers_a_model_that_is_off_by_half() -> None:
    """Thirty samples of 200; the true value from two million."""
    rng = np.random.default_rng(8)

    def sample(n: int) -> tuple[np.ndarray, np.ndarray]:
        score = rng.beta(2, 3, n)
        return rng.binomial(1, score**1.5), score

    label, score = sample(2_000_000)
    true = ece(label, score, replicates=2).value
    assert true is not None
    found = [ece(*sample(200), replicates=200) for _ in range(30)]
    assert sum((e.low or 0) <= true <= (e.high or 0) for e in found) >= 25


def test_a_subgroup_against_all_is_against_the_rest_by_the_rests_share() -> None:
    """Newcombe's interval of two separate groups."""
    rng = np.random.default_rng(9)
    label, score = rng.binomial(1, 0.5, 400), rng.random(400)
    site = rng.choice(["a", "b", "c"], 400).tolist()
    found = compare(
        label,
        score,
        groupings=[grouping("site", site)],
        plan=Plan(endpoints=("sensitivity",), thresholds=[0.4], replicates=100),
    ).find("sensitivity-difference", "site=a − overall")
    mine = np.array(site) == "a"
    x, n, y, m = (
        int(k)
        for k in (
            ((score >= 0.4) & mine & (label == 1)).sum(), (mine & (label == 1)).sum(),
            ((score >= 0.4) & ~mine & (label == 1)).sum(), (~mine & (label == 1)).sum(),
        )
    )  # fmt: skip
    bounds = confint_proportions_2indep(x, n, y, m, method="newcomb", compare="diff")
    share = m / (n + m)
    assert found.value == pytest.approx(share * (x / n - y / m))
    assert (found.low, found.high) == pytest.approx([share * b for b in bounds])
    assert found.method == "newcombe-part-of-whole"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.3, 0.95))
def test_p_and_bound_agree_on_the_logit_scale(seed: int, goal: float) -> None:
    """The p value is below alpha exactly when the bound clears the goal; so for kappas."""
    rng = np.random.default_rng(seed)
    label = np.repeat([0, 1], 15)
    area = auroc(label, label + rng.normal(size=30), scale="logit")
    kappa, _ = cohen_kappa(
        rng.multinomial(40, [0.4, 0.1, 0.1, 0.4]).reshape(2, 2), small_sample=True
    )
    for estimate in (area, kappa):
        test = superiority(estimate, goal)
        if test.test == "recovered-one-sided" and abs((test.p or 0) - 0.025) > 1e-9:
            assert ((test.p or 0) < 0.025) == (test.details["verdict"] == "met")


def test_the_scales_of_an_auroc_are_named_and_the_default_stays_delongs() -> None:
    """`score` is Newcombe's method 5, also where DeLong's variance is not zero."""
    rng = np.random.default_rng(10)
    label = np.repeat([0, 1], 15)
    score = label + rng.normal(size=30)
    found = {scale: auroc(label, score, scale=scale) for scale in ("default", "plain", "score")}
    assert found["default"] == found["plain"]
    assert found["default"].method == "delong"
    area = found["score"]
    assert area.method == "newcombe-score"
    assert (area.low, area.high) == pytest.approx(score_interval(area.value or 0, 15, 30, 0.95))
