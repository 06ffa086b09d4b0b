"""Answers measured as a policy says: endpoints, modalities, consistency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.answering.answers import Answers
from validation.answering.consistency import Versions, consistency
from validation.answering.endpoints import evaluate
from validation.choices import Choices
from validation.generative import acceptance, modalities
from validation.generative.sample import CONDITION, Measured, cluster

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.generative import ConsistencyCriterion, GenerativePolicy
    from validation.estimate import Estimate
    from validation.fairness.groups import Grouping
    from validation.generative.sample import Sample


def choices(policy: GenerativePolicy) -> Choices:
    """The methods of the intervals that a policy chose."""
    made: dict[str, Any] = {"replicates": policy.replicates, "seed": policy.seed}
    if policy.clusters != "refuse":
        made["clustered"] = policy.clusters
    return Choices(**made)


def of(sample: Sample, texts: pd.Series[str], rows: np.ndarray) -> Answers:
    """Some cases' answers beside their keys, with the rule of the reference set."""
    roles = sample.spec.answers
    if roles is None:
        raise RuntimeError("a set of answers has the roles of answers")
    frame = sample.frame[rows]
    words = [list(row) for row in frame[list(roles.options.values())].to_numpy()]
    closed = None
    if roles.answer_type:
        closed = frame[roles.answer_type].str.lower().eq("closed").to_numpy()
    return Answers(
        response=list(texts[rows]),
        key=list(frame[roles.key]),
        rule=roles.scoring,
        letters="".join(roles.options),
        choices=words if roles.options else None,
        reading=roles.reading,
        separator=roles.accepted_separator,
        closed=closed,
    )


def measure(sample: Sample, policy: GenerativePolicy, parts: Sequence[Grouping]) -> Measured:
    """Measure answers: the judged condition whole and by subgroup, the others whole."""
    import numpy as np

    everyone = np.ones(len(sample.frame), dtype=bool)
    estimates = _estimates(sample, policy, policy.condition, everyone, "overall")
    for part in parts:
        for code, name in enumerate(part.names):
            estimates += _estimates(sample, policy, policy.condition, part.codes == code, name)
    for mark in sample.outputs.texts:
        if mark != policy.condition:
            there = sample.outputs.texts[mark].notna().to_numpy()
            name = f"{CONDITION}={mark}"
            estimates += _estimates(sample, policy, mark, there, name)
    claims, warnings = modalities.measure(sample, policy, parts, of)
    agreed = [_consistency(sample, policy, criterion) for criterion in policy.consistency]
    return Measured(
        estimates=estimates,
        modalities=[body for body, _ in claims],
        consistency=[body for body, _ in agreed],
        criteria=[made for _, made in [*claims, *agreed]],
        warnings=warnings,
    )


def _estimates(
    sample: Sample, policy: GenerativePolicy, condition: str, rows: np.ndarray, name: str
) -> list[Estimate]:
    """The policy's endpoints on some rows of a condition."""
    return evaluate(
        of(sample, sample.outputs.texts[condition], rows),
        endpoints=policy.endpoints,
        confidence=policy.confidence,
        subgroup=name,
        cluster=cluster(sample.owner, rows),
        choices=choices(policy),
    )


def _consistency(
    sample: Sample, policy: GenerativePolicy, criterion: ConsistencyCriterion
) -> tuple[Body, Body]:
    """Agreement over the versions of an item, and its criterion."""
    import numpy as np

    everyone = np.ones(len(sample.frame), dtype=bool)
    given = of(sample, sample.outputs.texts[policy.condition], everyone)
    item = sample.spec.item or sample.spec.case
    versions = Versions.of(given, list(sample.frame[item]), list(sample.frame[criterion.by]))
    found, _ = consistency(versions, confidence=policy.confidence, choices=choices(policy))
    body = {"by": criterion.by, "estimates": [estimate.to_dict() for estimate in found]}
    return body, acceptance.consistency(criterion, found[0])
