"""What the ruler gives back: estimates with their intervals, tests, warnings.

What cannot be computed is an `Estimate` without a value and with its reason, never an exception,
so that a table stays whole. All values are plain, frozen, and turn to JSON as they stand.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its interval and its denominator.

    Attributes:
        endpoint: Lower-case name with hyphens, such as ``auroc``.
        value: The point estimate; None when it cannot be computed.
        low: Lower confidence bound.
        high: Upper confidence bound.
        n: People in the denominator (for sensitivity, the positives).
        positives: People with a positive reference standard among all of the subgroup.
        method: How the interval was made; `validation.methods` has its reference.
        confidence: Two-sided confidence level.
        events: The numerator of a proportion.
        threshold: The operating point, where it applies.
        subgroup: ``overall`` or ``attribute=value``.
        unit: What the value is counted in.
        reason: Why there is no value, or no interval.
        p: Two-sided p value, for differences.
        error: Standard error, where the method has one.
    """

    endpoint: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    positives: int
    method: str
    confidence: float = 0.95
    events: int | None = None
    threshold: float | None = None
    subgroup: str = "overall"
    unit: str = "proportion"
    reason: str = ""
    p: float | None = None
    error: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a record holds it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> Self:
        """From a record's body; keys of a later writer are left aside."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in body.items() if key in known})

    def _repr_html_(self) -> str:
        return table_html(("Endpoint", "Subgroup", "Value", "Interval", "n", "Method"), [row(self)])


def absent(
    endpoint: str,
    reason: str,
    *,
    n: int,
    positives: int,
    method: str,
    confidence: float = 0.95,
    subgroup: str = "overall",
    unit: str = "proportion",
    threshold: float | None = None,
) -> Estimate:
    """An estimate without a value, and why."""
    return Estimate(
        endpoint=endpoint,
        value=None,
        low=None,
        high=None,
        n=n,
        positives=positives,
        method=method,
        confidence=confidence,
        reason=reason,
        subgroup=subgroup,
        unit=unit,
        threshold=threshold,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test of a hypothesis, with the difference that it is about.

    Attributes:
        test: Which test, such as ``mcnemar-exact``.
        endpoint: What is compared, such as ``sensitivity-difference``.
        statistic: The test's statistic; None for an exact test without one.
        df: Degrees of freedom; a pair for F.
        p: Two-sided p value unless `alternative` says otherwise; None when it cannot be computed.
        estimate: The difference or ratio.
        low: Lower confidence bound of it.
        high: Upper confidence bound.
        method: How the interval was made.
        alternative: ``two-sided``, ``superiority`` or ``non-inferiority``.
        confidence: Two-sided confidence level of the interval.
        n: Cases behind it.
        unit: What the estimate is counted in.
        reason: Why there is no p value.
        details: Numbers behind the test, such as discordant pairs, by name.
        between: What is compared with what, such as ``sex=female − sex=male``; empty when the
            endpoint says it all.
    """

    __test__: ClassVar[bool] = False  # no test of pytest's

    test: str
    endpoint: str
    statistic: float | None
    p: float | None
    df: float | tuple[float, float] | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    alternative: str = "two-sided"
    confidence: float = 0.95
    n: int = 0
    unit: str = "proportion"
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    between: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As a record holds it."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something in the data that a person should look at.

    Attributes:
        code: Lower-case words with hyphens, such as ``coded-missing``.
        message: What was seen, where, and what to do.
        columns: The columns it is about.
        count: How many rows or cases.
    """

    code: str
    message: str
    columns: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that one call of the calculator gives."""

    estimates: tuple[Estimate, ...] = ()
    tests: tuple[Test, ...] = ()
    warnings: tuple[Warned, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The calculator's JSON object."""
        return dataclasses.asdict(self)

    def find(self, endpoint: str, subgroup: str = "overall") -> Estimate:
        """The first estimate of an endpoint.

        Raises:
            KeyError: There is none.
        """
        for estimate in self.estimates:
            if (estimate.endpoint, estimate.subgroup) == (endpoint, subgroup):
                return estimate
        raise KeyError(f"{endpoint} ({subgroup})")

    def _repr_html_(self) -> str:
        heads = ("Endpoint", "Subgroup", "Value", "Interval", "n", "Method")
        return table_html(heads, [row(estimate) for estimate in self.estimates])


def row(estimate: Estimate) -> tuple[str, ...]:
    """An estimate as a table prints it."""
    value = "not evaluable" if estimate.value is None else f"{estimate.value:.4g}"
    span = "" if estimate.low is None else f"{estimate.low:.4g} to {estimate.high:.4g}"
    at = "" if estimate.threshold is None else f" at {estimate.threshold:g}"
    return (
        estimate.endpoint + at,
        estimate.subgroup,
        value,
        span or estimate.reason,
        f"{estimate.n:,}",
        estimate.method,
    )


def test_row(test: Test) -> tuple[str, ...]:
    """A test as a table prints it."""

    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.4g}"

    span = "" if test.low is None else f"{number(test.low)} to {number(test.high)}"
    df = test.df if isinstance(test.df, tuple) else (test.df,)
    p = test.reason or "not evaluable" if test.p is None else f"{test.p:.4g}"
    shown = ", ".join(filter(None, map(number, df)))
    of = f"{test.endpoint} ({test.between})" if test.between else test.endpoint
    return (test.test, of, number(test.estimate), span, number(test.statistic), shown, p)


def table_html(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A plain table for a notebook; all text escaped."""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>" for cells in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
