"""Drift of the columns together, against the few thousand frozen rows that were kept for it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from monitoring.drift import joint
from validation import compact

if TYPE_CHECKING:
    from evidence.records import Body
    from evidence.store import Store
    from monitoring.cases import WindowCases
    from monitoring.surveillance import Surveillance

OLD = (
    "the reference set was frozen by an earlier edition, which kept no sample of rows: freeze it "
    "again under another name"
)


def judged(watch: Surveillance, given: WindowCases, store: Store) -> Body:
    """Judge what the model reads, as the plan says; empty where it asks for nothing.

    Args:
        watch: The plan and the frozen set.
        given: The window's cases.
        store: Where the frozen sample is.
    """
    import pandas as pd

    rule = watch.plan.drift.joint
    if rule is None:
        return {}
    if compact.WORD not in watch.frozen.files:
        return {"status": "not evaluable", "reason": OLD}
    content = store.get(watch.frozen.files[compact.WORD], f"sample of {watch.frozen.name}")
    kinds = {feature.name: feature.type for feature in given.spec.features}
    rows = compact.sample(given.cohort.frame, [*kinds], rule.sample)
    return joint.judged(pd.read_parquet(io.BytesIO(content)), rows, kinds, rule)
