"""The rows of the plan's per-window rules: how often they would cry wolf, how soon they see a loss.

A rule on a proportion is exact: the number of people in a window is Poisson, that of events is
binomial, and the interval is Wilson's, which lies wholly below a limit L when the events are fewer
than n L - z sqrt(n L (1 - L)) (Wilson 1927, whose bounds invert that score test). Windows are
independent; so many in a row are a small Markov chain.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from monitoring.control_chart.chain import in_a_row, waiting
from monitoring.design import delay as delays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.design.delay import Delay
    from monitoring.design.stream import Pace, Stream

EXACT = "binomial over Poisson windows"
TAIL = 1e-10  # probability of windows' sizes left aside on either side
RARE = 1e-12  # a chance below it is shown as 0
SOLVED = 1e-9  # chance of the whole row of windows whose chain can still be solved


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One per-window rule.

    Attributes:
        rule: What it looks at.
        trigger: Id of the plan's trigger that it may raise; empty when none does.
        chance: Chance of a finding in a window without a change.
        windows_in_a_row: Findings in a row that raise the trigger.
        arl: Average windows until the trigger without a change; None when it is beyond 10^12.
        false_alarms_a_year: Windows in a year over that.
        delay: Of a loss; None where none is meant.
        method: How the chance was computed.
        reason: Why there is no number.
    """

    rule: str
    trigger: str = ""
    chance: float | None = None
    windows_in_a_row: int = 1
    arl: float | None = None
    false_alarms_a_year: float | None = None
    delay: Delay | None = None
    method: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def row(
    rule: str, chance: float, method: str, *, trigger: str, windows: int, pace: Pace
) -> RuleRow:
    """A rule whose finding has a chance in each window."""
    return rows(rule, [chance], method, trigger=trigger, windows=windows, pace=pace)


def rows(
    rule: str, chances: Sequence[float], method: str, *, trigger: str, windows: int, pace: Pace
) -> RuleRow:
    """A rule on several columns, each with a chance and triggers of its own, added up."""
    each = [waiting(chance, windows) for chance in chances if chance >= RARE]
    often = sum(1 / arl for arl in each)
    arl = 1 / often if often > RARE else None
    rate = 0.0 if arl is None else pace.windows_a_year / arl
    return RuleRow(
        rule=rule,
        trigger=trigger,
        chance=min(1.0, sum(chance for chance in chances if chance >= RARE)),
        windows_in_a_row=windows,
        arl=arl,
        false_alarms_a_year=rate if trigger else 0.0,
        method=method,
        reason="" if trigger else "no trigger of the plan is raised by it",
    )


def delayed(
    before: float,
    after: float,
    windows: int,
    stream: Stream,
    pace: Pace,
    rates: tuple[float, float],
    shift: str,
) -> Delay | None:
    """The delay of a rule whose chance rises; None when it would hardly ever be seen.

    Args:
        before: Chance of a finding in a window.
        after: The same after the change.
        windows: Findings in a row that raise the trigger.
        stream: Who is counted.
        pace: When windows come.
        rates: The error rate before and after.
        shift: The change in words.
    """  # fmt: skip
    if after**windows < SOLVED:
        return None
    usual = in_a_row(before, windows)
    begin = usual.steady if before**windows > SOLVED else usual.fresh
    chain = in_a_row(min(after, 1.0), windows)
    return delays.measure(chain, begin, stream, pace, shift=shift, before=rates[0], after=rates[1])


def below(people: float, rate: float, limit: float, z: float, minimum: int = 0) -> float:
    """Chance that a window's whole Wilson interval lies below a limit.

    Args:
        people: Expected in a window; Poisson.
        rate: True proportion.
        limit: What the interval must lie below.
        z: Normal quantile of the interval.
        minimum: Fewer people are not judged.
    """
    from scipy import stats

    if not 0 < limit <= 1:
        return 0.0
    n, weight = _sizes(people, max(minimum, 1))
    most = np.ceil(n * limit - z * np.sqrt(n * limit * (1 - limit))) - 1
    return float((weight * stats.binom.cdf(most, n, rate)).sum())


def above(people: float, rate: float, limit: float, z: float, minimum: int = 0) -> float:
    """Chance that a window's whole Wilson interval lies above a limit; arguments as `below`."""
    return below(people, 1 - rate, 1 - limit, z, minimum) if limit > 0 else 1.0


def risen(people: float, rate: float, limit: float, minimum: int = 0) -> float:
    """Chance that a window's share itself reaches a limit."""
    from scipy import stats

    n, weight = _sizes(people, max(minimum, 1))
    return float((weight * stats.binom.sf(np.ceil(n * limit - 1e-9) - 1, n, rate)).sum())


def _sizes(people: float, minimum: int) -> tuple[np.ndarray, np.ndarray]:
    from scipy import stats

    law = stats.poisson(people)
    n = np.arange(max(minimum, int(law.ppf(TAIL))), int(law.isf(TAIL)) + 1)
    if len(n) > 2000:  # noqa: PLR2004 - sizes of a large window, thinned with their weight
        n = np.unique(np.linspace(n[0], n[-1], 2000).astype(int))
        weight = np.diff(np.concatenate([[0.0], law.cdf(n)]))
    else:
        weight = law.pmf(n)
    return n, weight


def divergence(method: str, cells: int, people: float, frozen: float, threshold: float) -> float:
    """Chance that a column's divergence passes its threshold without a change.

    PSI is about (1/n + 1/N) times a chi-square with one degree of freedom less than cells
    (Yurdakul and Naranjo, Journal of Risk Model Validation 2020; 14: 89); the squared
    Jensen-Shannon distance to base 2 is about that over 8 ln 2 (Lin 1991).

    Raises:
        ValueError: Another method.
    """
    from scipy import stats

    size = 1 / people + 1 / frozen
    if cells < 2:  # noqa: PLR2004 - one cell cannot diverge
        return 0.0
    if method == "psi":
        return float(stats.chi2.sf(threshold / size, cells - 1))
    if method == "jensenshannon":
        return float(stats.chi2.sf(8 * math.log(2) * threshold**2 / size, cells - 1))
    raise ValueError(f"no chance is computed for {method}")


def auroc_error(value: float, positives: float, negatives: float) -> float:
    """Standard error of an AUROC (Hanley and McNeil, Radiology 1982; 143: 29)."""
    one, two = value / (2 - value), 2 * value**2 / (1 + value)
    spread = (
        value * (1 - value)
        + (positives - 1) * (one - value**2)
        + (negatives - 1) * (two - value**2)
    )
    return math.sqrt(spread / (positives * negatives))


def normal_below(value: float, error: float, limit: float, z: float) -> float:
    """Chance that a whole interval, normal around a true value, lies below a limit."""
    from scipy import stats

    return float(stats.norm.cdf((limit - z * error - value) / error))


def normal_above(value: float, error: float, limit: float, z: float) -> float:
    """Chance that it lies above a limit."""
    return normal_below(-value, error, -limit, z)


def with_delay(row: RuleRow, delay: Delay | None) -> RuleRow:
    """The same row with the delay of a loss."""
    return replace(row, delay=delay)
