"""Passwords: argon2id, and what one must be. The only door to `argon2`.

Argon2: Biryukov, Dinu, Khovratovich (EuroS&P 2016), RFC 9106.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.access import Hashing, PasswordRules

KEY = 32  # bytes of a key made from a password
DISTINCT = 5  # different characters at least
LONGEST = 256  # characters; more is no password


def normal(password: str) -> str:
    """One form for the same characters however a keyboard composes them (NFKC, as NIST 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    """What is hashed; also of signs that no encoding has, as a terminal may send them."""
    return normal(password)[: LONGEST + 1].encode("utf-8", "surrogatepass")


def hashed(password: str, cost: Hashing) -> str:
    """The argon2id hash, with its salt and its cost."""
    from argon2 import PasswordHasher

    made = PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
    )
    return made.hash(_bytes(password))


def matches(stored: str, password: str) -> bool:
    """Whether a password is the one of a hash, by the cost that the hash names."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(stored, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def key(password: str, salt: bytes, cost: Hashing) -> bytes:
    """A key that only the password opens; its salt is another than the hash's."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        _bytes(password),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY,
        type=Type.ID,
    )


def require(
    password: str, rules: PasswordRules, earlier: Sequence[str], names: Sequence[str]
) -> None:
    """Refuse a password that the policy does not allow.

    Args:
        password: The new one.
        rules: The policy's.
        earlier: Hashes of those used before, newest first.
        names: Id and name of its owner, which must not be part of it.

    Raises:
        UsageError: With every fault; the password itself is in no message.
    """
    plain = normal(password)
    faults = []
    if len(plain) < rules.length:
        faults.append(f"it has {len(plain)} characters, {rules.length} are required")
    if len(plain) > LONGEST:
        faults.append(f"it has more than {LONGEST} characters")
    if len(set(plain)) < DISTINCT:
        faults.append(f"it has fewer than {DISTINCT} different characters")
    parts = {part for name in names for part in name.casefold().split() if len(part) > 2}  # noqa: PLR2004 - initials are no names
    if any(part in plain.casefold() for part in parts):
        faults.append("it contains the user's id or name")
    if not faults and any(matches(old, password) for old in earlier):
        faults.append("it was used before" if rules.history else "it is the present one")
    if faults:
        raise UsageError(f"The new password cannot be used: {'; '.join(faults)}.")
