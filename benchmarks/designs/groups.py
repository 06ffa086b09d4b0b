"""Subgroups, readers and sites."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from benchmarks.designs.study import COSTLY, FEW, Study, auc_of, gap_of, labels
from validation.binary.discrimination import auroc, auroc_difference
from validation.binary.proportion import proportion, proportion_difference
from validation.cases import Cases
from validation.designs import binomial_normal
from validation.designs.sites import sites
from validation.fairness import criteria as fairness
from validation.fairness import gaps, group_spreads, group_tests
from validation.fairness.group_spreads import Part, Plan
from validation.fairness.groups import Grouping
from validation.readers import compare_modalities
from validation.reading.reader_setting import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from validation.estimate import Estimate, Test

POOLED = "random-reml-hartung-knapp"


def studies() -> Iterator[Study]:
    """Gaps and parities; reader studies; pooled sites."""
    for n, aucs, clustered in (
        (300, (0.9, 0.8), False),
        (300, (0.9, 0.82, 0.75), False),
        (1500, (0.9, 0.82, 0.75), False),
        (600, (0.9, 0.82, 0.75), True),
    ):
        kind = f"{len(aucs)} subgroups apart" + (", 2 cases a patient" if clustered else "")
        yield Study(
            part="Subgroups",
            design=f"n = {n:,}, {kind}",
            truth=_gaps(aucs),
            draw=partial(_subgroups, n=n, aucs=aucs, clustered=clustered),
            times=COSTLY,
        )
    yield Study(
        part="Subgroups",
        design="n = 600, 3 subgroups alike",
        truth=dict.fromkeys(("equal-opportunity-difference", "equalized-odds-difference"), 0.0),
        draw=partial(_subgroups, n=600, aucs=(0.82,) * 3, clustered=False),
        times=COSTLY,
    )
    for readers, cases, covariance in (
        (5, 100, "jackknife"),
        (5, 100, "delong"),
        (10, 60, "jackknife"),
    ):
        yield Study(
            part="Readers, random",
            design=f"{readers} readers, {cases} cases, 2 modalities, {covariance}",
            truth={"auroc-difference": _reader_auc(1.6) - _reader_auc(1.3)},
            draw=partial(_readers, readers=readers, cases=cases, covariance=covariance),
            times=COSTLY,
        )
    for number, n, spread in ((4, 150, 0.3), (8, 150, 0.3), (8, 150, 0.0), (15, 80, 0.5)):
        yield Study(
            part="Sites",
            design=f"{number} sites of n = {n}, SD of the logit between them {spread:g}",
            truth={"auroc": 0.85, "sensitivity": 0.88, "sensitivity, two-stage": 0.88},
            draw=partial(_sites, number=number, n=n, spread=spread),
            times=COSTLY,
            instead={"sensitivity, two-stage": "`binomial-normal-sandwich-t`, beside it"},
        )


AT = 0.6


def _gaps(aucs: Sequence[float]) -> dict[str, float]:
    """Alike in prevalence and in false positives, apart in sensitivity."""
    hit = [float(norm.sf(AT - gap_of(auc))) for auc in aucs]
    false, share = float(norm.sf(AT)), 0.4
    ppv = [share * h / (share * h + (1 - share) * false) for h in hit]
    called = [share * h + (1 - share) * false for h in hit]
    return {
        "sensitivity-difference 1 − 2": hit[0] - hit[1],
        "auroc-difference 1 − 2": aucs[0] - aucs[1],
        "sensitivity-difference 1 − overall": hit[0] - float(np.mean(hit)),
        "worst-group-sensitivity": min(hit),
        "equal-opportunity-difference": max(hit) - min(hit),
        "equalized-odds-difference": max(hit) - min(hit),
        "predictive-parity-difference": max(ppv) - min(ppv),
        "demographic-parity-difference": max(called) - min(called),
    }


def _subgroups(
    rng: np.random.Generator, *, n: int, aucs: Sequence[float], clustered: bool
) -> dict[str, Estimate | Test]:
    people = n // 2 if clustered else n
    owner = np.repeat(np.arange(people), 2) if clustered else np.arange(n)
    group = rng.integers(0, len(aucs), people)[owner]
    label = labels(rng, n, 0.4)
    noise = rng.normal(size=n)
    if clustered:
        noise = 0.5**0.5 * (noise + rng.normal(size=people)[owner])
    score = np.array([gap_of(auc) for auc in aucs])[group] * label + noise
    names = tuple(f"g={k + 1}" for k in range(len(aucs)))
    part = Part(
        cases=Cases.of(label, score),
        grouping=Grouping(attribute="g", names=names, codes=group),
        plan=Plan(endpoints=("sensitivity", "auroc"), thresholds=[AT], replicates=FEW),
        patient=owner if clustered else None,
    )
    table, rates = group_spreads.rates(part, AT)
    areas = group_spreads.scores(part)["auroc"]
    wanted = [*gaps.to_overall(rates["sensitivity"]), *gaps.extremes(rates["sensitivity"])]
    for name, of in fairness.CRITERIA.items():
        wanted += fairness.parity(name, [rates[rate] for rate in of])
    made: dict[str, Estimate | Test] = {}
    for e in wanted:
        first = e.endpoint == "sensitivity-difference" and e.subgroup == "g=1 − overall"
        made["sensitivity-difference 1 − overall" if first else e.endpoint] = e
    if clustered:
        tests = [
            *group_tests.by_replicates(rates["sensitivity"]),
            *group_tests.by_replicates(areas),
        ]
    else:
        found = [auroc(label[group == g], score[group == g]) for g in (0, 1)]
        shares = [
            proportion("sensitivity", int(t[0]), int(t[0] + t[2]), positives=0) for t in table[:2]
        ]
        made["auroc-difference 1 − 2"] = auroc_difference(*found)
        made["sensitivity-difference 1 − 2"] = proportion_difference(*shares)
        tests = []
    for test in tests:
        if {"g=1", "g=2"} == set(test.between.split(" − ")):
            turned = _turned(test, first=test.between.startswith("g=1"))
            made[f"{test.endpoint} 1 − 2"] = turned
    return made


def _turned(test: Test, *, first: bool) -> Test:
    """As group 1 minus group 2."""
    import dataclasses

    if first or test.low is None or test.high is None or test.estimate is None:
        return test
    return dataclasses.replace(test, estimate=-test.estimate, low=-test.high, high=-test.low)


# Roe CA, Metz CE. Acad Radiol 1997; 4: 298-303: variances of case, modality x case, reader x case
# and the rest (they add to 1), of readers, and of modality x reader
CASE, MODAL_CASE, READER_CASE, REST, READER, MODAL_READER = 0.3, 0.2, 0.2, 0.3, 0.01, 0.01


def _reader_auc(gap: float) -> float:
    return auc_of(gap / (1 + READER + MODAL_READER) ** 0.5)


def _readers(
    rng: np.random.Generator, *, readers: int, cases: int, covariance: str
) -> dict[str, Estimate | Test]:
    truth = np.repeat([0, 1], cases // 2)

    def noise(variance: float, *shape: int) -> np.ndarray:
        return np.asarray(variance**0.5 * rng.normal(size=shape))

    # axes: modality, reader, case; effects of readers are apart in each truth state
    r, mr = noise(READER, 1, readers, 2), noise(MODAL_READER, 2, readers, 2)
    y = (r + mr)[..., truth] + noise(CASE, 1, 1, cases) + noise(MODAL_CASE, 2, 1, cases)
    y = y + noise(READER_CASE, 1, readers, cases) + noise(REST, 2, readers, cases)
    y = y + np.array([1.6, 1.3])[:, None, None] * truth
    m, j, k = np.indices(y.shape)
    found = compare_modalities(
        truth[k.ravel()],
        y.ravel(),
        j.ravel(),
        k.ravel(),
        m.ravel(),
        setting=Setting(covariance=covariance),
    )
    (test,) = (
        t
        for t in found.tests
        if t.endpoint == "auroc-difference" and t.estimate is not None and "reader" not in t.between
    )
    return {"auroc-difference": test}


def _sites(rng: np.random.Generator, *, number: int, n: int, spread: float) -> dict[str, Estimate]:
    areas, shares = {}, {}
    for site in range(number):
        auc, share = (float(expit(logit(mean) + spread * rng.normal())) for mean in (0.85, 0.88))
        label = labels(rng, n, 0.4)
        positives = int(label.sum())
        areas[str(site)] = auroc(label, gap_of(auc) * label + rng.normal(size=n))
        hits = int(rng.binomial(positives, share))
        shares[str(site)] = proportion("sensitivity", hits, positives, positives=positives)
    return {
        "auroc": _pooled(areas, POOLED),
        "sensitivity": _pooled(shares, binomial_normal.METHOD),
        "sensitivity, two-stage": _pooled(shares, POOLED),
    }


def _pooled(each: dict[str, Estimate], method: str) -> Estimate:
    found = sites(each).estimates
    return next(e for e in found if e.method == method and e.subgroup == "all sites")
