"""Everything that one run of written outputs measures, and its verdicts. Pure.

An item that stands in several versions, or a patient with several cases, is one cluster: where a
cluster has more than one of the cases in question, their interval respects it as the policy says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation import acceptance as verdicts
from validation import mover
from validation.fairness import groups
from validation.generative import acceptance, answers, reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from evidence.records import Body
    from policies.generative import GenerativePolicy
    from validation.estimate import Estimate
    from validation.fairness.groups import Grouping
    from validation.generative.sample import Measured, Sample


def judged(sample: Sample, policy: GenerativePolicy) -> dict[str, Any]:
    """Measure a sample and judge it: the fields of a run that depend on nothing else.

    Args:
        sample: Cases and outputs.
        policy: Endpoints and criteria.
    """
    parts = groupings(sample.frame, policy)
    task = answers if sample.spec.answers else reports
    found: Measured = task.measure(sample, policy, parts)
    differences = gaps(found.estimates, parts)
    members = {part.attribute: part.names for part in parts}
    criteria = acceptance.judge(
        found.estimates, differences, members, sizes(len(sample.frame), parts), policy
    )
    criteria += found.criteria
    verdict, reason = verdicts.overall(criteria, not_evaluable_counts=policy.not_evaluable_counts)
    return {
        "estimates": [estimate.to_dict() for estimate in found.estimates],
        "gaps": [gap.to_dict() for gap in differences],
        "criteria": criteria,
        "verdict": verdict.value,
        "reason": reason,
        "modalities": found.modalities,
        "consistency": found.consistency,
        "warnings": [
            {"code": w.code, "message": w.message, "columns": list(w.columns), "count": w.count}
            for w in found.warnings
        ],
        "design": design(sample, policy),
    }


def groupings(frame: pd.DataFrame, policy: GenerativePolicy) -> list[Grouping]:
    """The attributes of a policy and their intersections."""
    single = {name: groups.grouping(name, list(frame[name])) for name in policy.attributes}
    crossed = [groups.cross(*(single[name] for name in names)) for names in policy.intersections]
    return [*single.values(), *crossed]


def sizes(cases: int, parts: Iterable[Grouping]) -> dict[str, int]:
    """Subgroup, or ``overall``, to its cases."""
    import numpy as np

    found = {"overall": cases}
    for part in parts:
        for code, name in enumerate(part.names):
            found[name] = int(np.count_nonzero(part.codes == code))
    return found


def gaps(estimates: Sequence[Estimate], parts: Sequence[Grouping]) -> list[Estimate]:
    """Each two subgroups of a grouping, the larger value first, by endpoint.

    From the limits of both (MOVER). Where subgroups share items, as languages do, their answers
    vary together, and the interval is wider than it need be, never narrower.
    """
    known = {(e.endpoint, e.subgroup): e for e in estimates}
    found = []
    for part in parts:
        for place, one in enumerate(part.names):
            for other in part.names[place + 1 :]:
                for endpoint in dict.fromkeys(e.endpoint for e in estimates):
                    a, b = known.get((endpoint, one)), known.get((endpoint, other))
                    if a is None or b is None:
                        continue
                    if (a.value or 0) < (b.value or 0):
                        a, b = b, a
                    found.append(mover.separate(a, b))
    return found


def design(sample: Sample, policy: GenerativePolicy) -> Body:
    """Whether items or patients repeat, and how the intervals respect it."""
    import numpy as np

    owner = sample.owner
    if owner is None:
        return {}
    times = np.bincount(owner)
    repeated = int((times > 1).sum())
    return {
        "unit": sample.unit,
        "units": int(times.size),
        "cases": len(owner),
        "repeated": repeated,
        "most": int(times.max()),
        "clusters": policy.clusters if repeated else "none",
    }
