"""Numbers in another unit, and columns that were exchanged, from the counts.

A column whose values were multiplied has the reference's own distribution, stretched. For each
factor sought, and its inverse, the stretched reference is laid over the window's frozen edges and
the largest gap between the two distribution functions is taken (Kolmogorov-Smirnov's D); so it is
for two columns, each laid over the other's edges. It is called a mix-up when

* the window is far from its own reference: D at least `FAR`, and beyond what chance gives in one of
  a thousand windows;
* the other explanation leaves at most a fifth of that, and no more than chance or `NEAR`;
* the edges can tell: at least `CUTS` of them cut the stretched reference inside.

A share of the values may be multiplied (one site of many): then D is taken to the mixture, of the
share that fits best, and only for factors that move the column nearly off itself, because a mild
stretch of some values looks like any ageing of the population. A true change of the population by
just such a factor cannot be told apart: a mix-up says *as if*.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from monitoring.drift.cells import bins, known
from monitoring.drift.line import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from evidence.records import Body

FAR = 0.1  # D of the window to its own reference
SWAPPED = 0.3  # the same of two columns that were exchanged
EXPLAINED = 0.2  # of that D may be left
NEAR = 0.03  # D that is left whatever chance would give
CHANCE = 1.95  # over the root of the effective number of cases: D of one stable window in 1,000
APART = 0.8  # D of a stretched reference to itself, for a share of the values
CUTS = 3  # edges inside the stretched reference
INSIDE = (0.02, 0.98)
SHARES = tuple(share / 100 for share in range(5, 101))
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretched:
    """A column as if some of its values had been multiplied.

    Attributes:
        column: Its name.
        factor: What they look multiplied by.
        share: Of the values that look so; 1 is all.
        own: D of the window to the reference set.
        left: D of the window to the stretched reference.
        alike: Other factors that explain it as well, within chance.
    """

    column: str
    factor: float
    share: float
    own: float
    left: float
    alike: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """Two columns as if they had been exchanged.

    Attributes:
        columns: Their names.
        own: D of each to its own reference.
        crossed: D of each to the other's.
    """

    columns: tuple[str, str]
    own: tuple[float, float]
    crossed: tuple[float, float]


def stretched(
    name: str, reference: Body, current: Body, factors: Sequence[float]
) -> Stretched | None:
    """The factor that explains a number column, if one does.

    Args:
        name: Of the column.
        reference: Its frozen summary.
        current: The window's, over the same edges.
        factors: Sought, each with its inverse.
    """
    if not _comparable(reference, current):
        return None
    own, now = _functions(reference, current)
    far, chance = float(abs(now - own).max()), _chance(reference, current)
    if far < max(FAR, chance):
        return None
    found = []
    for factor in sorted({f for each in factors for f in (each, 1 / each)}):
        other = _laid(reference, _edges(reference) / factor)
        shares = SHARES if float(abs(other - own).max()) >= APART else (1.0,)
        if not _telling(other):
            continue
        left, share = min((float(abs(now - own - s * (other - own)).max()), -s) for s in shares)
        found.append(Stretched(column=name, factor=factor, share=-share, own=far, left=left))
    best = min(found, key=lambda each: each.left, default=None)
    if best is None or not _explains(best.left, far, chance):
        return None
    near = [each for each in found if each is not best and _explains(each.left, far, chance)]
    alike = [each.factor for each in near if each.left <= best.left + chance]
    return dataclasses.replace(best, alike=tuple(alike))


def swapped(reference: Mapping[str, Body], current: Mapping[str, Body]) -> list[Swapped]:
    """Pairs of number columns that look exchanged.

    Args:
        reference: Column to its frozen summary.
        current: The window's, over the same edges.
    """
    far = [
        name
        for name, then in reference.items()
        if name in current
        and _comparable(then, current[name])
        and _gap(then, current[name]) >= max(SWAPPED, _chance(then, current[name]))
    ]
    found = []
    for one, other in combinations(far, 2):
        both = ((one, other), (other, one))
        own = [_gap(reference[name], current[name]) for name, _ in both]
        crossed = [_crossed(reference[b], reference[a], current[a]) for a, b in both]
        chance = [_chance(reference[name], current[name]) for name, _ in both]
        if all(_explains(*each) for each in zip(crossed, own, chance, strict=True)):
            found.append(
                Swapped(
                    columns=(one, other), own=(own[0], own[1]), crossed=(crossed[0], crossed[1])
                )
            )
    return found


def _gap(reference: Body, current: Body) -> float:
    own, now = _functions(reference, current)
    return float(abs(now - own).max())


def _crossed(other: Body, reference: Body, current: Body) -> float:
    """D of a window's column to another column's reference; 1 where the edges cannot tell."""
    laid = _laid(other, _edges(reference))
    now = _functions(reference, current)[1]
    return float(abs(now - laid).max()) if _telling(laid) else 1.0


def _comparable(reference: Body, current: Body) -> bool:
    same = reference["type"] == current["type"] == "number"
    held = known(reference) > 0 and known(current) > 0
    return same and held and reference["edges"] == current["edges"] and bool(reference["edges"])


def _edges(found: Body) -> np.ndarray:
    import numpy as np

    return np.array(found["edges"], dtype=float)


def _functions(reference: Body, current: Body) -> tuple[np.ndarray, np.ndarray]:
    """Both distribution functions at the edges."""
    import numpy as np

    then, now = bins(reference), bins(current)
    return np.cumsum(then)[:-1] / then.sum(), np.cumsum(now)[:-1] / now.sum()


def _laid(reference: Body, at: np.ndarray) -> np.ndarray:
    """A reference's distribution function at other places than its own edges."""
    import numpy as np

    counts = bins(reference)
    return np.asarray(
        Line.of(reference).under(counts, at + abs(at) * ROUNDING, or_at=True) / counts.sum()
    )


def _telling(laid: np.ndarray) -> bool:
    return int(((laid > INSIDE[0]) & (laid < INSIDE[1])).sum()) >= CUTS


def _chance(reference: Body, current: Body) -> float:
    a, b = known(reference), known(current)
    return float(CHANCE * ((a + b) / (a * b)) ** 0.5)


def _explains(left: float, own: float, chance: float) -> bool:
    return left <= EXPLAINED * own and left <= max(NEAR, chance)
