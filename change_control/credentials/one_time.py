"""One-time passwords (TOTP, RFC 6238: SHA-1, six digits, 30 s). The only door to `pyotp`."""

from __future__ import annotations

import datetime as dt
import hmac
import re

STEP = 30  # seconds
ISSUER = "tplc"
BASE32 = re.compile(r"[A-Z2-7]{26,128}")  # 128 bits at least, as RFC 4226 requires


def new_secret() -> str:
    """A secret in base 32, 160 bits."""
    import pyotp

    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether a text is a secret in base 32 of at least 128 bits."""
    return BASE32.fullmatch(text) is not None


def address(secret: str, user: str) -> str:
    """The address that an authenticator reads."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name=ISSUER)


def step(secret: str, code: str, at: str, skew: int, last: int) -> int | None:
    """The time step that a code is of; none when it is wrong, old, or was used.

    Args:
        secret: In base 32.
        code: Six digits.
        at: Now, UTC, ISO 8601.
        skew: Steps by which the other clock may be off.
        last: The last step that was used: a code is good once, and none before it is.
    """
    import pyotp

    made = pyotp.TOTP(secret, interval=STEP)
    present = int(dt.datetime.fromisoformat(at).timestamp()) // STEP
    found = None
    for offset in range(-skew, skew + 1):  # each one is compared: time says nothing
        right = hmac.compare_digest(made.generate_otp(present + offset), code.strip())
        if right and present + offset > last:
            found = present + offset
    return found
