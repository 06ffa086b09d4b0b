"""One grouping measured: each endpoint in each subgroup with its replicates.

Scores on any scale are taken: where they are no probabilities they are replaced by their ranks
between 0 and 1, and thresholds with them, which leaves AUROC and the 2x2 table as they are.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import subgroups
from validation.endpoints import CALIBRATION
from validation.fairness import group_counts, group_scores
from validation.fairness.gaps import Spread
from validation.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from policies.criteria import Minimum
    from validation.cases import Cases
    from validation.estimate import Estimate
    from validation.fairness.groups import Grouping

DEFAULT = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "auroc")
ALWAYS = ("selection-rate", "sensitivity", "false-positive-rate", "ppv")  # for fairness criteria
WORK = 1_000_000_000  # rows x replicates that scores are resampled for


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is compared, and how.

    Attributes:
        endpoints: In each subgroup; gaps are given for those of the 2x2 table and for ``auroc``.
        thresholds: Operating points; a score at or above one is called positive.
        minimum: Cases, positives and negatives that a subgroup needs; none when None.
        half_width: The half-width of an interval that is wished for; warned of where it is wider.
        confidence: Of the intervals.
        replicates: Of the bootstrap.
        seed: Of its draws.
    """

    endpoints: Sequence[str] = DEFAULT
    thresholds: Sequence[float] = ()
    minimum: Minimum | None = None
    half_width: float | None = None
    confidence: float = 0.95
    replicates: int = 2000
    seed: int = 20240101


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One grouping of the cases.

    Attributes:
        cases: One entry a row.
        grouping: The subgroups of the rows.
        plan: What is compared.
        patient: 0 to patients − 1, one a row; None when every case is a patient.
    """

    cases: Cases
    grouping: Grouping
    plan: Plan
    patient: np.ndarray | None

    @property
    def people(self) -> np.ndarray:
        """Cases and positives of each subgroup, int, shape (groups, 2)."""
        import numpy as np

        weights = (self.cases.count, self.cases.count * self.cases.label)
        size = len(self.grouping)
        columns = [np.bincount(self.grouping.codes, weights=w, minlength=size) for w in weights]
        return np.column_stack(columns).astype(int)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What each subgroup has too few of, in words; empty when nothing."""
        minimum = self.plan.minimum
        if minimum is None:
            return ("",) * len(self.grouping)
        sizes = [Sizes(cases=n, positives=positives) for n, positives in self.people.tolist()]
        return tuple(size.shortage(minimum) for size in sizes)

    @property
    def probabilities(self) -> bool:
        """Whether all scores are within 0 to 1."""
        return bool(((self.cases.score >= 0) & (self.cases.score <= 1)).all())

    @property
    def wants_scores(self) -> bool:
        """Whether an endpoint is asked for that needs resampled scores."""
        return bool({"auroc", *CALIBRATION} & set(self.plan.endpoints))

    @property
    def too_large(self) -> bool:
        """Whether there are too many rows times replicates to resample scores."""
        return len(self.cases.label) * self.plan.replicates > WORK


def estimates(part: Part) -> dict[str, tuple[Estimate, ...]]:
    """Every endpoint of every subgroup, small ones included.

    Raises:
        ValueError: Calibration of scores that are no probabilities; an unknown endpoint.
    """
    plan, cases = part.plan, part.cases
    given = list(plan.thresholds)
    used = given
    if not part.probabilities and not set(plan.endpoints) & set(CALIBRATION):
        cases, used = _ranked(cases, given)
    found = subgroups.evaluate_groups(
        cases,
        part.grouping,
        endpoints=plan.endpoints,
        thresholds=used,
        confidence=plan.confidence,
    )
    back = dict(zip(used, given, strict=True))
    return {
        name: tuple(
            e if e.threshold is None else dataclasses.replace(e, threshold=back[e.threshold])
            for e in each
        )
        for name, each in found.items()
    }


def _ranked(cases: Cases, thresholds: list[float]) -> tuple[Cases, list[float]]:
    import numpy as np

    levels = np.unique(np.concatenate([cases.score, thresholds]))
    score, *at = (
        np.searchsorted(levels, values) / len(levels)
        for values in (cases.score, *(np.array([t]) for t in thresholds))
    )
    return dataclasses.replace(cases, score=score), [float(t[0]) for t in at]


def rates(part: Part, threshold: float) -> tuple[np.ndarray, dict[str, Spread]]:
    """The 2x2 table of each subgroup, and the rates that follow from it, with replicates."""
    import numpy as np

    plan = part.plan
    if part.patient is None:
        table = group_counts.tabulate(part.cases, part.grouping, threshold)
        drawn = group_counts.resample(table, replicates=plan.replicates, seed=plan.seed)
    else:
        drawn = group_counts.resample_patients(
            part.cases,
            part.grouping,
            threshold,
            part.patient,
            replicates=plan.replicates,
            seed=plan.seed,
        )
    whole = np.vstack([drawn.table, drawn.table.sum(axis=0)])
    again = np.concatenate([drawn.drawn, drawn.drawn.sum(axis=1, keepdims=True)], axis=1)
    named = dict.fromkeys([*(e for e in plan.endpoints if e in group_counts.RATES), *ALWAYS])
    return drawn.table, {
        name: _spread(
            part,
            name,
            group_counts.RATES[name](whole),
            group_counts.RATES[name](again),
            drawn.method,
            threshold=threshold,
            counts=group_counts.fractions(drawn.table, name) if part.patient is None else None,
        )
        for name in named
    }


def scores(part: Part) -> dict[str, Spread]:
    """AUROC, and observed − expected where scores are probabilities, with replicates."""
    plan = part.plan
    drawn = group_scores.resample_scores(
        part.cases, part.grouping, part.patient, replicates=plan.replicates, seed=plan.seed
    )
    found = {"auroc": (drawn.auroc, "auc")}
    if part.probabilities:
        found["observed-minus-expected"] = (drawn.excess, "proportion")
    return {
        name: _spread(part, name, values[0], values[1:], drawn.method, unit=unit)
        for name, (values, unit) in found.items()
    }


def _spread(
    part: Part,
    name: str,
    values: np.ndarray,
    draws: np.ndarray,
    method: str,
    *,
    threshold: float | None = None,
    unit: str = "proportion",
    counts: np.ndarray | None = None,
) -> Spread:
    import numpy as np

    return Spread(
        endpoint=name,
        attribute=part.grouping.attribute,
        names=part.grouping.names,
        values=values,
        draws=draws,
        people=part.people,
        kept=np.array([not text for text in part.lacking]),
        method=method,
        confidence=part.plan.confidence,
        threshold=threshold,
        unit=unit,
        smaller_is_better=name in group_counts.SHRINKING,
        counts=counts,
    )
