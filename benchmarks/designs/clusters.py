"""Patients with several cases: alike in their labels, and alike in their scores."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from benchmarks.designs.single import SMALL
from benchmarks.designs.study import COSTLY, FEW, Study, gap_of
from validation.binary.measures import MEASURES
from validation.cases import Cases
from validation.choices import Choices
from validation.clustering import clustered, clustered_auroc, clustered_confusion
from validation.designs.paired_clusters import clustered_auroc_difference, clustered_difference
from validation.designs.pairs import Pairs
from validation.endpoints import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.estimate import Estimate

AT = 0.6  # the operating point
ALIKE = 0.5  # correlation of two scores, and of two labels' liabilities, of a patient
TABLE = ("f1", "kappa", "positive-likelihood-ratio")
PLAIN = Choices(auroc_scale="plain")
CHOICES = {
    "ratio-estimator-wilson": Choices(replicates=FEW),
    "ratio-estimator": Choices(replicates=FEW, clustered="ratio-estimator"),
    "bootstrap-patients": Choices(replicates=FEW, clustered="bootstrap-patients"),
    "bootstrap-patients-expanded": Choices(replicates=FEW, clustered="bootstrap-patients-expanded"),
}
INSTEAD = "`clusters: ratio-estimator-wilson`, the default"
EXPANDED = "`ratio-estimator-wilson`, or `bootstrap-patients-expanded`"


def studies() -> Iterator[Study]:
    """Proportions, tables, AUROCs and paired differences of clustered cases."""
    for patients in (30, 100, 400):
        gap = gap_of(0.85)
        design = f"{patients} patients, 1 to 5 cases each, prevalence 0.4"
        hit, clear = float(norm.sf(AT - gap)), float(norm.cdf(AT))
        share = np.array([0.4 * hit, 0.6 * (1 - clear), 0.4 * (1 - hit), 0.6 * clear])
        truth = {f"sensitivity {name}": hit for name in CHOICES}
        truth |= {f"specificity {name}": clear for name in CHOICES}
        truth |= {f"auroc {name}": 0.85 for name in CHOICES if name != "ratio-estimator"}
        truth |= {name: float(MEASURES[name].value(share * 1e9)) for name in TABLE}
        truth |= {"auroc plain": 0.85, "auroc-difference": 0.07, "kappa, t": truth["kappa"]}
        other = float(norm.sf(AT - gap_of(0.78)))
        truth |= {"sensitivity-difference": hit - other, "specificity-difference": 0.0}
        yield Study(
            part="Clustered cases",
            design=design,
            truth=truth,
            draw=partial(_draw, patients=patients),
            times=COSTLY,
            instead={
                "sensitivity ratio-estimator": INSTEAD,
                "specificity ratio-estimator": INSTEAD,
                "sensitivity bootstrap-patients": EXPANDED,
                "specificity bootstrap-patients": EXPANDED,
                "auroc bootstrap-patients": EXPANDED,
                "auroc plain": "the default, on the logit scale",
                "kappa, t": SMALL,
            },
        )


def _draw(rng: np.random.Generator, *, patients: int) -> dict[str, Estimate]:
    owner = np.repeat(np.arange(patients), rng.integers(1, 6, patients))
    label = (norm.ppf(0.4) > _alike(rng, owner)).astype(int)
    shared = _alike(rng, owner)
    a, b = (gap_of(auc) * label + 0.5**0.5 * (shared + _alike(rng, owner)) for auc in (0.85, 0.78))
    found: dict[str, Estimate] = {}
    for name, choice in CHOICES.items():
        wanted = ["sensitivity", "specificity"]
        wanted += [] if name == "ratio-estimator" else ["auroc"]
        wanted += TABLE if name == "ratio-estimator-wilson" else ()
        chosen = dataclasses.replace(choice, scale="any", kappa="small-sample")
        for e in evaluate(
            label, a, endpoints=wanted, thresholds=[AT], cluster=owner, choices=chosen
        ):
            found[e.endpoint if e.endpoint in TABLE else f"{e.endpoint} {name}"] = e
    cases = Cases.of(label, a)
    pairs = Pairs.of(label, a >= AT, b >= AT, None, owner)
    return found | {
        "kappa, t": clustered_confusion.measured("kappa", clustered.tables(cases, owner, AT)),
        "auroc plain": clustered_auroc.auroc(label, a, owner, choices=PLAIN),
        "auroc-difference": clustered_auroc_difference(label, a, b, owner),
        "sensitivity-difference": clustered_difference(pairs, "sensitivity"),
        "specificity-difference": clustered_difference(pairs, "specificity"),
    }


def _alike(rng: np.random.Generator, owner: np.ndarray) -> np.ndarray:
    """Standard normal, and correlated within a patient."""
    own = rng.normal(size=owner.max() + 1)[owner]
    return np.asarray(ALIKE**0.5 * own + (1 - ALIKE) ** 0.5 * rng.normal(size=len(owner)))
