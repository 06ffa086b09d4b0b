"""Survival curves, synthetic against real: Kaplan-Meier, restricted mean time, log-rank.

Kaplan and Meier, J Am Stat Assoc 1958; 53: 457-481; both compared up to the last time that both
files reach. Restricted mean survival time: the area under the curve up to there, its variance from
Greenwood's terms (Klein and Moeschberger, Survival Analysis, 2nd edition 2003, section 4.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.estimate import Estimate, Test, Warned, absent
from validation.intervals import normal, two_sided
from validation.synthetic.scores import BOUNDED, score

if TYPE_CHECKING:
    import numpy as np

    from validation.synthetic.cells import Cells

REFERENCES = {
    "kaplan-meier": "Kaplan EL, Meier P. J Am Stat Assoc 1958; 53: 457-481.",
    "rmst-greenwood": "Klein JP, Moeschberger ML. Survival Analysis. 2nd ed. Springer 2003, "
    "section 4.5 (restricted mean, variance from Greenwood's terms).",
    "log-rank": "Peto R, Peto J. J R Stat Soc A 1972; 135: 185-207.",
}
NO_EVENTS = "one of the files has no event or no follow-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Follow-up of one file, rows with a blank left out.

    Attributes:
        time: Shape (rows,).
        event: 1 or 0.
        blank: Rows left out.
    """

    time: np.ndarray
    event: np.ndarray
    blank: int

    @classmethod
    def of(cls, cells: Cells, time: str, event: str) -> Followed:
        """From the columns."""
        import numpy as np

        times = cells.number(time)
        texts = cells.texts(event)
        known = ~np.isnan(times) & np.array([text is not None for text in texts])
        return cls(
            time=times[known],
            event=(texts[known] == "1").astype(int),
            blank=int((~known).sum()),
        )

    @property
    def last(self) -> float:
        """The longest follow-up."""
        return float(self.time.max(initial=0.0))

    @property
    def useful(self) -> bool:
        """Whether a curve can be drawn."""
        return bool(self.event.sum()) and self.last > 0


def restricted_mean(followed: Followed, until: float) -> tuple[float, float]:
    """The area under the Kaplan-Meier curve from 0, and its standard error.

    Args:
        followed: With at least one event.
        until: The time of restriction.
    """
    import numpy as np
    from statsmodels.duration.survfunc import SurvfuncRight

    curve = SurvfuncRight(followed.time, followed.event)
    held = (curve.surv_times < until) & (curve.n_events > 0)
    at, risk, events = curve.surv_times[held], curve.n_risk[held], curve.n_events[held]
    left = np.append(at, until)
    steps = np.append(1.0, curve.surv_prob[held])
    areas = steps * np.diff(np.append(0.0, left))
    after = np.cumsum(areas[::-1])[::-1][1:]  # area beyond each event time
    alive = risk > events
    terms = after[alive] ** 2 * events[alive] / (risk[alive] * (risk[alive] - events[alive]))
    return float(areas.sum()), float(terms.sum() ** 0.5)


def largest_distance(a: Followed, b: Followed, until: float) -> float:
    """The largest vertical distance of two Kaplan-Meier curves up to a time."""
    import numpy as np
    from statsmodels.duration.survfunc import SurvfuncRight

    times = np.unique(np.append(a.time, b.time))
    times = times[times <= until]
    heights = []
    for one in (a, b):
        curve = SurvfuncRight(one.time, one.event)
        place = np.searchsorted(curve.surv_times, times, side="right")
        heights.append(np.append(1.0, curve.surv_prob)[place])
    return float(np.abs(heights[0] - heights[1]).max(initial=0.0))


def log_rank(a: Followed, b: Followed) -> tuple[float, float]:
    """Chi-squared on one degree of freedom, and its p value."""
    import numpy as np
    from statsmodels.duration.survfunc import survdiff

    group = np.repeat([0, 1], [len(a.time), len(b.time)])
    time, event = np.append(a.time, b.time), np.append(a.event, b.event)
    statistic, p = survdiff(time, event, group)
    return float(statistic), float(p)


def survival(
    real: Cells, synthetic: Cells, time: str, event: str, *, confidence: float
) -> tuple[list[Estimate], list[Test], list[Warned]]:
    """Differences of the survival curves, synthetic less real."""
    a, b = (Followed.of(cells, time, event) for cells in (synthetic, real))
    warned = _blank(a, b, time, event)
    n = len(a.time)
    if not (a.useful and b.useful):
        blanks = [
            absent(name, NO_EVENTS, n=n, positives=0, method=method, confidence=confidence)
            for name, method in (
                ("survival-distance", "kaplan-meier"),
                ("rmst-difference", "rmst-greenwood"),
            )
        ]
        test = Test(
            test="log-rank", endpoint="survival", statistic=None, p=None, n=n, reason=NO_EVENTS
        )
        return blanks, [test], warned
    until = min(a.last, b.last)
    (mine, my_error), (theirs, their_error) = (restricted_mean(x, until) for x in (a, b))
    error = (my_error**2 + their_error**2) ** 0.5
    low, high = normal(mine - theirs, error, confidence)
    difference = Estimate(
        endpoint="rmst-difference", value=mine - theirs, low=low, high=high, n=n,
        positives=int(a.event.sum()), method="rmst-greenwood", confidence=confidence,
        threshold=until, unit=f"units of {time}", error=error, p=two_sided(mine - theirs, error),
    )  # fmt: skip
    distance = score(
        "survival-distance", largest_distance(a, b, until), n=n, method="kaplan-meier",
        reason=BOUNDED,
    )  # fmt: skip
    statistic, p = log_rank(a, b)
    test = Test(
        test="log-rank", endpoint="survival", statistic=statistic, df=1, p=p,
        n=n + len(b.time), between="synthetic − real",
    )  # fmt: skip
    return [distance, difference], [test], warned


def _blank(a: Followed, b: Followed, time: str, event: str) -> list[Warned]:
    blank = a.blank + b.blank
    if not blank:
        return []
    message = f"{blank:,} rows without '{time}' or '{event}' were left out of the survival curves"
    return [Warned(code="missing-values", message=message, columns=(time, event), count=blank)]
