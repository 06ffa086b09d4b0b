"""Readers with and without AI: does it help, and do they rely on it as far as it deserves?

Three answers a reading (alone, the AI's, with AI) against the reference standard make eight cells;
everything here is a share of their counts. Definitions: `measures`. All readers together: `pooled`.
Each reader: `by_reader`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.count_bootstrap import Resampling
from validation.estimate import Estimate, Result, Test, Warned
from validation.modality.comparison import with_holm
from validation.reliance import by_reader, pooled
from validation.reliance import times as clock
from validation.reliance.measures import RELIANCE, columns
from validation.reliance.readings import Readings, arrange

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from validation.fairness.groups import Grouping

FEW_READERS = 5
SHOWN = 3  # examples in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Reading times, NaN where unknown, shape (readings,).

    Attributes:
        without: Without AI.
        with_ai: With AI.
    """

    without: np.ndarray
    with_ai: np.ndarray

    def only(self, rows: np.ndarray) -> Times:
        """Of some readings."""
        return Times(without=self.without[rows], with_ai=self.with_ai[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How reliance is assessed.

    Attributes:
        confidence: Of the intervals.
        minimum: Errors of the AI that a reader must have seen.
        resampling: Of the bootstraps.
    """

    confidence: float = 0.95
    minimum: int = by_reader.MINIMUM
    resampling: Resampling = dataclasses.field(default_factory=Resampling)


def assess(
    readers: ArrayLike,
    cases: ArrayLike,
    truth: ArrayLike,
    without: ArrayLike,
    with_ai: ArrayLike,
    ai: ArrayLike,
    *,
    times: Times | None = None,
    grouping: Grouping | None = None,
    how: How | None = None,
) -> Result:
    """Assess readings, one row a reader and case.

    Args:
        readers: Who read.
        cases: Which case.
        truth: Its reference standard, any label.
        without: The reader's answer without AI.
        with_ai: The reader's answer with AI.
        ai: The AI's advice.
        times: Reading times.
        grouping: Subgroup of each row, each of which is then assessed on its own.
        how: Level, minimum, bootstrap.

    Raises:
        ValueError: Rows that do not fit; see `readings.arrange`.
    """
    used = how or How()
    laid = arrange(readers, cases, truth, without, with_ai, ai)
    if grouping is None:
        return _one(laid, times, "overall", used)
    found = []
    for code, name in enumerate(grouping.names):
        rows = grouping.codes == code
        part = None if times is None else times.only(rows)
        found.append(_one(laid.only(rows), part, name, used))
    return Result(
        estimates=tuple(e for r in found for e in r.estimates),
        tests=tuple(t for r in found for t in r.tests),
        warnings=(*(w for r in found for w in r.warnings), *_family(found)),
    )


def _family(found: list[Result]) -> list[Warned]:
    """How many tests there are, where there are several subgroups."""
    number = sum(test.p is not None for result in found for test in result.tests)
    if len(found) == 1 or not number:
        return []
    message = (
        f"{number:,} tests in {len(found):,} subgroups: p is each one's own, p_holm is Holm's over "
        "the readers of a subgroup; nothing is adjusted over subgroups"
    )
    return [Warned(code="multiplicity", message=message, count=number)]


def _one(readings: Readings, spent: Times | None, subgroup: str, how: How) -> Result:
    """One subgroup, or all readings."""
    level = how.confidence
    estimates, tests = pooled.accuracies(readings, subgroup, level)
    estimates += pooled.reliance(readings, subgroup, level, how.resampling)
    single: list[Test] = []
    for code, (where, part) in enumerate(by_reader.parts(readings, subgroup)):
        estimates += by_reader.estimates(part, where, level, how.minimum)
        single += by_reader.tests(part, where, level)
        if spent is not None:
            rows = readings.reader == code
            own, more = clock.one(spent.without[rows], spent.with_ai[rows], where, level)
            estimates.append(own)
            single += more
    if spent is not None:
        estimates += clock.pooled(
            readings, spent.without, spent.with_ai, subgroup, level, how.resampling
        )
    return Result(
        estimates=tuple(estimates),
        tests=(*tests, *with_holm(single)),
        warnings=tuple(_warnings(readings, estimates, subgroup, how)),
    )


def _warnings(
    readings: Readings, estimates: list[Estimate], subgroup: str, how: How
) -> list[Warned]:
    found = [*_readers(readings, subgroup), *_unread(readings, subgroup)]
    few = [e.subgroup for e in estimates if "required" in e.reason]
    if few := list(dict.fromkeys(few)):
        shown = ", ".join(few[:SHOWN]) + (" ..." if len(few) > SHOWN else "")
        message = (
            f"{len(few):,} of {len(readings.readers):,} readers saw fewer than {how.minimum} "
            f"errors of the AI ({shown}): their automation bias, over-reliance and self-reliance "
            "are not evaluable"
        )
        found.append(Warned(code="few-ai-errors", message=message, count=len(few)))
    sums = columns(readings).sum(axis=0)
    small = {m.name: int((sums @ m.weights())[1]) for m in RELIANCE}
    small = {name: n for name, n in small.items() if n < how.minimum}
    if small:
        each = ", ".join(f"{name} {n}" for name, n in small.items())
        message = f"fewer than {how.minimum} readings in the denominator ({subgroup}): {each}"
        found.append(Warned(code="small-denominator", message=message, count=len(small)))
    return found


def _readers(readings: Readings, subgroup: str) -> list[Warned]:
    """Too few readers to speak for others."""
    number = len(readings.readers)
    if number >= FEW_READERS:
        return []
    message = f"{number} readers ({subgroup}): intervals where readers vary rest on so few"
    if number == 1:
        message = f"one reader ({subgroup}): no interval lets readers vary"
    return [Warned(code="few-readers", message=message, count=number)]


def _unread(readings: Readings, subgroup: str) -> list[Warned]:
    """Readings that a full study of these readers and cases would have."""
    lacking = len(readings.readers) * readings.cases - len(readings.cell)
    if not lacking:
        return []
    message = (
        f"{lacking:,} readings are missing for every reader to have read every case ({subgroup}): "
        "accuracies by Obuchowski and Rockette are means over readers, the others over readings"
    )
    return [Warned(code="unbalanced-readings", message=message, count=lacking)]
