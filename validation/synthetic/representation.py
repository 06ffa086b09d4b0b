"""Subgroups: whether the synthetic rows hold the same people, minorities among them.

A generator that averages loses small groups first. Shares of each subgroup, their difference and
ratio (synthetic over real), and the mean similarity of the columns within each.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.proportion import proportion, proportion_difference
from validation.designs.unpaired import proportion_ratio
from validation.estimate import Estimate, Warned, absent
from validation.synthetic.marginals import similarity_of

if TYPE_CHECKING:
    import numpy as np

    from validation.synthetic.cells import Cells
    from validation.synthetic.files import Files

LEAST = 30  # rows of a subgroup in each file for the similarity of its columns
RATIO = "representation-ratio"


def representation(files: Files, *, confidence: float) -> tuple[list[Estimate], list[Warned]]:
    """Each subgroup of each attribute of the roles' `by`, and the worst by name."""
    found: list[Estimate] = []
    warned: list[Warned] = []
    for attribute in files.roles.by:
        each, lost = _attribute(files, attribute, confidence)
        found += each
        warned += lost
    return found, warned + _worst(found)


def members(cells: Cells, attribute: str) -> dict[str, np.ndarray]:
    """Which rows are in each subgroup, by ``attribute=value``; blanks are ``missing``."""
    from validation.table import MISSING

    codes = cells.code(attribute)
    levels = cells.coding.levels[cells.coding.categories.index(attribute)]
    found = {f"{attribute}={level}": codes == place for place, level in enumerate(levels)}
    return found | {f"{attribute}={MISSING}": codes < 0}


def _attribute(
    files: Files, attribute: str, confidence: float
) -> tuple[list[Estimate], list[Warned]]:
    rows = {
        name: members(cells, attribute)
        for name, cells in (
            ("synthetic", files.synthetic), ("real", files.real), ("holdout", files.holdout)
        )
        if cells is not None
    }  # fmt: skip
    found: list[Estimate] = []
    warned = []
    for subgroup, mine in rows["synthetic"].items():
        theirs = rows["real"][subgroup]
        if not mine.any() and not theirs.any():
            continue
        found += _shares(subgroup, mine, theirs, confidence)
        inside = {name: each[subgroup] for name, each in rows.items()}
        found += _within(files, subgroup, inside)
        if not mine.any():
            message = f"no synthetic row is of {subgroup}, as {int(theirs.sum()):,} real rows are"
            warned.append(
                Warned(
                    code="subgroup-lost", message=message, columns=(attribute,),
                    count=int(theirs.sum()),
                )
            )  # fmt: skip
    return found, warned


def _shares(
    subgroup: str, mine: np.ndarray, theirs: np.ndarray, confidence: float
) -> list[Estimate]:
    a, b = (
        proportion(
            f"subgroup-share-{origin}", int(rows.sum()), len(rows), positives=0,
            confidence=confidence,
        )
        for origin, rows in (("synthetic", mine), ("real", theirs))
    )  # fmt: skip
    difference = dataclasses.replace(
        proportion_difference(a, b), endpoint="subgroup-share-difference"
    )
    ratio = dataclasses.replace(proportion_ratio(a, b), endpoint=RATIO)
    return [dataclasses.replace(each, subgroup=subgroup) for each in (b, a, difference, ratio)]


def _within(files: Files, subgroup: str, inside: dict[str, np.ndarray]) -> list[Estimate]:
    """The similarity of the columns among the subgroup's rows; of the holdout's too."""
    real = files.real.take(inside["real"])
    pairs = [("marginal-similarity", files.synthetic.take(inside["synthetic"]))]
    if files.holdout is not None:
        pairs.append(("marginal-similarity-of-holdout", files.holdout.take(inside["holdout"])))
    found = []
    for endpoint, other in pairs:
        few = min(len(real), len(other))
        if few < LEAST:
            reason = f"{few} rows in one of the files, {LEAST} required"
            one = absent(endpoint, reason, n=len(other), positives=0, method="mean-of-columns")
        else:
            one = similarity_of(real, other, endpoint)
        found.append(dataclasses.replace(one, subgroup=subgroup))
    return found


def _worst(found: list[Estimate]) -> list[Warned]:
    """The subgroup with the lowest ratio whose interval is below 1."""
    below = [
        e for e in found if e.endpoint == RATIO and e.value is not None and (e.high or 1.0) < 1.0
    ]
    if not below:
        return []
    worst = min(below, key=lambda e: (e.value or 0.0, e.subgroup))
    message = (
        f"{worst.subgroup} has {worst.value:.2f} times its real share among the synthetic rows "
        f"({worst.low:.2f} to {worst.high:.2f}), the least of all subgroups"
    )
    attribute = worst.subgroup.partition("=")[0]
    return [Warned(code="worst-subgroup", message=message, columns=(attribute,), count=worst.n)]
