"""How far the readers of the reference standard agreed, where each one's reading is a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.rating.agreement import fleiss_kappa, gwet_ac, percent_agreement
from validation.rating.ratings import Ratings
from validation.table import COUNT

if TYPE_CHECKING:
    import pandas as pd

    from evidence.records import Body
    from policies.dataset import DatasetSpec

FEWEST = 2  # readers who can agree


def agreement(frame: pd.DataFrame, spec: DatasetSpec) -> list[Body]:
    """Percent agreement, Fleiss' kappa and Gwet's AC1 of the readers; empty with fewer than two.

    Args:
        frame: Typed cases.
        spec: The roles; ``reference_standard.readers`` names the columns.

    Raises:
        ValueError: Rows that stand for several people: their readings are not apart.
    """
    readers = spec.reference_standard.readers
    if len(readers) < FEWEST:
        return []
    if (frame[COUNT] > 1).any():
        raise ValueError("readers' agreement needs one row a case")
    ratings = Ratings.of_matrix(frame[readers].to_numpy(dtype=object))
    kappa, _ = fleiss_kappa(ratings, small_sample=True)
    found = [percent_agreement(ratings), kappa, gwet_ac(ratings)]
    return [estimate.to_dict() for estimate in found]
