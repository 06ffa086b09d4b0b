"""The comparison of conditions in each subgroup, such as each model and language.

Each subgroup is compared on its own items. Holm's p values within a subgroup are ``p_holm``; over
all subgroups and pairs they are ``p_holm_all``, and a warning says how many there were.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.count_bootstrap import Resampling
from validation.estimate import Result, Test, Warned
from validation.modality.comparison import analyse, with_holm
from validation.modality.layout import arrange
from validation.modality.scores import analyse_scores

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from validation.fairness.groups import Grouping
    from validation.modality.setting import Setting


def compare_groups(
    items: ArrayLike,
    conditions: ArrayLike,
    correct: ArrayLike,
    grouping: Grouping,
    setting: Setting,
    *,
    cluster: ArrayLike | None = None,
    unparsable: ArrayLike | None = None,
    resampling: Resampling | None = None,
    scores: bool = False,
) -> Result:
    """`comparison.compare` (or `scores.compare_scores`) within each subgroup.

    A condition that a subgroup lacks has no value there.

    Args:
        items: Which item, one row an item and condition and subgroup.
        conditions: In which condition.
        correct: 1 or 0; any number with `scores`.
        grouping: The subgroup of each row.
        setting: How to compare.
        cluster: Patient of each row's item.
        unparsable: 1 where the answer could not be read.
        resampling: Of the bootstraps.
        scores: Whether outcomes are scores.

    Raises:
        ValueError: Rows that do not fit, with the subgroup's name.
    """
    import numpy as np

    named = [np.asarray(column) for column in (items, conditions, correct)]
    further = [None if column is None else np.asarray(column) for column in (cluster, unparsable)]
    every = sorted(set(np.asarray(conditions).astype(str).tolist()))
    analysed = analyse_scores if scores else analyse
    found: list[Result] = []
    for code, name in enumerate(grouping.names):
        rows = grouping.codes == code
        item, condition, outcome = (column[rows] for column in named)
        patient, lost = (None if column is None else column[rows] for column in further)
        try:
            laid = arrange(
                item, condition, outcome,
                cluster=patient, unparsable=lost, binary=not scores, expected=every,
            )  # fmt: skip
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        how = dataclasses.replace(setting, group=name)
        found.append(analysed(laid, how, resampling or Resampling()))
    return joined(found)


def joined(results: list[Result]) -> Result:
    """Results of subgroups as one, with Holm's p values over all of them."""
    tests = [test for result in results for test in result.tests]
    adjusted = with_holm([test for test in tests if _counts(test)], key="p_holm_all")
    after = iter(adjusted)
    warnings = [warning for result in results for warning in result.warnings]
    number = max((_alike(adjusted, test) for test in adjusted), default=0)
    if len(results) > 1 and number:
        message = (
            f"{number:,} comparisons of two conditions in {len(results):,} subgroups: p is each "
            "one's own, p_holm is Holm's within a subgroup, p_holm_all over all; verdicts on "
            "modalities are each at the interval's own level"
        )
        warnings.append(Warned(code="multiplicity", message=message, count=number))
    return Result(
        estimates=tuple(estimate for result in results for estimate in result.estimates),
        tests=tuple(next(after) if _counts(test) else test for test in tests),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _counts(test: Test) -> bool:
    """Whether a test compares two conditions, and so is one of many."""
    return "-difference" in test.endpoint and test.alternative == "two-sided"


def _alike(tests: list[Test], one: Test) -> int:
    return sum((test.test, test.endpoint) == (one.test, one.endpoint) for test in tests)
