"""Why a notice was not delivered, in words that hold no secret."""

from __future__ import annotations


class UndeliveredError(Exception):
    """The other side did not take a notice.

    Attributes:
        words: What happened, without address, credentials or content.
        again: Whether the same try could succeed a moment later.
    """

    def __init__(self, words: str, *, again: bool) -> None:
        self.words, self.again = words, again
        super().__init__(words)
