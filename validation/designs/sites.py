"""Sites as strata: each site's estimate, the pooled ones, heterogeneity, and each site left out.

Proportions are pooled as logits (1/2 added to both counts where a site has none or all, as
`escalc(measure="PLO")` of R's metafor), and by the likelihood of their counts
(`binomial_normal`); AUCs as logits by the delta method or as they are. The other methods are those
of `validation.designs.pooling`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Literal

from validation.binary.proportion import METHODS
from validation.designs import binomial_normal
from validation.designs.pooling import REFERENCES as _POOLING
from validation.designs.pooling import TWO, Interval, Pool, Spread, pool
from validation.estimate import Estimate, Result, Test, Warned, absent

if TYPE_CHECKING:
    from collections.abc import Mapping

Scale = Literal["logit", "identity"]
_HK = "hartung-knapp"
REFERENCES = {
    f"random-{spread}-{interval}": f"{_POOLING[spread]} {_POOLING.get(interval, '')}".strip()
    for spread in ("reml", "paule-mandel", "dersimonian-laird")
    for interval in (_HK, f"{_HK}-modified", "normal")
}
ALL = "all sites"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site's estimate on the scale that is pooled.

    Attributes:
        name: The site.
        estimate: Its own estimate.
        value: On the pooling scale; None when it cannot be pooled.
        variance: Of `value`.
    """

    name: str
    estimate: Estimate
    value: float | None
    variance: float | None


def sites(
    estimates: Mapping[str, Estimate],
    *,
    scale: Scale = "logit",
    spread: Spread = "reml",
    interval: Interval = "hartung-knapp",
) -> Result:
    """Pool one endpoint over sites.

    Args:
        estimates: By site: a proportion with events and n, or an AUC (or any other estimate) with
            its standard error.
        scale: Where to pool.
        spread: Estimator of the variance between sites.
        interval: Of the mean over sites.

    Returns:
        The sites' own estimates; ``fixed-effect`` and random-effects means (subgroup ``all
        sites``), of proportions also the binomial-normal model's; a prediction for a new site;
        ``ENDPOINT-tau-squared`` and ``-i-squared``; the random-effects mean without each site
        (subgroup ``without NAME``); Cochran's Q; and a warning for sites that could not be pooled.

    Raises:
        ValueError: No sites, or estimates of different endpoints or levels.
    """
    if not estimates:
        raise ValueError("there are no sites")
    kinds = {(e.endpoint, e.confidence, e.threshold) for e in estimates.values()}
    if len(kinds) > 1:
        raise ValueError(f"sites hold different endpoints, levels or thresholds: {sorted(kinds)}")
    strata = [_site(name, estimate, scale) for name, estimate in estimates.items()]
    own = tuple(dataclasses.replace(s.estimate, subgroup=f"site={s.name}") for s in strata)
    able = [s for s in strata if s.variance is not None]
    lost = [s.name for s in strata if s.variance is None]
    warnings = (_lost(lost),) if lost else ()
    method = f"random-{spread}-{interval}"
    if len(able) < TWO:
        first = own[0]
        reason = f"{len(able)} of {len(strata)} sites can be pooled; two are needed"
        nothing = absent(
            first.endpoint, reason, n=sum(e.n for e in own), method=method, subgroup=ALL,
            positives=sum(e.positives for e in own), confidence=first.confidence, unit=first.unit,
        )  # fmt: skip
        return Result(estimates=(*own, nothing), warnings=warnings)
    found = _pooled(able, spread, interval)
    estimates_of = [
        *own,
        *_means(able, found, scale, method),
        *_spreads(able, found),
        *_left_out(able, scale, spread, interval),
    ]
    return Result(estimates=tuple(estimates_of), tests=(_q(able, found),), warnings=warnings)


def _pooled(able: list[Site], spread: Spread, interval: Interval) -> Pool:
    return pool(
        [s.value or 0.0 for s in able],
        [s.variance or 0.0 for s in able],
        confidence=able[0].estimate.confidence,
        spread=spread,
        interval=interval,
    )


def _site(name: str, e: Estimate, scale: Scale) -> Site:
    value, variance = e.value, None if not e.error else e.error**2
    if value is not None and e.events is not None and e.unit == "proportion" and e.n:
        add = 0.5 if e.events in (0, e.n) else 0.0
        hit, miss = e.events + add, e.n - e.events + add
        if scale == "logit":
            return Site(name=name, estimate=e, value=log(hit / miss), variance=1 / hit + 1 / miss)
        variance = variance or hit * miss / (hit + miss) ** 3
    elif scale == "logit" and value is not None and variance is not None:
        if not 0 < value < 1:
            return Site(name=name, estimate=e, value=None, variance=None)
        variance /= (value * (1 - value)) ** 2
        value = log(value / (1 - value))
    known = value is not None and variance is not None
    return Site(
        name=name,
        estimate=e,
        value=value if known else None,
        variance=variance if known else None,
    )


