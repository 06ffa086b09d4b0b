"""Labels that come at each delay, and the cases among which they could have.

Two designs. Where every case is known, a label that has not come yet is censored at the case's age:
at each delay the cases still without a label stand at risk (Kaplan and Meier, J Am Stat Assoc 1958;
53: 457-481). Where only cases with a label are seen, a long delay of a young case has not been seen
at all: delays are truncated on the right by the age. Time is then read backwards: at each delay
those stand at risk whose delay was no longer, and whose age would have let them be seen (Lagakos
SW, Barraj LM, De Gruttola V. Biometrika 1988; 75: 515-523).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Cases, their age and the delay of their label.

    Attributes:
        delay: From the case to its label, shape (rows,); NaN while there is none.
        age: Of the case on the day of counting; infinite where it no longer matters.
        count: People a row.
    """

    delay: np.ndarray
    age: np.ndarray
    count: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Whether the label had come by the age."""
        seen: np.ndarray = self.delay <= self.age
        return seen


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSet:
    """Counts at each distinct delay, rising.

    Attributes:
        delay: Shape (delays,).
        come: Labels that came at it.
        at_risk: Cases among which they could have.
    """

    delay: np.ndarray
    come: np.ndarray
    at_risk: np.ndarray


def censored(cases: Labelled) -> RiskSet:
    """Every case is known; without a label it stands at risk up to its age."""
    import numpy as np

    seen, count = cases.seen, cases.count
    delay, come = _come(cases)
    last = np.where(seen, cases.delay, cases.age)
    order = np.argsort(last, kind="stable")
    upto = np.append(0, np.cumsum(count[order]))
    gone = upto[np.searchsorted(last[order], delay, side="left")]
    return RiskSet(delay=delay, come=come, at_risk=upto[-1] - gone)


def truncated(cases: Labelled) -> RiskSet:
    """Only cases with a label are seen; at risk are those with delay <= t <= age."""
    import numpy as np

    seen = cases.seen
    delay, come = _come(cases)
    age, count = cases.age[seen], cases.count[seen]
    order = np.argsort(age, kind="stable")
    upto = np.append(0, np.cumsum(count[order]))
    younger = upto[np.searchsorted(age[order], delay, side="left")]
    return RiskSet(delay=delay, come=come, at_risk=np.cumsum(come) - younger)


def _come(cases: Labelled) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    seen = cases.seen
    delay, place = np.unique(cases.delay[seen], return_inverse=True)
    return delay, np.bincount(place.ravel(), weights=cases.count[seen], minlength=len(delay))
