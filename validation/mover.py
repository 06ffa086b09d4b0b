"""A difference of two separate groups from the limits that each already has.

The method of variance estimates recovery: distances from value to limit are squared and added
(Zou GY, Donner A. Stat Med 2008; 27: 1693-1702). With Wilson's limits it is Newcombe's method 10.
The groups must not share patients.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validation.estimate import Estimate

REFERENCES = {"mover": "Zou GY, Donner A. Stat Med 2008; 27: 1693-1702 (MOVER)."}


def separate(a: Estimate, b: Estimate) -> Estimate:
    """The same endpoint, a minus b, in two groups that share no patient."""
    blank = dataclasses.replace(
        a,
        endpoint=f"{a.endpoint}-difference",
        value=None,
        low=None,
        high=None,
        n=a.n + b.n,
        positives=a.positives + b.positives,
        method="mover",
        events=None,
        error=None,
        subgroup=f"{a.subgroup} − {b.subgroup}",
        reason=a.reason or b.reason or "no interval in one of the groups",
    )
    if a.value is None or b.value is None:
        return blank
    value = a.value - b.value
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return dataclasses.replace(blank, value=value)
    below = ((a.value - a.low) ** 2 + (b.high - b.value) ** 2) ** 0.5
    above = ((a.high - a.value) ** 2 + (b.value - b.low) ** 2) ** 0.5
    return dataclasses.replace(blank, value=value, low=value - below, high=value + above, reason="")
