"""How intervals are made: the methods that a policy or a command may choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Proportion = Literal["wilson", "clopper-pearson"]
Clustered = Literal[
    "ratio-estimator-wilson",
    "ratio-estimator",
    "bootstrap-patients",
    "bootstrap-patients-expanded",
]
Scale = Literal["probability", "any", "other"]
AurocScale = Literal["default", "plain", "logit", "score"]
Kappa = Literal["large-sample", "small-sample"]
Auprc = Literal["boyd-logit", "bootstrap-percentile"]
SEED = 20240101
REPLICATES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Methods of the intervals.

    Attributes:
        proportion: For proportions of separate people.
        clustered: For patients with several cases. ``bootstrap-patients`` draws patients for every
            endpoint, and ``-expanded`` widens its percentiles for few patients; the other two are
            for proportions, and take the analytic method elsewhere (Taylor linearisation,
            Obuchowski's AUROC).
        auroc_scale: Where the AUROC's interval is made. ``default`` is DeLong's own scale for
            separate people (``plain``), and ``logit`` with Student's t for clustered cases;
            ``score`` is Newcombe's interval, of separate people only.
        kappa: Of the kappa between calls and reference standard. ``large-sample`` is the standard
            error of Fleiss, Cohen and Everitt, as other software has it; ``small-sample`` is the
            score interval, and Fisher's z for clustered cases.
        auprc: For the area under the precision-recall curve of separate people.
        replicates: Of every bootstrap; with 0 there are point values only.
        seed: Of every bootstrap.
        scale: What scores are. ``probability``: values outside 0 to 1 are refused. ``any``: with
            such values, endpoints that need probabilities are without a value and say why.
            ``other``: they are no probabilities even within 0 to 1.
    """

    proportion: Proportion = "wilson"
    clustered: Clustered = "ratio-estimator-wilson"
    auroc_scale: AurocScale = "default"
    kappa: Kappa = "large-sample"
    auprc: Auprc = "boyd-logit"
    replicates: int = REPLICATES
    seed: int = SEED
    scale: Scale = "probability"

    def __post_init__(self) -> None:
        known_of = {
            "proportion": Proportion,
            "clustered": Clustered,
            "auroc_scale": AurocScale,
            "kappa": Kappa,
            "auprc": Auprc,
            "scale": Scale,
        }
        for name, known in known_of.items():
            if getattr(self, name) not in get_args(known):
                there = ", ".join(get_args(known))
                raise ValueError(f"unknown {name} '{getattr(self, name)}' (there are: {there})")
        if self.replicates < 0:
            raise ValueError(f"{self.replicates} replicates: give 0 or more")


DEFAULT = Choices()
