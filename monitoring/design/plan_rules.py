"""The per-window rules of a plan, each as a row of the design."""

from __future__ import annotations

import math
from itertools import permutations
from typing import TYPE_CHECKING

from monitoring.design import column_rules, raised, ruled
from monitoring.design.stream import Stream
from validation.intervals import quantile

if TYPE_CHECKING:
    from monitoring.design.known import Known
    from monitoring.design.ruled import RuleRow
    from policies.plan import PerformanceRule

PROPORTIONS = frozenset({"sensitivity", "specificity", "ppv", "npv", "accuracy"})
RATES = frozenset({"unparsable-rate", "empty-rate"})
FEW = "fewer positives or negatives than the plan judges"


def rows(known: Known, loss: float) -> list[RuleRow]:
    """A row for each rule, also for those without a number.

    Args:
        known: The plan and what is frozen.
        loss: Change of an error rate whose delay is told.
    """
    found = [_performance(known, rule, loss) for rule in known.plan.performance]
    if known.plan.texts is None:
        found += _prevalence(known)
        found.append(_calibration(known))
        found += [_gap(known, name, rule.above) for rule in known.plan.gaps for name in rule.by]
    else:
        found += _unparsable(known)
        found.append(raised.none(known, "collapsed generator", "collapse"))
    found += [*column_rules.missing(known), *column_rules.drift(known)]
    return found


def _performance(known: Known, rule: PerformanceRule, loss: float) -> RuleRow:
    place = f" at {rule.at}" if rule.at else ""
    way = f"falls {rule.fall_of:g}" if rule.fall_of else f"rises {rule.rise_of or 0:g}"
    name = f"{rule.endpoint}{place} {way}"
    frozen = known.find(rule.endpoint, rule.at)
    if frozen is None or frozen.value is None:
        trigger, windows = raised.trigger(known, "performance")
        reason = "the validation has no such estimate"
        return ruled.RuleRow(rule=name, trigger=trigger, windows_in_a_row=windows, reason=reason)
    if rule.endpoint == "auroc" and rule.fall_of:
        return _auroc(known, name, frozen.value, rule.fall_of)
    if rule.endpoint not in PROPORTIONS | RATES:
        return raised.none(known, name, "performance")
    return _proportion(known, rule, name, frozen.value, frozen.n / known.frozen.cases, loss)


def _proportion(
    known: Known, rule: PerformanceRule, name: str, value: float, share: float, loss: float
) -> RuleRow:
    """A proportion whose whole interval lies beyond the frozen value by a margin."""
    if known.given and rule.endpoint in ("sensitivity", "specificity"):
        share = known.prevalence if rule.endpoint == "sensitivity" else 1 - known.prevalence
    people = known.pace.a_window(known.cases_a_year * share)
    z, least = quantile(known.plan.confidence), _least(known, rule)

    def chance(now: float) -> float:
        if rule.fall_of:
            return ruled.below(people, now, value - rule.fall_of, z, least)
        return ruled.above(people, now, value + (rule.rise_of or 0.0), z, least)

    found = raised.row(known, name, "performance", chance(value), ruled.EXACT)
    after = value - loss if rule.fall_of else value + loss
    if not found.trigger or not 0 < after < 1:
        return found
    stream = Stream(
        name="overall", cases_a_year=known.cases_a_year, share=share,
        rate=1 - value if rule.fall_of else value,
    )  # fmt: skip
    errors = (1 - value, 1 - after) if rule.fall_of else (value, after)
    word = f"{'loss' if rule.fall_of else 'rise'} of {loss:g} in {rule.endpoint}"
    late = ruled.delayed(
        chance(value), chance(after), found.windows_in_a_row, stream, known.pace, errors, word
    )
    return ruled.with_delay(found, late)


def _least(known: Known, rule: PerformanceRule) -> int:
    """People that the plan needs before it judges; of the rarer outcome, where it counts it."""
    plan = known.plan
    if plan.texts is not None or rule.endpoint in ("ppv", "npv", "accuracy"):
        return plan.minimum_cases if plan.texts is not None else 1
    rarer = "sensitivity" if known.prevalence <= 1 / 2 else "specificity"
    return plan.minimum_positives if rule.endpoint == rarer else 1


