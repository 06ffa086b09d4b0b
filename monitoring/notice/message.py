"""What a notice says: the facts of one trigger's record, and where to read on. Pure.

A statement holds aggregates only, but an aggregate can still be a small count: "broken by 3 of
4,000", or a share that gives 3 away. Such a statement is left out of the notice, which then names
the record that holds it (law 6).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.records import Body, Record, Trigger

SCHEMA = "tplc-notice/1"
SHARES = ("data-quality", "missingness", "prevalence", "unparsable", "collapse")
NOT_SHARES = ("auroc", "auprc", "brier", "calibration", "observed", "kappa", "cohen", "f1", "mcc")
# What a plan allows is no count of people; neither are windows, days and the like.
_ALLOWED = re.compile(r"\b(?:limit|allows|at least|at most)\s[\d.,]+(?:\s(?:to|and)\s[\d.,]+)?")
_WHOLE = re.compile(
    r"(?<![\w.,%/–-])(\d{1,4})(?![\w%]|[.,]\d|-\d)"
    r"(?!\s(?:windows?|days?|weeks?|months?|times|sites|columns)\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notice.

    Attributes:
        key: The digest of the trigger's record: the same notice delivered twice has the same key.
        trigger: The trigger's id.
        model: ``NAME/VERSION``.
        window: The window's label.
        cause: What was found.
        severity: How grave it is.
        rule: The plan's rule.
        statement: What happened, or that it is withheld.
        record: The number of the record in the trail.
        raised_at: When it was recorded, UTC, ISO 8601.
        reporting: The reporting clocks that the rule names, as sentences; often none.
    """

    key: str
    trigger: str
    model: str
    window: str
    cause: str
    severity: str
    rule: str
    statement: str
    record: int
    raised_at: str
    reporting: str = ""

    @property
    def headline(self) -> str:
        """One line."""
        return f"{self.severity}: {self.cause}, model {self.model}, window {self.window}"

    @property
    def text(self) -> str:
        """For people, plain."""
        lines = [self.headline, "", self.statement]
        lines += ["", self.reporting] if self.reporting else []
        where = f"record {self.record} ({self.key[:19]}), raised {self.raised_at}"
        lines += ["", f"Trigger {self.trigger} (rule {self.rule}), {where}."]
        lines += [f"Read on with: tplc change show {self.trigger}"]
        return "\n".join(lines)

    def body(self) -> Body:
        """As it is delivered: JSON."""
        return {"schema": SCHEMA} | asdict(self) | {"text": self.text}

    @classmethod
    def read(cls, body: Body) -> Message:
        """From `body`; other keys are left aside."""
        return cls(**{name: body[name] for name in cls.__slots__ if name in body})


def compose(record: Record, trigger: Trigger, minimum: int) -> Message:
    """The notice of a trigger.

    Args:
        record: The trigger's record.
        trigger: The same.
        minimum: Counts of people below it are not told.
    """
    statement = trigger.statement
    if withheld(trigger, minimum):
        statement = (
            f"A finding on {trigger.cause}; its numbers are not told here, since a count of fewer "
            f"than {minimum} stands behind them. They are in record {record.seq} of the trail."
        )
    return Message(
        key=record.digest,
        trigger=trigger.id,
        model=trigger.model,
        window=trigger.window,
        cause=trigger.cause,
        severity=trigger.severity,
        rule=trigger.rule,
        statement=statement,
        record=record.seq,
        raised_at=record.at,
        reporting=str(trigger.finding.get("reporting", {}).get("statement", "")),
    )


def withheld(trigger: Trigger, minimum: int) -> bool:
    """Whether a trigger's statement could give a small count away.

    It could when few people stand behind the finding, when a share of them (or of the others) is
    few people, or when a small whole number stands in the sentence that is no limit of the plan.
    """
    if _small(trigger.finding, minimum):
        return True
    rest = _ALLOWED.sub("", trigger.statement)
    return any(0 < int(found) < minimum for found in _WHOLE.findall(rest))


def _small(finding: Body, minimum: int) -> bool:
    n, value = finding.get("n") or 0, finding.get("value")
    if 0 < n < minimum:
        return True
    if value is None or not n or finding.get("unit") != "proportion":
        return False
    events = round(value * n)
    if finding.get("kind") in SHARES:
        return bool(0 < events < minimum or 0 < n - events < minimum)
    subject = str(finding.get("subject", ""))
    # As in the documents, a share of few misses among enough people overall is told; few hits not.
    mine = finding.get("kind") == "performance" and not subject.startswith(NOT_SHARES)
    return bool(mine and 0 < events < minimum)
