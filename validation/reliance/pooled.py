"""All readers together: accuracies without and with AI, and how far the AI is relied on.

Accuracies where readers and cases vary are Obuchowski's and Rockette's (the share of right answers
is the figure of merit), where cases alone vary the ratio estimator over cases; the other shares are
bootstrapped (`resample`). The first estimate of an endpoint is the one that speaks for readers like
these, where there are two or more.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import readers as reader_studies
from validation.binary.proportion import proportion
from validation.clustering import clustered
from validation.designs.paired_clusters import clustered_difference, mcnemar_obuchowski
from validation.designs.pairs import Pairs
from validation.estimate import Estimate, Test, absent
from validation.reading.reader_setting import METHOD, Setting
from validation.reliance import resample
from validation.reliance.measures import ACCURACIES, RELIANCE, SHARES, columns

if TYPE_CHECKING:
    import numpy as np

    from validation.count_bootstrap import Resampling, Span
    from validation.reliance.measures import Measure
    from validation.reliance.readings import Readings

WITH, WITHOUT = "with AI", "without AI"
DIFFERENCE = "accuracy-difference"
NAMES = {f"reading={WITH}": "accuracy-with", f"reading={WITHOUT}": "accuracy-without"}


def accuracies(
    readings: Readings, subgroup: str, confidence: float
) -> tuple[list[Estimate], list[Test]]:
    """Without, with, difference, and the AI alone; the tests of no change."""
    found, tests = _crossed(readings, subgroup, confidence)
    for measure, hit in zip(ACCURACIES, (readings.alone, readings.together), strict=True):
        found.append(_share(measure.name, hit, readings.case, subgroup, confidence))
    pairs = _pairs(readings)
    gap = clustered_difference(pairs, "accuracy", confidence=confidence)
    gap = dataclasses.replace(gap, positives=0, subgroup=subgroup)
    test = mcnemar_obuchowski(pairs, "accuracy")
    cases = dataclasses.replace(
        test, low=gap.low, high=gap.high, method=gap.method, confidence=confidence,
        between=_between(subgroup), details={"cases": test.details["patients"]},
    )  # fmt: skip
    return [*found, gap, _advice(readings, subgroup, confidence)], [*tests, cases]


def _between(subgroup: str) -> str:
    return f"{WITH} − {WITHOUT}" + ("" if subgroup == "overall" else f" ({subgroup})")


def _pairs(readings: Readings) -> Pairs:
    """With AI as test a, alone as b; every reference standard is 1, so a call is a right answer."""
    import numpy as np

    ones = np.ones(len(readings.cell))
    return Pairs.of(ones, readings.together, readings.alone, cluster=readings.case)


def _crossed(
    readings: Readings, subgroup: str, confidence: float
) -> tuple[list[Estimate], list[Test]]:
    """By Obuchowski and Rockette: right answers as readings of cases that are all positive."""
    import numpy as np

    if len(readings.readers) == 1:
        return [], []
    number = len(readings.cell)
    right = np.concatenate([readings.together, readings.alone]).astype(int)
    try:
        result = reader_studies.compare_modalities(
            np.ones(2 * number),
            right,
            np.tile(readings.reader, 2),
            np.tile(readings.case, 2),
            np.repeat([WITH, WITHOUT], number),
            setting=Setting(metric="sensitivity", confidence=confidence, attribute="reading"),
        )
        pair = next(t for t in result.tests if t.test == METHOD)
    except (ValueError, StopIteration) as error:
        reason = str(error) or "the design has no comparison of readings"
        return _without(readings, reason, subgroup, confidence), []
    test = dataclasses.replace(pair, endpoint=DIFFERENCE, between=_between(subgroup))
    means = [
        dataclasses.replace(e, endpoint=NAMES[e.subgroup], subgroup=subgroup, positives=0)
        for e in result.estimates
        if e.subgroup in NAMES and e.endpoint == "sensitivity"
    ]
    gap = Estimate(
        endpoint=DIFFERENCE,
        value=pair.estimate,
        low=pair.low,
        high=pair.high,
        n=pair.n,
        positives=0,
        method=METHOD,
        confidence=confidence,
        subgroup=subgroup,
        p=pair.p,
        reason=pair.reason,
    )
    return [*sorted(means, key=lambda e: e.endpoint, reverse=True), gap], [test]


def _without(readings: Readings, reason: str, subgroup: str, confidence: float) -> list[Estimate]:
    """Why readers and cases cannot both vary."""
    return [
        absent(
            name, reason, n=readings.cases, positives=0, method=METHOD, confidence=confidence,
            subgroup=subgroup,
        )
        for name in ("accuracy-without", "accuracy-with", DIFFERENCE)
    ]  # fmt: skip


def _share(
    endpoint: str, hit: np.ndarray, case: np.ndarray, subgroup: str, confidence: float
) -> Estimate:
    """A share of readings, cases as sampling units."""
    import numpy as np

    found = clustered.proportion(
        endpoint,
        np.bincount(case, weights=hit),
        np.bincount(case).astype(float),
        positives=0,
        confidence=confidence,
    )
    return dataclasses.replace(found, subgroup=subgroup)


def _advice(readings: Readings, subgroup: str, confidence: float) -> Estimate:
    """The AI's own accuracy: over cases, where its advice on a case never varies."""
    import numpy as np

    right = np.bincount(readings.case, weights=readings.ai)
    seen = np.bincount(readings.case)
    if ((right == 0) | (right == seen)).all():
        made = proportion(
            "accuracy-ai", int((right > 0).sum()), len(seen), positives=0, confidence=confidence
        )
        return dataclasses.replace(made, subgroup=subgroup)
    return _share("accuracy-ai", readings.ai, readings.case, subgroup, confidence)


def reliance(
    readings: Readings, subgroup: str, confidence: float, resampling: Resampling
) -> list[Estimate]:
    """Each measure of reliance twice (readers and cases, cases), and the shares of the cells."""
    import numpy as np

    table = columns(readings)
    asked = (*RELIANCE, *SHARES)
    weights = np.stack([measure.weights() for measure in asked])
    cases = resample.over_cases(table, readings.case, weights, resampling, confidence)
    both: list[Span] = []
    if len(readings.readers) > 1:
        both = resample.over_both(
            table, readings.reader, readings.case, weights, resampling, confidence
        )
    found = []
    for i, measure in enumerate(asked):
        spans = [cases[i]] if measure in SHARES or not both else [both[i], cases[i]]
        found += [_estimate(readings, table, measure, s, subgroup, confidence) for s in spans]
    return found


def _estimate(
    readings: Readings,
    table: np.ndarray,
    measure: Measure,
    span: Span,
    subgroup: str,
    confidence: float,
) -> Estimate:
    """A measure with an interval; of no readings, without a value."""
    import numpy as np

    top, below = (int(x) for x in table.sum(axis=0) @ measure.weights())
    if not below:
        return absent(
            measure.name, "no readings in the denominator", n=0, positives=0, method=span.method,
            confidence=confidence, subgroup=subgroup,
        )  # fmt: skip
    if span.low is None and top in (0, below) and span.method == resample.CASES:
        held = (table @ measure.weights())[:, 1] > 0  # all alike: Wilson's has an interval there
        hit = (table @ measure.weights())[held, 0]
        case = np.unique(readings.case[held], return_inverse=True)[1]
        return _share(measure.name, hit, case, subgroup, confidence)
    return Estimate(
        endpoint=measure.name,
        value=top / below,
        low=span.low,
        high=span.high,
        n=below,
        positives=0,
        method=span.method,
        confidence=confidence,
        subgroup=subgroup,
        events=top,
        reason=span.reason,
    )
