"""A sample measured and judged: the fields of a run that depend on cases and policies alone. Pure.

`protocol` opens the frozen set and writes the record; nothing here knows of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation import acceptance, comparison, measurement, subgroup_acceptance
from validation.binary import indeterminate
from validation.clustering import clustered
from validation.table import COUNT, IS_REJECTED, LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.criteria import ValidationPolicy
    from policies.fairness import FairnessPolicy
    from validation.measurement import Sample


def judged(
    sample: Sample,
    policy: ValidationPolicy,
    fair: FairnessPolicy | None,
    *,
    against: str = "",
    previous: np.ndarray | None = None,
) -> dict[str, Any]:
    """Measure a sample and judge it: the fields of a run that depend on nothing else. Pure.

    Args:
        sample: The cases and the model's scores.
        policy: Acceptance criteria.
        fair: Subgroup criteria, if there are any.
        against: The previous locked version.
        previous: Its scores of the same cases.
    """
    found = measurement.measure(sample, policy, fair)
    criteria, rulings = acceptance.judge(found.estimates, policy, found.sizes)
    if fair:
        criteria += subgroup_acceptance.judge(found, fair, policy)
    comparisons: list[Body] = []
    if previous is not None:
        comparisons = comparison.compare(sample, previous, policy, against)
    verdict, reason = acceptance.overall(
        [*criteria, *({**c, "policy": "validation"} for c in comparisons)],
        not_evaluable_counts=fair.not_evaluable_counts if fair else True,
    )
    return {
        "estimates": [estimate.to_dict() for estimate in found.estimates],
        "gaps": [gap.to_dict() for gap in found.gaps],
        "comparisons": comparisons,
        "criteria": criteria,
        "verdict": verdict.value,
        "reason": reason,
        "multiplicity": rulings,
        "sites": found.sites,
        "disparities": [estimate.to_dict() for estimate in found.disparities],
        "errors": found.errors,
    }


def design(sample: Sample, policy: ValidationPolicy) -> Body:
    """Whether patients repeat, and how the intervals respect it."""
    if not sample.spec.patient:
        return {}
    found = clustered.repeats(sample.frame[sample.spec.patient].to_numpy(), sample.count)
    return {
        "patients": found.patients,
        "cases": found.cases,
        "repeated": found.repeated,
        "most": found.most,
        "clusters": policy.clusters if found.repeated else "none",
    }


def incomplete(
    sample: Sample,
    frames: Sequence[pd.DataFrame],
    scores: Sequence[pd.Series[float]],
    policy: ValidationPolicy,
) -> list[Body]:
    """Indeterminate and rejected cases excluded, at best and at worst.

    A rejected input has no score; an indeterminate case counts where the model scored it.
    """
    import numpy as np

    if len(frames) == 1:
        return []
    aside, score = frames[1], scores[1].to_numpy().copy()
    score[aside[IS_REJECTED].to_numpy()] = np.nan
    label = aside[LABEL].to_numpy()
    known = ~(np.isnan(label) & np.isnan(score))
    if not known.any():
        return []
    result = indeterminate.bounds(
        np.concatenate([sample.label.astype(float), label[known]]),
        np.concatenate([sample.score, score[known]]),
        np.concatenate([sample.count, aside[COUNT].to_numpy()[known]]),
        thresholds=list(policy.points.values()),
        confidence=policy.confidence,
    )
    return [estimate.to_dict() for estimate in result.estimates]
