"""Endpoints of answers, overall and by subgroup.

A proportion of answers has Wilson's interval, or the ratio estimator's where several questions
belong to one image or patient (`cluster`). A mean of scores between 0 and 1 (tokens) has bootstrap
percentiles over distinct scores. An unparsable answer is wrong in every accuracy, as in published
tables, but for those that are named ``-parsable``.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import count_bootstrap as draws
from validation.answering import letters as letter_bias
from validation.answering import selective
from validation.binary.proportion import proportion
from validation.choices import DEFAULT, Choices
from validation.clustering import clustered
from validation.estimate import Estimate, absent
from validation.fairness.groups import Grouping

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.answering.answers import Answers

PROPORTIONS = (
    "accuracy",
    "accuracy-parsable",
    "unparsable-rate",
    "closed-accuracy",
    "open-accuracy",
    "sensitivity",
    "specificity",
)
MEANS = ("token-recall", "token-f1")
OF_CONFIDENCE = selective.ENDPOINTS
OF_LETTERS = letter_bias.ENDPOINTS
ENDPOINTS = (*PROPORTIONS, *MEANS, *OF_CONFIDENCE, *OF_LETTERS)
NEEDS = {
    "closed-accuracy": "which questions are closed was not told",
    "open-accuracy": "which questions are open was not told",
    "sensitivity": "needs the scoring yes-no",
    "specificity": "needs the scoring yes-no",
}


def default_endpoints(answers: Answers) -> tuple[str, ...]:
    """The endpoints that answers of this kind have."""
    names = ["accuracy", "accuracy-parsable", "unparsable-rate"]
    if answers.rule in MEANS:
        names = [answers.rule, "unparsable-rate"]
    if answers.closed is not None:
        names += ["closed-accuracy", "open-accuracy", *MEANS]
    if answers.rule == "yes-no":
        names += ["sensitivity", "specificity"]
    if answers.rule in ("exact-match", "accepted-answer"):
        names += MEANS
    if answers.certainty is not None:
        names += OF_CONFIDENCE
    if answers.rule == "option-letter":
        names += OF_LETTERS
    return tuple(dict.fromkeys(names))


def evaluate(
    answers: Answers,
    *,
    endpoints: Sequence[str] = (),
    confidence: float = 0.95,
    subgroup: str = "overall",
    cluster: ArrayLike | None = None,
    choices: Choices = DEFAULT,
) -> list[Estimate]:
    """Endpoints of all the answers.

    Args:
        answers: With their rule.
        endpoints: Of `ENDPOINTS`; those of `default_endpoints` when empty.
        confidence: Of the intervals.
        subgroup: What all the answers are.
        cluster: The image or patient of each answer; every answer for itself when None.
        choices: Methods of the intervals, replicates and seed.

    Raises:
        ValueError: An unknown endpoint, or keys that do not fit the rule.
    """
    import numpy as np

    one = Grouping(attribute="", names=(subgroup,), codes=np.zeros(len(answers), dtype=int))
    return evaluate_in(
        answers,
        [one],
        endpoints=endpoints,
        confidence=confidence,
        cluster=cluster,
        choices=choices,
    )


def evaluate_in(
    answers: Answers,
    groupings: Sequence[Grouping],
    *,
    endpoints: Sequence[str] = (),
    confidence: float = 0.95,
    cluster: ArrayLike | None = None,
    choices: Choices = DEFAULT,
) -> list[Estimate]:
    """Endpoints in each subgroup of each grouping; as `evaluate`.

    Raises:
        ValueError: An unknown endpoint, a grouping of another length, or keys that do not fit.
    """
    names = tuple(endpoints) or default_endpoints(answers)
    if unknown := [name for name in names if name not in ENDPOINTS]:
        raise ValueError(f"unknown endpoint '{unknown[0]}' (there are: {', '.join(ENDPOINTS)})")
    if any(len(grouping.codes) != len(answers) for grouping in groupings):
        raise ValueError("a grouping has another length than the answers")
    owner = draws.cluster_codes(cluster, len(answers))
    rows = {name: _rows(answers, name) for name in names}
    found = {}
    for place, grouping in enumerate(groupings):
        for code, subgroup in enumerate(grouping.names):
            inside = grouping.codes == code
            bias = {}
            if set(names) & set(OF_LETTERS):
                bias = letter_bias.spreads(answers, inside, owner, confidence, choices)
            for name, (values, held) in rows.items():
                made = bias.get(name) or _estimate(
                    answers, name, values, held & inside, owner, confidence, choices
                )
                found[name, place, code] = dataclasses.replace(made, subgroup=subgroup)
    order = {name: rank for rank, name in enumerate(rows)}
    return [found[key] for key in sorted(found, key=lambda key: (order[key[0]], *key[1:]))]


def _rows(answers: Answers, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The score of each answer for an endpoint, and whether the answer belongs to it."""
    import numpy as np

    scored = answers.scored
    everyone = np.ones(len(answers), dtype=bool)
    closed = ~everyone if answers.closed is None else answers.closed.astype(bool)
    opened = ~everyone if answers.closed is None else ~closed
    polar = everyone & (answers.rule == "yes-no")
    held = {
        "accuracy-parsable": scored.parsable,
        "closed-accuracy": closed,
        "open-accuracy": opened,
        "sensitivity": polar & (scored.key == "yes"),
        "specificity": polar & (scored.key == "no"),
    }
    if name == "unparsable-rate":
        return (~scored.parsable).astype(float), everyone
    if name in MEANS:
        return answers.text_scored(name).value, everyone if answers.closed is None else opened
    return scored.value, np.asarray(held.get(name, everyone), dtype=bool)


