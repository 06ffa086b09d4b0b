"""Production data of a model that writes, read by the roles of the frozen set.

What the frozen set has and production never will is named in the plan (`without`); any other column
that is missing is a fault. The key may be left out as long as nothing is judged by it, and a blank
key is one that has not matured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError, UsageError
from monitoring.source.contract import Period
from policies.text_set import TextSetSpec
from validation import expectations, table
from validation.generative import text_set
from validation.generative.outputs import RESPONSE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from evidence.records import Body, ReferenceFreeze
    from monitoring.schedule import Window
    from monitoring.source.contract import Source
    from policies.dataset import DataQualityPolicy
    from policies.plan import MonitoringPlan
    from policies.text_plan import TextPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLog:
    """A source of production data, read once for all windows that are due.

    Attributes:
        name: The source's name.
        digest: The digest of its bytes, or rows.
        spec: The roles, those of the reference set, with production's day.
        time: Column of the day.
        there: Columns of the roles that the source has.
        frame: Its rows of the days asked for; columns of the roles that it lacks are blank.
    """

    name: str
    digest: str
    spec: TextSetSpec
    time: str
    there: frozenset[str]
    frame: pd.DataFrame

    def cases(self, window: Window) -> tuple[pd.DataFrame, list[Body]]:
        """The window's cases, and what was excluded."""
        frame = self.frame[self.frame[self.time].between(window.start, window.end)]
        steps = [table.step("rows read in the window", "read", frame)]
        for rule in self.spec.include:
            kept_rows = table.included(rule.column, rule.one_of)(frame)
            if not kept_rows.all():
                steps.append(table.step(rule.reason, "excluded", frame[~kept_rows]))
            frame = frame[kept_rows]
        steps.append(table.step("analysed", "analysed", frame))
        return frame.reset_index(drop=True), steps


def read(
    source: Source,
    frozen: ReferenceFreeze,
    waiting: Sequence[Window],
    plan: MonitoringPlan,
    texts: TextPlan,
    embeddings: Mapping[str, Sequence[str]],
) -> TextLog:
    """Read a source of production data.

    Args:
        source: Production data.
        frozen: The reference set.
        waiting: The windows, oldest first.
        plan: The plan.
        texts: Its rules for texts.
        embeddings: Name to the columns that the validated outputs have.

    Raises:
        DataError: Columns missing or values that do not fit, by column and count.
        UsageError: Neither plan nor reference set names the column of the day.
    """
    spec = TextSetSpec.model_validate(frozen.spec)
    time = texts.time or spec.time
    if not time:
        raise UsageError(
            f"Reference set {frozen.name} has no column of the day: name that of the production "
            "data in policies/monitoring.yaml, with texts: {time: COLUMN}."
        )
    source = source.over(Period(column=time, first=waiting[0].start, last=waiting[-1].end))
    raw = source.frame()
    roles = [name for name in spec.columns() if name not in (spec.time, *_images(spec))]
    numbers = [name for part in embeddings.values() for name in part]
    needed = [name for name in roles if _needed(name, spec, plan, texts)]
    _require(raw, [texts.response, time, *needed, *numbers], frozen, source.title)
    there = frozenset(raw.columns) & frozenset(roles)
    here = [rule for rule in spec.include if rule.column in there and rule.applies_to == "always"]
    spec = spec.model_copy(update={"time": time, "period": None, "include": here})
    # A role and the output or the day may be one column; each is kept under its own name.
    roles_frame = raw.reindex(columns=list(dict.fromkeys([*roles, time]))).astype(object)
    frame = text_set.typed(roles_frame, spec, source.title)
    beside = {RESPONSE: raw[texts.response].fillna("")} | {name: raw[name] for name in numbers}
    return TextLog(
        name=source.name,
        digest=source.digest,
        spec=spec,
        time=time,
        there=there,
        frame=frame.assign(**beside),
    )


def _images(spec: TextSetSpec) -> list[str]:
    return [spec.image.column] if spec.image else []


def _needed(name: str, spec: TextSetSpec, plan: MonitoringPlan, texts: TextPlan) -> bool:
    """Whether production must have a column of the frozen set."""
    if name in texts.without or (spec.reports and name in spec.reports.references):
        return False
    if spec.answers and name == spec.answers.key:
        return any(rule.endpoint != "unparsable-rate" for rule in plan.performance)
    return True


def _require(raw: pd.DataFrame, wanted: Sequence[str], frozen: ReferenceFreeze, name: str) -> None:
    there: Any = ", ".join(map(str, raw.columns))
    faults = [
        f"column '{column}' is missing (there are: {there}); if it is one of reference set "
        f"{frozen.name} that production never has, name it in the plan under texts: without"
        for column in dict.fromkeys(wanted)
        if column not in raw.columns
    ]
    if faults:
        raise DataError(name, faults)


def check(frame: pd.DataFrame, log: TextLog, quality: DataQualityPolicy) -> list[Body]:
    """The expectations that the reference set met, on a window's cases."""
    expected = expectations.from_text_roles(log.spec)
    expected += expectations.from_policy(quality, sorted(log.there))
    known = [e for e in expected if e.column in log.there]
    return expectations.check(frame, known) if len(frame) else []
