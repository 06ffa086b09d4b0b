"""SIGTERM ends a run when the window at hand is written; the next run goes on from there."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evidence.errors import AssuranceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int], None]


@contextmanager
def between_windows(step: Progress) -> Iterator[Progress]:
    """Within it SIGTERM only asks; the run ends at the next step that its progress tells.

    Args:
        step: Where the progress is told.

    Yields:
        What to tell it instead.
    """
    asked = threading.Event()

    def told(words: str, done: int, of: int) -> None:
        # Asked before it is told: a window that was said to begin is finished.
        if asked.is_set() and done < of:
            raise AssuranceError(
                f"Stopped by SIGTERM: {done} of {of} due windows are written, each whole. "
                "The next run does the others."
            )
        step(words, done, of)

    if threading.current_thread() is not threading.main_thread():
        yield told
        return

    def ask(_number: int, _frame: Any) -> None:
        asked.set()

    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield told
    finally:
        signal.signal(signal.SIGTERM, before)
