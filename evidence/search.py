"""What the trail is searched for: the one rule behind the page and the command line. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from evidence import digest as digests
from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence.records import Record

ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a record must be to be found; what is empty leaves it open.

    Attributes:
        text: Stands anywhere in the record, in whatever case.
        kind: Of the record, with its version or without.
        actor: Who did it.
        since: The first day, UTC.
        until: The last day, UTC.
    """

    text: str = ""
    kind: str = ""
    actor: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def of(
        cls, *, text: str = "", kind: str = "", actor: str = "", since: str = "", until: str = ""
    ) -> Self:
        """From what a person typed.

        Raises:
            UsageError: A day is none; both are named when both are not.
        """
        days = {"since": since, "until": until}
        wrong = [f"{name} '{day}' is no day" for name, day in days.items() if not _is_day(day)]
        if wrong:
            raise UsageError(f"{', '.join(wrong)}: write YYYY-MM-DD.")
        first, end = (dt.date.fromisoformat(day) if day else None for day in days.values())
        return cls(text=text, kind=kind, actor=actor, since=first, until=end)

    @property
    def open(self) -> bool:
        """Whether every record is found."""
        return self == type(self)()

    def fits(self, record: Record) -> bool:
        """All but the text: what can be told without the record's body."""
        return (
            self.kind in ("", record.kind, record.schema)
            and self.actor in ("", record.actor)
            and (self.since is None or _day(record) >= self.since)
            and (self.until is None or _day(record) <= self.until)
        )

    def holds(self, record: Record) -> bool:
        """Whether a record is found."""
        return self.fits(record) and (not self.text or holds_text(record, self.text))


def holds_text(record: Record, text: str) -> bool:
    """Whether a text stands anywhere in a record, in whatever case."""
    inside = digests.canonical(record.body).decode()
    return finder(text)(written(record.schema, record.actor, record.at, inside))


def written(schema: str, actor: str, at: str, body: str) -> str:
    """All of a record that a text is sought in; `body` is its canonical JSON."""
    return f"{schema} {actor} {at} {body}"


def finder(text: str) -> Callable[[str], bool]:
    """Whether a text stands in another, in whatever case (Unicode's full case folding).

    A gigabyte of records is searched in seconds: bytes are lowered, and only where letters that
    fold to ASCII ones occur (ß, ligatures) is the whole text folded.
    """
    sought = text.casefold()
    if not sought.isascii():
        return lambda found: sought in found.casefold()
    wanted = sought.encode()

    def stands(found: str) -> bool:
        raw = found.encode("utf-8", "surrogatepass")
        if wanted in raw.lower():
            return True
        if len(raw) == len(found):
            return False
        others = raw.translate(None, ASCII).decode("utf-8", "surrogatepass").casefold()
        return any(sign.isascii() for sign in others) and sought in found.casefold()

    return stands


def _day(record: Record) -> dt.date:
    return dt.datetime.fromisoformat(record.at).astimezone(dt.UTC).date()


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return False
    return True
