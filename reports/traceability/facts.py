"""All that a clause may be answered by, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import yaml

from evidence.records import PolicyRegistration, ReportIssue
from reports.traceability.narrative import Narrative, narrative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Record
    from policies.device import Device, Risk
    from policies.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A device's facts, risks, narratives, and the records of its trail.

    Attributes:
        device: What `device.yaml` says.
        risks: What `risks.yaml` says.
        narratives: What people wrote.
        records: The trail's, in its order.
        kinds: The same by kind.
        policies: Of each policy the newest registration: its record and what it says.
    """

    device: Device
    risks: tuple[Risk, ...] = ()
    narratives: tuple[Narrative, ...] = ()
    records: tuple[Record, ...] = ()
    kinds: dict[str, list[Record]] = field(init=False)
    policies: dict[str, tuple[Record, Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the records by kind, and read what policies say."""
        kinds: dict[str, list[Record]] = {}
        for record in self.records:
            kinds.setdefault(record.kind, []).append(record)
        newest = {record.body["name"]: record for record in kinds.get(REGISTERED, ())}
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(
            self,
            "policies",
            {
                name: (record, yaml.safe_load(record.body["text"]))
                for name, record in newest.items()
            },
        )

    @classmethod
    def of(cls, space: Workspace, records: Sequence[Record] | None = None) -> Self:
        """Of a workspace; documents that were issued are no evidence for the next one."""
        found = space.trail.records() if records is None else records
        return cls(
            device=space.device,
            risks=tuple(space.risks.risks),
            narratives=tuple(narrative(n, t) for n, t in space.narratives.items()),
            records=tuple(r for r in found if r.schema != ReportIssue.schema),
        )


REGISTERED = PolicyRegistration.schema.partition("/")[0]
