"""Two conditions on the same items: difference, McNemar, and where the answers went.

Separate items: Tango's score interval, exact and mid-p McNemar. Items of patients who have several:
the ratio estimator with Student's t, Obuchowski's and Durkalski's tests.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.binary.proportion import proportion
from validation.clustering import clustered
from validation.count_bootstrap import Resampling, spans, vector_units
from validation.designs.mcnemar import mcnemar_exact, mcnemar_midp
from validation.designs.paired_clusters import (
    clustered_difference,
    mcnemar_durkalski,
    mcnemar_obuchowski,
)
from validation.designs.paired_difference import tango
from validation.designs.pairs import Discordance, Pairs
from validation.estimate import Estimate, absent
from validation.modality.ratio import METHOD as RATIO
from validation.modality.ratio import bonett_price

if TYPE_CHECKING:
    import numpy as np

    from validation.estimate import Test

FLOWS = ("both-right", "right-to-wrong", "wrong-to-right", "both-wrong")
TANGO, CLUSTERED = "tango", "ratio-estimator-paired-t"
UNPAIRED = "no item has an outcome in both conditions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Outcomes of the same items in conditions a and b.

    Attributes:
        a: 1 or 0, shape (items,).
        b: Of the other condition.
        cluster: Patient of each item, coded from 0; None when items are separate.
        name: Of the comparison.
    """

    a: np.ndarray
    b: np.ndarray
    cluster: np.ndarray | None
    name: str

    @property
    def table(self) -> Discordance:
        """The paired 2x2 table."""
        a, b = self.a == 1, self.b == 1
        return Discordance(
            both=int((a & b).sum()),
            a_only=int((a & ~b).sum()),
            b_only=int((~a & b).sum()),
            neither=int((~a & ~b).sum()),
        )

    @property
    def calls(self) -> Pairs:
        """As paired designs have it: every reference standard is 1, so that a call is a success."""
        import numpy as np

        return Pairs.of(np.ones(len(self.a)), self.a, self.b, cluster=self.cluster)

    def difference(self, endpoint: str, confidence: float) -> Estimate:
        """A minus b."""
        if not len(self.a):
            method = TANGO if self.cluster is None else CLUSTERED
            found = absent(
                endpoint, UNPAIRED, n=0, positives=0, method=method, confidence=confidence
            )
        elif self.cluster is None:
            found = tango(self.table, endpoint, confidence=confidence)
        else:
            found = clustered_difference(self.calls, "accuracy", confidence=confidence)
        return dataclasses.replace(found, endpoint=endpoint, positives=0, subgroup=self.name)

    def tests(self, endpoint: str, confidence: float) -> list[Test]:
        """Of no difference, with the interval and the flow in their details."""
        if not len(self.a):
            return []
        found = self.difference(endpoint, confidence)
        if self.cluster is None:
            made = [test(self.table, endpoint) for test in (mcnemar_exact, mcnemar_midp)]
        else:
            calls = self.calls
            made = [t(calls, "accuracy") for t in (mcnemar_obuchowski, mcnemar_durkalski)]
        flow = dict(zip(FLOWS, self.counts, strict=True))
        kept = [{k: v for k, v in test.details.items() if k == "patients"} for test in made]
        return [
            dataclasses.replace(
                test, endpoint=endpoint, between=self.name, low=found.low, high=found.high,
                method=found.method, confidence=confidence, details={**more, **flow},
            )
            for test, more in zip(made, kept, strict=True)
        ]  # fmt: skip

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Items by `FLOWS`, going from a to b."""
        table = self.table
        return table.both, table.a_only, table.b_only, table.neither

    def flow(self, confidence: float) -> list[Estimate]:
        """The share of items that go from a to b in each of the four ways."""
        ways = [(1, 1), (1, 0), (0, 1), (0, 0)]
        return [
            share(name, (self.a == a) & (self.b == b), self.cluster, self.name, confidence)
            for name, (a, b) in zip(FLOWS, ways, strict=True)
        ]

    def retained(self, subgroup: str, confidence: float, resampling: Resampling) -> Estimate:
        """What of the proportion of a is left in b: b over a."""
        name = "retained-accuracy"
        if self.cluster is None:
            turned = dataclasses.replace(self, a=self.b, b=self.a)
            found = bonett_price(turned.table, name, confidence=confidence)
            return dataclasses.replace(found, subgroup=subgroup)
        return self._retained(subgroup, confidence, resampling)

    def _retained(self, subgroup: str, confidence: float, resampling: Resampling) -> Estimate:
        """By resampled patients."""
        import numpy as np

        name, method = "retained-accuracy", "bootstrap-percentile-clustered"
        if self.cluster is None or not self.a.sum():
            reason = "the full condition is never right" if len(self.a) else UNPAIRED
            return absent(
                name, reason, n=len(self.a), positives=0, method=method if len(self.a) else RATIO,
                confidence=confidence, subgroup=subgroup, unit="ratio",
            )  # fmt: skip
        sums = [np.bincount(self.cluster, weights=x) for x in (self.b, self.a)]
        (span,) = spans(
            vector_units(np.column_stack(sums)),
            lambda tables: tables[:, :1] / tables[:, 1:],
            resampling,
            confidence,
            clustered=True,
        )
        return Estimate(
            endpoint=name,
            value=float(self.b.sum() / self.a.sum()),
            low=span.low,
            high=span.high,
            n=len(self.a),
            positives=0,
            method=span.method,
            confidence=confidence,
            subgroup=subgroup,
            unit="ratio",
            reason=span.reason,
        )


def share(
    endpoint: str, hit: np.ndarray, cluster: np.ndarray | None, subgroup: str, confidence: float
) -> Estimate:
    """A share of items: Wilson's interval, or the ratio estimator's over patients."""
    import numpy as np

    if cluster is None or not len(hit):
        found = proportion(endpoint, int(hit.sum()), len(hit), positives=0, confidence=confidence)
    else:
        found = clustered.proportion(
            endpoint,
            np.bincount(cluster, weights=hit),
            np.bincount(cluster).astype(float),
            positives=0,
            confidence=confidence,
        )
    return dataclasses.replace(found, subgroup=subgroup)
