"""Every method by name, with its reference: what ``--cite`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import (
    calibration,
    clustered,
    clustered_auroc,
    clustered_calibration,
    clustered_confusion,
    confusion,
    discrimination,
    mover,
    precision_recall,
    proportion,
    resampling,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCES: dict[str, str] = {
    **proportion.REFERENCES,
    **discrimination.REFERENCES,
    **calibration.REFERENCES,
    **confusion.REFERENCES,
    **precision_recall.REFERENCES,
    **resampling.REFERENCES,
    **clustered.REFERENCES,
    **clustered_auroc.REFERENCES,
    **clustered_confusion.REFERENCES,
    **clustered_calibration.REFERENCES,
    **mover.REFERENCES,
}


def cite(names: Iterable[str]) -> dict[str, str]:
    """The references of methods, in the order they are first named; empty names are left out."""
    return {
        name: REFERENCES.get(name, "no reference is recorded")
        for name in dict.fromkeys(names)
        if name
    }
