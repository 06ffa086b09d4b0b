"""Each reader alone: accuracies, McNemar, and the measures of reliance.

A reader reads a case once, so that within a reader cases are separate: Wilson's, Tango's, McNemar's
methods hold. A reader who saw fewer than `MINIMUM` errors of the AI has no measure of how he or she
deals with them: not evaluable.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.proportion import proportion
from validation.designs.mcnemar import mcnemar_exact, mcnemar_midp
from validation.designs.paired_difference import tango
from validation.designs.pairs import Discordance
from validation.estimate import Estimate, Test, absent
from validation.reliance.measures import ACCURACIES, RELIANCE, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.reliance.measures import Measure
    from validation.reliance.readings import Readings

MINIMUM = 10
DIFFERENCE = "accuracy-difference"


def parts(readings: Readings, subgroup: str) -> Iterator[tuple[str, Readings]]:
    """Each reader's readings, by the name of the subgroup."""
    for code, name in enumerate(readings.readers):
        where = f"reader={name}"
        named = where if subgroup == "overall" else f"{subgroup} & {where}"
        yield named, readings.only(readings.reader == code)


def table(readings: Readings) -> Discordance:
    """Right answers with AI (a) and alone (b)."""
    then, alone = readings.together, readings.alone
    return Discordance(
        both=int((then & alone).sum()),
        a_only=int((then & ~alone).sum()),
        b_only=int((~then & alone).sum()),
        neither=int((~then & ~alone).sum()),
    )


def estimates(
    readings: Readings, where: str, confidence: float, minimum: int = MINIMUM
) -> list[Estimate]:
    """Of one reader."""
    sums = columns(readings).sum(axis=0)
    errors = int((~readings.ai).sum())
    gap = tango(table(readings), DIFFERENCE, confidence=confidence)
    found = [dataclasses.replace(gap, subgroup=where)]
    for measure in (*ACCURACIES, *RELIANCE):
        top, below = (int(x) for x in sums @ measure.weights())
        made = proportion(measure.name, top, below, positives=0, confidence=confidence)
        if measure.errors and errors < minimum:
            made = _few(measure, errors, below, minimum, confidence)
        found.append(dataclasses.replace(made, subgroup=where))
    return found


def _few(measure: Measure, errors: int, below: int, minimum: int, confidence: float) -> Estimate:
    reason = f"the AI was wrong in {errors} of this reader's readings, {minimum} required"
    return absent(
        measure.name, reason, n=below, positives=0, method="wilson", confidence=confidence
    )


def tests(readings: Readings, where: str, confidence: float) -> list[Test]:
    """Exact and mid-p McNemar of one reader."""
    counts = table(readings)
    gap = tango(counts, DIFFERENCE, confidence=confidence)
    flow = {
        "both-right": counts.both,
        "wrong-to-right": counts.a_only,
        "right-to-wrong": counts.b_only,
        "both-wrong": counts.neither,
    }
    return [
        dataclasses.replace(
            test(counts, DIFFERENCE), between=f"with AI − without AI ({where})", low=gap.low,
            high=gap.high, method=gap.method, confidence=confidence, details=dict(flow),
        )
        for test in (mcnemar_exact, mcnemar_midp)
    ]  # fmt: skip
