"""When a label-free estimate is not to be trusted, from evidence.

The estimate holds only while the chance of a positive at a given score stays what it was on the
reference set. That cannot be seen in a window without labels. What can be seen is this:

- the reference set is too small to calibrate on;
- the window's scores lie where the reference set has hardly any;
- in recent windows, labels that came later did not bear the estimates out.

None of the three makes an estimate *borne out*; only labels of recent windows do. Until such a
window exists it is *untested*, which is no better than it sounds: on the day on which the model
begins to fail, the estimate is at its most wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from validation.intervals import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.label_free.calibrator import Calibrator
    from monitoring.label_free.levels import Levels
    from policies.labels import DistrustRules
    from validation.estimate import Estimate

Verdict = Literal["borne-out", "untested", "not-to-be-trusted"]
PARTS = 20  # of the reference set's range of scores
ASSUMPTION = (
    "A label-free estimate assumes that the chance of a positive at a given score is what it was "
    "on the reference set (no concept drift)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matured:
    """A window whose labels have come.

    Attributes:
        window: Its label.
        estimated: What was estimated without labels.
        realised: What its labels show.
    """

    window: str
    estimated: Sequence[Estimate]
    realised: Sequence[Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """How far an estimate was off.

    Attributes:
        window: The window's label.
        endpoint: What was estimated.
        threshold: The operating point, where it applies.
        estimated: Without labels.
        realised: By labels.
        z: Distance from the middle of the estimate's interval, in its standard errors.
        p: Two-sided p value of that, before any adjustment.
    """

    window: str
    endpoint: str
    threshold: float | None
    estimated: float
    realised: float
    z: float
    p: float

    @property
    def distance(self) -> float:
        """Realised less estimated."""
        return self.realised - self.estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whether estimates may be used.

    Attributes:
        verdict: ``borne-out``, ``untested`` or ``not-to-be-trusted``.
        statement: In words, with the numbers.
        reasons: Each reason not to.
        beyond: Share of people with scores that the reference set hardly has.
        offsets: All that could be compared, the latest window last.
    """

    verdict: Verdict
    statement: str
    reasons: tuple[str, ...]
    beyond: float
    offsets: tuple[Offset, ...]


def judge(
    calibrator: Calibrator,
    levels: Levels,
    matured: Sequence[Matured],
    rules: DistrustRules,
    *,
    minimum_positives: int = 50,
) -> Trust:
    """Say whether a window's label-free estimates may be used.

    Args:
        calibrator: The reference set.
        levels: The window's people by score.
        matured: Earlier windows whose labels have come, in order of time.
        rules: What counts.
        minimum_positives: Positives, and negatives, that calibration needs.
    """
    compared = [offset for window in matured[-rules.windows :] for offset in offsets(window)]
    beyond = extrapolated(calibrator, levels, rules.support)
    reasons = [
        *_small(calibrator, minimum_positives),
        *_beyond(beyond, rules),
        *_off(compared, rules),
    ]
    verdict: Verdict = "not-to-be-trusted" if reasons else "borne-out" if compared else "untested"
    windows = len({offset.window for offset in compared})
    words = {
        "not-to-be-trusted": f"Not to be trusted: {'; '.join(reasons)}.",
        "borne-out": f"The labels of the latest {windows} mature windows bear the estimates out.",
        "untested": "Untested: no window's labels have matured to hold an estimate against.",
    }[verdict]
    return Trust(
        verdict=verdict,
        statement=f"{words} {ASSUMPTION}",
        reasons=tuple(reasons),
        beyond=beyond,
        offsets=tuple(compared),
    )


def extrapolated(calibrator: Calibrator, levels: Levels, support: int) -> float:
    """The share of people whose scores the reference set hardly has.

    Those below its least or above its greatest score, and those around whose score, within a
    twentieth of its range on either side, fewer than `support` reference cases lie.

    Args:
        calibrator: The reference set.
        levels: The window's people by score.
        support: Reference cases that must lie around a score.
    """
    import numpy as np

    if not levels.total:
        return 0.0
    at, upto = calibrator.score, np.append(0, np.cumsum(calibrator.hit + calibrator.miss))
    near = (at[-1] - at[0]) / PARTS
    first = np.searchsorted(at, levels.score - near, side="left")
    last = np.searchsorted(at, levels.score + near, side="right")
    thin = upto[last] - upto[first] < support
    outside = (levels.score < at[0]) | (levels.score > at[-1]) | thin
    return float(levels.count[outside].sum() / levels.total)


def offsets(window: Matured) -> list[Offset]:
    """Estimates of a window held against its labels; those without an interval are left aside.

    An estimate's interval is for what the labels will show, so that its width is all there is to
    the difference's error.
    """
    from scipy.stats import norm

    shown = {(e.endpoint, e.threshold): e.value for e in window.realised if e.subgroup == "overall"}
    found = []
    for one in window.estimated:
        real = shown.get((one.endpoint, one.threshold))
        if real is None or one.value is None or one.low is None or one.high is None:
            continue
        error = (one.high - one.low) / 2 / quantile(one.confidence)
        if error <= 0:
            continue
        z = (real - (one.low + one.high) / 2) / error
        found.append(
            Offset(
                window=window.window,
                endpoint=one.endpoint,
                threshold=one.threshold,
                estimated=one.value,
                realised=real,
                z=float(z),
                p=float(2 * norm.sf(abs(z))),
            )
        )
    return found


def _small(calibrator: Calibrator, minimum: int) -> list[str]:
    held = min(calibrator.positives, calibrator.negatives)
    if held >= minimum:
        return []
    which = "positives" if calibrator.positives == held else "negatives"
    return [f"the reference set has {held:,} {which}, {minimum:,} are needed to calibrate"]


def _beyond(share: float, rules: DistrustRules) -> list[str]:
    if share <= rules.beyond:
        return []
    words = f"{share:.1%} of the people have scores that the reference set hardly has"
    return [f"{words} ({rules.beyond:.1%} allowed)"]


def _off(compared: Sequence[Offset], rules: DistrustRules) -> list[str]:
    """Endpoints whose estimates differ from labels by more than chance, and by what matters."""
    bad = [
        offset
        for offset in compared
        if offset.p * len(compared) < rules.level and abs(offset.distance) >= rules.off_by
    ]
    seen = len({offset.window for offset in compared})
    found = []
    for name, at in dict.fromkeys((offset.endpoint, offset.threshold) for offset in bad):
        mine = [offset for offset in bad if (offset.endpoint, offset.threshold) == (name, at)]
        worst = max(mine, key=lambda offset: abs(offset.distance))
        found.append(_worst(worst, len(mine), seen))
    return found


def _worst(worst: Offset, bad: int, seen: int) -> str:
    where = "" if worst.threshold is None else f" at {worst.threshold:g}"
    return (
        f"in {bad} of the last {seen} windows with mature labels, {worst.endpoint}{where} was off "
        f"by up to {worst.distance:+.3f} ({worst.window}: estimated {worst.estimated:.3f}, "
        f"labels {worst.realised:.3f})"
    )
