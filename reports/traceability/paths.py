"""Paths into the body of a record or a policy: ``training.start``, ``independence.*.verdict``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY: tuple[object, ...] = (None, "", [], {})
STEP, ANY = ".", "*"


def shows(value: Any, path: str) -> bool:
    """Whether a path leads to something; of a list every item must show it, of `*` one key."""
    if not path:
        return value not in EMPTY
    if isinstance(value, list):
        return bool(value) and all(shows(item, path) for item in value)
    if not isinstance(value, dict):
        return False
    head, _, rest = path.partition(STEP)
    if head == ANY:
        return any(shows(item, rest) for item in value.values())
    return head in value and shows(value[head], rest)


def values(value: Any, path: str) -> Iterator[Any]:
    """What stands at the end of a path, each way of it."""
    if isinstance(value, list):
        for item in value:
            yield from values(item, path)
        return
    if not path:
        yield value
        return
    if isinstance(value, dict):
        head, _, rest = path.partition(STEP)
        for key in value if head == ANY else [head]:
            if key in value:
                yield from values(value[key], rest)
