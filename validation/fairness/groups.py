"""Who belongs to which subgroup: attributes coded, cut at named edges, and crossed.

*Missing* is a subgroup of its own; no case is ever left out. A subgroup is named
``attribute=value``, an intersectional one ``a=x & b=y``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation.table import MISSING
from validation.table import groups as named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One attribute, or several crossed, and the subgroup of each row.

    Attributes:
        attribute: Its name, such as ``sex`` or ``sex & age``.
        names: Of its subgroups, such as ``sex=female``, in order.
        codes: Index into `names`, int, shape (rows,).
    """

    attribute: str
    names: tuple[str, ...]
    codes: np.ndarray

    def __len__(self) -> int:
        return len(self.names)


def in_order(values: Iterable[str]) -> list[str]:
    """Distinct values: as numbers when all are, else as text; ``missing`` last."""
    found = set(values)
    known = found - {MISSING}
    try:
        ranked = sorted(known, key=float)
    except ValueError:
        ranked = sorted(known)
    return ranked + ([MISSING] if MISSING in found else [])


def grouping(attribute: str, values: Sequence[Any]) -> Grouping:
    """Code an attribute whose values are names.

    Args:
        attribute: Its name.
        values: One a row; None and NaN are the subgroup ``missing``.
    """
    import pandas as pd

    raw, found = pd.factorize(named(pd.Series(list(values), dtype=object)))
    order = in_order(found)
    place = {value: rank for rank, value in enumerate(order)}
    import numpy as np

    to_rank = np.array([place[value] for value in found], dtype=int)
    codes = to_rank[raw] if len(raw) else np.zeros(0, dtype=int)
    return Grouping(attribute=attribute, names=_named(attribute, order), codes=codes)


def cut(attribute: str, values: Sequence[float], edges: Sequence[float]) -> Grouping:
    """Cut a continuous attribute: each interval holds its lower edge and not its upper.

    The subgroups are ``age=(-inf, 40)``, ``age=[40, 65)``, ``age=[65, inf)``, and ``age=missing``
    where a value is NaN. An interval without a case is left out.

    Args:
        attribute: Its name.
        values: Numbers, one a row, NaN where missing.
        edges: Ascending.

    Raises:
        ValueError: Edges that are none, not finite, or not ascending.
    """
    import numpy as np

    at = [float(edge) for edge in edges]
    if not at or not np.isfinite(at).all() or any(a >= b for a, b in itertools.pairwise(at)):
        raise ValueError(f"the edges of '{attribute}' must be finite and ascending: {at}")
    column = np.asarray(values, dtype=float)
    place = np.where(np.isnan(column), len(at) + 1, np.searchsorted(at, column, side="right"))
    shown = [f"{edge:g}" for edge in at]
    labels = [
        f"(-inf, {shown[0]})",
        *(f"[{low}, {high})" for low, high in itertools.pairwise(shown)),
        f"[{shown[-1]}, inf)",
        MISSING,
    ]
    used, codes = np.unique(place, return_inverse=True)
    names = _named(attribute, [labels[i] for i in used])
    return Grouping(attribute=attribute, names=names, codes=codes)


def cross(*parts: Grouping) -> Grouping:
    """The intersectional subgroups of several attributes; combinations without a case left out.

    Raises:
        ValueError: Groupings of different lengths.
    """
    import numpy as np

    if len({len(part.codes) for part in parts}) != 1:
        raise ValueError("groupings of different lengths cannot be crossed")
    shape = tuple(len(part) for part in parts)
    flat = np.ravel_multi_index([part.codes for part in parts], shape)
    used, codes = np.unique(flat, return_inverse=True)
    names = tuple(
        " & ".join(part.names[i] for part, i in zip(parts, place, strict=True))
        for place in zip(*np.unravel_index(used, shape), strict=True)
    )
    attribute = " & ".join(part.attribute for part in parts)
    return Grouping(attribute=attribute, names=names, codes=codes)


def pairs(parts: Sequence[Grouping]) -> tuple[Grouping, ...]:
    """Each two attributes crossed."""
    return tuple(cross(a, b) for a, b in itertools.combinations(parts, 2))


def _named(attribute: str, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{attribute}={value}" for value in values)
