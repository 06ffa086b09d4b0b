"""A difference, or a value, held against the bounds of a planned modification. Pure.

What the plan does not name is outside it. What the plan names and the lock does not hold cannot be
told.
"""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from change_control.check import Check, Fit, shown
from policies.change_bounds import release

if TYPE_CHECKING:
    from change_control.differences import Difference
    from policies.change_bounds import Bounds, PackageBound, ValueBound

UNPLANNED = "must not differ"
Ruling = tuple[str, Fit, str]  # what is allowed, whether it fits, why


def planned(
    found: list[Difference],
    values: dict[str, dict[str, Any]],
    allowed: Bounds,
    seqs: tuple[int, int],
) -> list[Check]:
    """Each difference against its bound, then each value the plan sets a bound for.

    Args:
        found: The differences between the two locks.
        values: ``training`` and ``parameters`` of the new version.
        allowed: The bounds of a planned modification.
        seqs: Records of the old and the new lock.
    """
    checks = [_check(each, allowed, seqs) for each in found]
    seen = {check.bound for check in checks}
    for part in ("parameters", "training"):
        for name, bound in getattr(allowed, part).items():
            if f"{part}.{name}" in seen:
                continue
            value = values[part].get(name)
            words, fit, reason = within(value, bound, name)
            checks.append(
                Check(
                    bound=f"{part}.{name}",
                    allowed=words,
                    old=shown(value),
                    new=shown(value),
                    verdict=fit,
                    reason=reason,
                    records=seqs,
                )
            )
    return checks


def _check(found: Difference, allowed: Bounds, seqs: tuple[int, int]) -> Check:
    words, fit, reason = _ruling(found, allowed)
    name = found.part if found.name == found.part else f"{found.part}.{found.name}"
    return Check(
        bound=name,
        allowed=words,
        old=_shown(found.part, found.old),
        new=_shown(found.part, found.new),
        verdict=fit,
        reason=reason,
        records=seqs,
    )


def _shown(part: str, value: Any) -> str:
    """An input by its type and whether it is required; all else as it is."""
    if part != "inputs" or not isinstance(value, dict):
        return shown(value)
    return f"{value.get('type', 'unknown')}, {_need(value)}"


def _need(column: dict[str, Any]) -> str:
    return "required" if column.get("required", True) else "optional"


def _ruling(found: Difference, allowed: Bounds) -> Ruling:
    match found.part:
        case "artefacts":
            return _artefact(found.name, allowed.artefacts)
        case "inputs":
            return _input(found, allowed)
        case "environment":
            return _package(found, allowed.environment.get(found.name))
        case "parameters" | "training":
            return _value(found, allowed)
        case "thresholds":
            return _threshold(found, allowed)
        case _:
            return UNPLANNED, Fit.OUTSIDE, f"{found.part} differs; no plan can allow it"


def _artefact(path: str, patterns: list[str]) -> Ruling:
    words = f"files {', '.join(patterns)}" if patterns else UNPLANNED
    if any(fnmatchcase(path, pattern) for pattern in patterns):
        return words, Fit.INSIDE, "the plan lets this file differ"
    return words, Fit.OUTSIDE, f"the bytes of {path} differ and the plan does not let them"


def _input(found: Difference, allowed: Bounds) -> Ruling:
    bounds, name = allowed.inputs, found.name
    if found.old is None:
        fits, words = name in bounds.added, "may be added"
    elif found.new is None:
        fits, words = name in bounds.removed, "may be removed"
    else:
        relaxed = found.old | {"required": False} == found.new | {"required": False}
        fits = relaxed and _need(found.new) == "optional" and name in bounds.optional
        words = "may become optional"
    if fits:
        return words, Fit.INSIDE, f"the plan says that {name} {words}"
    return UNPLANNED, Fit.OUTSIDE, f"the plan does not say that input {name} {words}"


def _package(found: Difference, bound: PackageBound | None) -> Ruling:
    if bound is None:
        return UNPLANNED, Fit.OUTSIDE, f"the plan names no releases of {found.name}"
    words = f"from {bound.at_least}, below {bound.below}"
    if found.new is None:
        return words, Fit.OUTSIDE, f"{found.name} is gone"
    try:
        fits = release(bound.at_least) <= release(found.new) < release(bound.below)
    except ValueError:
        return words, Fit.CANNOT_TELL, f"'{found.new}' is no release of {found.name} to compare"
    return words, Fit.INSIDE if fits else Fit.OUTSIDE, f"{found.name} {found.new} is needed"


def _value(found: Difference, allowed: Bounds) -> Ruling:
    named: dict[str, ValueBound] = getattr(allowed, found.part)
    bound = named.get(found.name)
    if bound is not None:
        return within(found.new, bound, found.name)
    if found.part == "training" and found.name.startswith("file ") and allowed.training:
        return "as the training data", Fit.INSIDE, "marks of the training data's patients"
    return UNPLANNED, Fit.OUTSIDE, f"the plan does not let {found.name} differ"


def _threshold(found: Difference, allowed: Bounds) -> Ruling:
    bound = allowed.thresholds.get(found.name)
    if bound is None:
        return UNPLANNED, Fit.OUTSIDE, f"the plan does not let the threshold {found.name} differ"
    words = f"{bound.at_least:g} to {bound.at_most:g}"
    if found.new is None:
        return words, Fit.OUTSIDE, f"the operating point {found.name} is gone"
    fits = bound.at_least <= found.new <= bound.at_most
    return words, Fit.INSIDE if fits else Fit.OUTSIDE, f"the threshold is {found.new:g}"


def within(value: Any, bound: ValueBound, name: str) -> Ruling:
    """Whether a value lies within its bound."""
    if bound.free:
        return "free", Fit.INSIDE, f"the plan leaves {name} free"
    words = _words(bound)
    if value is None or value == []:
        return words, Fit.CANNOT_TELL, f"the new lock does not say its {name}"
    if bound.values:
        members = value if isinstance(value, list) else [value]
        strange = [each for each in members if not any(_same(each, v) for v in bound.values)]
        if strange:
            return words, Fit.OUTSIDE, f"{name} is {shown(strange)}"
        return words, Fit.INSIDE, f"{name} is {shown(value)}"
    try:
        fits = all(
            _compared(value, limit) * sign >= 0
            for limit, sign in ((bound.at_least, 1), (bound.at_most, -1))
            if limit is not None
        )
    except (TypeError, ValueError):
        return words, Fit.CANNOT_TELL, f"{name} is '{shown(value)}', which has no place in a range"
    return words, Fit.INSIDE if fits else Fit.OUTSIDE, f"{name} is {shown(value)}"


def _words(bound: ValueBound) -> str:
    if bound.values:
        return "one of " + ", ".join(f"{v:g}" if isinstance(v, float) else v for v in bound.values)
    low, high = (_plain(limit) for limit in (bound.at_least, bound.at_most))
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}"


def _plain(limit: float | dt.date | None) -> str:
    if limit is None:
        return ""
    return str(limit) if isinstance(limit, dt.date) else f"{limit:,.10g}"


def _same(one: Any, other: Any) -> bool:
    if str(one) == str(other):
        return True
    try:
        return float(one) == float(other)
    except (TypeError, ValueError):
        return False


def _compared(value: Any, limit: float | dt.date) -> float:
    """Above, below or at a limit: the sign of the difference."""
    if isinstance(limit, dt.date):
        return float((dt.datetime.fromisoformat(str(value)).date() - limit).days)
    number = float(value)
    if number != number:  # noqa: PLR0124 - not a number
        raise ValueError("not a number")
    return number - limit
