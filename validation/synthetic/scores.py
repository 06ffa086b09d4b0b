"""Estimates of synthetic data: those that have no interval say why."""

from __future__ import annotations

from validation.estimate import Estimate, absent

REFERENCES = {
    "counted": "A count of the rows at hand: nothing is estimated.",
}
BOUNDED = (
    "no interval: a bootstrap does not cover a score whose best value is an end of its scale"
)
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


def counted(endpoint: str, events: int, n: int, subgroup: str = "overall") -> Estimate:
    """A share that is a count of the rows at hand."""
    made = score(
        endpoint,
        events / n if n else None,
        n=n,
        method="counted",
        subgroup=subgroup,
        reason=COUNTED,
        undefined="there are no rows",
    )
    import dataclasses

    return dataclasses.replace(made, events=events)
