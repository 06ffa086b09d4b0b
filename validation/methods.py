"""Every method by name, with its reference: what ``--cite`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import influence, inversion, mover, readers, resampling
from validation.answering import letters, normalisation, scoring, selective
from validation.binary import (
    calibration,
    confusion,
    decision_curve,
    discrimination,
    f_score,
    goodness_of_fit,
    precision_recall,
    proportion,
    reliability,
)
from validation.categories import multiclass
from validation.clinical_findings import endpoints as clinical_findings
from validation.clinical_findings import unanimous
from validation.clustering import (
    clustered,
    clustered_auroc,
    clustered_calibration,
    clustered_confusion,
)
from validation.designs import (
    binomial_normal,
    hypothesis,
    mcnemar,
    multiplicity,
    paired_agreement,
    paired_bootstrap,
    paired_clusters,
    paired_difference,
    pooling,
    predictive_values,
    sites,
    unpaired,
)
from validation.fairness import criteria as fairness
from validation.fairness import gaps, group_tests, slices
from validation.generative import variety
from validation.imaging import difference_hash, image_quality, intensity
from validation.modality import cochran, contribution, ratio, robustness, scores
from validation.power import power_auroc, power_gap, power_paired, power_proportion, power_readers
from validation.rating import (
    agreement,
    fleiss_test,
    icc,
    jackknife,
    kappa,
    kappa_score,
    krippendorff,
    regression,
    repeatability,
)
from validation.reading import covariances, standalone
from validation.reliance import resample
from validation.synthetic import (
    closeness,
    dependence,
    discriminator,
    distance,
    marginals,
    membership,
    similarity,
    survival,
    utility,
)
from validation.synthetic import scores as synthetic_scores
from validation.wording import definitions, diversity, human

if TYPE_CHECKING:
    from collections.abc import Iterable

_MODULES = (
    agreement,
    binomial_normal,
    calibration,
    closeness,
    clinical_findings,
    clustered,
    clustered_auroc,
    clustered_calibration,
    clustered_confusion,
    cochran,
    confusion,
    contribution,
    covariances,
    decision_curve,
    dependence,
    difference_hash,
    discrimination,
    discriminator,
    distance,
    definitions,
    discrimination,
    diversity,
    f_score,
    fairness,
    fleiss_test,
    gaps,
    goodness_of_fit,
    group_tests,
    human,
    hypothesis,
    icc,
    image_quality,
    influence,
    intensity,
    jackknife,
    kappa,
    kappa_score,
    krippendorff,
    letters,
    marginals,
    mcnemar,
    membership,
    mover,
    multiclass,
    multiplicity,
    normalisation,
    paired_agreement,
    paired_bootstrap,
    paired_clusters,
    paired_difference,
    pooling,
    power_auroc,
    power_gap,
    power_paired,
    power_proportion,
    power_readers,
    precision_recall,
    predictive_values,
    proportion,
    ratio,
    readers,
    regression,
    reliability,
    repeatability,
    resample,
    resampling,
    robustness,
    scores,
    scoring,
    selective,
    similarity,
    sites,
    slices,
    standalone,
    survival,
    synthetic_scores,
    unanimous,
    inversion,
    unpaired,
    utility,
    variety,
)
REFERENCES: dict[str, str] = {
    name: text for module in _MODULES for name, text in module.REFERENCES.items()
}


def cite(names: Iterable[str]) -> dict[str, str]:
    """The references of methods, in the order they are first named; empty names are left out."""
    return {
        name: REFERENCES.get(name, "no reference is recorded")
        for name in dict.fromkeys(names)
        if name
    }
