"""Work that takes its time and must not run twice at once, such as drawing a document."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evidence.errors import OutOfOrderError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turn:
    """Whose turn it is: one at a time, and whoever comes meanwhile is sent away.

    Attributes:
        words: What those are told.
    """

    def __init__(self, words: str) -> None:
        self.words, self._held = words, threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold it while the work runs.

        Raises:
            OutOfOrderError: Somebody else holds it.
        """
        if not self._held.acquire(blocking=False):
            raise OutOfOrderError(self.words)
        try:
            yield
        finally:
            self._held.release()
