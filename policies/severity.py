"""How grave a trigger is, and which of two is graver."""

from __future__ import annotations

from typing import Literal, get_args

Severity = Literal["minor", "major", "critical"]
ORDER: tuple[Severity, ...] = get_args(Severity)


def rank(severity: str) -> int:
    """The place of a severity, from 0.

    Raises:
        ValueError: It is none.
    """
    return ORDER.index(severity)


def raised(severity: str, steps: int) -> Severity:
    """So many steps graver, at most ``critical``."""
    return ORDER[min(rank(severity) + steps, len(ORDER) - 1)]
