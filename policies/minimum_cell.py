"""How few people are too few to be counted in public (law 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from evidence.records import PolicyRegistration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.trail import AuditTrail

DEFAULT = 10
JUDGING = ("validation", "generative")  # the policies that have the key


def of_trail(trail: AuditTrail) -> int:
    """The largest that any registered policy asks for; small cells stay small everywhere."""
    return of_registrations(value for _, value in trail.all(PolicyRegistration))


def of_registrations(found: Iterable[PolicyRegistration]) -> int:
    """The same, of registrations in their order; the newest of each policy holds."""
    newest = {value.name: value.text for value in found if value.name in JUDGING}
    asked = [yaml.safe_load(text).get("minimum_cell", DEFAULT) for text in newest.values()]
    return int(max(asked, default=DEFAULT))
