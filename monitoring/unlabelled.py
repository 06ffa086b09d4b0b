"""What is estimated of a window before its labels come, and whether that may be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitoring.label_free import calibrator, performance, trust
from monitoring.label_free.levels import Levels
from monitoring.label_free.trust import Matured
from validation.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from evidence.records import Body, MonitoringRun
    from monitoring.label_free.calibrator import Calibrator
    from policies.labels import LabelFreePlan
    from policies.plan import MonitoringPlan

OLD = (
    "the validation was recorded by an earlier edition, which kept no counts of scores by outcome: "
    "validate the model again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlabelled:
    """Label-free estimates of a window.

    Attributes:
        estimates: One for each endpoint of the plan.
        trust: Verdict, statement and reasons, as a record holds them; empty without estimates.
    """

    estimates: list[Estimate] = field(default_factory=list)
    trust: Body = field(default_factory=dict)

    @property
    def trusted(self) -> bool:
        """Whether they may raise a finding."""
        return bool(self.trust) and self.trust["verdict"] != "not-to-be-trusted"

    def body(self) -> list[Body]:
        """As a record holds them: each with the trust in it."""
        return [{"estimate": e.to_dict(), "trust": self.trust} for e in self.estimates]


NOTHING = Unlabelled()


def fit(cells: Body, plan: LabelFreePlan) -> Calibrator | None:
    """Learn from the validation's counts of scores by outcome; None where it kept none."""
    import numpy as np

    if not cells or not sum(cells["positives"]) or not sum(cells["negatives"]):
        return None
    size = len(cells["scores"])
    return calibrator.fit(
        np.repeat([1, 0], size),
        [*cells["scores"], *cells["scores"]],
        [*cells["positives"], *cells["negatives"]],
        kind=plan.calibration,
        replicates=plan.replicates,
        seed=plan.seed,
    )


def estimate(
    learnt: Calibrator | None,
    score: np.ndarray,
    count: np.ndarray,
    plan: MonitoringPlan,
    earlier: Sequence[MonitoringRun],
) -> Unlabelled:
    """Estimate what a plan asks for.

    Args:
        learnt: From `fit`.
        score: One a row, NaN where the model gave none.
        count: People a row.
        plan: The endpoints, operating points and rules.
        earlier: Windows before whose labels were taken as they are.
    """
    if plan.label_free is None:
        return NOTHING
    if learnt is None:
        return Unlabelled(
            trust={"verdict": "not-to-be-trusted", "statement": OLD, "reasons": [OLD]}
        )
    levels = Levels.of(score, count)
    points = {point.name: point.threshold for point in plan.operating_points}
    found: list[Estimate] = []
    for rule in plan.label_free.endpoints:
        asked = performance.Asked(
            endpoints=[rule.endpoint],
            thresholds=[points[rule.at]] if rule.at else [],
            confidence=plan.confidence,
        )
        found += performance.estimate(learnt, levels, asked)
    judged = trust.judge(
        learnt,
        levels,
        [_matured(run) for run in earlier if run.label_free],
        plan.label_free.distrust,
        minimum_positives=plan.label_free.minimum_positives,
    )
    return Unlabelled(
        estimates=found,
        trust={
            "verdict": judged.verdict,
            "statement": judged.statement,
            "reasons": list(judged.reasons),
            "beyond": judged.beyond,
        },
    )


def _matured(run: MonitoringRun) -> Matured:
    return Matured(
        window=run.window["label"],
        estimated=[Estimate.from_dict(body["estimate"]) for body in run.label_free],
        realised=[Estimate.from_dict(body) for body in run.estimates],
    )
