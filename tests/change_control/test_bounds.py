"""Values held against their bounds: what is empty, odd or in another form is never a yes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from change_control.bounds import planned, within
from change_control.check import Fit, shown
from change_control.differences import Difference
from policies.change_bounds import Bounds, PackageBound, ValueBound

DAYS = ValueBound(at_least=dt.date(2020, 3, 1), at_most=dt.date(2020, 4, 1))
NUMBERS = ValueBound(at_least=2, at_most=5)
SITES = ValueBound(values=["north", "south"])


@pytest.mark.parametrize(
    ("value", "bound", "fit"),
    [
        ("2020-03-01", DAYS, Fit.INSIDE),
        ("2020-04-01T23:59:00", DAYS, Fit.INSIDE),
        ("2020-04-02", DAYS, Fit.OUTSIDE),
        ("2020-03-15 or so", DAYS, Fit.CANNOT_TELL),
        ("spring", DAYS, Fit.CANNOT_TELL),
        (5, NUMBERS, Fit.INSIDE),
        ("5.0", NUMBERS, Fit.INSIDE),
        ("5.1", NUMBERS, Fit.OUTSIDE),
        ("nan", NUMBERS, Fit.CANNOT_TELL),
        ("inf", NUMBERS, Fit.OUTSIDE),
        ("", NUMBERS, Fit.CANNOT_TELL),
        ([3], NUMBERS, Fit.CANNOT_TELL),
        (None, NUMBERS, Fit.CANNOT_TELL),
        (["north"], SITES, Fit.INSIDE),
        (["north", "east"], SITES, Fit.OUTSIDE),
        ([], SITES, Fit.CANNOT_TELL),
        ("", SITES, Fit.OUTSIDE),
        ("nan", ValueBound(values=["nan-free"]), Fit.OUTSIDE),
        ("80", ValueBound(values=[80]), Fit.INSIDE),
        (None, ValueBound(free=True), Fit.INSIDE),
    ],
)
def test_a_value_is_inside_only_when_it_is_known_to_be(
    value: Any, bound: ValueBound, fit: Fit
) -> None:
    """Ends of a range are in it; what has no place in a range cannot be told."""
    assert within(value, bound, "it")[1] is fit


@pytest.mark.parametrize(
    ("new", "fit"),
    [
        ("1.9", Fit.OUTSIDE),
        ("1.10", Fit.INSIDE),
        ("1.99.7", Fit.INSIDE),
        ("2.0", Fit.OUTSIDE),
        ("1.11rc1", Fit.CANNOT_TELL),
        ("not pinned", Fit.CANNOT_TELL),
        (None, Fit.OUTSIDE),
    ],
)
def test_a_package_is_held_by_its_release(new: str | None, fit: Fit) -> None:
    """From 1.10 on, below 2; a pre-release or an open requirement cannot be told."""
    allowed = Bounds(environment={"numpy": PackageBound(at_least="1.10", below="2")})
    found = Difference(part="environment", name="numpy", old="1.10", new=new)
    (check,) = planned([found], {"parameters": {}, "training": {}}, allowed, (1, 2))
    assert check.verdict is fit


@pytest.mark.parametrize(
    ("old", "new", "fit"),
    [
        ({"type": "double", "required": True}, {"type": "double", "required": False}, Fit.INSIDE),
        ({"type": "double", "required": False}, {"type": "double", "required": True}, Fit.OUTSIDE),
        ({"type": "double", "required": True}, {"type": "string", "required": False}, Fit.OUTSIDE),
        (None, {"type": "double"}, Fit.OUTSIDE),
        ({"type": "double"}, None, Fit.OUTSIDE),
    ],
)
def test_an_input_may_become_optional_and_nothing_else(old: Any, new: Any, fit: Fit) -> None:
    """Not required again, of no other type, neither added nor removed."""
    allowed = Bounds.model_validate({"inputs": {"optional": ["age"]}})
    found = Difference(part="inputs", name="age", old=old, new=new)
    (check,) = planned([found], {"parameters": {}, "training": {}}, allowed, (1, 2))
    assert check.verdict is fit


def test_inputs_may_be_added_and_removed_where_the_plan_says_so() -> None:
    """Each by its name."""
    allowed = Bounds.model_validate({"inputs": {"added": ["age"], "removed": ["sex"]}})
    found = [
        Difference(part="inputs", name="age", old=None, new={"type": "double"}),
        Difference(part="inputs", name="sex", old={"type": "string"}, new=None),
    ]
    checks = planned(found, {"parameters": {}, "training": {}}, allowed, (1, 2))
    assert [check.verdict for check in checks] == [Fit.INSIDE, Fit.INSIDE]


def test_characteristics_of_cases_are_shown_by_their_digest_only() -> None:
    """Law 6: small cells among them never reach a page or a log."""
    assert shown([{"levels": [{"n": 3, "value": "yes"}]}]).startswith("sha256 ")
    assert shown({"female": 3}).startswith("sha256 ")
    assert shown("x" * 500).startswith("sha256 ")
    assert (shown(None), shown(["a", "b"]), shown(4)) == ("—", "a, b", "4")
