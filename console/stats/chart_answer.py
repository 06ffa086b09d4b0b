"""What the calculator's charts answer: the chart beside the usual keys, or a short table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from console import answer
from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.estimate import Warned


def require_one(limit: float | None, arl: float | None, name: str) -> None:
    """Refuse both, or neither, of a limit and a run length.

    Raises:
        UsageError: Not exactly one of them is given.
    """
    if (limit is None) == (arl is None):
        raise UsageError(f"give {name} or --in-control-arl")


def body(
    chart: dict[str, Any], warned: Sequence[Warned], methods: Sequence[str], *, cite: bool
) -> dict[str, Any]:
    """The JSON object: the calculator's keys, and the chart."""
    from monitoring.control_chart.references import REFERENCES
    from validation.estimate import Result

    made: dict[str, Any] = dataclasses.asdict(Result(warnings=tuple(warned)))
    made["chart"] = chart
    if cite:
        made["references"] = {name: REFERENCES[name] for name in methods}
    return made


def say(title: str, rows: Sequence[tuple[str, str]], told: dict[str, Any]) -> None:
    """A table on the terminal, with warnings and, if asked, references."""
    answer.table(title, ("", ""), rows)
    for warning in told["warnings"]:
        answer.say(f"Warning ({warning['code']}): {warning['message']}", as_json=False)
    for name, reference in told.get("references", {}).items():
        answer.say(f"{name}: {reference}", as_json=False)
