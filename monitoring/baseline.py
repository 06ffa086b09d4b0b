"""What the windows of a model that gives a score are compared with, made ready once a night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import OutOfOrderError
from evidence.records import GenerativeRun, ValidationRun
from monitoring import charting, unlabelled
from monitoring.design import known
from monitoring.seen import SCORE
from validation.estimate import Estimate

if TYPE_CHECKING:
    from evidence.records import Body, ReferenceFreeze
    from evidence.trail import AuditTrail
    from monitoring.charting import Given
    from monitoring.design.known import Known
    from monitoring.label_free.calibrator import Calibrator
    from monitoring.ledger import Ledger
    from monitoring.schedule import Turn
    from monitoring.surveillance import Surveillance
    from policies.plan import MonitoringPlan


def newest_run(
    trail: AuditTrail, plan: MonitoringPlan, frozen: ReferenceFreeze
) -> ValidationRun | GenerativeRun:
    """The newest protocol run of the plan's model on its reference set.

    Raises:
        OutOfOrderError: There is none.
    """
    known: list[ValidationRun | GenerativeRun]
    if plan.texts:
        known = [run for _, run in trail.all(GenerativeRun)]
    else:
        known = [run for _, run in trail.all(ValidationRun)]
    runs = [r for r in known if (r.model, r.reference_digest) == (plan.model, frozen.digest)]
    if not runs:
        bring = " --predictions FILE --response COLUMN" if plan.texts else ""
        raise OutOfOrderError(
            f"Model {plan.model} was not validated on reference set {plan.reference}: there is "
            "nothing to compare production with, and no in-control rate is known. Run: "
            f"tplc validate --model {plan.model} --reference {plan.reference}{bring}"
        )
    return runs[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The frozen yardstick.

    Attributes:
        run: The model's validation on the reference set.
        columns: Column to its frozen summary, the score's among them.
        learnt: What the validation says of scores without labels; None where the plan asks for no
            label-free estimates, or the validation kept no counts.
        design: What the limits of charts are taken from; None where the plan has none.
        rejected: Share of inputs that quality control rejected when the set was frozen.
    """

    run: ValidationRun
    columns: Body
    learnt: Calibrator | None
    design: Known | None
    rejected: float

    @classmethod
    def of(cls, watch: Surveillance) -> Baseline:
        """Make it ready."""
        run, plan, frozen = watch.baseline, watch.plan, watch.frozen
        if not isinstance(run, ValidationRun):
            raise TypeError("a model with a score has a validation run of scores")
        cells = run.curves.get("score_cells", {})
        return cls(
            run=run,
            columns=frozen.summaries | {SCORE: run.curves["score_summary"]},
            learnt=unlabelled.fit(cells, plan.label_free) if plan.label_free else None,
            design=known.of(plan, frozen, run) if plan.charts else None,
            rejected=frozen.rejected / max(1, frozen.cases + frozen.rejected),
        )

    @property
    def estimates(self) -> list[Estimate]:
        """The validation's endpoints."""
        return [Estimate.from_dict(body) for body in self.run.estimates]

    @property
    def gaps(self) -> list[Estimate]:
        """Its gaps between subgroups."""
        return [Estimate.from_dict(body) for body in self.run.gaps]

    def charted(self, given: Given, ledger: Ledger, turn: Turn, cases: int) -> list[Body]:
        """The charts after a window whose labels are taken as they are, however small it is."""
        if self.design is None or not turn.final or not cases:
            return []
        return charting.run(self.design, given, ledger, turn.window)
