"""The reference standard of a file as 1 and 0, whatever words it is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.stats import door
from evidence.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Warned

FEW = 6  # values that a message lists


def read(
    values: pd.Series[str], column: str, file: str, *, positive: str = "", negative: str = ""
) -> tuple[pd.Series[float], list[Warned]]:
    """1, 0 or NaN, and what a person should look at.

    Args:
        values: The column as text; blank is missing.
        column: Its name.
        file: The file's name.
        positive: The value that is positive; without it the column must hold 1 and 0, or TRUE and
            FALSE.
        negative: The value that is negative, all others being left out; without it all are.

    Raises:
        DataError: Values that are neither 1 nor 0 while no positive one was named, or a named value
            that is not there.
    """
    import pandas as pd

    plain = door.logical(values)
    if not positive:
        return _zeros_and_ones(plain, column, file), []
    if plain is not values and positive.lower() not in door.LOGICAL:
        values = plain  # a positive value of 1 in a column of TRUE and FALSE
    seen = list(pd.unique(values.dropna()))
    chosen = _named(seen, positive, column, file)
    label = values.isin(chosen).astype(float).where(values.notna())
    if negative:
        known = [*chosen, *_named(seen, negative, column, file)]
        return label.where(values.isin(known)), []
    others = sorted(str(value) for value in seen if value not in chosen)
    return label, _several(others, label, column) if len(others) > 1 else []


def _zeros_and_ones(values: pd.Series[str], column: str, file: str) -> pd.Series[float]:
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    strange = values[~numbers.isin([0, 1]) & values.notna()]
    if strange.empty:
        return numbers
    fault = (
        f"column '{column}': {len(strange):,} values are neither 0 nor 1 (there are: "
        f"{_listed(list(pd.unique(values.dropna())))}). Name the positive value with --positive V"
    )
    raise DataError(file, [fault])


def _named(seen: Sequence[str], wanted: str, column: str, file: str) -> list[str]:
    """The values that are the wanted one, as text or as a number."""

    def number(text: str) -> float | None:
        try:
            return float(text)
        except ValueError:
            return None

    goal = number(wanted)
    found = [v for v in seen if v == wanted or (goal is not None and number(v) == goal)]
    if not found:
        fault = f"column '{column}': no value is '{wanted}' (there are: {_listed(seen)})"
        raise DataError(file, [fault])
    return found


def _several(others: list[str], label: pd.Series[float], column: str) -> list[Warned]:
    from validation.estimate import Warned

    message = (
        f"'{column}' has {len(others)} other values ({_listed(others)}); all of them count as "
        "negative. Remove the rows that are neither positive nor negative, if there are some."
    )
    many = int((label == 0).sum())
    return [Warned(code="several-negatives", message=message, columns=(column,), count=many)]


def _listed(values: Sequence[str]) -> str:
    found = sorted(map(str, values))
    return ", ".join(found[:FEW]) + (" ..." if len(found) > FEW else "")
