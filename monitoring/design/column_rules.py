"""The per-window rules on columns, missing values and drift: each column by itself, added up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from monitoring.design import raised, ruled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.records import Body
    from monitoring.design.known import Known
    from monitoring.design.ruled import RuleRow


def _columns(known: Known) -> Iterator[tuple[str, Body]]:
    """Frozen summaries of columns that have cases."""
    for name, body in known.frozen.summaries.items():
        if isinstance(body, dict) and body.get("total") and "counts" in body:
            yield name, body


def missing(known: Known) -> list[RuleRow]:
    """Any column: chances of columns add up, as rare ones do."""
    people, rise = known.pace.a_window(known.cases_a_year), known.plan.missing_rise
    chances = [
        ruled.risen(people, share, share + rise, known.plan.minimum_cases)
        for share in (body["missing"] / body["total"] for _, body in _columns(known))
        if share + rise < 1
    ]
    if not chances:
        return []
    name = f"missing share rises {rise:g} in any of {len(chances)} columns"
    return [raised.rows(known, name, "missingness", chances, ruled.EXACT)]


def drift(known: Known) -> list[RuleRow]:
    """Columns by method and threshold; chances of columns add up."""
    people = known.pace.a_window(known.cases_a_year)
    together: dict[tuple[str, float], list[tuple[str, Body]]] = {}
    for name, body in _columns(known):
        rule = known.plan.drift.rule(name, body["type"])
        together.setdefault((rule.method, rule.threshold), []).append((name, body))
    return [
        _diverging(known, method, threshold, columns, people)
        for (method, threshold), columns in together.items()
    ]


def _diverging(
    known: Known, method: str, threshold: float, columns: list[tuple[str, Body]], people: float
) -> RuleRow:
    name = f"{method} above {threshold:g} in any of {len(columns)} columns"
    if people < known.plan.minimum_cases:
        return raised.row(known, name, "drift", 0.0, "fewer cases than the plan needs")
    try:
        chances = [
            ruled.divergence(
                method,
                _cells(body, people),
                people,
                body["total"],
                threshold,
            )
            for _, body in columns
        ]
    except ValueError:
        return raised.none(known, name, "drift")
    return raised.rows(known, name, "drift", chances, "chi-square (Yurdakul and Naranjo 2020)")


def _cells(body: Body, people: float) -> int:
    """Cells that Evidently compares: categories, or bins by Sturges' rule of both sides' rows.

    Sturges, J Am Stat Assoc 1926; 21: 65-66.
    """
    held = sum(1 for n in body["counts"].values() if n)
    if body["type"] == "category":
        return held + bool(body["missing"])
    return min(held, math.ceil(math.log2(people + body["total"]) + 1))
