"""From Arrow record batches to a summary: the one function that counts, wherever the rows are.

Batches may be taken by several threads: each counts for itself, and the counts are added, which is
exact, so that neither the order of the batches nor their size matters.
"""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from monitoring.summary import values
from monitoring.summary.tally import Period, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitoring.summary.counts import Summary
    from monitoring.summary.faults import Faults
    from monitoring.summary.layout import Layout


@dataclass(frozen=True, slots=True)
class Counted:
    """A summary, and what did not fit while it was made."""

    summary: Summary
    faults: Faults

    def require(self, name: str) -> Summary:
        """The summary, if everything fitted.

        Raises:
            DataError: Every fault by column and count.
        """
        if lines := self.faults.lines():
            raise DataError(name, lines)
        return self.summary


def summarise(
    batches: Iterable[Any],
    layout: Layout,
    *,
    period: Period | None = None,
    threads: int = 1,
    name: str = "the data",
) -> Summary:
    """Count Arrow record batches.

    Args:
        batches: ``pyarrow.RecordBatch`` values, or a ``RecordBatchReader``; columns beyond the
            layout's are not read, those that no specification names are listed in `extra`.
        layout: What is counted.
        period: First and last day, ``YYYY-MM-DD``, both within; None counts every row.
        threads: How many count at once.
        name: What the data are called, for messages.

    Raises:
        DataError: Columns that are missing or of a wrong type; values that do not fit, by column
            and count.
    """
    return count(batches, layout, period=period, threads=threads).require(name)


def count(
    batches: Iterable[Any], layout: Layout, *, period: Period | None = None, threads: int = 1
) -> Counted:
    """As `summarise`, with the faults beside the summary, so that parts can be added."""
    shared = _Shared(batches, layout, period)
    if threads == 1:
        tallies = [shared.work()]
    else:
        with ThreadPoolExecutor(threads) as pool:
            tallies = [f.result() for f in [pool.submit(shared.work) for _ in range(threads)]]
    first, *rest = tallies
    for tally in rest:
        first.absorb(tally)
    return Counted(first.summary(), first.faults)


def check(schema: Any, layout: Layout, faults: Faults) -> set[str]:
    """Note columns that are missing or of a wrong type; the columns that nobody named.

    Args:
        schema: A ``pyarrow.Schema``.
        layout: What is counted.
        faults: Where they are noted.
    """
    kinds: dict[str, set[str]] = {name: set() for name in layout.needed}
    for body in layout.columns.values():
        kinds[body["source"]].add(body["type"])
    for name in (*layout.groups, layout.label, *(rule.column for rule in layout.rules)):
        kinds.get(name, set()).add("category")
    for name, kind in ((layout.score, "number"), (layout.count, "number"), (layout.day, "day")):
        kinds.get(name, set()).add(kind)
    for name, wanted in kinds.items():
        if name not in schema.names:
            there = ", ".join(schema.names)
            faults.columns.add(f"column '{name}' is missing (there are: {there})")
            continue
        if schema.names.count(name) > 1:
            faults.columns.add(f"column '{name}' stands twice: which one is meant is not known")
            continue
        found = schema.field(name).type
        faults.columns |= {
            f"column '{name}' is of type {found}, which is no {kind}"
            for kind in wanted
            if values.mistyped(kind, found)
        }
    return {*schema.names} - {*layout.known, *layout.needed}


class _Shared:
    """Batches that several threads take, one at a time."""

    def __init__(self, batches: Iterable[Any], layout: Layout, period: Period | None) -> None:
        self.layout, self.period, self.digest = layout, period, layout.digest
        self.schemas: dict[Any, bool] = {}
        self.lock = threading.Lock()
        self.first = self._tally()
        schema = getattr(batches, "schema", None)  # of a reader, which may have no batch
        if schema is not None:
            self._fits(schema, self.first)
        self.source: Iterator[Any] = iter(batches)

    def _tally(self) -> Tally:
        return Tally(self.layout, self.digest, self.period)

    def _next(self, tally: Tally) -> Any:
        with self.lock:
            batch = next(self.source, None)
            return batch if batch is not None and self._fits(batch.schema, tally) else None

    def _fits(self, schema: Any, tally: Tally) -> bool:
        known = self.schemas.get(schema)
        if known is None:
            tally.extra |= check(schema, self.layout, tally.faults)
            known = self.schemas[schema] = not tally.faults.columns
        return known

    def work(self) -> Tally:
        """Count batches until none is left."""
        with self.lock:
            tally, self.first = self.first, self._tally()
        while (batch := self._next(tally)) is not None:
            tally.add(batch)
        return tally


def unreadable() -> tuple[type[Exception], ...]:
    """What a reader of broken files raises."""
    import pyarrow as pa

    return pa.ArrowException, OSError, EOFError


def said(error: Exception, path: str) -> str:
    """A reader's complaint as one sentence."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"cannot be read; is it whole? ({first.replace(path, 'the file')})"


def called(paths: Sequence[str]) -> str:
    """What files are called in a message."""
    return paths[0] if len(paths) == 1 else f"{len(paths):,} files"


def with_extra(summary: Summary, extra: Iterable[str]) -> Summary:
    """The summary with more columns that no specification names."""
    return dataclasses.replace(summary, extra=tuple(sorted({*summary.extra, *extra})))
