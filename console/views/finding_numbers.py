"""The numbers of a finding as a table: value, interval, reference, limit, cases, method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views.view import View
from reports import words

if TYPE_CHECKING:
    from evidence.records import Body

UNITS = {  # of a finding, where its name alone says little
    "auc": "area under the ROC curve, 0.5 is chance",
    "ratio": "ratio",
    "divergence": "divergence, 0 is no change",
    "statistic": "the chart's statistic",
    "cases": "cases",
}


class Number(View):
    """One number of the finding."""

    name: str
    """What it is."""
    value: str
    """The number with its unit, as it is read."""


def numbers(finding: Body, minimum: int) -> list[Number]:
    """The numbers that a finding has.

    Args:
        finding: The trigger's.
        minimum: Smaller cells are not shown.
    """
    unit = finding.get("unit", "")

    def said(value: float | None) -> str:
        if value == 0:
            return "0"
        return (
            words.whole(value)
            if unit == "cases" and value is not None
            else words.number(value, unit)
        )

    low, high = finding.get("low"), finding.get("high")
    bounds = " to ".join(["any value" if b is None else said(b) for b in (low, high)])
    limit = (
        "Rise that the plan allows" if finding.get("kind") == "missingness" else "The plan's limit"
    )
    method = finding.get("method", "")
    rows = [
        ("Value", said(finding.get("value")) if finding.get("value") is not None else ""),
        ("Confidence interval", "" if low is None and high is None else bounds),
        (
            "In the reference set",
            "" if finding.get("reference") is None else said(finding["reference"]),
        ),
        (limit, "" if finding.get("limit") is None else said(finding["limit"])),
        ("Unit", _unit(finding)),
        ("Cases behind it", words.cell(finding["n"], minimum) if finding.get("n") else ""),
        ("Method", words.METHODS.get(method, method.replace("-", " "))),
        ("Seen since", finding.get("onset", "")),
    ]
    return [Number(name=name, value=value) for name, value in rows if value]


def _unit(finding: Body) -> str:
    if finding.get("kind") == "subgroup-gap":
        return "difference of two areas under the ROC curve, 0 is none"
    return UNITS.get(finding.get("unit", ""), "")
