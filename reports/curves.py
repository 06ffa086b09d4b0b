"""Figures as facts: the points to draw, the caption, and words for who cannot see them.

The words are written from the same numbers as the drawing. `figures` draws them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body, ValidationRun

FOREST_ROWS = 30


def figure(kind: str, caption: str, alt: str, source: str, data: Body) -> Body:
    """A figure's facts."""
    return {"kind": kind, "caption": caption, "alt": alt, "source": source, "data": data}


def of_run(value: ValidationRun, source: str, minimum: int) -> Body:
    """The figures of a validation run; one that has no points is left out."""
    found: Body = {}
    if value.curves.get("roc", {}).get("points"):
        found["roc"] = _roc(value, source)
    if value.curves.get("calibration"):
        found["calibration"] = _calibration(value, source)
    forest = _forest(value, source, minimum)
    if forest:
        found["forest"] = forest
    return found


def _roc(value: ValidationRun, source: str) -> Body:
    area = next(
        (
            e
            for e in value.estimates
            if e["endpoint"] == "auroc" and e["subgroup"] == "overall" and e["value"] is not None
        ),
        None,
    )
    said = words.estimate(area) if area else "not computable"
    roc = value.curves["roc"]
    marks = [
        {
            "name": p["name"],
            "fpr": p["fp"] / roc["negatives"],
            "tpr": p["tp"] / roc["positives"],
        }
        for p in value.curves.get("operating_points", [])
    ]
    spoken = "; ".join(
        f"operating point {m['name']}: sensitivity {words.percent(m['tpr'])}, "
        f"false-positive rate {words.percent(m['fpr'])}"
        for m in marks
    )
    return figure(
        "roc",
        f"ROC curve of {value.model}. AUROC {said}; the band is the pointwise 95% interval of "
        "sensitivity (Wilson).",
        f"ROC curve of {value.model} on {value.reference}: AUROC {said}. {spoken}.",
        source,
        {"points": roc["points"], "marks": marks},
    )


def _calibration(value: ValidationRun, source: str) -> Body:
    rows = value.curves["calibration"]
    low, high = rows[0], rows[-1]
    return figure(
        "calibration",
        f"Calibration of {value.model}: observed share of positives against mean score, in groups "
        "of equal size, with 95% intervals.",
        f"Calibration of {value.model}: {len(rows)} groups; mean score "
        f"{words.percent(low['score'])} with {words.percent(low['observed'])} positive in the "
        f"lowest, {words.percent(high['score'])} with {words.percent(high['observed'])} positive "
        "in the highest.",
        source,
        {"rows": [{k: r[k] for k in ("score", "observed", "low", "high")} for r in rows]},
    )


def _forest(value: ValidationRun, source: str, minimum: int) -> Body | None:
    mine = [e for e in value.estimates if e["endpoint"] == "auroc" and e["value"] is not None]
    whole = next((e for e in mine if e["subgroup"] == "overall"), None)
    parts = [e for e in mine if e["subgroup"] != "overall" and e["n"] >= minimum][:FOREST_ROWS]
    if whole is None or not parts or whole["low"] is None:
        return None
    spoken = "; ".join(f"{words.subgroup(e['subgroup'])} {words.estimate(e)}" for e in parts)
    return figure(
        "forest",
        f"AUROC of {value.model} by subgroup with 95% intervals; the dashed line is the value in "
        "all cases.",
        f"AUROC by subgroup: all cases {words.estimate(whole)}; {spoken}.",
        source,
        {"rows": [_bar(whole), *(_bar(e) for e in parts)], "line": whole["value"]},
    )


def _bar(e: Body) -> Body:
    span = words.interval(e)
    return {
        "label": words.subgroup(e["subgroup"]),
        "value": e["value"],
        "low": e["value"] if e["low"] is None else e["low"],
        "high": e["value"] if e["high"] is None else e["high"],
        "said": f"{words.number(e['value'], 'auroc')} ({span})" if span else "",
        "n": words.count(e["n"]),
    }


def heat(columns: Sequence[str], windows: Sequence[Body], source: str) -> Body:
    """Drift by window and feature.

    Args:
        columns: The features.
        windows: Window label and column to its drift body.
        source: The records.
    """
    cells = [[_cell(w["drift"].get(name)) for w in windows] for name in columns]
    moved = [
        f"{words.plain(name)} in {', '.join(w['label'] for w, c in zip(windows, row, strict=True) if c['drift'])}"  # noqa: E501
        for name, row in zip(columns, cells, strict=True)
        if any(c["drift"] for c in row)
    ]
    return figure(
        "heat",
        "Drift of each input and of the score against the reference set, by window. Printed: the "
        "divergence; a frame marks what lies beyond the plan’s threshold; n.e.: not evaluable.",
        f"Drift in {len(windows)} windows and {len(columns)} columns. Beyond the threshold: "
        f"{'; '.join(moved) or 'none'}.",
        source,
        {
            "columns": [words.plain(c) for c in columns],
            "windows": [w["label"] for w in windows],
            "cells": cells,
        },
    )


def _cell(found: Body | None) -> Body:
    if found is None or found["value"] is None:
        return {"ratio": None, "said": "n.e." if found else "", "drift": False}
    return {
        "ratio": found["value"] / found["threshold"],
        "said": words.decimal(found["value"], 2),
        "drift": found["status"] == "drift",
    }


def over_time(series: Sequence[Body], source: str, model: str) -> Body:
    """Endpoints by window with the frozen reference as a line.

    Args:
        series: Each with endpoint, label, reference value or None, and estimates by window.
        source: The records.
        model: Which model.
    """
    panels, spoken = [], []
    for s in series:
        points = [
            {"window": label, **_ends(e)}
            for label, e in s["points"]
            if e and e["value"] is not None
        ]
        if not points:
            continue
        panels.append(
            {
                "label": s["label"],
                "percent": s["endpoint"] in words.PERCENT,
                "reference": s["reference"],
                "points": points,
                "windows": [label for label, _ in s["points"]],
            }
        )
        first, last = points[0], points[-1]
        spoken.append(
            f"{s['label']}: reference set {words.number(s['reference'], s['endpoint'])}, "
            f"{first['window']} {words.number(first['value'], s['endpoint'])}, "
            f"{last['window']} {words.number(last['value'], s['endpoint'])}"
        )
    return figure(
        "timeline",
        f"Endpoints of {model} over time with 95% intervals; the dashed line is the value in the "
        "frozen reference set.",
        f"Endpoints by window. {'; '.join(spoken)}.",
        source,
        {"panels": panels},
    )


def _ends(e: Body) -> Body:
    low = e["value"] if e["low"] is None else e["low"]
    high = e["value"] if e["high"] is None else e["high"]
    return {"value": e["value"], "low": low, "high": high}
