"""What a person should know of the rows before reading a comparison of conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Warned
from validation.modality.pairing import held, lost_by
from validation.modality.verdicts import PARSABLE

if TYPE_CHECKING:
    from validation.modality.layout import Layout
    from validation.modality.setting import Setting


def unpaired(layout: Layout, how: Setting) -> list[Warned]:
    """Items that lack a condition."""
    import numpy as np

    lack = np.isnan(layout.outcome).sum(axis=0)
    left = int((~layout.complete).sum())
    if not left:
        return []
    each = ", ".join(
        f"{int(n):,} lack '{name}'" for name, n in zip(layout.conditions, lack, strict=True) if n
    )
    whole = int(held(layout).sum())
    empty = [name for name, n in zip(layout.conditions, lack, strict=True) if n == layout.items]
    rest = f"on the {whole:,} that do" if whole else "on the items that the two conditions share"
    if empty:
        rest = f"on {whole:,} items, and '{', '.join(empty)}' has none"
    where = f" ({how.group})" if how.group else ""
    message = (
        f"{left:,} of {layout.items:,} items do not have every condition ({each}){where}: "
        f"comparisons rest {rest}"
    )
    return [Warned(code="unpaired-items", message=message, columns=(how.attribute,), count=left)]


def refusals(layout: Layout, how: Setting) -> list[Warned]:
    """Conditions with too many answers that could not be read."""
    return [
        Warned(
            code="refusals",
            message=f"{lost:,} of {layout.items:,} answers are unparsable in "
            f"{how.subgroup(name)}: they count as wrong, so that a difference may be refusals, not "
            f"lost knowledge; {PARSABLE} sets them aside",
            columns=(how.attribute,),
            count=lost,
        )
        for name, lost in lost_by(layout, layout.conditions).items()
        if lost > how.most_unparsable * layout.items
    ]


def nameless(layout: Layout, how: Setting) -> list[Warned]:
    """A reference whose modalities no other condition is known to lack."""
    if how.reference is None or len(layout.conditions) == 1 or how.withheld(layout.conditions):
        return []
    message = (
        "which modality the conditions lack is not told by their names: no modality was judged "
        f"(there are: {', '.join(layout.conditions)}). Say it as MODALITY=CONDITION"
    )
    return [Warned(code="no-modality", message=message, columns=(how.attribute,))]


def untold(layout: Layout, how: Setting) -> list[Warned]:
    """A verdict on a modality while nothing tells refusals from wrong answers."""
    if layout.unparsable is not None or not how.withheld(layout.conditions):
        return []
    message = (
        "which answers are unparsable was not told: a refusal counts as a wrong answer, and a "
        "difference may be refusals, not lost knowledge"
    )
    return [Warned(code="unparsable-untold", message=message)]
