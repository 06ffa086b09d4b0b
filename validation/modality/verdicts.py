"""The verdict on each modality, and why one cannot be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.modality.contribution import Contribution, judge
from validation.modality.layout import arrange
from validation.modality.pairing import lost_by, pair_of, parsable_pair, usable

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from validation.estimate import Test
    from validation.modality.layout import Layout
    from validation.modality.setting import Setting

DIFFERENCE = "accuracy-difference"
PARSABLE = "accuracy-difference-parsable"
WRONG, AMONG = "verdict-counting-unparsable-as-wrong", "verdict-among-parsable"


def judge_modalities(
    items: ArrayLike,
    conditions: ArrayLike,
    correct: ArrayLike,
    *,
    setting: Setting,
    cluster: ArrayLike | None = None,
    unparsable: ArrayLike | None = None,
) -> tuple[Contribution, ...]:
    """The verdict on each modality, from rows of one item and condition each.

    Args:
        items: Which item.
        conditions: In which condition.
        correct: 1 or 0.
        setting: Names the reference and the margin.
        cluster: Patient of each row's item.
        unparsable: 1 where the answer could not be read, else 0.

    Raises:
        ValueError: Rows that do not fit, or a reference that is not there.
    """
    laid = arrange(items, conditions, correct, cluster=cluster, unparsable=unparsable)
    return contributions(laid, setting)


def contributions(layout: Layout, how: Setting) -> tuple[Contribution, ...]:
    """The verdict on each modality that a condition lacks beside the reference.

    Raises:
        ValueError: A reference, or a condition of a modality, that is not there.
    """
    return tuple(found for found, _ in judged(layout, how))


def judged(layout: Layout, how: Setting) -> list[tuple[Contribution, Test]]:
    """The verdict on each modality, and as a test with what the other readings would say."""
    used, _ = usable(layout)
    found = []
    for condition, modality in how.withheld(layout.conditions).items():
        names = (how.reference or "", condition)
        pair = pair_of(used, how, names)
        difference = pair.difference(DIFFERENCE, how.confidence)
        why = doubt(layout, used, how, names)
        more: dict[str, str] = {}
        read = parsable_pair(used, how, names)
        if read is not None:
            plain = judge(difference, modality=modality, margin=how.margin)
            left = read.difference(PARSABLE, how.confidence)
            among = judge(left, modality=modality, margin=how.margin)
            more = {WRONG: plain.verdict, AMONG: among.verdict}
            why = why or _torn(plain, among, used.items - len(read.a))
        verdict = judge(difference, modality=modality, margin=how.margin, doubt=why)
        found.append((verdict, verdict.as_test(**more)))
    return found


def _torn(plain: Contribution, among: Contribution, lost: int) -> str:
    """Why a verdict is not given that depends on how unparsable answers are counted."""
    if plain.verdict == among.verdict:
        return ""
    return (
        f"the verdict depends on {lost:,} items with unparsable answers ('{plain.verdict}' when "
        f"they count as wrong, '{among.verdict}' without them): the difference may be refusals, "
        "not lost knowledge"
    )


def doubt(layout: Layout, used: Layout, how: Setting, pair: tuple[str, str]) -> str:
    """Why a difference is not judged: too few items have both, or too many cannot be read."""
    import numpy as np

    columns = [layout.column(name) for name in pair]
    there = ~np.isnan(layout.outcome[:, columns])
    lacking = int((~there.all(axis=1)).sum())
    if lacking > how.most_unpaired * layout.items:
        return f"{lacking:,} of {layout.items:,} items lack one of the conditions"
    faults = [
        f"{lost:,} of {used.items:,} answers of '{name}' are unparsable: the difference may be "
        "refusals, not lost knowledge"
        for name, lost in lost_by(used, pair).items()
        if lost > how.most_unparsable * used.items
    ]
    return "; ".join(faults)
