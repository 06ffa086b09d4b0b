"""Who tells a story of the demo, when and where; and the stories there are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from policies.workspace import Workspace

STORIES = ("covid", "vqa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Who tells the story, when, and where.

    Attributes:
        workspace: A folder prepared by the story's `prepare`.
        actor: Who acts.
        at: Now, UTC, ISO 8601.
        today: The day of `at`.
        progress: Called with a step's words, how many are done, of how many.
    """

    workspace: Workspace
    actor: str
    at: str
    today: dt.date
    progress: Callable[[str, int, int], None]


class Story(Protocol):
    """What the module of a story has."""

    def prepare(self, folder: Path) -> None:
        """Lay the story's workspace."""

    def tell(self, stage: Stage) -> dict[str, Any]:
        """Tell the whole story; told again, it adds nothing that is there already."""


def story(name: str) -> Story:
    """The module that tells a story, imported when it is asked for."""
    return cast("Story", import_module(f"demo.{name}"))
