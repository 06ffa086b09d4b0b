"""How a webhook's receiver knows who posted, and when.

HMAC-SHA256 (RFC 2104, FIPS 180-4) over the time, a dot and the body's bytes, in one header
``t=TIME,v1=HEX``: a body that was changed, or posted again much later, does not verify.
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-TPLC-Signature"
TOLERANCE = 300  # seconds between the two clocks


def sign(secret: str, seconds: int, body: bytes) -> str:
    """The header's value.

    Args:
        secret: The key that both sides have.
        seconds: Now, Unix time.
        body: What is posted, byte for byte.
    """
    code = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={code.hexdigest()}"


def verify(secret: str, header: str, body: bytes, now: float, tolerance: float = TOLERANCE) -> bool:
    """Whether a header is of this body, by this key, and of now."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not parts.get("t", "").isdigit():
        return False
    made = sign(secret, int(parts["t"]), body)
    fresh = abs(now - int(parts["t"])) <= tolerance
    return fresh and hmac.compare_digest(made, f"t={parts['t']},v1={parts.get('v1', '')}")
