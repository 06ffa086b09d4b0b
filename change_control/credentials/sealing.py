"""Credentials made and opened: what the password seals, only the password opens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from change_control.credentials import passwords
from change_control.credentials.vault import Credential
from evidence.signing import keys
from policies.access import Hashing

if TYPE_CHECKING:
    from collections.abc import Sequence

SALT = 16  # bytes, as RFC 9106 recommends


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a credential holds once it is open; in memory only.

    Attributes:
        private_key: Of the user.
        totp: The one-time secret in base 32; empty without one.
    """

    private_key: bytes = field(repr=False)
    totp: str = field(default="", repr=False)


def made(
    user: str,
    password: str,
    held: Secrets,
    cost: Hashing,
    *,
    earlier: Sequence[str] = (),
    step: int = 0,
) -> Credential:
    """A credential that a password opens.

    Args:
        user: Whose it is; sealed in, so that it opens for nobody else.
        password: The password.
        held: What is sealed.
        cost: Of argon2id.
        earlier: Hashes of earlier passwords, newest first.
        step: The last one-time step that was used.
    """
    salt = secrets.token_bytes(SALT)
    key = passwords.key(password, salt, cost)
    totp = keys.seal(key, held.totp.encode(), _about(user, "totp")).hex() if held.totp else ""
    return Credential(
        hash=passwords.hashed(password, cost),
        salt=salt.hex(),
        cost=figures(cost),
        sealed_key=keys.seal(key, held.private_key, _about(user, "key")).hex(),
        sealed_totp=totp,
        step=step,
        earlier=list(earlier),
    )


def totp_sealed(user: str, password: str, credential: Credential, secret: str) -> str:
    """A one-time secret, sealed as a credential keeps it."""
    return keys.seal(_key(password, credential), secret.encode(), _about(user, "totp")).hex()


def opened(user: str, password: str, credential: Credential) -> Secrets | None:
    """What a credential holds; none when it is another user's, or was edited."""
    key = _key(password, credential)
    private = keys.unseal(key, bytes.fromhex(credential.sealed_key), _about(user, "key"))
    if private is None:
        return None
    if not credential.sealed_totp:
        return Secrets(private_key=private)
    totp = keys.unseal(key, bytes.fromhex(credential.sealed_totp), _about(user, "totp"))
    return None if totp is None else Secrets(private_key=private, totp=totp.decode())


def figures(cost: Hashing) -> list[int]:
    """A cost as a credential keeps it."""
    return [cost.memory_kib, cost.passes, cost.lanes]


def _key(password: str, credential: Credential) -> bytes:
    memory, passes, lanes = credential.cost
    cost = Hashing.model_construct(memory_kib=memory, passes=passes, lanes=lanes)
    return passwords.key(password, bytes.fromhex(credential.salt), cost)


def _about(user: str, what: str) -> str:
    return f"{what} of {user}"
