"""What a missing or corrupted modality costs: drop, retained accuracy, worst condition.

The worst condition is chosen by looking, so that its interval is Bonferroni's: at the level
1 - alpha / m over the m conditions beside the reference (Dunn, J Am Stat Assoc 1961; 56: 52-64).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.modality.pairing import pair_of

if TYPE_CHECKING:
    from validation.count_bootstrap import Resampling
    from validation.estimate import Estimate
    from validation.modality.layout import Layout
    from validation.modality.setting import Setting

DROP, WORST = "accuracy-drop", "worst-accuracy-drop"
_DUNN = "Dunn OJ. J Am Stat Assoc 1961; 56: 52-64 (Bonferroni's level, as the worst was chosen)"
REFERENCES = {
    "tango-bonferroni": f"Tango T. Stat Med 1998; 17: 891-908; {_DUNN}.",
    "ratio-estimator-paired-t-bonferroni": f"Rao JNK, Scott AJ. Biometrics 1992; 48: 577; {_DUNN}.",
}


def endpoints(
    layout: Layout,
    how: Setting,
    resampling: Resampling,
) -> list[Estimate]:
    """Of each condition beside the reference, then of the worst; empty without a reference."""
    if how.reference is None:
        return []
    others = [name for name in layout.conditions if name != how.reference]
    found: list[Estimate] = []
    drops: dict[str, Estimate] = {}
    for name in others:
        pair = pair_of(layout, how, (how.reference, name))
        where = how.subgroup(name)
        drops[name] = dataclasses.replace(pair.difference(DROP, how.confidence), subgroup=where)
        found += [drops[name], pair.retained(where, how.confidence, resampling)]
    known = [name for name in others if drops[name].value is not None]
    if not known:
        return found
    worst = max(known, key=lambda name: drops[name].value or 0.0)
    level = 1 - (1 - how.confidence) / len(known)
    chosen = pair_of(layout, how, (how.reference, worst)).difference(WORST, level)
    name = chosen.method + ("-bonferroni" if len(known) > 1 else "")
    found.append(dataclasses.replace(chosen, subgroup=how.subgroup(worst), method=name))
    return found
