"""What every kind of record shares."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What every kind shares: a schema, JSON fields, and the files behind it."""

    schema: ClassVar[str]
    earlier: ClassVar[tuple[str, ...]] = ()  # schemas that this kind was written by before
    files: dict[str, str] = field(default_factory=dict)

    def body(self) -> Body:
        """The JSON body as it is written."""
        return dataclasses.asdict(self)

    @classmethod
    def read(cls, body: Body) -> Self:
        """The value of a written body; keys of a later writer are left aside."""
        known = {f.name for f in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in body.items() if key in known})
