"""What a planned modification may change in a locked model: bounds that a machine can check.

Whatever differs between two locks and is not named here is outside the plan.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
import re
from typing import Self

from pydantic import Field, model_validator

from policies.reader import Text

VERSION = re.compile(r"\d+(\.\d+)*")


class ValueBound(Text):
    """What a parameter or a fact of the training data may be; checked on the new version."""

    values: list[str | float] = Field(default_factory=list)
    """The only values allowed; of a list, each of its members must be one of them."""
    at_least: float | dt.date | None = None
    """Smallest number or first day allowed."""
    at_most: float | dt.date | None = None
    """Largest number or last day allowed."""
    free: bool = False
    """Whether it may be anything; the reason belongs in the modification's rationale."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        limits = self.at_least is not None or self.at_most is not None
        if [bool(self.values), limits, self.free].count(True) != 1:
            raise ValueError("give either values, at_least and at_most, or free: true")
        require_order(self.at_least, self.at_most)
        return self


class NumberRange(Text):
    """The range of an operating threshold."""

    at_least: float = Field(ge=0, le=1)
    """Lowest threshold allowed."""
    at_most: float = Field(ge=0, le=1)
    """Highest threshold allowed."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_order(self.at_least, self.at_most)
        return self


class PackageBound(Text):
    """Which releases of a package the new version may need."""

    at_least: str = Field(pattern=VERSION.pattern)
    """First release allowed."""
    below: str = Field(pattern=VERSION.pattern)
    """First release that is not allowed any more."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if release(self.at_least) >= release(self.below):
            raise ValueError(f"at_least {self.at_least} is not below {self.below}")
        return self


class InputBounds(Text):
    """Which inputs may appear, vanish, or be left unanswered. A type never changes."""

    optional: list[str] = Field(default_factory=list)
    """Inputs that may become optional."""
    added: list[str] = Field(default_factory=list)
    """Inputs that may be new."""
    removed: list[str] = Field(default_factory=list)
    """Inputs that may be gone."""


class Bounds(Text):
    """The allowed range of a modification. What is not named must stay as it is."""

    artefacts: list[str] = Field(default_factory=list)
    """Patterns of the model's files whose bytes may differ, as `*.pkl`; none when empty."""
    inputs: InputBounds = InputBounds()
    thresholds: dict[str, NumberRange] = Field(default_factory=dict)
    """Operating point to the range of its threshold."""
    training: dict[str, ValueBound] = Field(default_factory=dict)
    """Fact of the training data, such as start, end, cases or sites, to what it may be."""
    environment: dict[str, PackageBound] = Field(default_factory=dict)
    """Package to its releases."""
    parameters: dict[str, ValueBound] = Field(default_factory=dict)
    """Training parameter to what it may be; the model's architecture is told by them."""

    @model_validator(mode="after")
    def _allows_something(self) -> Self:
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("name at least one part that may differ")
        return self


def release(text: str) -> tuple[int, ...]:
    """A release number as it is ordered: ``1.10`` after ``1.9``; ``1.0`` is ``1``.

    Raises:
        ValueError: It is no plain number, such as a pre-release.
    """
    if not VERSION.fullmatch(text):
        raise ValueError(f"'{text}' is no release number")
    parts = [int(part) for part in text.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def require_order(low: float | dt.date | None, high: float | dt.date | None) -> None:
    """Refuse a range of two kinds, or one that holds nothing."""
    if low is None or high is None:
        return
    if isinstance(low, float) != isinstance(high, float):
        raise ValueError("at_least and at_most are of two kinds: give two numbers or two days")
    if low > high:  # type: ignore[operator] # both numbers or both days, by the line above
        raise ValueError(f"at_least {low} is above at_most {high}")
