"""Subgroups side by side: every endpoint in each, every gap between them, each with its interval.

The point values are held against Fairlearn's (`subgroups`); intervals come from resampled counts,
DeLong and Newcombe. Subgroups below the stated minimum are shown without a value and with what is
lacking, and the number of comparisons is stated.
"""

from __future__ import annotations

import dataclasses
from math import ceil
from typing import TYPE_CHECKING

from validation.cases import Cases
from validation.estimate import Estimate, Result, Test, Warned
from validation.fairness import criteria as fairness
from validation.fairness import gaps, group_spreads, group_tests
from validation.fairness.group_counts import CLUSTERED, PARTS
from validation.fairness.group_spreads import Part, Plan
from validation.fairness.groups import Grouping

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.fairness.gaps import Spread

Key = tuple[str, float | None]  # endpoint, threshold


def compare(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None = None,
    *,
    groupings: Sequence[Grouping],
    plan: Plan | None = None,
    patient: ArrayLike | None = None,
) -> Result:
    """Compare the subgroups of each grouping.

    Args:
        label: 1 or 0, one a row.
        score: Higher means more likely positive, on any scale.
        count: People a row.
        groupings: Subgroups of the rows; `groups` cuts and crosses them.
        plan: What is compared.
        patient: Who each row is of, where patients have several; then patients are resampled.

    Returns:
        Estimates overall and by subgroup, ratios, gaps to overall, the worst subgroup, the widest
        gap and the fairness criteria; tests of each two subgroups; warnings.

    Raises:
        ValueError: Data that do not fit, an unknown endpoint, calibration of no probabilities,
            or both counts and patients.
    """
    import numpy as np

    plan = plan or Plan()
    cases = Cases.of(label, score, count)
    owner = None if patient is None else _owner(patient, count, len(cases.label))
    everyone = np.zeros(len(cases.label), dtype=int)
    whole = Grouping(attribute="overall", names=("overall",), codes=everyone)
    none = dataclasses.replace(plan, minimum=None)
    parts = [
        Part(cases=cases, grouping=whole, plan=none, patient=owner),
        *(Part(cases=cases, grouping=g, plan=plan, patient=owner) for g in groupings),
    ]
    estimates: list[Estimate] = []
    tests: list[Test] = []
    for part in parts if cases.total else []:
        made, compared = _compare(part)
        estimates += made
        tests += compared
    adjusted, multiplicity = group_tests.with_holm(tests)
    warned = [warning for part in parts for warning in _small(part)]
    warned += [*multiplicity, *_wide(estimates, plan), *_unsampled(parts[0])]
    return Result(estimates=tuple(estimates), tests=adjusted, warnings=tuple(warned))


def _owner(patient: ArrayLike, count: ArrayLike | None, rows: int) -> np.ndarray:
    import numpy as np

    if count is not None:
        raise ValueError("counts and patients do not go together: give one row a case")
    _, codes = np.unique(np.asarray(patient).astype(str), return_inverse=True)
    if len(codes) != rows:
        raise ValueError(f"lengths differ: {rows} labels, {len(codes)} patients")
    return np.asarray(codes)


def _compare(part: Part) -> tuple[list[Estimate], list[Test]]:
    """One grouping: estimates of each subgroup, gaps, and tests of each two."""
    found = group_spreads.estimates(part)
    spreads: dict[Key, Spread] = {}
    tables: dict[float, np.ndarray] = {}
    if len(part.grouping) == 1 and part.patient is None:  # no gaps, and intervals of their own
        return [_blanked(e, part) for each in found.values() for e in each], []
    for at in part.plan.thresholds:
        tables[at], rates = group_spreads.rates(part, at)
        spreads |= {(name, at): spread for name, spread in rates.items()}
    if part.wants_scores and not part.too_large:
        spreads |= {(name, None): s for name, s in group_spreads.scores(part).items()}
    shown = [e for each in found.values() for e in each]
    if part.patient is not None:
        shown = [_resampled(e, spreads, part) for e in shown]
    shown = [_blanked(e, part) for e in shown]
    if len(part.grouping) == 1:
        return shown, []
    wanted = [s for (name, _), s in spreads.items() if name in part.plan.endpoints]
    shown += [gap for spread in wanted for gap in gaps.every(spread)]
    shown += _criteria(part, spreads)
    return shown, _tests(part, found, spreads, tables)


