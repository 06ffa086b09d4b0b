"""The subgroups in a trigger's window: the endpoint by subgroup, and the gaps that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View
from reports import words

if TYPE_CHECKING:
    from evidence.records import Body, MonitoringRun

FIRST = ("auroc", "sensitivity", "accuracy", "prevalence")  # shown where a finding has no endpoint
OF_ESTIMATES = ("performance", "prevalence", "calibration")


class Row(View):
    """One subgroup."""

    subgroup: str
    """Who."""
    value: str
    """The endpoint; withheld where it would name a small cell."""
    interval: str
    """Its interval."""
    n: str
    """Cases."""


class Affected(View):
    """The subgroups of a window."""

    endpoint: str
    """What is shown of them; empty where nothing was measured by subgroup."""
    confidence: str
    """Level of the intervals."""
    rows: list[Row]
    """Everybody, then each subgroup."""
    gaps: list[str]
    """Gaps between subgroups that were found, each as a sentence."""


def affected(finding: Body, run: MonitoringRun, minimum: int) -> Affected:
    """The subgroups of a window.

    Args:
        finding: The trigger's.
        run: The window's whole record.
        minimum: Smaller cells are not shown.
    """
    split = [e for e in run.estimates if e["subgroup"] != "overall"]
    names = dict.fromkeys(e["endpoint"] for e in split)
    asked = finding["subject"].partition("@")[0] if finding["kind"] in OF_ESTIMATES else ""
    name = next((n for n in (asked, *FIRST) if n in names), "")
    rows = [words.estimate(e, minimum) for e in run.estimates if e["endpoint"] == name]
    gaps = [f["statement"] for f in run.findings if f["kind"] == "subgroup-gap"]
    return Affected(
        endpoint=words.endpoint(name) if name else "",
        confidence=rows[0]["confidence"] if rows else "",
        rows=[
            Row(subgroup=_who(row), value=row["value"], interval=row["interval"], n=row["n"])
            for row in rows
        ],
        gaps=[words.sentence(each) for each in gaps],
    )


def _who(row: Body) -> str:
    at = f" (score from {row['threshold']})" if row["threshold"] else ""
    return f"{row['subgroup']}{at}"