def _auroc(known: Known, name: str, value: float, fall: float) -> RuleRow:
    sizes = _outcomes(known)
    if sizes is None:
        return raised.row(known, name, "performance", 0.0, FEW)
    error = ruled.auroc_error(value, *sizes)
    chance = ruled.normal_below(value, error, value - fall, quantile(known.plan.confidence))
    return raised.row(known, name, "performance", chance, "normal (Hanley and McNeil 1982)")


def _outcomes(known: Known, share: float = 1.0) -> tuple[float, float] | None:
    """Positives and negatives of a window, or of a group's share; None when too few are judged."""
    cases = known.pace.a_window(known.cases_a_year) * share
    positives = cases * known.prevalence
    enough = min(positives, cases - positives) >= max(known.plan.minimum_positives, 2)
    return (positives, cases - positives) if enough else None


def _calibration(known: Known) -> RuleRow:
    """Observed over expected positives outside a range; log-normal, as the ruler has it."""
    low, high = known.plan.observed_expected
    name = f"observed over expected outside {low:g} to {high:g}"
    frozen = known.find("observed-expected", None)
    if frozen is None or not frozen.value:
        return raised.none(known, name, "calibration")
    sizes = _outcomes(known)
    if sizes is None:
        return raised.row(known, name, "calibration", 0.0, FEW)
    error = math.sqrt((1 - known.prevalence) / sizes[0])
    value, z = math.log(frozen.value), quantile(known.plan.confidence)
    chance = ruled.normal_below(value, error, math.log(low), z)
    chance += ruled.normal_above(value, error, math.log(high), z)
    return raised.row(known, name, "calibration", chance, "log-normal")


def _gap(known: Known, column: str, above: float) -> RuleRow:
    """Any ordered pair of a column's values whose gap's interval lies above the margin."""
    name = f"auroc gap by {column} above {above:g}"
    groups = {
        f"{column}={body['value']}": body["cases"] / known.frozen.cases
        for body in known.frozen.subgroups.get(column, [])
    }
    if not any(known.find("auroc", None, group) for group in groups):
        return raised.none(known, name, "subgroup-gap")
    judged = []
    for group, share in groups.items():
        estimate, sizes = known.find("auroc", None, group), _outcomes(known, share)
        if estimate is not None and estimate.value is not None and sizes is not None:
            judged.append((estimate.value, ruled.auroc_error(estimate.value, *sizes)))
    z = quantile(known.plan.confidence)
    chances = [
        ruled.normal_above(a - b, math.hypot(one, two), above, z)
        for (a, one), (b, two) in permutations(judged, 2)
    ]
    return raised.rows(known, name, "subgroup-gap", chances, "normal (Hanley and McNeil 1982)")


def _prevalence(known: Known) -> list[RuleRow]:
    frozen = known.frozen.positives / known.frozen.cases
    people, z = known.pace.a_window(known.cases_a_year), quantile(known.plan.confidence)
    ratio, least = known.plan.prevalence_ratio, known.plan.minimum_cases
    low = ruled.below(people, known.prevalence, frozen / ratio, z, least)
    top = frozen * ratio
    high = ruled.above(people, known.prevalence, top, z, least) if top < 1 else 0.0
    name = f"prevalence {ratio:g} times up or down"
    return [raised.row(known, name, "prevalence", low + high, ruled.EXACT)]


def _unparsable(known: Known) -> list[RuleRow]:
    texts = known.plan.texts
    frozen = known.find("unparsable-rate", None) or known.find("empty-rate", None)
    if texts is None or frozen is None or frozen.value is None:
        return [raised.none(known, "unparsable", "unparsable")]
    chance = ruled.above(
        known.pace.a_window(known.cases_a_year),
        frozen.value,
        frozen.value + texts.unparsable_rise,
        quantile(known.plan.confidence),
        known.plan.minimum_cases,
    )
    name = f"{frozen.endpoint} rises {texts.unparsable_rise:g}"
    return [raised.row(known, name, "unparsable", chance, ruled.EXACT)]