def _criteria(part: Part, spreads: dict[Key, Spread]) -> list[Estimate]:
    made = [
        estimate
        for at in part.plan.thresholds
        for name, rates in fairness.CRITERIA.items()
        for estimate in fairness.parity(name, [spreads[rate, at] for rate in rates])
    ]
    excess = spreads.get(("observed-minus-expected", None))
    return made if excess is None else [*made, *fairness.calibration(excess)]


def _tests(
    part: Part,
    found: dict[str, tuple[Estimate, ...]],
    spreads: dict[Key, Spread],
    tables: dict[float, np.ndarray],
) -> list[Test]:
    tests: list[Test] = []
    for name in part.plan.endpoints:
        at = [key for key in spreads if key[0] == name]
        for key in at:
            each = {e.subgroup: e for es in found.values() for e in es if _key(e) == key}
            if part.patient is not None or (name != "auroc" and name not in PARTS):
                tests += group_tests.by_replicates(spreads[key])
            elif name == "auroc":
                tests += group_tests.by_delong(spreads[key], each)
            elif key[1] is not None:
                tests += group_tests.by_counts(spreads[key], tables[key[1]], each)
    return tests


def _key(estimate: Estimate) -> Key:
    return estimate.endpoint, estimate.threshold


def _resampled(estimate: Estimate, spreads: dict[Key, Spread], part: Part) -> Estimate:
    """The interval of patients drawn again, in place of one that takes cases as independent."""
    same = [s for (name, _), s in spreads.items() if name == estimate.endpoint]
    spread = spreads.get(_key(estimate)) or next(iter(same), None)
    plain = dataclasses.replace(estimate, low=None, high=None, error=None, p=None, method=CLUSTERED)
    if estimate.value is None:
        return plain
    if spread is None:
        reason = "no interval: patients repeat, and this endpoint has none for that"
        return dataclasses.replace(plain, reason=reason)
    draws = spread.draws[:, part.grouping.names.index(estimate.subgroup)]
    low, high, reason = gaps.central(draws, estimate.confidence)
    return dataclasses.replace(plain, low=low, high=high, reason=reason)


def _blanked(estimate: Estimate, part: Part) -> Estimate:
    """Without its value where the subgroup is too small, and with what is lacking."""
    lacking = part.lacking[part.grouping.names.index(estimate.subgroup)]
    if not lacking:
        return estimate
    return dataclasses.replace(
        estimate,
        value=None,
        low=None,
        high=None,
        error=None,
        events=None,
        reason=f"{lacking} (the stated minimum)",
    )


def _small(part: Part) -> list[Warned]:
    return [
        Warned(
            code="too-few-cases",
            message=f"{name} is not evaluable: {text} (the stated minimum)",
            columns=(part.grouping.attribute,),
            count=int(n),
        )
        for name, text, n in zip(part.grouping.names, part.lacking, part.people[:, 0], strict=True)
        if text
    ]


def _wide(estimates: Sequence[Estimate], plan: Plan) -> list[Warned]:
    """Where an interval is wider than wished, how many people would be needed.

    An interval's width goes with the square root of the people in its denominator.
    """
    if plan.half_width is None:
        return []
    warned = []
    for e in estimates:
        if e.low is None or e.high is None or e.n == 0:
            continue
        half = (e.high - e.low) / 2
        if half > plan.half_width:
            need = ceil(e.n * (half / plan.half_width) ** 2)
            at = "" if e.threshold is None else f" at {e.threshold:g}"
            message = (
                f"{e.endpoint}{at} of {e.subgroup}: the half-width is {half:.3g} with {e.n:,}; "
                f"about {need:,} would be needed for the half-width wished, {plan.half_width:g}"
            )
            warned.append(Warned(code="wide-interval", message=message, count=need))
    return warned


def _unsampled(part: Part) -> list[Warned]:
    if not (part.wants_scores and part.too_large):
        return []
    message = (
        f"{len(part.cases.label):,} rows x {part.plan.replicates:,} replicates are too many to "
        "resample scores: AUROC has DeLong's intervals and no ratios or gaps to overall; ask for "
        "fewer replicates"
    )
    return [Warned(code="not-resampled", message=message, count=len(part.cases.label))]
