"""Who tells a story of the demo, when and where; and the stories there are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Protocol, cast

import demo
from evidence.errors import AssuranceError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evidence.records import Record
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


def lay(folder: Path, name: str) -> None:
    """Lay a story's descriptions and policies.

    Args:
        folder: Where; new, empty, or laid before.
        name: The folder in this room that holds them.

    Raises:
        AssuranceError: The folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "dataset.yaml").exists():
        raise AssuranceError(f"{folder} is not empty; give the demo a folder of its own.")
    with as_file(files(demo) / name) as source:
        shutil.copytree(source, folder, dirs_exist_ok=True)


def issued(stage: Stage, kinds: Sequence[str], steps: int) -> list[Record]:
    """Issue a story's documents, as its last step but one."""
    from reports import issue

    def step(words: str, _done: int, _of: int) -> None:
        stage.progress(f"issuing documents: {words}", steps - 1, steps)

    step("drawing", 0, 0)
    space = stage.workspace
    return issue.build_all(
        space, kinds, at=stage.at, actor=stage.actor, folder=space.documents, progress=step
    )


def story(name: str) -> Story:
    """The module that tells a story, imported when it is asked for."""
    return cast("Story", import_module(f"demo.{name}"))
