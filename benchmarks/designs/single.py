"""One test in one group of separate people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import norm

from benchmarks.designs.study import FEW, Study, cells, gap_of, labels, normal_grid
from validation.binary.calibration import calibrated
from validation.binary.confusion import measured
from validation.binary.discrimination import auroc
from validation.binary.measures import MEASURES
from validation.binary.proportion import proportion
from validation.binary.readings import read
from validation.binary.reliability import ece
from validation.binary.two_by_two import Table
from validation.cases import Cases
from validation.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.estimate import Estimate

TABLE = (
    "positive-likelihood-ratio",
    "negative-likelihood-ratio",
    "diagnostic-odds-ratio",
    "balanced-accuracy",
    "kappa",
    "f1",
    "mcc",
)
SMALL = "the small-sample interval, the default of a policy"
CHOICES = Choices(kappa="small-sample")
PARTIAL = "partial-auroc-specificity-0.9-1"
AT = "sensitivity-at-specificity-0.9"
AREAS = ("auprc-average-precision", "auprc-trapezoid")


def studies() -> Iterator[Study]:
    """Proportions, the 2x2 table, curves, calibration."""
    for n, p in ((30, 0.9), (30, 0.7), (100, 0.95), (100, 0.8), (1000, 0.9)):
        yield Study(
            part="Proportion",
            design=f"n = {n:,}, true value {p:g}",
            truth={"proportion wilson": p, "proportion clopper-pearson": p},
            instead={"proportion clopper-pearson": "where it may never be below 95 %"},
            draw=partial(_proportion, n=n, p=p),
            times=4000,
        )
    for n, prevalence in ((60, 0.5), (100, 0.3), (1000, 0.1)):
        share = cells(gap_of(0.9), 0.9, prevalence)
        truth = {name: float(MEASURES[name].value(share * 1e9)) for name in TABLE}
        truth["kappa, large sample"] = truth["kappa"]
        yield Study(
            part="2x2 table",
            design=f"n = {n:,}, prevalence {prevalence:g}",
            truth=truth,
            draw=partial(_table, n=n, share=share),
            instead={"kappa, large sample": SMALL},
        )
    for n, prevalence, auc in (
        (30, 0.5, 0.8), (30, 0.5, 0.95), (100, 0.3, 0.8), (100, 0.3, 0.95), (1000, 0.1, 0.85),
    ):  # fmt: skip
        yield Study(
            part="AUROC",
            design=f"n = {n:,}, prevalence {prevalence:g}, true value {auc:g}",
            truth={"auroc": auc, "auroc, plain": auc, "auroc, score": auc},
            instead={
                "auroc, plain": "`auroc_scale: logit`, the default of a policy",
                "auroc, score": "with few cases, where the AUROC is near 1",
            },
            draw=partial(_auroc, n=n, prevalence=prevalence, gap=gap_of(auc)),
        )
    for n, prevalence in ((100, 0.3), (1000, 0.1)):
        yield Study(
            part="Curves",
            design=f"n = {n:,}, prevalence {prevalence:g}, AUROC 0.85",
            truth=_curve_truth(gap_of(0.85), prevalence),
            draw=partial(_curves, n=n, prevalence=prevalence, gap=gap_of(0.85)),
            times=2000,
            instead={"auprc-average-precision bootstrap": "`auprc: boyd-logit`, the default"},
        )
    for n, shift, slope in ((100, 0.0, 1.0), (100, 0.3, 0.7), (1000, 0.3, 0.7)):
        kind = "calibrated" if slope == 1 else f"true slope {slope:g}"
        yield Study(
            part="Calibration",
            design=f"n = {n:,}, {kind}",
            truth=_calibration_truth(shift, slope),
            draw=partial(_calibration, n=n, shift=shift, slope=slope),
            times=1000,
        )


def _proportion(rng: np.random.Generator, *, n: int, p: float) -> dict[str, Estimate]:
    events = int(rng.binomial(n, p))
    return {
        f"proportion {method}": proportion("proportion", events, n, positives=n, method=method)
        for method in ("wilson", "clopper-pearson")
    }


def _table(rng: np.random.Generator, *, n: int, share: np.ndarray) -> dict[str, Estimate]:
    table = Table.summed(rng.multinomial(n, share))
    found = {name: measured(name, table, choices=CHOICES) for name in TABLE}
    return found | {"kappa, large sample": measured("kappa", table)}


def _scores(
    rng: np.random.Generator, n: int, prevalence: float, gap: float
) -> tuple[np.ndarray, np.ndarray]:
    label = labels(rng, n, prevalence)
    return label, label * gap + rng.normal(size=n)


def _auroc(
    rng: np.random.Generator, *, n: int, prevalence: float, gap: float
) -> dict[str, Estimate]:
    label, score = _scores(rng, n, prevalence, gap)
    return {
        "auroc": auroc(label, score, scale="logit"),
        "auroc, plain": auroc(label, score),
        "auroc, score": auroc(label, score, scale="score"),
    }


def _curve_truth(gap: float, prevalence: float) -> dict[str, float]:
    """Areas and readings of the bi-normal curve; the two areas under PR have one limit."""

    def hits(false: float) -> float:
        return float(norm.cdf(gap + norm.ppf(false)))

    score = normal_grid()  # a positive's, less the gap
    hit, false = norm.sf(score), norm.sf(gap + score)
    precision = prevalence * hit / (prevalence * hit + (1 - prevalence) * false)
    return {
        PARTIAL: float(quad(hits, 0, 0.1)[0]),
        AT: hits(0.1),
        **dict.fromkeys(AREAS, float(precision.mean())),
    } | {"auprc-average-precision bootstrap": float(precision.mean())}


def _curves(
    rng: np.random.Generator, *, n: int, prevalence: float, gap: float
) -> dict[str, Estimate]:
    cases = Cases.of(*_scores(rng, n, prevalence, gap))
    found = read((PARTIAL, AT, *AREAS), cases, choices=Choices(replicates=FEW))
    drawn = Choices(replicates=FEW, auprc="bootstrap-percentile")
    name = "auprc-average-precision"
    return found | {f"{name} bootstrap": read((name,), cases, choices=drawn)[name]}


LOGIT = (-0.8, 1.2)  # mean and SD of the scores' logits


def _calibration_truth(shift: float, slope: float) -> dict[str, float]:
    logit = LOGIT[0] + LOGIT[1] * normal_grid()
    score, share = expit(logit), expit(shift + slope * logit)
    group = np.minimum((score * 10).astype(int), 9)
    apart = np.bincount(group, weights=share - score) / len(score)
    return {
        "calibration-slope": slope,
        "calibration-intercept": float(
            brentq(lambda a: float((expit(a + logit) - share).mean()), -5, 5)
        ),
        "observed-expected": float(share.mean() / score.mean()),
        "brier": float((share * (1 - score) ** 2 + (1 - share) * score**2).mean()),
        "ece-equal-width": float(np.abs(apart).sum()),
    }


def _calibration(
    rng: np.random.Generator, *, n: int, shift: float, slope: float
) -> dict[str, Estimate]:
    logit = LOGIT[0] + LOGIT[1] * rng.normal(size=n)
    label, score = rng.binomial(1, expit(shift + slope * logit)), expit(logit)
    names = ("calibration-slope", "calibration-intercept", "observed-expected", "brier")
    found = {name: calibrated(name, label, score) for name in names}
    return found | {"ece-equal-width": ece(label, score, replicates=FEW)}
