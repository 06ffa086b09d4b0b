"""Several primary endpoints: which hypotheses are rejected, and why.

Holm, Scand J Stat 1979; 6: 65-70. Fixed sequence: Maurer, Hothorn and Lehmacher, in Biometrie in
der chemisch-pharmazeutischen Industrie 1995; 6: 3-18; Westfall and Krishen, J Stat Plan Inference
2001; 99: 25-40. FDA, Multiple Endpoints in Clinical Trials, 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REFERENCES = {
    "holm": "Holm S. Scand J Stat 1979; 6: 65-70.",
    "fixed-sequence": "Westfall PH, Krishen A. J Stat Plan Inference 2001; 99: 25-40.",
    "serial-gatekeeping": "Westfall PH, Krishen A. J Stat Plan Inference 2001; 99: 25-40.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What became of one hypothesis.

    Attributes:
        name: The hypothesis, such as its endpoint.
        p: Its own p value; None when it was not evaluable, which counts as 1.
        adjusted: Multiplicity-adjusted p value, comparable with alpha itself.
        rejected: Whether the null hypothesis is rejected.
        reason: Why.
    """

    name: str
    p: float | None
    adjusted: float
    rejected: bool
    reason: str


def holm(p: Mapping[str, float | None], *, alpha: float = 0.025) -> tuple[Ruling, ...]:
    """Holm's step-down procedure, in the order given.

    Args:
        p: p value of each hypothesis by name.
        alpha: Family-wise level, one- or two-sided as the p values are.

    Raises:
        ValueError: p values or alpha outside 0 to 1.
    """
    _checked(p, alpha)
    adjusted = step_down([1.0 if value is None else float(value) for value in p.values()])
    return tuple(
        _ruling(name, p[name], value, alpha, "Holm-adjusted p")
        for name, value in zip(p, adjusted, strict=True)
    )


def step_down(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given.

    The same as statsmodels' `multipletests`, which also collects all garbage at each call: with a
    few families a subgroup that takes seconds.
    """
    found, least = [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        least = max(least, min(1.0, (len(p) - rank) * p[place]))
        found[place] = least
    return found


def fixed_sequence(p: Mapping[str, float | None], *, alpha: float = 0.025) -> tuple[Ruling, ...]:
    """Test in the order given, each at the whole alpha, until one is not rejected.

    Args:
        p: p values by name, in the order that the policy fixed beforehand.
        alpha: Family-wise level.

    Raises:
        ValueError: p values or alpha outside 0 to 1.
    """
    return gatekeeping([{name: value} for name, value in p.items()], alpha=alpha)


def gatekeeping(
    families: Sequence[Mapping[str, float | None]], *, alpha: float = 0.025
) -> tuple[Ruling, ...]:
    """Serial gatekeeping: Holm in each family; the next opens when all before are rejected.

    Args:
        families: p values by name, family after family.
        alpha: Family-wise level of the whole.

    Raises:
        ValueError: p values or alpha outside 0 to 1, or a hypothesis named twice.
    """
    names = [name for family in families for name in family]
    if len(set(names)) < len(names):
        raise ValueError("a hypothesis is named twice")
    found: list[Ruling] = []
    floor, closed_by = 0.0, ""
    for family in families:
        for ruling in holm(family, alpha=alpha):
            adjusted = max(floor, ruling.adjusted)
            reason, rejected = ruling.reason, ruling.rejected and not closed_by
            if closed_by:
                reason = f"not tested: '{closed_by}' before it was not rejected"
            found.append(
                Ruling(
                    name=ruling.name,
                    p=ruling.p,
                    adjusted=adjusted,
                    rejected=rejected,
                    reason=reason,
                )
            )
        floor = max([floor, *(r.adjusted for r in found if r.name in family)])
        kept = [r.name for r in found if r.name in family and not r.rejected]
        closed_by = closed_by or (kept[0] if kept else "")
    return tuple(found)


def _checked(p: Mapping[str, float | None], alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha lies between 0 and 1, not {alpha}")
    for name, value in p.items():
        if value is not None and not 0 <= value <= 1:
            raise ValueError(f"the p value of '{name}' is {value}, outside 0 to 1")


def _ruling(name: str, p: float | None, adjusted: float, alpha: float, kind: str) -> Ruling:
    rejected = p is not None and adjusted <= alpha
    reason = f"{kind} {adjusted:.4g} {'<=' if rejected else '>'} {alpha:g}"
    if p is None:
        reason = "not evaluable: counted as not rejected"
    return Ruling(name=name, p=p, adjusted=adjusted, rejected=rejected, reason=reason)
