"""Ratings without and with AI: the change in AUROC over readers and cases, as `stats readers` does.

Obuchowski and Rockette; each reading is two readings of the same case in two modalities.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.readers import compare_modalities
from validation.reading.reader_setting import Setting
from validation.reliance.pooled import WITH, WITHOUT

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from validation.estimate import Result


def compare_ratings(
    truth: ArrayLike,
    readers: ArrayLike,
    cases: ArrayLike,
    without: ArrayLike,
    with_ai: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Result:
    """AUROC with AI minus without, one row a reader and case.

    Args:
        truth: 1 or 0.
        readers: Who read.
        cases: Which case.
        without: Rating without AI; higher means more likely positive. NaN where there is none.
        with_ai: Rating with AI.
        confidence: Of the intervals.

    Raises:
        ValueError: Readings that do not fit, or too few; see `readers.compare_modalities`.
    """
    import numpy as np

    rating = np.concatenate([np.asarray(column, dtype=float) for column in (with_ai, without)])
    there = ~np.isnan(rating)
    names = [np.tile(np.asarray(column), 2)[there] for column in (truth, readers, cases)]
    where = np.repeat([WITH, WITHOUT], len(rating) // 2)[there]
    single = len(np.unique(names[1])) == 1
    how = Setting(
        readers="fixed" if single else "random", confidence=confidence, attribute="reading"
    )
    found = compare_modalities(names[0], rating[there], names[1], names[2], where, setting=how)
    tests = tuple(dataclasses.replace(test, between=_plain(test.between)) for test in found.tests)
    return dataclasses.replace(found, tests=tests)


def _plain(between: str) -> str:
    """``with AI − without AI``, as the other comparisons of reliance are named."""
    return between.replace(f"reading={WITH} − reading={WITHOUT}", f"{WITH} − {WITHOUT}")
