"""How values are printed on a page: times, digests, numbers, words. Filters of the templates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from evidence import digest as digests

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = 0.001


def moment(at: str) -> str:
    """A time of a record: ``2 Mar 2026, 09:00 UTC``."""
    then = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
    return f"{then.day} {then:%b %Y, %H:%M} UTC"


def day(at: str) -> str:
    """The day of a time, or a day: ``2 Mar 2026``."""
    then = dt.date.fromisoformat(at[:10])
    return f"{then.day} {then:%b %Y}"


def short(digest: str) -> str:
    """The head of a digest."""
    return digests.short(digest) if digest else ""


def number(value: Any) -> str:
    """A number with three decimals, or as many as are needed; other values as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not known" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if value and abs(value) < SMALL:
        return f"{value:.1e}"
    return f"{value:,.3f}"


def plain(value: Any) -> str:
    """Any JSON value as a line of text."""
    if isinstance(value, dict):
        return "; ".join(f"{str(k).replace('_', ' ')} {plain(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    if isinstance(value, str) and value.startswith("sha256:"):
        return short(value)
    return number(value)


def label(word: str) -> str:
    """A name in the records as a label: ``change_request`` to ``Change request``."""
    text = word.replace("_", " ").replace("-", " ").replace("pccp", "PCCP")
    return text[:1].upper() + text[1:]


def open_for(days: int) -> str:
    """How long something has been open."""
    return {0: "since today", 1: "for 1 day"}.get(days, f"for {days:,} days")


def sentence(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


FILTERS: dict[str, Callable[[Any], str]] = {
    "moment": moment,
    "day": day,
    "short": short,
    "number": number,
    "plain": plain,
    "label": label,
    "open_for": open_for,
    "sentence": sentence,
}
