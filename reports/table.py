"""A table as a page shows it: caption, columns, rows, and the records it came from.

A table is plain JSON, so that it can be kept with the document's facts and drawn again. A cell is a
text, or a text with a second line and a tone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evidence.records import Body, Record

    Cell = str | Body

TONES = {"pass": "pass", "fail": "fail", "not evaluable": "unclear"}


def of(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    source: str,
    align: str = "",
    notes: Sequence[str] = (),
    widths: Sequence[int] = (),
) -> Body:
    """A table.

    Args:
        caption: What it shows; numbered by the template.
        head: The columns' titles.
        rows: Cells in the order of the columns.
        source: The records, as `sources` says them, or the file.
        align: ``l``, ``r`` or ``c`` for each column; left when shorter.
        notes: Sentences below it.
        widths: Percent for each column; left to the page when empty.

    Raises:
        RuntimeError: A row does not fit its head.
    """
    found = [[cell if isinstance(cell, dict) else {"text": cell} for cell in row] for row in rows]
    if any(len(row) != len(head) for row in found):
        raise RuntimeError(f"table '{caption}': a row does not fit the head {list(head)}")
    return {
        "caption": caption,
        "head": list(head),
        "align": [*align, *"l" * (len(head) - len(align))],
        "widths": list(widths),
        "rows": [[{"sub": "", "tone": "", **cell} for cell in row] for row in found],
        "source": source,
        "notes": list(notes),
    }


def sources(*records: Record | None) -> str:
    """``records 12 (3fa9c1d2) and 14 (…)``; many are given as a range."""
    known = list({r.seq: r for r in records if r is not None}.values())
    if not known:
        return "no record"
    if len(known) == 1:
        return known[0].ref
    refs = [r.ref.removeprefix("record ") for r in known]
    if len(known) > 4:  # noqa: PLR2004 - more would not be read
        return f"records {refs[0]} to {refs[-1]}, {len(known)} in all"
    return f"records {', '.join(refs[:-1])} and {refs[-1]}"


def estimate(body: Body | None, *, shown: bool = True) -> Cell:
    """An estimate in a cell: the value, and its interval below."""
    if body is None:
        return words.NONE
    if not shown:
        return {"text": "withheld", "tone": "quiet"}
    if body["value"] is None:
        return {"text": "not computable", "sub": body["reason"], "tone": "quiet"}
    return {"text": words.number(body["value"], body["endpoint"]), "sub": words.interval(body)}


def verdict(text: str) -> Cell:
    """A verdict, which is told apart by its mark and word as well as by its tone."""
    return {"text": text, "tone": TONES.get(text, "quiet")}


def verdict_of(text: str) -> Cell:
    """Whether training and reference data overlap."""
    tones = {"No overlap": "pass", "Overlap": "fail"}
    return {"text": text, "tone": tones.get(text, "unclear")}
