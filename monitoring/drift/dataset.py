"""The verdict over all columns: a share of them drifted, after multiplicity is dealt with.

With 40 columns each tested at 5 %, two are significant in every quiet window. p values are
therefore adjusted over all columns that were tested before a column counts: Holm (Scand J Stat
1979; 6: 65-70), so that any false one appears in at most 5 % of quiet windows, or Benjamini and
Hochberg (J R Stat Soc B 1995; 57: 289-300), so that at most 5 % of those called are false.
Distances have no level; their columns count as their thresholds say, and the share answers for
multiplicity, as in Evidently's own preset, whose default is half of the columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.designs.multiplicity import step_down

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body
    from policies.drift import DatasetRule

REFERENCES = {
    "holm": "Holm S. Scand J Stat 1979; 6: 65-70.",
    "benjamini-hochberg": "Benjamini Y, Hochberg Y. J R Stat Soc B 1995; 57: 289-300.",
}


def judged(columns: Sequence[Body], rule: DatasetRule) -> Body:
    """Judge the data set.

    Args:
        columns: Bodies of `check.measure`; those that are not evaluable are left out.
        rule: Share, and correction of the p values.

    Returns:
        ``status`` (drift, stable, not evaluable), ``columns`` judged, ``drifted`` by name,
        their ``share``, the ``limit``, the ``correction``, ``adjusted`` p values by column, and
        ``borderline``: whether borderline columns decide.
    """
    able = [column for column in columns if column["status"] != "not evaluable"]
    tested = [column for column in able if not column["larger_is_drift"]]
    p = adjusted([column["value"] for column in tested], rule.correction)
    levels = {c["column"]: value for c, value in zip(tested, p, strict=True)}
    drifted = [c["column"] for c in able if _counts(c, levels)]
    unsure = {c["column"] for c in able if c["borderline"]}
    sure = len([name for name in drifted if name not in unsure])
    share = len(drifted) / len(able) if able else None
    verdicts = [
        _reached(number, len(able), rule.share) for number in (sure, len(unsure.union(drifted)))
    ]
    moved = _reached(len(drifted), len(able), rule.share)
    return {
        "status": "not evaluable" if share is None else ("drift" if moved else "stable"),
        "columns": len(able),
        "drifted": drifted,
        "share": share,
        "limit": rule.share,
        "correction": rule.correction,
        "adjusted": levels,
        "borderline": verdicts[0] != verdicts[1],
    }


def _counts(column: Body, levels: dict[str, float]) -> bool:
    if column["column"] in levels:
        return bool(levels[column["column"]] <= column["threshold"])
    return bool(column["status"] == "drift")


def _reached(drifted: int, columns: int, share: float) -> bool:
    return columns > 0 and drifted / columns >= share


def adjusted(p: Sequence[float], correction: str) -> list[float]:
    """Adjust p values over a family, in the order given; compare with the level itself.

    Args:
        p: One a column.
        correction: ``holm``, ``benjamini-hochberg`` or ``none``.
    """
    if correction == "holm":
        return step_down(p)
    if correction == "none":
        return list(p)
    found, least = [0.0] * len(p), 1.0
    order = sorted(range(len(p)), key=lambda i: p[i], reverse=True)
    for place, at in enumerate(order):
        least = min(least, p[at] * len(p) / (len(p) - place))
        found[at] = least
    return found
