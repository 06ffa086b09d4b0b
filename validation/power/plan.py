"""A sample size or a power with all that it rests on, and the paragraph that a protocol needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from validation.estimate import Estimate, Result, table_html

UNIT = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a study of this size can show.

    Attributes:
        design: Such as ``proportion-against-goal``.
        method: How it was computed; `validation.methods` has its reference.
        n: Cases in all; None when no size reaches the power.
        positives: Of them with a positive reference standard, where it matters.
        negatives: Of them with a negative one.
        readers: Readers, in a reader study.
        power: Attained with these numbers.
        target: Power that was asked for; None when the size was given.
        alpha: Significance level.
        sides: 1 or 2.
        exact: Size before rounding up, where the formula has one.
        assumptions: Everything that was put in, by name.
        justification: The paragraph for the protocol.
        reason: Why there is no size.
    """

    design: str
    method: str
    n: int | None
    power: float | None
    alpha: float
    sides: int
    justification: str
    positives: int | None = None
    negatives: int | None = None
    readers: int | None = None
    target: float | None = None
    exact: float | None = None
    assumptions: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    def to_result(self) -> Result:
        """As estimates: ``sample-size`` (and of readers), ``power``."""
        rows: list[tuple[str, float | None, str]] = [("sample-size", self.n, UNIT)]
        if self.readers is not None:
            rows.append(("readers", self.readers, "readers"))
        rows.append(("power", self.power, "probability"))
        return Result(
            estimates=tuple(
                Estimate(
                    endpoint=endpoint,
                    value=None if value is None else float(value),
                    low=None,
                    high=None,
                    n=self.n or 0,
                    positives=self.positives or 0,
                    method=self.method,
                    confidence=1 - self.alpha * 2 / self.sides,
                    unit=unit,
                    reason=self.reason,
                )
                for endpoint, value, unit in rows
            )
        )

    def _repr_html_(self) -> str:
        rows = [(name, str(value)) for name, value in self.assumptions.items()]
        return table_html(("Assumption", "Value"), rows) + f"<p>{self.justification}</p>"


def levels(*, alpha: float, power: float | None, sides: int) -> None:
    """Check what every plan is given.

    Raises:
        ValueError: alpha or power outside 0 to 1, or sides that are not 1 or 2.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha lies between 0 and 1, not {alpha}")
    if power is not None and not alpha < power < 1:
        raise ValueError(f"power lies between alpha ({alpha:g}) and 1, not {power}")
    if sides not in (1, 2):
        raise ValueError(f"a test has 1 or 2 sides, not {sides}")


def inside(name: str, value: float, low: float = 0.0, high: float = 1.0) -> None:
    """Check a number.

    Raises:
        ValueError: It does not lie strictly between low and high.
    """
    if not low < value < high:
        raise ValueError(f"{name} lies between {low:g} and {high:g}, not {value}")


def z(alpha: float, sides: int) -> float:
    """The normal quantile of a test's level."""
    from scipy.stats import norm

    return float(norm.ppf(1 - alpha / sides))


def up(value: float) -> int:
    """Rounded up, forgiving floating dust."""
    return ceil(value - 1e-9)


def recruited(cases: int, prevalence: float | None, endpoint: str = "sensitivity") -> str:
    """How many people must be asked to find so many in a denominator; empty without prevalence.

    Raises:
        ValueError: A prevalence outside 0 to 1.
    """
    if prevalence is None:
        return ""
    inside("prevalence", prevalence)
    share = 1 - prevalence if endpoint == "specificity" else prevalence
    return (
        f" At a prevalence of {prevalence:g}, about {up(cases / share):,} "
        "consecutive cases must be collected to contain them."
    )


def tested(alpha: float, sides: int) -> str:
    """The level in words."""
    return f"{'one' if sides == 1 else 'two'}-sided significance level of {alpha:g}"
