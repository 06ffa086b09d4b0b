"""Every method by name, with its reference: what ``--cite`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import (
    calibration,
    covariances,
    discrimination,
    fairness,
    group_counts,
    group_tests,
    proportion,
    readers,
    slices,
    standalone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCES: dict[str, str] = {
    **proportion.REFERENCES,
    **discrimination.REFERENCES,
    **calibration.REFERENCES,
    **covariances.REFERENCES,
    **fairness.REFERENCES,
    **group_counts.REFERENCES,
    **group_tests.REFERENCES,
    **readers.REFERENCES,
    **slices.REFERENCES,
    **standalone.REFERENCES,
}


def cite(names: Iterable[str]) -> dict[str, str]:
    """The references of methods, in the order they are first named; empty names are left out."""
    return {
        name: REFERENCES.get(name, "no reference is recorded")
        for name in dict.fromkeys(names)
        if name
    }
