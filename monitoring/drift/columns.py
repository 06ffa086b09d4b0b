"""Missing values and values that the frozen set does not have, from two summaries of a column."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from monitoring.drift.cells import known
from validation.binary.proportion import proportion, proportion_difference
from validation.estimate import absent

if TYPE_CHECKING:
    from evidence.records import Body
    from validation.estimate import Estimate

RISE = "missing-rate-difference"
NEW = "new-category-share"
OTHER = "(other)"  # values that a summary counts together
SHOWN = 5  # new values that are named, the most frequent first


def missing_rise(name: str, reference: Body, current: Body, confidence: float = 0.95) -> Estimate:
    """The share of missing values in the window less that of the reference set.

    Interval of Newcombe (Stat Med 1998; 17: 873-890, method 10).
    """
    then, now = (
        proportion(
            "missing-rate",
            int(found["missing"]),
            int(found["total"]),
            positives=0,
            confidence=confidence,
        )
        for found in (reference, current)
    )
    return dataclasses.replace(
        proportion_difference(now, then), endpoint=RISE, subgroup=f"column={name}"
    )


def new_share(name: str, reference: Body, current: Body, confidence: float = 0.95) -> Estimate:
    """The share of the window's known values that the frozen set does not have.

    Interval of Wilson (J Am Stat Assoc 1927; 22: 209-212). Where the frozen set has an *other*
    bucket, what falls into the window's may or may not be new, and is left out.
    """
    if reference["type"] != "category":
        reason = "numbers have no categories"
        return absent(
            NEW, reason, n=known(current), positives=0, method="wilson", subgroup=f"column={name}"
        )
    events = sum(_new(reference, current).values())
    found = proportion(NEW, events, known(current), positives=0, confidence=confidence)
    return dataclasses.replace(found, subgroup=f"column={name}")


def new_values(reference: Body, current: Body, minimum_cell: int) -> list[tuple[str, int]]:
    """The most frequent new values and their counts; none that fewer cases than a cell show.

    Args:
        reference: The frozen summary.
        current: The window's.
        minimum_cell: The policy's; a rarer value may point to a patient.
    """
    found = [(v, n) for v, n in _new(reference, current).items() if n >= minimum_cell]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def _new(reference: Body, current: Body) -> dict[str, int]:
    held = {str(value) for value, count in reference["counts"].items() if count}
    return {
        str(value): int(count)
        for value, count in current["counts"].items()
        if count and str(value) not in held and value != OTHER
    }
