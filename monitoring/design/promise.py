"""The design as a whole: every chart, every rule, and all false alarms a year together."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from monitoring.design import charted, curve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitoring.design.charted import ChartRow
    from monitoring.design.curve import Line
    from monitoring.design.ruled import RuleRow
    from monitoring.design.stream import Pace, Stream
    from policies.chart import ChartRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a plan promises at an expected volume.

    Attributes:
        model: The locked model.
        reference: The frozen reference set.
        cases_a_year: Expected.
        prevalence: Expected.
        window_days: Length of a window.
        label_days: Until labels are known.
        loss: The change of an error rate whose delay is told.
        charts: A row a chart, stream and direction.
        rules: A row a per-window rule.
        false_alarms_a_year: Of all charts and rules that have a number, together.
        of_charts: The charts' part.
        of_rules: The rules' part.
        at_bound: All together, were every in-control rate at the bound of its interval.
        not_computed: Charts and rules without a number, and why.
        curves: The delay against the size of the loss, for a figure.
        assumptions: What the numbers rest on.
    """

    model: str
    reference: str
    cases_a_year: float
    prevalence: float | None
    window_days: float
    label_days: float
    loss: float
    charts: tuple[ChartRow, ...]
    rules: tuple[RuleRow, ...]
    curves: tuple[Line, ...] = ()
    not_computed: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    of_charts: float = 0.0
    of_rules: float = 0.0
    false_alarms_a_year: float = 0.0
    at_bound: float = 0.0
    notes: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


ASSUMPTIONS = (
    "Cases are independent; their number in a window is Poisson around the expected one.",
    "A change begins with a window, at full size, in a chart that has run for long.",
    "A delay ends with the window of the signal and the days that its labels need.",
    (
        "Run lengths of charts are computed by Markov chains (Brook and Evans 1972), none by "
        "simulation; those of an EWMA with windows of the expected size. Rules on proportions are "
        "computed exactly, those on distributions and the AUROC by their large-sample laws."
    ),
    (
        "False alarms add up: charts and rules that see the same cases may cry at the same time, "
        "so that there are at most as many episodes."
    ),
)


def design(
    charts: Sequence[tuple[ChartRule, Sequence[Stream]]],
    rules: Sequence[RuleRow],
    pace: Pace,
    *,
    loss: float,
    told: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> Design:
    """Put a design together.

    Args:
        charts: Each chart of the plan with its streams.
        rules: The rows of the per-window rules.
        pace: When windows come.
        loss: Change of an error rate whose delay is told.
        told: Model, reference, volume and prevalence.
        notes: What a reader should know of the numbers put in.
    """
    rows = [row for rule, streams in charts for row in charted.rows(rule, streams, pace, loss)]
    lines = [line for rule, streams in charts for line in curve.lines(rule, streams, pace, rows)]
    of_charts = sum(row.false_alarms_a_year or 0.0 for row in rows)
    of_rules = sum(row.false_alarms_a_year or 0.0 for row in rules)
    worst = sum(
        row.false_alarms_a_year or 0.0
        if row.false_alarms_at_bound is None
        else row.false_alarms_at_bound
        for row in rows
    )
    missing = [
        f"chart {row.chart}, {row.stream}, {row.direction}: {row.reason}"
        for row in rows
        if row.false_alarms_a_year is None
    ] + [f"rule {row.rule}: {row.reason}" for row in rules if row.chance is None]
    return Design(
        **told,
        window_days=pace.window_days,
        label_days=pace.label_days,
        loss=loss,
        charts=tuple(rows),
        rules=tuple(rules),
        curves=tuple(lines),
        not_computed=tuple(missing),
        assumptions=ASSUMPTIONS,
        of_charts=of_charts,
        of_rules=of_rules,
        false_alarms_a_year=of_charts + of_rules,
        at_bound=worst + of_rules,
        notes=tuple(notes),
    )
