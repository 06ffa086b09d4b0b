"""A record's body as a page may show it: without small cells, and without counts of single values.

The rule is the documents' (law 6): a count of fewer people than the policies' `minimum_cell` is
printed as such, and a share that would give one away is withheld, with the differences from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports import words

if TYPE_CHECKING:
    from evidence.records import Body

COUNTS = (  # keys that count people
    *("n", "cases", "positives", "negatives", "events", "rows", "count", "counts", "patients"),
    *("tp", "fp", "fn", "tn", "missing", "unexpected", "indeterminate", "rejected", "counted"),
    *("pairs", "n_window", "n_reference", "missing_window", "missing_reference", "total"),
    *("right-to-wrong", "wrong-to-right"),
)
SINGLE = (  # keys that hold people by single value, step or case
    *("score_cells", "score_summary", "summaries", "roc", "path", "decision", "calibration"),
)
HIDING = ("value", "low", "high", "error", "p", "events")
UNSEEN = "not shown here: counts of single values, where cells of a few people may be"
WITHHELD = "withheld: a small cell"
SAID = ("reason", "statement", "observed", "message")


def disclosed(body: Body, minimum: int) -> Body:
    """A body without small cells.

    Args:
        body: A record's.
        minimum: Counts below it are not shown.
    """
    hidden = {
        (e["endpoint"], e.get("threshold"), e["subgroup"])
        for e in body.get("estimates", ())
        if _is_estimate(e) and words.withheld(e, minimum)
    }
    found: Body = _value("", body, minimum)
    if hidden and "gaps" in body:
        pairs = zip(body["gaps"], found["gaps"], strict=True)
        found["gaps"] = [_gap(gap, shown, hidden) for gap, shown in pairs]
    return found


def _value(key: str, value: Any, minimum: int) -> Any:
    if key in SINGLE and value:
        return UNSEEN
    if isinstance(value, dict):
        return _dict(value, minimum)
    if isinstance(value, list):
        return [_value(key, each, minimum) for each in value]
    if isinstance(value, str) and key in SAID:
        return words.reason(value, minimum) if key == "reason" else value
    counts = isinstance(value, int) and not isinstance(value, bool) and key in COUNTS
    return words.cell(value, minimum) if counts and 0 < value < minimum else value


def _dict(body: Body, minimum: int) -> Body:
    shown = {key: _value(key, value, minimum) for key, value in body.items()}
    if _is_estimate(body) and words.withheld(body, minimum):
        shown |= {key: WITHHELD for key in HIDING if body.get(key) is not None}
    return shown


def _gap(gap: Body, shown: Body, hidden: set[tuple[str, Any, str]]) -> Body:
    """A difference; withheld where one of its sides is, which it would give away."""
    of = (gap["endpoint"].removesuffix("-difference"), gap.get("threshold"))
    if any((*of, side) in hidden for side in gap["subgroup"].split(" − ")):
        return shown | {key: WITHHELD for key in HIDING if gap.get(key) is not None}
    return shown


def _is_estimate(value: Any) -> bool:
    return isinstance(value, dict) and {"endpoint", "subgroup", "n", "positives"} <= set(value)
