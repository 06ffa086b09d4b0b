"""An estimate and a criterion as pages show them, with the documents' words and small cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View
from reports import premarket, words

if TYPE_CHECKING:
    from evidence.records import Body


class Measured(View):
    """An estimate; what a small cell would be told by is withheld."""

    endpoint: str
    """Its name in the records."""
    name: str
    """Its name on a page."""
    subgroup: str
    """Of whom; ``All`` of everybody."""
    threshold: str
    """The operating point's threshold; empty where there is none."""
    value: float | None
    """The point estimate."""
    low: float | None
    """Lower confidence bound."""
    high: float | None
    """Upper confidence bound."""
    text: str
    """The point estimate in its unit."""
    interval: str
    """The interval in the unit."""
    n: str
    """People in the denominator."""
    positives: str
    """People with a positive reference standard."""
    method: str
    """How the interval was made."""
    confidence: str
    """Two-sided confidence level."""
    reason: str
    """Why there is no value, or no interval."""


class Criterion(View):
    """An acceptance criterion as it was judged."""

    id: str
    """In its policy."""
    statement: str
    """What was asked."""
    subgroup: str
    """Of whom."""
    primary: bool
    """Whether it is primary."""
    bound: str
    """Which end of the interval was judged: low or high."""
    limit: str
    """What that end was held against."""
    estimate: Measured
    """What was measured."""
    verdict: str
    """Pass, fail or not evaluable."""
    reason: str
    """Why."""


def measured(body: Body, minimum: int) -> Measured:
    """An estimate of a record.

    Args:
        body: As the record holds it.
        minimum: Cells below it are not shown.
    """
    shown, hidden = words.estimate(body, minimum), words.withheld(body, minimum)
    numbers = {key: None if hidden else body[key] for key in ("value", "low", "high")}
    return Measured(
        endpoint=body["endpoint"],
        name=shown["name"],
        subgroup=shown["subgroup"],
        threshold=shown["threshold"],
        text=shown["value"],
        interval=shown["interval"],
        n=shown["n"],
        positives=shown["positives"],
        method=shown["method"],
        confidence=shown["confidence"],
        reason=words.reason(shown["reason"], minimum),
        **numbers,
    )


def criterion(body: Body, minimum: int) -> Criterion:
    """A criterion of a record; `minimum` as for `measured`."""
    shown = premarket.criterion(body, minimum)
    limit = body.get("limit", body.get("margin"))
    return Criterion(
        id=shown["id"],
        statement=shown["statement"],
        subgroup=words.subgroup(body.get("subgroup", "overall")),
        primary=shown["primary"],
        bound=str(body.get("bound", "")),
        limit="" if limit is None else f"{limit:g}",
        estimate=measured(body["estimate"], minimum),
        verdict=shown["verdict"],
        reason=shown["reason"],
    )
