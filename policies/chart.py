"""What a surveillance plan may say of a sequential control chart."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from policies.reader import Text

Kind = Literal["bernoulli-cusum", "risk-adjusted-cusum", "ewma"]
Watch = Literal[
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "accuracy",
    "event",
    "prevalence",
    "missing",
    "abstention",
    "unparsable",
]
Direction = Literal["worse", "better", "both"]
AT_POINT = frozenset({"sensitivity", "specificity", "ppv", "npv"})
OF_TEXTS = frozenset({"accuracy", "missing", "abstention", "unparsable"})
NOT_OF_SCORES = frozenset({"abstention", "unparsable"})
SMOOTHING = 0.2  # of an EWMA, when the plan says nothing


class ChartRule(Text):
    """A control chart that goes on from window to window, with a stated false-alarm rate."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """A short name of the chart."""
    kind: Kind
    """Cumulative sum of an event that all are as likely to have, of one whose risk the recalibrated
    score gives, or a weighted average of the windows' shares."""
    watch: Watch
    """Whose errors or events are counted: misses of positives (sensitivity), false positives among
    negatives (specificity), errors among those called positive (ppv) or negative (npv), wrong calls
    or answers (accuracy), positives (event case by case, prevalence by window), missing values of
    `column`, answers declined (abstention) or that cannot be read (unparsable)."""
    at: str | None = None
    """Operating point by name."""
    column: str | None = None
    """Column whose missing values are counted."""
    by: list[str] = Field(default_factory=list)
    """Columns whose values have a chart each; the chart of all cases is always there."""
    odds_ratio: float | None = Field(default=None, gt=1)
    """Change of the odds that a cumulative sum is tuned to; its inverse for better."""
    loss_of: float | None = Field(default=None, gt=0, lt=1)
    """Instead: rise of the rate of errors or events (fall, for better) that it is tuned to."""
    direction: Direction = "worse"
    """worse: more errors or events; better: fewer."""
    false_alarms_a_year: float | None = Field(default=None, gt=0, le=52)
    """Of this rule: its charts, by group and direction, share it in equal parts."""
    in_control_arl: float | None = Field(default=None, gt=1, le=1e8)
    """Instead: average run length without a change of each chart, in people that it counts (of an
    ewma: in windows)."""
    smoothing: float | None = Field(default=None, gt=0, le=1)
    """Weight of the newest window in an ewma; 0.2 when left out."""
    minimum_volume: int = Field(default=0, ge=0)
    """A group expected to bring fewer people that count in a window has no chart of its own; an
    ewma leaves out a window that brings fewer."""

    @property
    def weight(self) -> float:
        """The smoothing weight that holds."""
        return SMOOTHING if self.smoothing is None else self.smoothing

    @property
    def directions(self) -> tuple[Literal["worse", "better"], ...]:
        """The directions that it looks in."""
        return ("worse", "better") if self.direction == "both" else (self.direction,)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        faults = [*self._of_rate(), *self._of_kind(), *self._of_watch()]
        if len(set(self.by)) < len(self.by):
            faults.append("by: a column is given twice")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _of_rate(self) -> list[str]:
        given = [self.false_alarms_a_year, self.in_control_arl]
        if given.count(None) != 1:
            return ["give either false_alarms_a_year or in_control_arl"]
        return []

    def _of_kind(self) -> list[str]:
        shifts = [self.odds_ratio, self.loss_of]
        faults = []
        if self.kind == "ewma" and shifts.count(None) == 0:
            faults.append("give odds_ratio or loss_of, not both")
        if self.kind == "bernoulli-cusum" and shifts.count(None) != 1:
            faults.append("give either odds_ratio or loss_of: the change that it is tuned to")
        if self.kind == "risk-adjusted-cusum":
            if self.odds_ratio is None or self.loss_of is not None:
                faults.append(
                    "a risk-adjusted-cusum is tuned to an odds_ratio (risks differ, so that no "
                    "one loss_of fits all)"
                )
            if self.watch != "event":
                faults.append(
                    f"a risk-adjusted-cusum watches event, not {self.watch}: the score is the "
                    "risk of the event"
                )
        if self.kind != "ewma" and self.smoothing is not None:
            faults.append("smoothing: only an ewma has it")
        return faults

    def _of_watch(self) -> list[str]:
        faults = []
        if self.watch in AT_POINT and self.at is None:
            faults.append(f"{self.watch} needs an operating point ('at')")
        if self.at is not None and self.watch not in AT_POINT | {"accuracy"}:
            faults.append(f"{self.watch} takes no operating point ('at')")
        if (self.watch == "missing") != (self.column is not None):
            faults.append(
                "missing needs a 'column'" if self.watch == "missing" else
                f"{self.watch} takes no 'column'"
            )  # fmt: skip
        if self.watch == "event" and self.kind == "ewma":
            faults.append("an ewma watches prevalence, the share of positives by window, not event")
        if self.watch == "prevalence" and self.kind != "ewma":
            faults.append(f"a {self.kind} watches event, case by case, not prevalence")
        return faults


def faults(charts: list[ChartRule], points: list[str], *, texts: bool) -> list[str]:
    """What a plan's charts name that the plan has not.

    Args:
        charts: The charts.
        points: Names of the plan's operating points.
        texts: Whether the plan is of a model that writes.
    """
    names = [rule.id for rule in charts]
    found = [
        f"charts: '{name}' is given twice" for name in sorted(set(names)) if names.count(name) > 1
    ]
    for rule in charts:
        place = f"charts.{rule.id}"
        if rule.at is not None and rule.at not in points:
            found.append(f"{place}: no operating point '{rule.at}'")
        if texts and rule.watch not in OF_TEXTS:
            found.append(f"{place}: {rule.watch} is of scores, and the plan has 'texts'")
        if not texts and rule.watch in NOT_OF_SCORES:
            found.append(f"{place}: {rule.watch} is of texts, and there is no 'texts'")
        if rule.watch == "accuracy" and texts == (rule.at is not None):
            need = "of answers takes no" if texts else "of scores needs an"
            found.append(f"{place}: accuracy {need} operating point ('at')")
    return found
