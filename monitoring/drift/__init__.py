"""A window's summary against the reference's: what moved, in which column, and in all together.

Evidently judges a compact sample that is rebuilt from the counts, in proportion and without chance,
so that its cost does not grow with the window and no patient's row is needed (`rebuilt`,
`evidently_door`). Beside its value stands the exact one, from the counts themselves (`distances`);
tests have the true number of cases (`two_sample`). *Missing* is a category of its own.
"""

from monitoring.drift.cells import MISSING, missing_share
from monitoring.drift.check import Drift, measure, page
from monitoring.drift.distances import exact
from monitoring.drift.evidently_door import embedding, text_content

__all__ = [
    "MISSING",
    "Drift",
    "embedding",
    "exact",
    "measure",
    "missing_share",
    "page",
    "text_content",
]
