"""The keys that checkpoints are signed with: made, rotated, revoked; each event proves itself.

The events are JSON lines beside the trail. A first key signs its own event; the key that takes its
place is signed by both; a revocation is signed by the key it ends, or says that the key was lost.
The private key lies sealed under a passphrase (scrypt, AES-GCM), and is never written otherwise.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence import lines
from evidence.errors import BrokenTrailError, NotAllowedError, OutOfOrderError, UsageError
from evidence.signing import keys

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.kind import Body

EVENTS, SEALED = "trail-keys.jsonl", "trail.key"
CREATED, ROTATED, REVOKED, LOST = "created", "rotated", "revoked", "lost"
LEAST = 12  # characters of a passphrase


def key_id(public: str) -> str:
    """The name of a public key: the first 16 hex digits of its SHA-256."""
    return digests.of_bytes(bytes.fromhex(public)).removeprefix("sha256:")[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the keyring.

    Attributes:
        event: Created, rotated, revoked or lost.
        public: The key that it is about, in hex; of a rotation the new one.
        before: The key whose place it takes, or empty.
        at: When, UTC ISO 8601.
        seq: Number of the trail's last record then: what a revoked key signed later is void.
        proof: By the key itself; empty when it was lost.
        second: Of a rotation, by the key before.
    """

    event: str
    public: str
    before: str
    at: str
    seq: int
    proof: str = ""
    second: str = ""

    def content(self) -> bytes:
        """What its proofs cover."""
        body = {k: v for k, v in asdict(self).items() if k not in ("proof", "second")}
        return digests.canonical({"purpose": "tplc trail key/1", **body})

    def holds(self, active: str) -> bool:
        """Whether it may follow while a key is active, and is proved by whoever must."""
        mine = keys.holds(self.public, self.content(), self.proof)
        if self.event == CREATED:
            return mine and not active
        if self.event == ROTATED:
            held = keys.holds(self.before, self.content(), self.second)
            return mine and held and self.before == active
        return self.public == active and (mine if self.event == REVOKED else self.event == LOST)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a trail.

    Attributes:
        folder: Where they lie.
    """

    folder: Path

    def events(self) -> list[Event]:
        """Every event, each proved.

        Raises:
            BrokenTrailError: One does not follow from those before it.
        """
        found, active = [], ""
        for number, body in enumerate(lines.read(self.folder / EVENTS), 1):
            try:
                event = Event(**body)
                good = event.holds(active)
            except (TypeError, ValueError):
                good = False
            if not good:
                said = f"Line {number} of the trail's keys ({self.folder / EVENTS}) was changed."
                raise BrokenTrailError([said])
            found.append(event)
            active = event.public if event.event in (CREATED, ROTATED) else ""
        return found

    def active(self) -> str:
        """The public key that signs now, in hex; empty when there is none."""
        events = self.events()
        return events[-1].public if events and events[-1].event in (CREATED, ROTATED) else ""

    def ends(self) -> dict[str, int]:
        """Every public key, and the last record that it may have signed; -1: it goes on."""
        found: dict[str, int] = {}
        for event in self.events():
            if event.event == ROTATED:
                found[event.before] = event.seq
            found[event.public] = -1 if event.event in (CREATED, ROTATED) else event.seq
        return found

    def create(self, passphrase: str, *, at: str, seq: int) -> Event:
        """Make the key.

        Raises:
            OutOfOrderError: There is one.
        """
        if self.active():
            raise OutOfOrderError("There is a key. Rotate it: tplc trail key rotate")
        _long_enough(passphrase)
        private, public = keys.pair()
        event = _proved(Event(event=CREATED, public=public, before="", at=at, seq=seq), private)
        return self._kept(event, private, passphrase)

    def rotate(self, old: str, passphrase: str, *, at: str, seq: int) -> Event:
        """Put a new key in the place of the one that is active."""
        before, held = self.unlock(old), self.active()
        _long_enough(passphrase)
        private, public = keys.pair()
        event = Event(event=ROTATED, public=public, before=held, at=at, seq=seq)
        return self._kept(_proved(event, private, before), private, passphrase)

    def revoke(self, passphrase: str, *, at: str, seq: int, lost: bool = False) -> Event:
        """End the active key; without its passphrase when it is lost, which the event then says."""
        active = self._needed()
        event = Event(event=LOST if lost else REVOKED, public=active, before="", at=at, seq=seq)
        if not lost:
            event = _proved(event, self.unlock(passphrase))
        self._write(event)
        (self.folder / SEALED).unlink(missing_ok=True)
        return event

    def unlock(self, passphrase: str) -> bytes:
        """The private key.

        Raises:
            NotAllowedError: The passphrase is another.
        """
        active = self._needed()
        kept = lines.read(self.folder / SEALED)
        if len(kept) != 1 or kept[0].get("public") != active:
            raise BrokenTrailError([f"The sealed key is gone or another: {self.folder / SEALED}"])
        salt, sealed = bytes.fromhex(kept[0]["salt"]), bytes.fromhex(kept[0]["sealed"])
        private = keys.unseal(keys.stretched(passphrase, salt), sealed, active)
        if private is None:
            raise NotAllowedError("The passphrase is not that of the trail's key.")
        return private

    def _needed(self) -> str:
        if not (active := self.active()):
            raise OutOfOrderError("There is no key yet. Make one: tplc trail key create")
        return active

    def _kept(self, event: Event, private: bytes, passphrase: str) -> Event:
        salt = os.urandom(keys.SALT)
        sealed = keys.seal(keys.stretched(passphrase, salt), private, event.public)
        body: Body = {"public": event.public, "salt": salt.hex(), "sealed": sealed.hex()}
        lines.write(self.folder / SEALED, [body], 0o600)
        self._write(event)
        return event

    def _write(self, event: Event) -> None:
        path = self.folder / EVENTS
        lines.write(path, [*lines.read(path), asdict(event)])


def _proved(event: Event, private: bytes, before: bytes = b"") -> Event:
    body = asdict(event)
    body["proof"] = keys.prove(private, event.content())
    body["second"] = keys.prove(before, event.content()) if before else ""
    return Event(**body)


def _long_enough(passphrase: str) -> None:
    if len(passphrase) < LEAST:
        raise UsageError(f"A passphrase has at least {LEAST} characters. Nothing was changed.")
