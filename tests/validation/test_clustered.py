"""Clustered data: the papers' formulas in loops, statsmodels' cluster-robust variance, the laws."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from validation.binary.confusion import CONFUSION, measured
from validation.binary.discrimination import auroc, paired_auroc_difference
from validation.binary.measures import MEASURES
from validation.binary.proportion import AT_THRESHOLD, proportion
from validation.binary.two_by_two import Table
from validation.cases import Cases
from validation.choices import Choices
from validation.clustering import (
    clustered,
    clustered_auroc,
    clustered_calibration,
    clustered_confusion,
)
from validation.clustering.clustered import owners, ratio, ratio_interval, repeats, tables
from validation.designs.paired_clusters import clustered_auroc_difference
from validation.endpoints import ENDPOINTS, evaluate

DATA = Path(__file__).parents[1] / "data"
DRAWN = Choices(clustered="bootstrap-patients", replicates=4000)


@pytest.fixture(scope="module")
def lesions() -> pd.DataFrame:
    """180 lesions of 161 patients."""
    return pd.read_csv(DATA / "melanoma_lesions" / "lesions.csv")


@pytest.fixture(scope="module")
def dense() -> pd.DataFrame:
    """600 cases of 60 patients who are much alike: simulated."""
    rng = np.random.default_rng(7)
    patient = np.repeat(np.arange(60), 10)
    level = rng.normal(size=60)[patient]
    label = (level + rng.normal(size=600) > 0).astype(int)
    score = 1 / (1 + np.exp(-(label + level + rng.normal(size=600) - 0.5)))
    return pd.DataFrame({"patient": patient, "label": label, "score": score})


def test_repeats_are_counted_so_that_a_policy_that_ignores_them_can_be_refused(
    lesions: pd.DataFrame,
) -> None:
    """19 of 161 patients have two lesions."""
    found = repeats(lesions.patient)
    assert (found.patients, found.cases, found.repeated, found.most) == (161, 180, 19, 2)
    assert "19 of 161 patients have more than one case" in found.reason
    assert repeats(["a", "b"]).reason == ""
    assert repeats(["a", "b"], [1, 3]).repeated == 1
    assert repeats([], []).patients == 0


def test_ratio_estimator_is_the_cluster_robust_variance(lesions: pd.DataFrame) -> None:
    """Least squares on a constant with clustered errors: the factor is m / (m - 1)."""
    d = lesions[lesions.melanoma == 1]
    hit = (d.darker_majority >= 0.5).astype(float)
    theirs = sm.OLS(hit.to_numpy(), np.ones(len(d))).fit(
        cov_type="cluster", cov_kwds={"groups": owners(d.patient)}
    )
    cases = Cases.of(lesions.melanoma, lesions.darker_majority)
    table = tables(cases, owners(lesions.patient), 0.5)
    value, error = ratio(table[:, 0], table[:, 0] + table[:, 2])
    assert value == pytest.approx(theirs.params[0])
    assert error == pytest.approx(theirs.bse[0], rel=1e-9)
    (found,) = evaluate(
        lesions.melanoma,
        lesions.darker_majority,
        endpoints=["sensitivity"],
        thresholds=[0.5],
        cluster=lesions.patient,
        choices=Choices(clustered="ratio-estimator"),
    )
    assert [found.low, found.high] == pytest.approx(theirs.conf_int()[0])
    assert (found.n, found.events, found.method) == (80, 69, "ratio-estimator")


def _obuchowski(label: np.ndarray, scores: list[np.ndarray], patient: np.ndarray) -> np.ndarray:
    """The covariance matrix of AUROCs of Obuchowski 1997, in loops over pairs of cases."""
    people = list(dict.fromkeys(patient))
    xs, ys, areas = [], [], []
    for score in scores:
        psi = {
            (i, j): float(score[i] > score[j]) + 0.5 * float(score[i] == score[j])
            for i in np.flatnonzero(label == 1)
            for j in np.flatnonzero(label == 0)
        }
        pos, neg = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
        theta = sum(psi.values()) / (len(pos) * len(neg))
        v10 = {i: sum(psi[i, j] for j in neg) / len(neg) for i in pos}
        v01 = {j: sum(psi[i, j] for i in pos) / len(pos) for j in neg}
        xs.append([sum(v10[i] - theta for i in pos if patient[i] == p) for p in people])
        ys.append([sum(v01[j] - theta for j in neg if patient[j] == p) for p in people])
        areas.append(theta)
    m, n, k = int(label.sum()), int((1 - label).sum()), len(people)
    k10, k01 = len(set(patient[label == 1])), len(set(patient[label == 0]))
    found = np.zeros((len(scores), len(scores)))
    for a, b in itertools.product(range(len(scores)), repeat=2):
        s10 = k10 / ((k10 - 1) * m) * float(np.dot(xs[a], xs[b]))
        s01 = k01 / ((k01 - 1) * n) * float(np.dot(ys[a], ys[b]))
        s11 = k / (k - 1) * float(np.dot(xs[a], ys[b]) + np.dot(xs[b], ys[a]))
        found[a, b] = s10 / m + s01 / n + s11 / (m * n)
    return found


def test_clustered_auroc_is_the_formula_of_obuchowski(lesions: pd.DataFrame) -> None:
    """Variance and paired covariance, written out in loops."""
    y, patient = lesions.melanoma.to_numpy(), lesions.patient.to_numpy()
    a, b = lesions.darker_majority.to_numpy(), lesions.gray_majority.to_numpy()
    covariance = _obuchowski(y, [a, b], patient)
    found = clustered_auroc.auroc(y, a, patient)
    assert found.error == pytest.approx(covariance[0, 0] ** 0.5, rel=1e-9)
    assert found.value == auroc(y, a).value
    paired = clustered_auroc_difference(y, a, b, patient)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert paired.error == pytest.approx(variance**0.5, rel=1e-9)
    assert paired.value == pytest.approx(paired_auroc_difference(y, a, b).value)
    assert paired.p is not None


def test_with_one_case_a_patient_it_is_delong_and_the_delta_method(lesions: pd.DataFrame) -> None:
    """DeLong exactly; the 2x2 measures but for the factor m / (m - 1)."""
    y, s, alone = lesions.melanoma, lesions.darker_majority, np.arange(len(lesions))
    assert clustered_auroc.auroc(y, s, alone).error == pytest.approx(auroc(y, s).error, rel=1e-12)
    cases, m = Cases.of(y, s), len(lesions)
    for name in MEASURES:
        mine = clustered_confusion.measured(name, tables(cases, alone, 0.5))
        plain = measured(name, Table.of(cases, 0.5))
        assert mine.value == plain.value
        k = int(Table.of(cases, 0.5).total - Table.of(cases, 0.5).tn) if name == "f1" else m
        assert mine.error == pytest.approx((plain.error or 0) * (k / (k - 1)) ** 0.5), name


def test_drawing_patients_agrees_with_every_formula(dense: pd.DataFrame) -> None:
    """Both ends within a fifth of the width, in data where ignoring patients is far too narrow."""
    names = [*AT_THRESHOLD, *CONFUSION, "auroc", "prevalence"]
    asked = {"endpoints": names, "thresholds": [0.5]}
    args = (dense.label, dense.score)
    formula = evaluate(*args, **asked, cluster=dense.patient)  # type: ignore[arg-type]
    drawn = evaluate(*args, **asked, cluster=dense.patient, choices=DRAWN)  # type: ignore[arg-type]
    plain = evaluate(*args, **asked)  # type: ignore[arg-type]
    for f, d, p in zip(formula, drawn, plain, strict=True):
        assert [f.value, d.value] == pytest.approx([p.value] * 2, rel=1e-12), f.endpoint
        width = (f.high or 0) - (f.low or 0)
        assert [f.low, f.high] == pytest.approx([d.low, d.high], abs=width / 5), f.endpoint
        assert d.method == "bootstrap-percentile-clustered"
    by = {e.endpoint: (e.high or 0) - (e.low or 0) for e in formula}
    alone = {e.endpoint: (e.high or 0) - (e.low or 0) for e in plain}
    assert by["prevalence"] > 1.5 * alone["prevalence"]
    assert by["auroc"] > alone["auroc"]


def test_calibration_agrees_with_the_clustered_models_of_statsmodels(dense: pd.DataFrame) -> None:
    """A binomial model with patients as groups; its factor also holds (n - 1) / (n - k)."""
    y, p = dense.label.to_numpy(), dense.score.to_numpy()
    cases, owner, n = Cases.of(y, p), owners(dense.patient), len(dense)
    logit = np.log(p / (1 - p))
    family, groups = sm.families.Binomial(), {"groups": owner}
    one = sm.GLM(y, np.ones(n), family=family, offset=logit)
    two = sm.GLM(y, sm.add_constant(logit), family=family)
    for name, model, k in (("calibration-intercept", one, 1), ("calibration-slope", two, 2)):
        theirs = model.fit(cov_type="cluster", cov_kwds=groups, tol=1e-12)
        found = clustered_calibration.calibrated(name, cases, owner)
        assert found.value == pytest.approx(theirs.params[-1], rel=1e-6)
        expected = theirs.bse[-1] * ((n - k) / (n - 1)) ** 0.5
        assert found.error == pytest.approx(expected, rel=1e-5), name
    squared = sm.OLS((p - y) ** 2, np.ones(n)).fit(cov_type="cluster", cov_kwds=groups)
    assert clustered_calibration.calibrated("brier", cases, owner).error == pytest.approx(
        squared.bse[0], rel=1e-9
    )
    share = sm.OLS(y, np.ones(n)).fit(cov_type="cluster", cov_kwds=groups)
    assert clustered_calibration.calibrated("observed-expected", cases, owner).error == (
        pytest.approx(share.bse[0] / y.mean(), rel=1e-9)
    )


rows = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(0, 8), st.integers(1, 3)),
    min_size=4,
    max_size=30,
).filter(lambda found: {label for label, *_ in found} == {0, 1})


@settings(deadline=None, max_examples=40)
@given(rows)
def test_counts_order_and_names_of_patients_do_not_matter(
    found: list[tuple[int, int, int, int]],
) -> None:
    """All endpoints; intervals lie within the parameter space or say why there is none."""
    y, s, patient, n = (np.array(column) for column in zip(*found, strict=True))
    s, names = (s + 0.5) / 10, list(ENDPOINTS)
    one = evaluate(
        y, s, n, endpoints=names, thresholds=[0.5], cluster=patient, choices=Choices(replicates=0)
    )
    words = np.array([f"p{9 - p}" for p in patient], dtype=object)
    many = evaluate(
        np.repeat(y, n)[::-1],
        np.repeat(s, n)[::-1],
        endpoints=names,
        thresholds=[0.5],
        cluster=np.repeat(words, n)[::-1],
        choices=Choices(replicates=0),
    )
    for a, b in zip(one, many, strict=True):
        assert (a.value is None) == (b.value is None), a
        if a.value is not None:
            assert a.value == pytest.approx(b.value, rel=1e-6, abs=1e-9), a
        if a.low is None or a.high is None:
            assert a.reason, a
            continue
        assert [a.low, a.high] == pytest.approx([b.low, b.high], rel=1e-4, abs=1e-6), a
        if a.unit in ("proportion", "auc", "score", "squared error"):
            assert 0 <= a.low <= a.high <= 1, a


def test_a_proportion_of_zero_or_one_takes_the_patients_as_its_size() -> None:
    """20 of 20 cases of 5 patients: Wilson's of 5 z^2 / t^2; the normal method has no interval."""
    events = cases = np.full(5, 4.0)
    found = clustered.proportion("sensitivity", events, cases, positives=20)
    assert found.value == 1
    size = 5 * (1.959964 / 2.776445) ** 2
    assert found.low == pytest.approx(size / (size + 1.959964**2), abs=1e-5)
    choices = Choices(clustered="ratio-estimator")
    found = clustered.proportion("sensitivity", events, cases, positives=20, choices=choices)
    assert (found.value, found.low) == (1, None)
    assert found.reason
    nothing = clustered.proportion("ppv", np.zeros(5), np.zeros(5), positives=20)
    assert (nothing.value, nothing.reason) == (None, "no cases in the denominator")


