"""A model against a previous locked version, on the same cases; judged on the bound.

AUROC by paired DeLong, sensitivity and specificity by Tango's score interval; where patients
repeat, by the clustered forms of both. A margin of 0 asks for superiority.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.records import Verdict
from validation.designs import paired

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body
    from policies.criteria import Comparison, ValidationPolicy
    from validation.estimate import Estimate, Result, Test
    from validation.measurement import Sample

PREFERRED = ("tango", "ratio-estimator-paired", "delong-paired", "delong-paired-clustered")


def compare(
    sample: Sample, previous: np.ndarray, policy: ValidationPolicy, against: str
) -> list[Body]:
    """One criterion body for each comparison that the policy names.

    Args:
        sample: The cases and the new model's scores.
        previous: The previous version's scores of the same cases.
        policy: Its `against_previous`, and how patients are respected.
        against: ``NAME/VERSION`` of the previous one.
    """
    return [_judged(rule, sample, previous, policy, against) for rule in policy.against_previous]


def _judged(
    rule: Comparison, sample: Sample, previous: np.ndarray, policy: ValidationPolicy, against: str
) -> Body:
    result = _result(rule, sample, previous, policy)
    name = f"{rule.endpoint}-difference"
    difference = _difference(result, name)
    test = _test(result, name)
    low = difference.low
    if low is None:
        verdict, reason = Verdict.NOT_EVALUABLE, difference.reason or "no interval"
    else:
        verdict = Verdict.PASS if low > -rule.margin else Verdict.FAIL
        reason = f"lower bound of the difference {low:.3f}, margin {-rule.margin:g}"
    return {
        "id": rule.id,
        "against": against,
        "endpoint": rule.endpoint,
        "at": rule.at or "",
        "estimate": difference.to_dict() | {"p": None if test is None else test.p},
        "margin": rule.margin,
        "statement": _statement(rule, against),
        "verdict": verdict.value,
        "reason": reason,
    }


def _result(
    rule: Comparison, sample: Sample, previous: np.ndarray, policy: ValidationPolicy
) -> Result:
    patients = sample.patients(policy)
    shared = {"cluster": patients, "margin": rule.margin, "confidence": policy.confidence}
    if rule.at is None:
        return paired.paired_scores(sample.label, sample.score, previous, sample.count, **shared)  # type: ignore[arg-type]
    threshold = policy.points[rule.at]
    new, old = (sample.score >= threshold).astype(int), (previous >= threshold).astype(int)
    return paired.paired_tests(sample.label, new, old, sample.count, **shared)  # type: ignore[arg-type]


def _difference(result: Result, name: str) -> Estimate:
    known = {e.method: e for e in result.estimates if e.endpoint == name}
    chosen = [known[method] for method in PREFERRED if method in known]
    return (chosen or list(known.values()))[0]


def _test(result: Result, name: str) -> Test | None:
    tests = [t for t in result.tests if t.endpoint == name and t.alternative == "non-inferiority"]
    return tests[0] if tests else None


def _statement(rule: Comparison, against: str) -> str:
    what = "AUROC" if rule.endpoint == "auroc" else rule.endpoint
    place = f" at operating point {rule.at}" if rule.at else ""
    if rule.margin == 0:
        return f"The {what}{place} is above that of {against}."
    return f"The {what}{place} is not inferior to that of {against} by more than {rule.margin:g}."
