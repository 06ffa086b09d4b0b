"""What verifying the trail found."""

from __future__ import annotations

from console.views.view import View


class Verified(View):
    """The trail and all that stands behind it, as it was checked."""

    at: str
    """When it was asked for, UTC."""
    seconds: float
    """How long it took."""
    records: int
    """How many records stand; 0 where the chain is broken."""
    files: int
    """How many stored files were looked at."""
    faults: list[str]
    """What is wrong, and where."""
