"""Other units and exchanged columns are seen, and quiet windows raise nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from monitoring.drift import mixups
from policies.drift import UNIT_FACTORS
from tests.monitoring.counting import pair

Draw = Callable[[np.random.Generator, int], np.ndarray]
DRAWS: dict[str, Draw] = {
    "weight": lambda draw, n: draw.normal(75, 13, n),
    "creatinine": lambda draw, n: np.exp(draw.normal(0, 0.4, n)),
    "age": lambda draw, n: np.round(draw.normal(60, 15, n)),
    "stay": lambda draw, n: draw.gamma(2, 3, n),
    "marker": lambda draw, n: np.exp(draw.normal(1, 1, n)),
    "dose": lambda draw, n: np.where(draw.random(n) < 0.4, 0.0, draw.gamma(2, 3, n)),
    "tail": lambda draw, n: draw.standard_t(3, n),
}
FROZEN = 4000


@pytest.mark.parametrize("rows", [100, 1000, 5000])
def test_stable_windows_raise_nothing(rows: int) -> None:
    """Thirty seeds, seven columns: no unit, no exchange."""
    for seed in range(30):
        draw = np.random.default_rng(seed)
        pairs = {name: pair(make(draw, FROZEN), make(draw, rows)) for name, make in DRAWS.items()}
        for name, sides in pairs.items():
            assert mixups.stretched(name, *sides, UNIT_FACTORS) is None, (seed, name)
        one, other = ({name: sides[i] for name, sides in pairs.items()} for i in (0, 1))
        assert mixups.swapped(one, other) == [], seed


@pytest.mark.parametrize("factor", [10, 0.1, 1000, 2.2046, 1 / 2.54, 88.42, 18.016])
@pytest.mark.parametrize("name", ["weight", "creatinine", "stay"])
def test_a_multiplied_column_is_seen_with_its_factor(name: str, factor: float) -> None:
    """All values of a window; factors so near that counts cannot tell them are named with it."""
    draw = np.random.default_rng(7)
    make = DRAWS[name]
    found = mixups.stretched(
        name, *pair(make(draw, FROZEN), factor * make(draw, 1000)), UNIT_FACTORS
    )
    assert found is not None
    assert found.share >= 0.95
    assert any(each == pytest.approx(factor, rel=1e-9) for each in (found.factor, *found.alike))
    assert found.left <= mixups.EXPLAINED * found.own


def test_one_site_of_three_in_another_unit_is_seen_with_its_share() -> None:
    """30 % of the weights in grams of ten: the share to within five points."""
    draw = np.random.default_rng(8)
    now = DRAWS["weight"](draw, 3000)
    now[:900] *= 10
    found = mixups.stretched("weight", *pair(DRAWS["weight"](draw, FROZEN), now), UNIT_FACTORS)
    assert found is not None
    assert found.factor == 10
    assert found.share == pytest.approx(0.3, abs=0.05)


def test_an_older_population_is_no_other_unit() -> None:
    """A real drift stays a drift: a shift, a spread, a new group."""
    draw = np.random.default_rng(9)
    weight, age = DRAWS["weight"](draw, FROZEN), DRAWS["age"](draw, FROZEN)
    for now in (draw.normal(85, 13, 2000), draw.normal(75, 25, 2000), draw.normal(95, 15, 2000)):
        assert mixups.stretched("weight", *pair(weight, now), UNIT_FACTORS) is None
    assert mixups.stretched("age", *pair(age, age + 12), UNIT_FACTORS) is None


def test_exchanged_columns_are_seen_and_moved_ones_are_not() -> None:
    """Systolic and diastolic pressure; then both merely higher."""
    draw = np.random.default_rng(10)
    high, low = draw.normal(130, 15, FROZEN), draw.normal(80, 10, FROZEN)
    new = draw.normal(130, 15, 800), draw.normal(80, 10, 800)

    def found(systolic: np.ndarray, diastolic: np.ndarray) -> list[mixups.Swapped]:
        a, b = pair(high, systolic), pair(low, diastolic)
        return mixups.swapped({"high": a[0], "low": b[0]}, {"high": a[1], "low": b[1]})

    (swap,) = found(new[1], new[0])
    assert swap.columns == ("high", "low")
    assert min(swap.own) > 0.9
    assert max(swap.crossed) < 0.06
    assert found(new[0] + 15, new[1] + 10) == []
    assert found(new[0], new[0]) == []  # one column copied over the other is no exchange


def test_what_edges_cannot_tell_is_not_said() -> None:
    """Nine edges: all ten-fold values lie beyond the last, and so would others."""
    from tests.monitoring.counting import number

    draw = np.random.default_rng(11)
    then = draw.normal(75, 13, FROZEN)
    cuts = np.quantile(then, np.arange(1, 10) / 10).tolist()
    one, other = (number(values, cuts, discrete=False) for values in (then, 10 * then))
    assert mixups.stretched("weight", one, other, UNIT_FACTORS) is None
