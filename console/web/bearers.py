"""Programs with a token. Those who guess are slowed down, and no log or record grows by them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from change_control.credentials import tokens
from change_control.credentials.sessions import digest_of

if TYPE_CHECKING:
    from change_control.credentials.vault import Vault
    from console.views.reading import Reading
    from evidence.signing.register import Person

FAILURES = 120  # a minute, after which tokens that never were right here are not looked up


@dataclass
class Bearers:
    """Who came with a token since the start, and how many failed in this minute."""

    _right: set[str] = field(default_factory=set, repr=False)
    _failed: tuple[str, int] = ("", 0)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def person(self, vault: Vault, seen: Reading, token: str) -> Person | None:
        """In whose name a token reads; none when it is nobody's, or too many were.

        A program whose token was right before is answered however many others guess.
        """
        if seen.access is None or not tokens.TOKEN.fullmatch(token):
            return None
        digest, minute = digest_of(token), seen.at[:16]
        with self._lock:
            crowded = self._failed[0] == minute and self._failed[1] >= FAILURES
            if crowded and digest not in self._right:
                return None
        found = tokens.reader(vault, seen.access, token, seen.at)
        with self._lock:
            if found:
                self._right.add(digest)
            else:
                count = self._failed[1] if self._failed[0] == minute else 0
                self._failed = (minute, count + 1)
        return found
