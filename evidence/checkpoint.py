"""Checkpoints: the head of the chain, signed, so that nobody without the key can write it anew.

Whoever may write to the database can compute every digest of a changed chain again; the signature
over an earlier head they cannot make. A checkpoint that was also kept elsewhere holds against
whoever may write to the workspace too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence import lines
from evidence.errors import BrokenTrailError, OutOfOrderError
from evidence.signing import keys
from evidence.signing.keyring import Keyring, key_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evidence.kind import Body
    from evidence.trail import AuditTrail

FILE = "checkpoints.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed head.

    Attributes:
        number: Counted from 1.
        trail: The digest of the trail's first record, its name.
        seq: Number of the record that was the last.
        head: Its digest.
        at: When, UTC ISO 8601.
        key: Id of the key.
        public: The key, in hex.
        signature: Ed25519, in hex.
    """

    number: int
    trail: str
    seq: int
    head: str
    at: str
    key: str
    public: str
    signature: str = ""

    def content(self) -> bytes:
        """What the signature covers."""
        body = {k: v for k, v in asdict(self).items() if k != "signature"}
        return digests.canonical({"purpose": "tplc trail checkpoint/1", **body})

    def holds(self) -> bool:
        """Whether the signature is of its key, and the key is the one it names."""
        try:
            named = key_id(self.public) == self.key
        except ValueError:
            return False
        return named and keys.holds(self.public, self.content(), self.signature)

    def __str__(self) -> str:
        return f"checkpoint {self.number} (record {self.seq}, {self.at}, key {self.key})"


def sign(trail: AuditTrail, passphrase: str, *, at: str) -> Checkpoint:
    """Sign the present head, once the chain up to it was found whole.

    Raises:
        BrokenTrailError: It is not.
        OutOfOrderError: The trail is empty, or there is no key.
    """
    folder = trail.database.folder
    ring = Keyring(folder)
    private, public = ring.unlock(passphrase), ring.active()
    known = of(folder)
    trail.verify(since=known[-1] if known else None)
    with trail.database.connect(writing=True):  # one signer at a time
        last, first = trail.last(), next(trail.records(), None)
        if last is None or first is None:
            raise OutOfOrderError("The trail is empty: there is nothing to sign yet.")
        known = of(folder)
        made = Checkpoint(
            number=len(known) + 1,
            trail=first.digest,
            seq=last.seq,
            head=last.digest,
            at=at,
            key=key_id(public),
            public=public,
        )
        signed = Checkpoint(**{**asdict(made), "signature": keys.prove(private, made.content())})
        lines.write(folder / FILE, [asdict(one) for one in (*known, signed)])
    return signed


def of(folder: Path) -> list[Checkpoint]:
    """The checkpoints beside a trail, in order; not yet proved."""
    return read(folder / FILE)


def read(path: Path) -> list[Checkpoint]:
    """The checkpoints of a file.

    Raises:
        BrokenTrailError: A line is no checkpoint.
    """
    return [_checkpoint(body, path) for body in lines.read(path)]


def _checkpoint(body: Body, path: Path) -> Checkpoint:
    try:
        return Checkpoint(**body)
    except TypeError:
        raise BrokenTrailError([f"A line of {path} is no checkpoint."]) from None


def faults(folder: Path, given: Sequence[Checkpoint] = ()) -> tuple[list[Checkpoint], list[str]]:
    """The checkpoints that are signed by a key that might, and what is wrong with the others.

    Args:
        folder: Beside the trail.
        given: Others, that were kept elsewhere.
    """
    try:
        kept, ends = of(folder), Keyring(folder).ends()
    except BrokenTrailError as error:
        return [one for one in given if one.holds()], list(error.faults)
    found, good = [], []
    for number, one in enumerate(kept, 1):
        if one.number != number:
            found.append(f"Checkpoint {number} is missing from {folder / FILE}.")
        if reason := _void(one, ends):
            found.append(f"The {one} {reason}.")
        else:
            good.append(one)
    for one in given:
        if reason := _void(one, ends):
            found.append(f"The {one} that was given {reason}.")
        if one.holds():
            good.append(one)
    return good, found


def _void(one: Checkpoint, ends: dict[str, int]) -> str:
    if one.public not in ends:
        return "is signed by a key that the trail's keys do not know"
    if not one.holds():
        return "was changed: its signature does not hold"
    end = ends[one.public]
    return "was signed after its key had ended" if end != -1 and one.seq > end else ""
