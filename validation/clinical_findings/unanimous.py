"""Bounds of a rate whose every pair agrees: nothing was invented, or everything was.

Resampling cases cannot show how sure that is. Pairs of one case are alike, so that they count for
no more than the case: Clopper and Pearson's bounds with as many trials as there are cases (or
patients) that have a pair in the denominator. Wider than need be where pairs are independent.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validation.estimate import Estimate

METHOD = "clopper-pearson-cases"
REFERENCES = {
    METHOD: "Clopper CJ, Pearson ES. Biometrika 1934; 26: 404-413, with the cases (or patients) "
    "in the denominator as trials, as an effective sample size: Korn EL, Graubard BI. Survey "
    "Methodology 1998; 24: 193-201."
}


def bounded(made: Estimate, trials: int) -> Estimate:
    """The estimate with its bounds, where it is 0 or 1 and has none; else as it is.

    Args:
        made: A proportion.
        trials: Cases or patients in its denominator.
    """
    if made.low is not None or made.value not in (0.0, 1.0) or trials < 1:
        return made
    edge = float(((1 - made.confidence) / 2) ** (1 / trials))
    low, high = (0.0, 1 - edge) if made.value == 0 else (edge, 1.0)
    return dataclasses.replace(made, low=low, high=high, method=METHOD, reason="")
