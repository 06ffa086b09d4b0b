"""What is shown to whoever signs, on a terminal: the same rows as on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import answer

if TYPE_CHECKING:
    from evidence.kind import Body


def show(body: Body) -> None:
    """Lay out what is signed.

    Args:
        body: As `evidence.signing.shown.now` gives it.
    """
    from console.views import signed_thing

    found = signed_thing.laid_out(body)
    rows = [(row.label, "\n".join(row.lines)) for row in found.rows]
    rows.append(("Digest", found.digest.removeprefix("sha256:")))
    answer.table(found.thing[:1].upper() + found.thing[1:], ("", ""), rows)
