"""Reports measured as a policy says: wording, diversity, clinical findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.errors import UsageError
from policies.generative import DIVERSITY, FINDINGS, OVERLAP
from validation import clinical_findings, wording
from validation.generative import acceptance
from validation.generative.sample import Measured, cluster
from validation.wording import diversity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from policies.generative import GenerativePolicy
    from validation.estimate import Estimate
    from validation.fairness.groups import Grouping
    from validation.generative.sample import Sample
    from validation.wording import Reports

COLLAPSED, DISTINCT = "collapsed-generator", "distinct-outputs"


def measure(sample: Sample, policy: GenerativePolicy, parts: Sequence[Grouping]) -> Measured:
    """Measure reports of the judged condition, whole and by subgroup.

    Raises:
        UsageError: Findings are asked for, and there is no vocabulary.
    """
    import numpy as np

    given = _of(sample, policy.condition)
    owner = cluster(sample.owner, np.ones(len(given), dtype=bool))
    estimates = _wording(given, policy, parts, owner)
    varied = diversity.evaluate(given, parts)
    estimates += [e for e in varied.estimates if e.endpoint in _asked(policy, DIVERSITY)]
    estimates += _findings(given, sample, policy, parts, owner)
    distinct = next(e for e in varied.estimates if e.endpoint == DISTINCT)
    collapsed = [w for w in varied.warnings if w.code == COLLAPSED]
    return Measured(
        estimates=_in_order(estimates, policy),
        criteria=[acceptance.collapse(collapsed, distinct)],
        warnings=list(varied.warnings),
    )


def _of(sample: Sample, condition: str) -> Reports:
    """The model's reports of a condition beside the references."""
    roles = sample.spec.reports
    if roles is None:
        raise RuntimeError("a set of reports has the roles of reports")
    table = sample.frame[roles.references].astype(object)
    references = [
        [text if isinstance(text, str) else None for text in row] for row in table.to_numpy()
    ]
    return wording.Reports.of(list(sample.outputs.texts[condition]), references)


def _asked(policy: GenerativePolicy, among: Sequence[str]) -> list[str]:
    return [name for name in policy.endpoints if name in among]


def _wording(
    given: Reports,
    policy: GenerativePolicy,
    parts: Sequence[Grouping],
    owner: np.ndarray | None,
) -> list[Estimate]:
    metrics = _asked(policy, OVERLAP)
    if not metrics:
        return []
    model = policy.wording.bertscore_model
    how = wording.Settings(
        tokenise=policy.wording.tokenise, bertscore_model=Path(model) if model else None
    )
    found = wording.evaluate_in(
        given,
        parts,
        metrics=metrics,
        settings=how,
        confidence=policy.confidence,
        replicates=policy.replicates,
        seed=policy.seed,
        cluster=owner,
    )
    return [estimate for estimate in found if estimate.endpoint in metrics]


def _findings(
    given: Reports,
    sample: Sample,
    policy: GenerativePolicy,
    parts: Sequence[Grouping],
    owner: np.ndarray | None,
) -> list[Estimate]:
    asked = _asked(policy, FINDINGS)
    if not asked:
        return []
    if sample.vocabulary is None:
        raise UsageError(
            f"policies/generative.yaml asks for {', '.join(asked)}: the vocabulary, "
            "policies/clinical_findings.yaml, is missing."
        )
    read = clinical_findings.reading(given.candidates, given.references, sample.vocabulary)
    how: dict[str, Any] = {
        "confidence": policy.confidence,
        "replicates": policy.replicates,
        "seed": policy.seed,
        "cluster": owner,
    }
    found = clinical_findings.evaluate(read, by_finding=True, **how)
    found += clinical_findings.evaluate_in(read, groupings=parts, **how)
    return [estimate for estimate in found if estimate.endpoint in asked]


def _in_order(estimates: list[Estimate], policy: GenerativePolicy) -> list[Estimate]:
    """Subgroup by subgroup, in the policy's order of endpoints."""
    place = {name: rank for rank, name in enumerate(policy.endpoints)}
    groups = {e.subgroup: rank for rank, e in reversed(list(enumerate(estimates)))}
    return sorted(estimates, key=lambda e: (groups[e.subgroup], place[e.endpoint]))
