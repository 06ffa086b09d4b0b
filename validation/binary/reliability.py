"""Reliability of probabilities: log loss, expected calibration error, the reliability curve.

The expected calibration error (ECE) is the mean over people of the distance between mean score and
observed proportion in the person's group of scores (Naeini, Cooper and Hauskrecht, AAAI 2015; Guo
et al., ICML 2017). Two ways to make the groups give two endpoints, named apart:
``ece-equal-width`` and ``ece-equal-mass`` (see `validation.binary.grouping`). The ECE of a finite
sample is biased upwards, also of a perfectly calibrated model: read it beside
`validation.binary.goodness_of_fit.consistency`, which says how large it would be by chance alone.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from validation import inversion
from validation.binary.grouping import EQUAL_WIDTH, Groups, grouped
from validation.binary.proportion import proportion
from validation.binary.score_slices import slices
from validation.cases import Cases
from validation.count_bootstrap import REPLICATES, SEED, Resampling, Units
from validation.estimate import Estimate, absent
from validation.intervals import normal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

ECE = inversion.METHOD
REFERENCES = {
    "normal-mean": "Normal interval of a mean over people.",
    "mean": "A mean, shown without interval.",
}


def log_loss(
    label: ArrayLike, score: ArrayLike, count: ArrayLike | None = None, *, confidence: float = 0.95
) -> Estimate:
    """The mean negative log-likelihood (natural logarithm); normal interval of a mean.

    It is infinite, so has no value, if a score of exactly 0 or 1 was wrong; nothing is clipped.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        confidence: Of the interval.
    """
    import numpy as np

    cases = Cases.of(label, score, count, probability=True)
    given = np.where(cases.label == 1, cases.score, 1 - cases.score)
    certain = int(cases.count[given == 0].sum())
    words = f"{certain:,} scores of exactly 0 or 1 were wrong: the log loss is infinite"
    reason = "no cases" if not cases.total else words if certain else ""
    if reason:
        return _absent("log-loss", cases, reason, "normal-mean", confidence, "nats")
    known = cases.count > 0
    loss, weight = -np.log(given[known]), cases.count[known]
    value = float(np.average(loss, weights=weight))
    error = None
    if cases.total > 1:
        spread = float((weight * (loss - value) ** 2).sum()) / (cases.total - 1)
        error = (spread / cases.total) ** 0.5
    low, high = normal(value, error, confidence, within=(0.0, float("inf")))
    return Estimate(
        endpoint="log-loss",
        value=value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method="normal-mean",
        confidence=confidence,
        unit="nats",
        error=error,
        reason="" if error is not None else "one case has no variance",
    )


def ece(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    kind: str = EQUAL_WIDTH,
    groups: int = 10,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Estimate:
    """The expected calibration error; its interval turns a test round (`inversion`).

    The groups' borders are those of the data and stay in every replicate, which resamples counts.
    The ECE is biased upwards, also of a calibrated model: the interval allows for it, and reaches
    0 where chance alone makes an ECE as large. The value itself is not corrected.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        kind: ``equal-width`` or ``equal-mass``; it is part of the endpoint's name.
        groups: How many groups.
        confidence: Of the interval.
        replicates: Bootstrap replicates.
        seed: Of the bootstrap.
    """
    import numpy as np

    cases = Cases.of(label, score, count, probability=True)
    if not cases.total:
        return _absent(f"ece-{kind}", cases, "no cases", ECE, confidence, "proportion")
    made = grouped(cases, groups, kind)
    value = float(np.abs(made.observed - made.expected).sum() / cases.total)
    units = _differences(cases, made)
    drawn = np.concatenate(list(units.tables(Resampling(times=replicates, seed=seed))))
    low, high = inversion.interval(
        (made.observed - made.expected) / cases.total,
        _noise(drawn, made) / cases.total,
        0.0,
        lambda parts: np.abs(parts).sum(axis=-1),
        confidence,
    )
    return Estimate(
        endpoint=f"ece-{kind}",
        value=value,
        low=low,
        high=high,
        n=cases.total,
        positives=cases.positives,
        method=ECE,
        confidence=confidence,
        error=float(np.abs(drawn).sum(axis=1).std(ddof=1)) / cases.total,
    )


def _noise(drawn: np.ndarray, made: Groups) -> np.ndarray:
    """Replicates of observed minus expected less the observed ones, a column a group.

    In a group of n people resampling has (n - 1) / n of the variance: it is made up for.
    """
    import numpy as np

    people = made.people.astype(float)
    few = np.divide(people, people - 1, out=np.ones_like(people), where=people > 1)
    return np.asarray((drawn - (made.observed - made.expected)) * few**0.5)


def curve(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    kind: str = EQUAL_WIDTH,
    groups: int = 10,
    confidence: float = 0.95,
) -> tuple[Estimate, ...]:
    """The reliability curve: for each group of scores that holds people, its two coordinates.

    ``mean-score`` (across) and ``observed-proportion`` (up, Wilson's interval), both with the
    subgroup ``score=(0.1, 0.2]``.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        kind: ``equal-width`` or ``equal-mass``.
        groups: How many groups.
        confidence: Of the intervals.
    """
    import dataclasses

    cases = Cases.of(label, score, count, probability=True)
    if not cases.total:
        return ()
    made = grouped(cases, groups, kind)
    points: list[Estimate] = []
    for place, name in enumerate(_names(made)):
        n, hits = int(made.people[place]), int(made.observed[place])
        if not n:
            continue
        up = proportion("observed-proportion", hits, n, positives=hits, confidence=confidence)
        across = Estimate(
            endpoint="mean-score",
            value=float(made.expected[place]) / n,
            low=None,
            high=None,
            n=n,
            positives=hits,
            method="mean",
            confidence=confidence,
        )
        points += [dataclasses.replace(point, subgroup=name) for point in (across, up)]
    return tuple(points)


def _names(made: Groups) -> list[str]:
    edges = made.edges
    if len(edges) < 2:  # noqa: PLR2004 - all scores are equal
        return [f"score={edges[0]:.4g}"]
    pairs = itertools.pairwise(edges)
    return [
        f"score={'(' if place else '['}{low:.4g}, {high:.4g}]"
        for place, (low, high) in enumerate(pairs)
    ]


def _differences(cases: Cases, made: Groups) -> Units:
    """What a person of each slice and outcome adds to observed minus expected of its group."""
    import numpy as np

    of_row, group = slices(cases, made)
    cell = of_row * 2 + cases.label
    people = np.bincount(cell, weights=cases.count, minlength=2 * len(group))
    total = np.bincount(cell, weights=cases.count * cases.score, minlength=2 * len(group))
    held = np.flatnonzero(people)
    vectors = np.zeros((len(held), len(made.people)))
    vectors[np.arange(len(held)), group[held // 2]] = held % 2 - total[held] / people[held]
    return Units(vectors=vectors, number=people[held].astype(int))


def _absent(
    endpoint: str, cases: Cases, reason: str, method: str, confidence: float, unit: str
) -> Estimate:
    return absent(
        endpoint,
        reason,
        n=cases.total,
        positives=cases.positives,
        method=method,
        confidence=confidence,
        unit=unit,
    )
