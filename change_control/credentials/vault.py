"""The vault: an SQLite file beside the trail that holds what must be forgotten one day.

Password hashes, private keys and one-time secrets sealed under the password, the count of failed
tries, and digests of the tokens of sessions and programs. None of it is in the trail, which forgets
nothing. What stands here is believed only as far as the trail knows its public key: a row that
somebody else wrote opens nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

from change_control.credentials.lock_out import Tries
from evidence.errors import BrokenTrailError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS credential (user TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tries (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS session (digest TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS token (digest TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
"""
NOBODY = 256  # places over which the ids that nobody has are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a user signs in with; bytes are written in hex.

    Attributes:
        hash: The password's argon2id hash.
        salt: Of the key that opens what is sealed.
        cost: Of that key: memory in KiB, passes, lanes.
        sealed_key: The private key.
        sealed_totp: The one-time secret; empty without one.
        step: The last one-time step that was used.
        earlier: Hashes of earlier passwords, newest first.
    """

    hash: str = field(repr=False)
    salt: str = field(repr=False)
    cost: list[int]
    sealed_key: str = field(repr=False)
    sealed_totp: str = field(default="", repr=False)
    step: int = 0
    earlier: list[str] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class Vault:
    """The vault at a path; readable by its owner only.

    Attributes:
        path: The file; made when it is first written.
    """

    path: Path

    @cached_property
    def _lock(self) -> threading.Lock:
        return threading.Lock()

    @cached_property
    def _base(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        base = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False)
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")  # counts of tries; `keep` makes sure
        base.execute("PRAGMA secure_delete = ON")  # a forgotten hash is gone
        return base

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: whoever counts tries counts them one after the other.

        Raises:
            BrokenTrailError: The file is damaged.
        """
        try:
            with self._lock:
                self._base.execute("BEGIN IMMEDIATE")
                try:
                    _make(self._base)
                    yield self._base
                except BaseException:
                    self._base.execute("ROLLBACK")
                    raise
                self._base.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise BrokenTrailError([f"The credentials' file is damaged: {error}"]) from error

    def credential(self, user: str) -> Credential | None:
        """What a user signs in with."""
        with self.transaction() as base:
            row = _one(base, "SELECT body FROM credential WHERE user = ?", user)
        return Credential(**json.loads(row)) if row else None

    def keep(self, user: str, value: Credential) -> None:
        """Keep a credential in place of the one before."""
        with self.transaction() as base:
            text = json.dumps(asdict(value))
            base.execute("INSERT OR REPLACE INTO credential VALUES (?, ?)", (user, text))
        with self._lock:  # on the disk, and nothing of the one before beside it
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def use_step(self, user: str, step: int) -> bool:
        """Use a one-time step; false when it, or a later one, was used meanwhile."""
        with self.transaction() as base:
            row = _one(base, "SELECT body FROM credential WHERE user = ?", user)
            held = json.loads(row)
            if held["step"] >= step:
                return False
            held["step"] = step
            text = json.dumps(held)
            base.execute("UPDATE credential SET body = ? WHERE user = ?", (text, user))
        return True

    @contextmanager
    def tries(self, user: str) -> Iterator[Counter]:
        """The failed tries of an id, to read and to set, in one transaction."""
        with self.transaction() as base:
            counter = Counter(base=base, id=_counted_as(base, user))
            yield counter

    def setting(self, name: str) -> str:
        """A setting of the vault; empty when it was never set."""
        with self.transaction() as base:
            return _one(base, "SELECT value FROM setting WHERE name = ?", name)

    def set(self, name: str, value: str) -> None:
        """Set it."""
        with self.transaction() as base:
            base.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Failed tries within a transaction.

    Attributes:
        base: The open connection.
        id: The user, or the place where an id that nobody has is counted.
    """

    base: sqlite3.Connection
    id: str

    @property
    def known(self) -> str:
        """The user; empty for an id that nobody has: it may be a password typed too early."""
        return "" if self.id.startswith("#") else self.id

    def get(self) -> Tries:
        """As they stand."""
        row = _one(self.base, "SELECT body FROM tries WHERE id = ?", self.id)
        return Tries(**json.loads(row)) if row else Tries()

    def put(self, tries: Tries) -> None:
        """Set them."""
        text = json.dumps({f.name: getattr(tries, f.name) for f in fields(tries)})
        self.base.execute("INSERT OR REPLACE INTO tries VALUES (?, ?)", (self.id, text))

    def clear(self) -> None:
        """Forget them."""
        self.base.execute("DELETE FROM tries WHERE id = ?", (self.id,))

    def in_minute(self, minute: str) -> int:
        """How many tries were answered in this minute, this one among them."""
        row = _one(self.base, "SELECT value FROM setting WHERE name = 'minute'")
        held, _, count = row.partition(" ")
        number = int(count) + 1 if held == minute else 1
        self.base.execute(
            "INSERT OR REPLACE INTO setting VALUES ('minute', ?)", (f"{minute} {number}",)
        )
        return number


def _make(base: sqlite3.Connection) -> None:
    for statement in TABLES.strip().split("\n"):
        base.execute(statement)
    if not _one(base, "SELECT value FROM setting WHERE name = 'places'"):
        base.execute("INSERT INTO setting VALUES ('places', ?)", (secrets.token_hex(16),))


def _counted_as(base: sqlite3.Connection, user: str) -> str:
    """A user's own id, or one of `NOBODY` places: the id typed is not kept."""
    import hashlib

    if _one(base, "SELECT user FROM credential WHERE user = ?", user):
        return user
    key = bytes.fromhex(_one(base, "SELECT value FROM setting WHERE name = 'places'"))
    place = hashlib.blake2b(user.encode(), key=key, digest_size=2).digest()
    return f"#{int.from_bytes(place, 'big') % NOBODY}"


def _one(base: sqlite3.Connection, query: str, *values: str) -> str:
    row = base.execute(query, values).fetchone()
    return str(row[0]) if row else ""
