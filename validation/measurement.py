"""Everything that one run measures, as its policies say; numbers only, nothing is judged here.

Endpoints overall and by subgroup, gaps, fairness criteria, sites, and the slices where the model
errs. Where patients repeat, every interval respects it in the way that the policy chose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from validation import endpoints, subgroups
from validation.cases import Cases
from validation.choices import Choices
from validation.clustering import clustered
from validation.designs import sites as strata
from validation.fairness import criteria as fairness
from validation.fairness import disparities, groups, slices
from validation.fairness.group_spreads import Plan
from validation.sizes import Sizes
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.criteria import ValidationPolicy
    from policies.dataset import DatasetSpec
    from policies.fairness import FairnessPolicy
    from validation.estimate import Estimate
    from validation.fairness.groups import Grouping

POOLED = ("auroc", "sensitivity", "specificity", "ppv", "npv", "accuracy")  # over sites


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The cases of a run and the score of the model that is judged.

    Attributes:
        frame: The frozen cases.
        score: One a row.
        spec: The roles of the columns.
    """

    frame: pd.DataFrame
    score: np.ndarray
    spec: DatasetSpec

    @property
    def label(self) -> np.ndarray:
        """1 or 0, one a row."""
        return self.frame[LABEL].to_numpy()

    @property
    def count(self) -> np.ndarray:
        """People a row."""
        return self.frame[COUNT].to_numpy()

    def patients(self, policy: ValidationPolicy) -> np.ndarray | None:
        """The patient of each row where patients repeat and the policy says how; else None."""
        if not self.spec.patient or policy.clusters == "refuse":
            return None
        owner = clustered.owners(self.frame[self.spec.patient].astype(str).to_numpy())
        repeated = clustered.repeats(owner, self.count).repeated
        return owner if repeated else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured.

    Attributes:
        estimates: Overall and by subgroup.
        gaps: Between each two subgroups of a grouping.
        sizes: Subgroup, or ``overall``, to its size.
        members: Grouping to the names of its subgroups.
        disparities: Fairness criteria over all subgroups of a grouping.
        sites: Estimates by site, pooled, and heterogeneity, where there are sites.
        errors: The slices that are worse than the rest.
    """

    estimates: list[Estimate]
    gaps: list[Estimate] = field(default_factory=list)
    sizes: dict[str, Sizes]
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    disparities: list[Estimate] = field(default_factory=list)
    sites: Body = field(default_factory=dict)
    errors: Body = field(default_factory=dict)


def choices(policy: ValidationPolicy) -> Choices:
    """The methods of the intervals that a policy chose."""
    made: dict[str, Any] = {
        "proportion": policy.intervals.proportion,
        "auroc_scale": policy.intervals.auroc_scale,
        "kappa": policy.intervals.kappa,
        "replicates": policy.intervals.replicates,
        "seed": policy.intervals.seed,
    }
    if policy.clusters != "refuse":
        made["clustered"] = policy.clusters
    return Choices(**made)


def measure(sample: Sample, policy: ValidationPolicy, fair: FairnessPolicy | None) -> Measured:
    """Measure a sample as the policies say."""
    patients = sample.patients(policy)
    thresholds = list(policy.points.values())
    found = list(
        endpoints.evaluate(
            sample.label,
            sample.score,
            sample.count,
            endpoints=policy.endpoints,
            thresholds=thresholds,
            confidence=policy.confidence,
            cluster=patients,
            choices=choices(policy),
        )
    )
    whole = Sizes(cases=int(sample.count.sum()), positives=int((sample.count * sample.label).sum()))
    measured: dict[str, Any] = {
        "estimates": found,
        "sizes": {"overall": whole},
        "sites": by_site(sample, policy, patients),
        "errors": error_slices(sample, policy),
    }
    if fair is not None:
        parts = groupings(sample.frame, fair)
        measured |= _by_subgroup(sample, policy, parts, patients)
        measured["estimates"] = found + measured["estimates"]
        measured["sizes"] = {"overall": whole} | measured["sizes"]
        measured["disparities"] = parities(sample, policy, fair, parts, patients)
    return Measured(**measured)


def groupings(frame: pd.DataFrame, fair: FairnessPolicy) -> list[Grouping]:
    """The attributes of a fairness policy, cut where it says so, and their intersections."""
    import pandas as pd

    single: dict[str, Grouping] = {}
    for name in fair.attributes:
        if name in fair.cuts:
            numbers = pd.to_numeric(frame[name], errors="coerce").tolist()
            single[name] = groups.cut(name, numbers, fair.cuts[name])
        else:
            single[name] = groups.grouping(name, list(frame[name]))
    crossed = [groups.cross(*(single[name] for name in names)) for names in fair.intersections]
    return [*single.values(), *crossed]


def _by_subgroup(
    sample: Sample,
    policy: ValidationPolicy,
    parts: Sequence[Grouping],
    patients: np.ndarray | None,
) -> dict[str, Any]:
    found = subgroups.evaluate_in(
        Cases.of(sample.label, sample.score, sample.count, probability=True),
        parts,
        endpoints=policy.endpoints,
        thresholds=list(policy.points.values()),
        confidence=policy.confidence,
        cluster=patients,
        choices=choices(policy),
    )
    sizes: dict[str, Sizes] = {}
    for part in parts:
        for code, name in enumerate(part.names):
            rows = part.codes == code
            people = int(sample.count[rows].sum())
            hits = int((sample.count * sample.label)[rows].sum())
            sizes[name] = Sizes(cases=people, positives=hits)
    return {
        "estimates": list(found.estimates),
        "gaps": list(found.gaps),
        "sizes": sizes,
        "members": {part.attribute: part.names for part in parts},
    }


def parities(
    sample: Sample,
    policy: ValidationPolicy,
    fair: FairnessPolicy,
    parts: Sequence[Grouping],
    patients: np.ndarray | None,
) -> list[Estimate]:
    """The fairness criteria that the policy names, each over all subgroups of an attribute."""
    if not fair.parities:
        return []
    wanted = {name for criterion in fair.parities for name in criterion.by}
    plan = Plan(
        endpoints=("sensitivity",),
        thresholds=sorted({policy.points[criterion.at] for criterion in fair.parities}),
        minimum=fair.minimum,
        confidence=policy.confidence,
        replicates=policy.intervals.replicates,
        seed=policy.intervals.seed,
    )
    result = disparities.compare(
        sample.label,
        sample.score,
        None if patients is not None else sample.count,
        groupings=[part for part in parts if part.attribute in wanted],
        plan=plan,
        patient=patients,
    )
    known = {f"{name}-difference" for name in fairness.CRITERIA}
    return [estimate for estimate in result.estimates if estimate.endpoint in known]


def by_site(sample: Sample, policy: ValidationPolicy, patients: np.ndarray | None) -> Body:
    """Each primary endpoint by site, pooled over sites, with each site left out."""
    if not sample.spec.site:
        return {}
    part = groups.grouping(sample.spec.site, list(sample.frame[sample.spec.site]))
    asked = {
        (c.endpoint, policy.points[c.at] if c.at else None)
        for c in policy.criteria
        if c.primary and c.endpoint in POOLED
    }
    found: Body = {"estimates": [], "tests": [], "warnings": []}
    for endpoint, threshold in sorted(asked, key=str):
        each = {}
        for code, name in enumerate(part.names):
            rows = part.codes == code
            (each[name.partition("=")[2]],) = endpoints.evaluate(
                sample.label[rows],
                sample.score[rows],
                sample.count[rows],
                endpoints=[endpoint],
                thresholds=[] if threshold is None else [threshold],
                confidence=policy.confidence,
                subgroup=name,
                cluster=None if patients is None else patients[rows],
                choices=choices(policy),
            )
        pooled = strata.sites(each).to_dict()
        for key in found:
            found[key] += [body | {"threshold": threshold} for body in pooled[key]]
    return found


def error_slices(sample: Sample, policy: ValidationPolicy) -> Body:
    """Where the model errs, in aggregates."""
    asked = policy.error_analysis
    if asked is None:
        return {}
    search = slices.Search(
        endpoint=asked.endpoint,
        threshold=policy.points[asked.at] if asked.at else 0.5,
        minimum=asked.minimum,
        adjustment=asked.adjustment,
        confidence=policy.confidence,
        depth=asked.depth,
    )
    parts = [groups.grouping(name, list(sample.frame[name])) for name in asked.by]
    worst = slices.worst_slices(
        sample.label, sample.score, sample.count, groupings=parts, search=search
    )
    return worst.result().to_dict() | {
        "tried": worst.tried,
        "small": worst.small,
        "adjustment": worst.adjustment,
        "at": asked.at or "",
    }
