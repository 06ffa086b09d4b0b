"""Two tests on the same people, and one test in two groups of people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.designs.study import Study, gap_of, labels
from validation.binary.discrimination import paired_auroc_difference
from validation.binary.proportion import proportion, proportion_difference
from validation.designs.paired_difference import newcombe_paired, paired_ratio, tango
from validation.designs.pairs import Discordance
from validation.designs.predictive_values import predictive_difference, relative_predictive_value
from validation.designs.unpaired import proportion_ratio, unpaired_auroc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.estimate import Estimate, Test


def studies() -> Iterator[Study]:
    """Differences and ratios."""
    for sizes, shares in (((30, 30), (0.9, 0.75)), ((100, 50), (0.95, 0.85))):
        yield Study(
            part="Unpaired difference",
            design=f"n = {sizes[0]} and {sizes[1]}, true values {shares[0]:g} and {shares[1]:g}",
            truth={"difference": shares[0] - shares[1], "ratio": shares[0] / shares[1]},
            draw=partial(_unpaired, sizes=sizes, shares=shares),
        )
    for n, table in ((30, (0.7, 0.15, 0.05, 0.1)), (100, (0.8, 0.1, 0.04, 0.06))):
        a, b = table[0] + table[1], table[0] + table[2]
        yield Study(
            part="Paired difference",
            design=f"n = {n} positives, true values {a:.2f} and {b:.2f}",
            truth={"newcombe": a - b, "tango": a - b, "ratio": a / b},
            draw=partial(_paired, n=n, table=table),
        )
    for n, prevalence in ((100, 0.4), (500, 0.2)):
        share = _eight(prevalence)
        ppv, npv = _predictive(share)
        yield Study(
            part="Predictive values, paired",
            design=f"n = {n}, prevalence {prevalence:g}",
            truth={
                "ppv-difference": ppv[0] - ppv[1],
                "npv-difference": npv[0] - npv[1],
                "ppv-ratio": ppv[0] / ppv[1],
                "npv-ratio": npv[0] / npv[1],
            },
            draw=partial(_predictions, n=n, share=share),
        )
    for n, prevalence in ((30, 0.5), (100, 0.3), (1000, 0.1)):
        yield Study(
            part="AUROC difference, paired",
            design=f"n = {n:,}, prevalence {prevalence:g}, true values 0.85 and 0.78",
            truth={"auroc-difference": 0.07},
            draw=partial(_areas, n=n, prevalence=prevalence),
        )
    for sizes in ((30, 30), (100, 200)):
        yield Study(
            part="AUROC difference, unpaired",
            design=f"n = {sizes[0]} and {sizes[1]}, prevalence 0.4, true values 0.85 and 0.78",
            truth={"auroc-difference normal": 0.07, "auroc-difference welch": 0.07},
            draw=partial(_separate, sizes=sizes),
        )


def _unpaired(
    rng: np.random.Generator, *, sizes: tuple[int, int], shares: tuple[float, float]
) -> dict[str, Estimate]:
    a, b = (
        proportion("sensitivity", int(rng.binomial(n, p)), n, positives=n)
        for n, p in zip(sizes, shares, strict=True)
    )
    return {"difference": proportion_difference(a, b), "ratio": proportion_ratio(a, b)}


def _paired(rng: np.random.Generator, *, n: int, table: tuple[float, ...]) -> dict[str, Estimate]:
    both, a, b, neither = (int(k) for k in rng.multinomial(n, table))
    made = Discordance(both=both, a_only=a, b_only=b, neither=neither)
    name = "sensitivity-difference"
    return {
        "newcombe": newcombe_paired(made, name, positives=n),
        "tango": tango(made, name, positives=n),
        "ratio": paired_ratio(made, "sensitivity-ratio", positives=n),
    }


def _eight(prevalence: float) -> np.ndarray:
    """Shares of the cells 4 x label + 2 x a + b."""
    positive = np.array([0.08, 0.04, 0.1, 0.78])
    negative = np.array([0.8, 0.08, 0.04, 0.08])
    return np.concatenate([(1 - prevalence) * negative, prevalence * positive])


def _predictive(s: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """PPV of a and b, NPV of a and b."""
    called = [(2, 3), (1, 3)]
    ppv = [sum(s[4 + c] for c in one) / sum(s[c] + s[4 + c] for c in one) for one in called]
    clear = [(0, 1), (0, 2)]
    npv = [sum(s[c] for c in one) / sum(s[c] + s[4 + c] for c in one) for one in clear]
    return (float(ppv[0]), float(ppv[1])), (float(npv[0]), float(npv[1]))


def _predictions(rng: np.random.Generator, *, n: int, share: np.ndarray) -> dict[str, Estimate]:
    tally = rng.multinomial(n, share)
    return {
        f"{name}-{kind}": made(tally, name, 0.95)
        for name in ("ppv", "npv")
        for kind, made in (
            ("difference", predictive_difference),
            ("ratio", relative_predictive_value),
        )
    }


def _areas(rng: np.random.Generator, *, n: int, prevalence: float) -> dict[str, Estimate]:
    label = labels(rng, n, prevalence)
    own, other, third = (rng.normal(size=n) for _ in range(3))
    a, b = (
        (gap_of(auc) * label + 0.5**0.5 * (own + e)) for auc, e in ((0.85, other), (0.78, third))
    )
    return {"auroc-difference": paired_auroc_difference(label, a, b)}


def _separate(rng: np.random.Generator, *, sizes: tuple[int, int]) -> dict[str, Estimate | Test]:
    drawn = []
    for n, auc in zip(sizes, (0.85, 0.78), strict=True):
        label = labels(rng, n, 0.4)
        drawn += [label, gap_of(auc) * label + rng.normal(size=n)]
    found = unpaired_auroc(*drawn)
    return {
        "auroc-difference normal": found.estimates[2],
        "auroc-difference welch": found.tests[1],
    }
