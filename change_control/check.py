"""One thing that was checked against the plan, and the three answers to it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from evidence import digest as digests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.records import Body

LONGEST = 120  # signs of a value that is shown as it is


class Fit(StrEnum):
    """The three answers. Only *inside* is a yes."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    CANNOT_TELL = "cannot tell"

    @classmethod
    def of(cls, checks: Iterable[Check]) -> Fit:
        """Outside before cannot tell before inside; nothing checked cannot be told."""
        found = {check.verdict for check in checks}
        for answer in (cls.OUTSIDE, cls.CANNOT_TELL, cls.INSIDE):
            if answer in found:
                return answer
        return cls.CANNOT_TELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was held against one bound of a planned modification.

    Attributes:
        bound: The bound, as ``parameters.max_depth`` or ``criterion V1``.
        allowed: What the plan allows, in words.
        old: What the previous version has; long values by their digest.
        new: What the new one has.
        verdict: Whether it fits.
        reason: Why, in one sentence.
        records: Numbers of the records it was read from.
    """

    bound: str
    allowed: str
    old: str
    new: str
    verdict: Fit
    reason: str
    records: tuple[int, ...]

    def body(self) -> Body:
        """As JSON."""
        return dataclasses.asdict(self) | {"verdict": str(self.verdict), "records": [*self.records]}


def shown(value: Any) -> str:
    """A value as a check prints it: no lists of cases' characteristics, only their digest."""
    if value is None:
        return "—"
    if isinstance(value, str) and value.startswith("sha256:"):
        return f"sha256 {digests.short(value)}"
    if isinstance(value, str | int | float | bool):
        text = str(value)
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = ", ".join(value)
    else:
        return f"sha256 {digests.short(digests.of_value(value))}"
    return text if len(text) <= LONGEST else f"sha256 {digests.short(digests.of_value(value))}"
