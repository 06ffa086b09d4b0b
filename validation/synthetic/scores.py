"""Estimates of synthetic data: those that have no interval say why."""

from __future__ import annotations

import dataclasses

from validation.estimate import Estimate, absent

REFERENCES = {
    "counted": "A count of the rows at hand: nothing is estimated.",
}
BOUNDED = "no interval: best at an end of its scale"  # where a bootstrap does not cover
COUNTED = "no interval: a count of the rows at hand"
UNDEFINED = "the columns are constant or blank: the score is not defined"


def score(
    endpoint: str,
    value: float | None,
    *,
    n: int,
    method: str,
    subgroup: str = "overall",
    unit: str = "proportion",
    reason: str = BOUNDED,
    undefined: str = UNDEFINED,
) -> Estimate:
    """A value without an interval, or absent.

    Args:
        endpoint: Its name.
        value: None where it is not defined.
        n: Synthetic rows behind it.
        method: Its name.
        subgroup: ``overall``, ``column=age`` or ``columns=age & sex``.
        unit: What it is counted in.
        reason: Why there is no interval.
        undefined: Why there is no value, if there is none.
    """
    if value is None:
        return absent(
            endpoint, undefined, n=n, positives=0, method=method, subgroup=subgroup, unit=unit
        )
    return Estimate(
        endpoint=endpoint,
        value=value,
        low=None,
        high=None,
        n=n,
        positives=0,
        method=method,
        subgroup=subgroup,
        unit=unit,
        reason=reason,
    )


def counted(
    endpoint: str, events: int, n: int, subgroup: str = "overall", *, unit: str = "proportion"
) -> Estimate:
    """A count of the rows at hand, or their share of n.

    Args:
        endpoint: Its name.
        events: Rows that are counted.
        n: Of how many.
        subgroup: Of whom.
        unit: ``rows`` for the count, else the share.
    """
    share = events / n if n else None
    made = score(
        endpoint,
        float(events) if unit == "rows" else share,
        n=n,
        method="counted",
        subgroup=subgroup,
        unit=unit,
        reason=COUNTED,
        undefined="there are no rows",
    )
    return dataclasses.replace(made, events=events)