def _estimate(
    answers: Answers,
    name: str,
    values: np.ndarray,
    at: np.ndarray,
    owner: np.ndarray | None,
    confidence: float,
    choices: Choices,
) -> Estimate:
    if name in OF_CONFIDENCE:
        return selective.area(name, answers, at, owner, confidence, choices)
    inside = None if owner is None else owner[at]
    if name in MEANS:
        return mean(name, values[at], inside, confidence=confidence, choices=choices)
    if answers.rule in MEANS and name.endswith(("accuracy", "-parsable")):
        return mean(name, values[at], inside, confidence=confidence, choices=choices)
    made = share(name, values[at], inside, confidence=confidence, choices=choices)
    if not made.n and name in NEEDS:
        return dataclasses.replace(made, reason=f"{made.reason}: {NEEDS[name]}")
    return made


def share(
    name: str,
    values: np.ndarray,
    owner: np.ndarray | None,
    *,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """A proportion of answers that are 1, of separate or clustered answers.

    Args:
        name: The endpoint.
        values: 1 or 0, shape (answers,).
        owner: Code of each answer's image or patient.
        confidence: Of the interval.
        choices: Its methods.
    """
    import numpy as np

    hits, n = int(values.sum()), len(values)
    if owner is None or not n:
        return proportion(
            name, hits, n, positives=0, confidence=confidence, method=choices.proportion
        )
    codes = np.unique(owner, return_inverse=True)[1]
    return clustered.proportion(
        name,
        np.bincount(codes, weights=values),
        np.bincount(codes).astype(float),
        positives=0,
        confidence=confidence,
        choices=choices,
    )


def mean(
    name: str,
    values: np.ndarray,
    owner: np.ndarray | None,
    *,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """The mean score of answers with bootstrap percentiles over distinct scores, or patients."""
    import numpy as np

    method, n = draws.method_name(owner), len(values)
    blank = absent(
        name,
        "no answers in the denominator",
        n=n,
        positives=0,
        method=method,
        confidence=confidence,
        unit="mean score",
    )
    if not n:
        return blank
    codes = np.arange(n) if owner is None else np.unique(owner, return_inverse=True)[1]
    table = np.column_stack([np.bincount(codes, weights=values), np.bincount(codes)])
    if not choices.replicates:
        return dataclasses.replace(blank, value=float(values.mean()), reason="no replicates asked")
    drawn = draws.spans(
        draws.vector_units(table),
        lambda sums: sums[:, :1] / sums[:, 1:],
        draws.Resampling(times=choices.replicates, seed=choices.seed),
        confidence,
        clustered=owner is not None,
    )[0]
    return dataclasses.replace(
        blank,
        value=float(values.mean()),
        low=drawn.low,
        high=drawn.high,
        method=drawn.method,
        reason=drawn.reason,
    )
