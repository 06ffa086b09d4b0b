"""Arrow columns as what is counted: numbers, categories, days, people, whatever their type.

A column may be typed (Parquet) or text (CSV): the same values give the same counts. Blank text and
NaN are missing, as are the codes that the specification names.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]|$)|\d{8}$")
HEAD = 11  # characters of a moment that tell its day


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few distinct values.

    Attributes:
        place: Index into `words`, one a row; -1 is missing.
        words: The distinct values as text.
    """

    place: np.ndarray
    words: list[str]

    def where(self, keep: np.ndarray) -> Coded:
        """The kept rows."""
        return Coded(self.place[keep], self.words)

    def among(self, values: Sequence[str]) -> np.ndarray:
        """Which rows hold one of some values."""
        import numpy as np

        wanted = {*values}
        hit: np.ndarray = np.array([*(word in wanted for word in self.words), False])
        return np.take(hit, self.place)

    def onto(self, place: dict[str, int], other: int, missing: int) -> np.ndarray:
        """The index that each row's value has elsewhere, `other` where it has none."""
        import numpy as np

        target = np.array([*(place.get(word, other) for word in self.words), missing])
        return np.take(target, self.place)


def mistyped(kind: str, arrow_type: Any) -> bool:
    """Whether a column of an Arrow type cannot be read as ``number``, ``category`` or ``day``."""
    import pyarrow.types as of

    if of.is_dictionary(arrow_type):
        arrow_type = arrow_type.value_type
    if of.is_null(arrow_type) or _is_text(arrow_type):
        return False
    number = of.is_integer(arrow_type) or of.is_floating(arrow_type) or of.is_decimal(arrow_type)
    day = of.is_date(arrow_type) or of.is_timestamp(arrow_type)
    fits = {"number": number, "day": day, "category": number or day or of.is_boolean(arrow_type)}
    return not fits[kind]


def _is_text(arrow_type: Any) -> bool:
    import pyarrow.types as of

    view = getattr(of, "is_string_view", lambda _: False)
    return bool(of.is_string(arrow_type) or of.is_large_string(arrow_type) or view(arrow_type))


def coded(array: Any, missing: Sequence[str] = ()) -> Coded:
    """A column as categories; whole numbers are written without a fraction (1, not 1.0).

    Args:
        array: An Arrow array of shape (rows,).
        missing: Values that stand for missing.
    """
    import numpy as np

    encoded = _encoded(array)
    place: dict[str, int] = {}
    target = []
    for value in encoded.dictionary.to_pylist():
        word = _word(value)
        absent = not word or word in missing
        target.append(-1 if absent else place.setdefault(word, len(place)))
    index = encoded.indices.fill_null(len(target)).to_numpy(zero_copy_only=False)
    return Coded(np.array([*target, -1])[index], list(place))


def _encoded(array: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        return array
    if pa.types.is_null(array.type):
        array = pc.cast(array, pa.string())
    return pc.dictionary_encode(array)


def _word(value: Any) -> str:
    """The text of a value, as `validation.table` writes it; empty for missing."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def numbers(array: Any, missing: Sequence[str] = ()) -> tuple[np.ndarray, int]:
    """A column as doubles, NaN where missing, and how many values are no number.

    Text is read to the nearest double, as Python reads it.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    bad = 0
    if _is_text(array.type):
        values, bad = _parsed(array, missing)
    else:
        values = pc.cast(array, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    for code in missing:
        if NUMBER.fullmatch(code):
            values = np.where(values == float(code), np.nan, values)
    return values, bad


def _parsed(array: Any, missing: Sequence[str]) -> tuple[np.ndarray, int]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(pc.cast(array, pa.string()))
    blank = pc.is_in(text, value_set=pa.array(["", *missing], pa.string()))
    text = pc.if_else(blank, pa.scalar(None, pa.string()), text)
    try:
        values = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        encoded = pc.dictionary_encode(text)
        read = [
            float(word) if NUMBER.fullmatch(word) else np.nan
            for word in encoded.dictionary.to_pylist()
        ]
        index = encoded.indices.fill_null(len(read)).to_numpy(zero_copy_only=False)
        values = np.array([*read, np.nan], dtype=float)[index]
    return values, int(np.isnan(values).sum()) - text.null_count


def days(array: Any) -> Coded:
    """A column as days, ``YYYY-MM-DD``; -1 is no day. Moments with a zone are taken in UTC."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if _is_text(array.type):
        text = pc.utf8_trim_whitespace(pc.cast(array, pa.string()))
        found = coded(pc.utf8_slice_codeunits(text, 0, HEAD))
        return _renamed(found, [_day(word) for word in found.words])
    return coded(array if pa.types.is_null(array.type) else pc.cast(array, pa.date32(), safe=False))


def _renamed(found: Coded, words: list[str]) -> Coded:
    import numpy as np

    place: dict[str, int] = {}
    target = [place.setdefault(word, len(place)) if word else -1 for word in words]
    return Coded(np.array([*target, -1])[found.place], list(place))


def _day(word: str) -> str:
    match = DAY.match(word)
    try:
        return str(dt.date.fromisoformat(match[1] or match[0])) if match else ""
    except ValueError:
        return ""
