"""Every method by name, with its reference: what ``--cite`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import (
    agreement,
    calibration,
    count_bootstrap,
    decision_curve,
    discrimination,
    f_score,
    goodness_of_fit,
    icc,
    influence,
    kappa,
    krippendorff,
    multiclass,
    proportion,
    regression,
    reliability,
    repeatability,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCES: dict[str, str] = {
    **proportion.REFERENCES,
    **discrimination.REFERENCES,
    **calibration.REFERENCES,
    **reliability.REFERENCES,
    **goodness_of_fit.REFERENCES,
    **decision_curve.REFERENCES,
    **count_bootstrap.REFERENCES,
    **f_score.REFERENCES,
    **influence.REFERENCES,
    **multiclass.REFERENCES,
    **regression.REFERENCES,
    **kappa.REFERENCES,
    **agreement.REFERENCES,
    **krippendorff.REFERENCES,
    **icc.REFERENCES,
    **repeatability.REFERENCES,
}


def cite(names: Iterable[str]) -> dict[str, str]:
    """The references of methods, in the order they are first named; empty names are left out."""
    return {
        name: REFERENCES.get(name, "no reference is recorded")
        for name in dict.fromkeys(names)
        if name
    }
