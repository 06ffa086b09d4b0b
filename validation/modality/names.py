"""What a condition contains, and which modality it lacks beside the full one.

A condition named ``image+text`` contains image and text; ``text_only``, ``text only`` and ``text``
contain text. A modality is *withheld* in the condition that contains all of the full condition's
modalities but that one. Other names (``blurred``, ``condition b``) contain nothing that can be
read; then the person says which modality a condition is about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ONLY = re.compile(r"[\s_-]*only$", re.IGNORECASE)
_AND = re.compile(r"\s*(?:\+|&)\s*")


def contents(condition: str) -> frozenset[str]:
    """The modalities that a condition's name lists."""
    plain = _ONLY.sub("", condition.strip().lower())
    return frozenset(part for part in _AND.split(plain) if part)


def full(conditions: Sequence[str]) -> str | None:
    """The condition that contains more than one modality and all of every other's, if there is one.

    None when none does: the names then do not say which condition is the full one.
    """
    for name in conditions:
        held = contents(name)
        others = [contents(other) for other in conditions if other != name]
        if len(held) > 1 and others and all(other < held for other in others):
            return name
    return None


def withheld(
    conditions: Sequence[str], reference: str, named: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The modality that each other condition is about, by condition.

    Args:
        conditions: All of them.
        reference: The full one.
        named: Modality to the condition in which it is withheld or degraded, as a person says it;
            it goes before what the names say.

    Raises:
        ValueError: A named condition that is not there, or is the reference.
    """
    found: dict[str, str] = {}
    held = contents(reference)
    for name in conditions:
        lacks = held - contents(name)
        if name != reference and contents(name) < held and len(lacks) == 1:
            found[name] = next(iter(lacks))
    for modality, condition in (named or {}).items():
        if condition not in conditions or condition == reference:
            there = ", ".join(name for name in conditions if name != reference)
            raise ValueError(
                f"modality '{modality}' is said to be withheld in '{condition}', which is none of "
                f"the other conditions ({there})"
            )
        found[condition] = modality
    return found