@pytest.mark.parametrize(("share", "patients"), [(0.8, 30), (0.9, 60)])
def test_the_default_interval_of_a_clustered_proportion_covers(share: float, patients: int) -> None:
    """Beta-binomial patients with correlation 0.3: 93 to 97 of 100, where separate people fail."""
    rng, times = np.random.default_rng(11), 1000
    spread = (1 - 0.3) / 0.3
    size = rng.integers(1, 6, (times, patients))
    events = rng.binomial(size, rng.beta(share * spread, (1 - share) * spread, size.shape))
    held = {"ratio-estimator-wilson": 0, "separate": 0}
    for x, n in zip(events, size.astype(float), strict=True):
        value, error = ratio(x, n)
        plain = proportion("ppv", int(x.sum()), int(n.sum()), positives=0)
        ends = ratio_interval(value, error, n, method="ratio-estimator-wilson", confidence=0.95)
        for name, (low, high) in zip(held, (ends, (plain.low, plain.high)), strict=True):
            held[name] += (low or 0) <= share <= (high or 0)
    assert 0.93 <= held["ratio-estimator-wilson"] / times <= 0.97
    assert held["separate"] / times < 0.92


def test_few_patients_and_missing_patients_are_told() -> None:
    """One patient has no variance; a row without a patient is refused with the count."""
    found = evaluate(
        [1, 0, 1, 0],
        [0.9, 0.2, 0.4, 0.6],
        endpoints=["auroc", "kappa", "sensitivity", "brier", "f1"],
        thresholds=[0.5],
        cluster=["a"] * 4,
    )
    assert all(e.value is not None and e.low is None and e.reason for e in found)
    for cluster in ([1, 2, None, 3], [1.0, np.nan, 2.0, 3.0]):
        with pytest.raises(ValueError, match="1 rows name no patient"):
            owners(cluster)
    with pytest.raises(ValueError, match="lengths differ"):
        evaluate([1, 0], [0, 1], endpoints=["auroc"], thresholds=[], cluster=[1])
    with pytest.raises(ValueError, match="unknown clustered 'gee'"):
        Choices(clustered="gee")  # type: ignore[arg-type]


