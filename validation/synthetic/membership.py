"""Membership inference: can someone who sees the synthetic rows tell who was in training?

The attacker calls a person a member when a synthetic row is close (distance-based attack; Stadler,
Oprisanu and Troncoso, USENIX Security 2022). AUROC of the closeness, members against the holdout;
and the *advantage* of Yeom et al. (CSF 2018): true less false positive rate at a distance chosen on
one half of the people and applied to the other, and the reverse, so that it is not optimistic.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc
from validation.binary.proportion import proportion, proportion_difference
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    import numpy as np

ATTACK = "membership-inference-auroc"
ADVANTAGE = "membership-inference-advantage"
METHOD = "yeom-advantage-newcombe"
REFERENCES = {
    METHOD: "Yeom S et al. IEEE CSF 2018: 268-282 (advantage); Stadler T, Oprisanu B, Troncoso C. "
    "USENIX Security 2022 (attacks on synthetic data); distance chosen on the other half of the "
    "people; interval: Newcombe RG. Stat Med 1998; 17: 873-890 (method 10).",
}
LEAST = 4  # people of each kind


def advantage(
    members: np.ndarray, others: np.ndarray, *, seed: int, confidence: float
) -> list[Estimate]:
    """AUROC and advantage of the distance-based attack; 0.5 and 0 are no leak.

    Args:
        members: Distance of each training row to the closest synthetic row.
        others: The same of each holdout row.
        seed: Of the halves.
        confidence: Of the intervals.
    """
    import numpy as np

    label = np.repeat([1, 0], [len(members), len(others)])
    far = np.append(members, others)
    area = dataclasses.replace(auroc(label, -far, confidence=confidence), endpoint=ATTACK)
    if min(len(members), len(others)) < LEAST:
        reason = f"{min(len(members), len(others))} people of one kind, {LEAST} required"
        return [area, none(ADVANTAGE, reason, len(far), confidence)]
    called = _called(label, far, seed)
    rates = [
        proportion(
            "call-rate", int(called[label == kind].sum()), int((label == kind).sum()),
            positives=len(members), confidence=confidence,
        )
        for kind in (1, 0)
    ]  # fmt: skip
    found = proportion_difference(*rates)
    return [
        area,
        dataclasses.replace(
            found, endpoint=ADVANTAGE, method=METHOD, subgroup="overall", n=len(far),
            positives=len(members),
        ),
    ]  # fmt: skip


def none(endpoint: str, reason: str, n: int, confidence: float) -> Estimate:
    """One of the two, absent."""
    area = endpoint == ATTACK
    return absent(
        endpoint, reason, n=n, positives=0, method="delong" if area else METHOD,
        confidence=confidence, unit="auc" if area else "proportion",
    )  # fmt: skip


def _called(label: np.ndarray, far: np.ndarray, seed: int) -> np.ndarray:
    """Whom the attacker calls members, by the distance that was best on the other half."""
    import numpy as np

    draw, half = np.random.default_rng(seed), np.zeros(len(label), dtype=int)
    for kind in (0, 1):
        rows = np.flatnonzero(label == kind)
        rows = rows[np.argsort(far[rows], kind="stable")]  # order of the rows does not matter
        half[draw.permutation(rows)[: len(rows) // 2]] = 1
    called = np.zeros(len(label), dtype=bool)
    for side in (0, 1):
        mine = half == side
        called[mine] = far[mine] <= best_distance(label[~mine], far[~mine])
    return called


def best_distance(label: np.ndarray, far: np.ndarray) -> float:
    """The distance up to which calling people members has the largest advantage."""
    import numpy as np

    levels, place = np.unique(far, return_inverse=True)
    rates = [
        np.cumsum(np.bincount(place[label == kind], minlength=len(levels))) / (label == kind).sum()
        for kind in (1, 0)
    ]
    return float(levels[int(np.argmax(rates[0] - rates[1]))])
