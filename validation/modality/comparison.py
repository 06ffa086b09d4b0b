"""Whether each modality earns its place: accuracies of the same items under several conditions.

Per condition the accuracy and the unparsable answers; per pair the difference, McNemar's tests with
Holm's p values, and the flow of answers; over all conditions Cochran's Q; against the reference
condition the drop, what is retained, the worst condition, and the verdict on each modality.
Unparsable answers count as wrong; what is left when they are set aside stands beside it under names
that end in ``-parsable``.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.count_bootstrap import Resampling
from validation.designs.multiplicity import holm
from validation.estimate import Estimate, Result, Test
from validation.modality import robustness
from validation.modality.cochran import cochran_q, wald
from validation.modality.layout import Layout, arrange
from validation.modality.notices import nameless, refusals, unpaired, untold
from validation.modality.pair import share
from validation.modality.pairing import held, pair_of, parsable_pair, usable
from validation.modality.setting import Setting
from validation.modality.verdicts import DIFFERENCE, PARSABLE, judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from validation.modality.pair import Pair

ENDPOINT = "accuracy"


def compare(
    items: ArrayLike,
    conditions: ArrayLike,
    correct: ArrayLike,
    *,
    reference: str | None = None,
    margin: float = 0.0,
    confidence: float = 0.95,
    cluster: ArrayLike | None = None,
    unparsable: ArrayLike | None = None,
    setting: Setting | None = None,
    resampling: Resampling | None = None,
) -> Result:
    """Compare conditions on the same items, one row an item and condition.

    Args:
        items: Which item.
        conditions: In which condition.
        correct: 1 or 0.
        reference: The full condition; differences are it minus another.
        margin: What a modality has to contribute.
        confidence: Of the intervals.
        cluster: Patient of each row's item, when a patient may have several.
        unparsable: 1 where the answer could not be read, else 0; such an answer is wrong.
        setting: All of these words and more; `reference`, `margin` and `confidence` are not read
            when it is given.
        resampling: Of the ratio of clustered items.

    Raises:
        ValueError: Rows that do not fit (see `layout.arrange`), or a reference that is not there.
    """
    how = setting or Setting(reference=reference, margin=margin, confidence=confidence)
    laid = arrange(items, conditions, correct, cluster=cluster, unparsable=unparsable)
    return analyse(laid, how, resampling or Resampling())


def analyse(layout: Layout, how: Setting, resampling: Resampling) -> Result:
    """`compare`, of items that are laid out.

    Raises:
        ValueError: A reference that is not there, or a margin of 1 or more.
    """
    if how.margin >= 1:
        raise ValueError(f"a margin of accuracies lies below 1, not at {how.margin:g}")
    if how.reference is not None:
        layout.column(how.reference)
    used, names = usable(layout)
    pairs = [pair_of(used, how, pair) for pair in how.pairs(layout.conditions)]
    differences = [pair.difference(DIFFERENCE, how.confidence) for pair in pairs]
    estimates = _by_condition(used, how)
    for pair, difference in zip(pairs, differences, strict=True):
        estimates += [difference, *(pair.flow(how.confidence) if len(pair.a) else [])]
    read = _parsable(used, how)
    estimates += [pair.difference(PARSABLE, how.confidence) for pair in read]
    estimates += robustness.endpoints(used, how, resampling)
    found = [t for pair in pairs for t in pair.tests(DIFFERENCE, how.confidence)]
    found += [t for pair in read for t in pair.tests(PARSABLE, how.confidence)]
    tests = [*_overall(used, names, how), *with_holm(found)]
    tests += [test for _, test in judged(layout, how)]
    return Result(
        estimates=tuple(estimates),
        tests=tuple(tests),
        warnings=(
            *unpaired(layout, how),
            *refusals(used, how),
            *nameless(layout, how),
            *untold(layout, how),
        ),
    )


def _by_condition(layout: Layout, how: Setting) -> list[Estimate]:
    """Accuracy and unparsable answers of each condition."""
    import numpy as np

    found = []
    for column, name in enumerate(layout.conditions):
        there = ~np.isnan(layout.outcome[:, column])
        cluster = None if layout.cluster is None else layout.cluster[there]
        where = how.subgroup(name)
        hit = layout.outcome[there, column] == 1
        found.append(share(ENDPOINT, hit, cluster, where, how.confidence))
        if layout.unparsable is not None:
            lost = layout.unparsable[there, column]
            found.append(share("unparsable-rate", lost, cluster, where, how.confidence))
    return found


def with_holm(tests: Sequence[Test], key: str = "p_holm") -> list[Test]:
    """Holm's p values in the details, among all tests of one name and endpoint, where several."""
    found = list(tests)
    for kind in dict.fromkeys((test.test, test.endpoint) for test in found):
        places = [i for i, test in enumerate(found) if (test.test, test.endpoint) == kind]
        if len(places) < 2:  # noqa: PLR2004 - one comparison needs no adjustment
            continue
        rulings = holm({str(i): found[i].p for i in places})
        for i, ruling in zip(places, rulings, strict=True):
            more = {key: None if found[i].p is None else ruling.adjusted}
            found[i] = dataclasses.replace(found[i], details=found[i].details | more)
    return found


def _parsable(layout: Layout, how: Setting) -> list[Pair]:
    """Each pair among the items that could be read in both of its conditions."""
    found = [parsable_pair(layout, how, names) for names in how.pairs(layout.conditions)]
    return [pair for pair in found if pair is not None]


def _overall(layout: Layout, names: Sequence[str], how: Setting) -> list[Test]:
    """Cochran's Q over the conditions that are there."""
    if len(names) < 2:  # noqa: PLR2004 - one condition has nothing to differ from
        return []
    whole = layout.only(held(layout))
    outcome = whole.outcome[:, [layout.column(name) for name in names]]
    if whole.cluster is None:
        return [cochran_q(outcome, between=how.all_of())]
    return [wald(outcome, whole.cluster, between=how.all_of())]