def test_few_patients_widen_the_intervals_and_many_do_not(lesions: pd.DataFrame) -> None:
    """Student's t and the logit scale by default; Obuchowski's normal interval where asked for."""
    y, s, patient = lesions.melanoma, lesions.darker_majority, lesions.patient
    found = clustered_auroc.auroc(y, s, patient)
    plain = clustered_auroc.auroc(y, s, patient, choices=Choices(auroc_scale="plain"))
    assert (found.method, plain.method) == ("obuchowski-clustered-logit-t", "obuchowski-clustered")
    assert (found.value, found.error) == (plain.value, plain.error)
    half = 1.959964 * (plain.error or 0)
    value, error = found.value or 0, found.error or 0
    assert [plain.low, plain.high] == pytest.approx([value - half, value + half])
    own = {c: len(set(patient[y == c])) for c in (0, 1)}
    df = min(own.values()) - 1
    reach = t.ppf(0.975, df) * error / (value * (1 - value))
    middle = np.log(value / (1 - value))
    ends = [1 / (1 + np.exp(reach - middle)), 1 / (1 + np.exp(-reach - middle))]
    assert [found.low, found.high] == pytest.approx(ends, rel=1e-9)


def test_the_logit_scale_of_delong_is_a_choice() -> None:
    """The published interval stays the default; both agree in the middle and with many cases."""
    draw = np.random.default_rng(4)
    y = np.repeat([0, 1], 20)
    s = y * 2.2 + draw.normal(size=40)
    plain, logit = (
        evaluate(
            y, s, endpoints=["auroc"], thresholds=[], choices=Choices(auroc_scale=k, scale="any")
        )[0]
        for k in ("default", "logit")
    )
    assert (plain.method, logit.method) == ("delong", "delong-logit")
    assert (plain.value, plain.error) == (logit.value, logit.error)
    assert 0 < (logit.low or 0) < (plain.low or 0)
    assert (logit.high or 1) < 1
