"""Every method by name, with its reference: what ``--cite`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import (
    calibration,
    discrimination,
    hypothesis,
    mcnemar,
    multiplicity,
    paired_agreement,
    paired_bootstrap,
    paired_clusters,
    paired_difference,
    pooling,
    power_auroc,
    power_gap,
    power_paired,
    power_proportion,
    power_readers,
    predictive_values,
    proportion,
    sites,
    unpaired,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCES: dict[str, str] = {
    **proportion.REFERENCES,
    **discrimination.REFERENCES,
    **calibration.REFERENCES,
    **mcnemar.REFERENCES,
    **paired_difference.REFERENCES,
    **predictive_values.REFERENCES,
    **paired_clusters.REFERENCES,
    **paired_bootstrap.REFERENCES,
    **paired_agreement.REFERENCES,
    **unpaired.REFERENCES,
    **hypothesis.REFERENCES,
    **multiplicity.REFERENCES,
    **pooling.REFERENCES,
    **sites.REFERENCES,
    **power_proportion.REFERENCES,
    **power_auroc.REFERENCES,
    **power_paired.REFERENCES,
    **power_gap.REFERENCES,
    **power_readers.REFERENCES,
}


def cite(names: Iterable[str]) -> dict[str, str]:
    """The references of methods, in the order they are first named; empty names are left out."""
    return {
        name: REFERENCES.get(name, "no reference is recorded")
        for name in dict.fromkeys(names)
        if name
    }
