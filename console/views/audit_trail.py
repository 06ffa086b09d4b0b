"""The audit trail as a page shows it: searched, filtered, newest first, a page at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from console.views.view import View
from evidence import history
from evidence.records import KINDS
from evidence.search import Search, finder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.views.reading import Reading
    from evidence.history import Change, Entry
    from evidence.records import Record

PAGE = 100  # records shown at once
CELL = 160  # characters of a value in the list; the record's own page has all of it


class Asked(View):
    """What the trail is searched for."""

    text: str = ""
    """What stands anywhere in the record, in whatever case."""
    kind: str = ""
    """Only records of one kind."""
    actor: str = ""
    """Only what one person or machine did."""
    since: str = ""
    """Only from this day on, YYYY-MM-DD (UTC)."""
    until: str = ""
    """Only up to this day, YYYY-MM-DD (UTC)."""
    page: int = 1
    """Which page, the newest records on the first."""

    @property
    def search(self) -> Search:
        """The same as the trail's own rule.

        Raises:
            UsageError: A day is none.
        """
        return Search.of(**self.model_dump(exclude={"page"}))

    def query(self, page: int) -> str:
        """The address of another page of the same search."""
        said = {k: v for k, v in self.model_dump(exclude={"page"}).items() if v}
        return urlencode(said | ({"page": str(page)} if page > 1 else {}))


class Changed(View):
    """A field before and after."""

    field: str
    """Its name."""
    old: str
    """The value before, in short."""
    new: str
    """The value after, in short."""


class Line(View):
    """A record in the list."""

    record: int
    """Its number."""
    at: str
    """When, UTC."""
    actor: str
    """Who: id of a person, or name of a machine's login."""
    name: str
    """Who, as it is printed."""
    kind: str
    """What kind of record."""
    subject: str
    """What it is about."""
    deed: str
    """What was done."""
    changes: list[Changed]
    """Old and new values, where it takes the place of an earlier record."""
    reason: str
    """Why."""


class Trail(View):
    """A page of the trail."""

    asked: Asked
    """What was searched for."""
    kinds: list[str]
    """The kinds that there are."""
    found: int
    """How many records hold it."""
    pages: int
    """On how many pages they stand."""
    newer: str | None
    """Query of the page before; none on the first."""
    older: str | None
    """Query of the page after; none on the last."""
    entries: list[Line]
    """The records of this page, newest first."""


def trail(seen: Reading, asked: Asked) -> Trail:
    """Search the trail.

    Without a filter nothing but the page itself is read; kind, person and days are told from what
    is remembered; only a text is sought in every record of those.

    Raises:
        UsageError: A day is none.
    """
    numbers = _numbers(seen, asked.search)
    pages = max(1, -(-len(numbers) // PAGE))
    page = min(max(asked.page, 1), pages)
    shown = numbers[(page - 1) * PAGE : page * PAGE]
    return Trail(
        asked=asked.model_copy(update={"page": page}),
        kinds=sorted({schema.partition("/")[0] for schema in KINDS}),
        found=len(numbers),
        pages=pages,
        newer=asked.query(page - 1) if page > 1 else None,
        older=asked.query(page + 1) if page < pages else None,
        entries=[line(seen, entry) for entry in _entries(seen, shown)],
    )


def _numbers(seen: Reading, search: Search) -> Sequence[int]:
    """Numbers of the records that are found, newest first."""
    if search.open:
        return range(seen.through, 0, -1)
    kept = [s for s in KINDS if search.kind in ("", s, s.partition("/")[0])]
    fitting = [r.seq for s in kept for r in seen.trail.known(s) if search.fits(r)]
    if search.text:
        wanted, holds = set(fitting), finder(search.text)
        texts = seen.trail.texts(*kept) if wanted else ()
        fitting = [number for number, text in texts if number in wanted and holds(text)]
    return sorted((n for n in fitting if n <= seen.through), reverse=True)


def _entries(seen: Reading, numbers: Sequence[int]) -> Iterator[Entry]:
    for record in _whole(seen, numbers):
        replaced = record.kind in history.REPLACING
        kind = [s for s in KINDS if s.partition("/")[0] == record.kind] if replaced else []
        held = history.before(record, seen.trail.records(*kind)) if replaced else {}
        yield history.entry(record, held)


def _whole(seen: Reading, numbers: Sequence[int]) -> Iterator[Record]:
    """Records by number; a run of neighbours in one reading."""
    if isinstance(numbers, range) and numbers:
        found = list(islice(seen.trail.records(after=numbers[-1] - 1), len(numbers)))
        yield from reversed(found)
    else:
        yield from (seen.record(number) for number in numbers)


def line(seen: Reading, entry: Entry) -> Line:
    """A record as a list shows it."""
    record = entry.record
    return Line(
        record=record.seq,
        at=record.at,
        actor=record.actor,
        name=seen.name(record.actor),
        kind=record.kind,
        subject=entry.subject,
        deed=entry.deed,
        changes=[_changed(change) for change in entry.changes],
        reason=entry.reason,
    )


def _changed(change: Change) -> Changed:
    old, new = _short(change.old), _short(change.new)
    return Changed(field=change.field, old=old, new=f"{new}, changed" if old == new else new)


def _short(value: Any) -> str:
    """A value in one line. What is nested is only counted: small cells may be among it."""
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, dict) or (isinstance(value, list) and not _words(value)):
        return f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}"
    text = ", ".join(value) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _words(value: list[Any]) -> bool:
    return all(isinstance(each, str) for each in value)