def _back(value: float, able: list[Site], scale: Scale) -> float:
    """From the pooling scale, and inside what the endpoint can be."""
    if scale == "logit":
        return 1 / (1 + exp(-value))
    first = able[0].estimate
    if first.unit not in ("proportion", "auc"):
        return value
    return min(1.0, max(-1.0 if "difference" in first.endpoint else 0.0, value))


def _blank(able: list[Site], method: str, subgroup: str = ALL) -> Estimate:
    first = able[0].estimate
    return Estimate(
        endpoint=first.endpoint,
        value=None,
        low=None,
        high=None,
        n=sum(s.estimate.n for s in able),
        positives=sum(s.estimate.positives for s in able),
        method=method,
        confidence=first.confidence,
        threshold=first.threshold,
        subgroup=subgroup,
        unit=first.unit,
    )


def _means(able: list[Site], found: Pool, scale: Scale, method: str) -> list[Estimate]:
    rows = [("fixed-effect", found.fixed), (method, found.random)]
    made = []
    for name, span in rows:
        value, low, high = (_back(x, able, scale) for x in span)
        made.append(dataclasses.replace(_blank(able, name), value=value, low=low, high=high))
    made += _by_likelihood(able)
    new = _blank(able, "prediction-higgins-2009", "a new site")
    value = _back(found.random[0], able, scale)
    if found.prediction is None:
        reason = "a prediction for a new site needs three sites"
        return [*made, dataclasses.replace(new, value=value, reason=reason)]
    low, high = (_back(x, able, scale) for x in found.prediction)
    return [*made, dataclasses.replace(new, value=value, low=low, high=high)]


def _by_likelihood(able: list[Site]) -> list[Estimate]:
    """The pooled proportion of the binomial-normal model; empty for other endpoints.

    Empty too where cases are clustered in patients: their counts are not binomial.
    """
    counts = [(s.estimate.events, s.estimate.n) for s in able]
    first = able[0].estimate
    separate = all(s.estimate.method in METHODS for s in able)
    if not separate or any(events is None for events, _ in counts):
        return []
    blank = _blank(able, binomial_normal.METHOD)
    found = binomial_normal.fit(
        [events or 0 for events, _ in counts],
        [n for _, n in counts],
        confidence=first.confidence,
    )
    if found is None:
        return [dataclasses.replace(blank, reason="all sites have none, or all: no finite logit")]
    value, low, high = (_back(x, able, "logit") for x in (found.mean, found.low, found.high))
    return [dataclasses.replace(blank, value=value, low=low, high=high)]


def _spreads(able: list[Site], found: Pool) -> list[Estimate]:
    rows = [
        ("tau-squared", "q-profile", found.tau2, "variance"),
        ("i-squared", "higgins-thompson", found.i2, "proportion"),
        ("i-squared", "q-profile", found.i2_profile, "proportion"),
    ]
    return [
        dataclasses.replace(
            _blank(able, method),
            endpoint=f"{able[0].estimate.endpoint}-{endpoint}",
            value=value,
            low=low,
            high=high,
            unit=unit,
            reason="" if low is not None else "an interval needs three sites",
        )
        for endpoint, method, (value, low, high), unit in rows
    ]


def _left_out(able: list[Site], scale: Scale, spread: Spread, interval: Interval) -> list[Estimate]:
    if len(able) <= TWO:
        return []
    made = []
    for out in able:
        rest = [s for s in able if s is not out]
        value, low, high = (_back(x, able, scale) for x in _pooled(rest, spread, interval).random)
        blank = _blank(rest, f"random-{spread}-{interval}", f"without {out.name}")
        made.append(dataclasses.replace(blank, value=value, low=low, high=high))
    return made


def _q(able: list[Site], found: Pool) -> Test:
    statistic, df, p = found.q
    return Test(
        test="cochran-q",
        endpoint=f"{able[0].estimate.endpoint}-heterogeneity",
        statistic=statistic,
        df=df,
        p=p,
        confidence=able[0].estimate.confidence,
        n=sum(s.estimate.n for s in able),
        details={"sites": len(able)},
    )


def _lost(names: list[str]) -> Warned:
    message = (
        f"not pooled, for want of a standard error on this scale: {', '.join(names)}. "
        "An AUC of 1 has no logit: pool on the identity scale, or report the site apart."
    )
    return Warned(code="sites-not-pooled", message=message, count=len(names))
