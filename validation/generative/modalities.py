"""The claims that a modality earns its place, measured and judged as a policy says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from validation.count_bootstrap import Resampling
from validation.estimate import absent
from validation.generative import acceptance
from validation.generative.sample import cluster
from validation.modality import comparison, contribution, layout, verdicts
from validation.modality.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.generative import GenerativePolicy, ModalityCriterion
    from validation.answering.answers import Answers
    from validation.estimate import Estimate, Result, Test, Warned
    from validation.fairness.groups import Grouping
    from validation.generative.sample import Sample

    Reader = Callable[[Sample, pd.Series[str], np.ndarray], Answers]

FLOWS = ("right-to-wrong", "wrong-to-right")


def measure(
    sample: Sample, policy: GenerativePolicy, parts: Sequence[Grouping], read: Reader
) -> tuple[list[tuple[Body, Body]], list[Warned]]:
    """Each claim over all cases, or in each subgroup of its attributes.

    Args:
        sample: Cases and outputs.
        policy: The claims.
        parts: The groupings of the policy.
        read: Some rows of a condition as answers.

    Returns:
        A body of what was measured and one of its criterion, each; and what was noticed.
    """
    found, warnings = [], []
    for criterion in policy.modalities:
        for name, rows in _subgroups(len(sample.frame), parts, criterion):
            body, made, noticed = _one(sample, policy, criterion, name, rows, read)
            found.append((body, made))
            warnings += noticed
    return found, warnings


def _subgroups(
    cases: int, parts: Sequence[Grouping], criterion: ModalityCriterion
) -> Iterator[tuple[str, np.ndarray]]:
    import numpy as np

    if not criterion.by:
        yield "overall", np.ones(cases, dtype=bool)
    for part in parts:
        if part.attribute in criterion.by:
            for code, name in enumerate(part.names):
                yield name, part.codes == code


def _one(
    sample: Sample,
    policy: GenerativePolicy,
    criterion: ModalityCriterion,
    name: str,
    rows: np.ndarray,
    read: Reader,
) -> tuple[Body, Body, list[Warned]]:
    how = Setting(
        reference=policy.condition,
        margin=criterion.margin,
        confidence=policy.confidence,
        modalities={criterion.modality: criterion.without},
        group="" if name == "overall" else name,
    )
    pair = (policy.condition, criterion.without)
    laid = _laid(sample, pair, rows, read)
    between = how.between(pair)
    if criterion.without not in laid.conditions:
        how = replace(how, modalities={})
    result = comparison.analyse(laid, how, Resampling(times=policy.replicates, seed=policy.seed))
    if criterion.without in laid.conditions:
        difference = result.find(verdicts.DIFFERENCE, between)
        verdict = verdicts.contributions(laid, how)[0]
    else:
        difference = _unanswered(criterion, between, policy.confidence)
        verdict = contribution.judge(
            difference, modality=criterion.modality, margin=criterion.margin
        )
    exact = _test(result, between)
    body = {
        "id": criterion.id,
        "modality": criterion.modality,
        "without": criterion.without,
        "subgroup": name,
        "full": _of(result, how.subgroup(policy.condition)),
        "degraded": _of(result, how.subgroup(criterion.without)) or difference.to_dict(),
        "difference": difference.to_dict(),
        "parsable": _read(result, between, difference.n),
        "pairs": difference.n,
        "flow": {key: exact.details[key] for key in FLOWS} if exact else {},
        "test": exact.test if exact else "",
        "p": exact.p if exact else None,
        "verdict": verdict.verdict,
        "words": verdict.words,
        "reason": verdict.words,
        "doubt": "",
    }
    made = acceptance.modality(criterion, difference, verdict, name)
    return body, made, list(result.warnings)


def _laid(
    sample: Sample, conditions: Sequence[str], rows: np.ndarray, read: Reader
) -> layout.Layout:
    """Outcomes of the same cases under the conditions that are there."""
    import numpy as np

    items, marks, right, lost, owner = [], [], [], [], []
    place = np.flatnonzero(rows)
    own = cluster(sample.owner, rows)
    for mark in conditions:
        texts = sample.outputs.texts.get(mark)
        if texts is None:
            continue
        there = texts.notna().to_numpy() & rows
        scored = read(sample, texts, there).scored
        items.append(np.flatnonzero(there))
        marks.append(np.full(int(there.sum()), mark, dtype=object))
        right.append(scored.value >= 1)
        lost.append(~scored.parsable)
        if own is not None:
            owner.append(own[np.searchsorted(place, np.flatnonzero(there))])
    return layout.arrange(
        np.concatenate(items),
        np.concatenate(marks),
        np.concatenate(right).astype(float),
        unparsable=np.concatenate(lost).astype(float),
        cluster=np.concatenate(owner) if owner else None,
    )


def _unanswered(criterion: ModalityCriterion, between: str, confidence: float) -> Estimate:
    return absent(
        verdicts.DIFFERENCE,
        f"there is no output under the condition '{criterion.without}'",
        n=0,
        positives=0,
        method="",
        confidence=confidence,
        subgroup=between,
    )


def _test(result: Result, between: str) -> Test | None:
    """McNemar's test of the pair: exact, or that for clustered pairs."""
    of = (t for t in result.tests if (t.between, t.endpoint) == (between, verdicts.DIFFERENCE))
    return next((test for test in of if test.test.startswith("mcnemar")), None)


def _of(result: Result, subgroup: str) -> Body:
    known = {(e.endpoint, e.subgroup): e for e in result.estimates}
    found = known.get((comparison.ENDPOINT, subgroup))
    return found.to_dict() if found else {}


def _read(result: Result, between: str, pairs: int) -> Body:
    """The difference among cases whose answers could be read, where any could not."""
    found: list[Estimate] = [
        e for e in result.estimates if (e.endpoint, e.subgroup) == (verdicts.PARSABLE, between)
    ]
    return found[0].to_dict() if found and found[0].n < pairs else {}
