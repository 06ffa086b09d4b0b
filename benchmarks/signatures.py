"""How long it takes to sign in, and to read who signed: `python -m benchmarks.signatures`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from change_control.credentials import passwords
from evidence.signing import standing
from evidence.signing.register import Register
from policies.access import Hashing
from tests.board_room import Room

SIGNATURES = 200


def main() -> None:
    """Print seconds."""
    for name, cost in (("least", Hashing(memory_kib=19_456, passes=2)), ("default", Hashing())):
        stored = passwords.hashed("tulip-7-kettle", cost)
        begun = time.perf_counter()
        passwords.matches(stored, "tulip-7-kettle")
        passwords.key("tulip-7-kettle", b"0123456789abcdef", cost)
        print(f"sign in, argon2id at {name} cost: {time.perf_counter() - begun:.3f} s")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        _read(Path(folder))


def _read(folder: Path) -> None:
    room = Room.open(folder, "quinn")
    for number in range(SIGNATURES):
        room.trail.append(
            [room.trigger(f"T-{number + 2}")], at="2026-03-02T09:00:00+00:00", actor="w"
        )
        room.sign("quinn", str(number + 5), "responsibility")
    begun = time.perf_counter()
    known = Register.of(room.trail)
    print(f"read and prove {len(known.signed)} signatures: {time.perf_counter() - begun:.3f} s")  # noqa: T201
    begun = time.perf_counter()
    assert standing.of(room.trail, known, "5")[0].valid  # noqa: S101 - what is timed must be right
    print(f"whether one stands: {time.perf_counter() - begun:.4f} s")  # noqa: T201


if __name__ == "__main__":
    main()
