"""Findings of generated reports against their references: estimates with intervals.

Intervals are percentiles of a bootstrap of cases (patients with all their cases, when they repeat),
each a vector of counts; ``reports-with-hallucination`` is a proportion of cases, and has Wilson's
interval when every case is a patient of its own. Nothing but counts leaves this module.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import count_bootstrap
from validation.binary.proportion import proportion
from validation.clinical_findings import rates
from validation.clinical_findings.pairs import Reading, reading, rows_of
from validation.clinical_findings.rates import ENDPOINTS, MACRO, RATIOS, REPORTS
from validation.clinical_findings.tallies import Tallies, count
from validation.clinical_findings.unanimous import bounded
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from policies.clinical_findings import ClinicalFindings
    from validation.clinical_findings.pairs import Reference
    from validation.count_bootstrap import Span
    from validation.fairness.groups import Grouping

SIDES = "laterality-error-rate"  # of findings that have a side only
TRUE = RATIOS["finding-recall"].under  # pairs that are positive in the reference
REFERENCES = {
    "negex": "Chapman WW et al. J Biomed Inform 2001; 34: 301-310; as negspaCy implements it.",
    "u-ones": "Irvin J et al. CheXpert. AAAI 2019; 33: 590-597: uncertain counts as asserted.",
    "u-zeros": "Irvin J et al. CheXpert. AAAI 2019; 33: 590-597: uncertain counts as negated.",
    "u-ignore": "Irvin J et al. CheXpert. AAAI 2019; 33: 590-597: uncertain is left out.",
}


def evaluate(
    candidates: Sequence[str | None] | Reading,
    references: Sequence[Reference] = (),
    vocabulary: ClinicalFindings | None = None,
    *,
    confidence: float = 0.95,
    replicates: int = count_bootstrap.REPLICATES,
    seed: int = count_bootstrap.SEED,
    cluster: ArrayLike | None = None,
    subgroup: str = "overall",
    by_finding: bool = True,
) -> list[Estimate]:
    """Every endpoint of `ENDPOINTS`, then the ratios of each finding.

    Cases without any reference are left out. `Estimate.n` is the denominator (pairs of a finding
    and a case; cases for ``reports-with-hallucination`` and the macro endpoints), ``events`` the
    numerator, ``positives`` the pairs that are positive in the reference.

    Args:
        candidates: The generated report of each case, or what `reading` gave for all arguments.
        references: The reference of each case, or its several references.
        vocabulary: What is looked for, and what uncertain mentions count as.
        confidence: Of the intervals.
        replicates: Of the bootstrap.
        seed: Of the bootstrap.
        cluster: Patient of each case, when they repeat.
        subgroup: Its name in the estimates; a finding's is ``finding=ID``, behind it if it is
            not ``overall``.
        by_finding: Whether each finding is there as well.

    Raises:
        ValueError: Lengths that differ, patients missing, no vocabulary.
    """
    made = _reading(candidates, references, vocabulary)
    patient = count_bootstrap.cluster_codes(cluster, len(made.candidate))
    rows = ~made.reference.blank
    tallies = _tallied(made, rows)
    plan = _Plan(
        subgroup=subgroup,
        confidence=confidence,
        resampling=count_bootstrap.Resampling(times=replicates, seed=seed),
        clustered=patient is not None,
        by_finding=by_finding,
    )
    return _estimates(tallies, None if patient is None else patient[rows], plan)


def evaluate_in(
    candidates: Sequence[str | None] | Reading,
    references: Sequence[Reference] = (),
    vocabulary: ClinicalFindings | None = None,
    *,
    groupings: Sequence[Grouping],
    confidence: float = 0.95,
    replicates: int = count_bootstrap.REPLICATES,
    seed: int = count_bootstrap.SEED,
    cluster: ArrayLike | None = None,
    by_finding: bool = False,
) -> list[Estimate]:
    """The same in every subgroup of every grouping; see `evaluate`.

    Args:
        candidates: As for `evaluate`.
        references: As for `evaluate`.
        vocabulary: As for `evaluate`.
        groupings: Attributes of the cases.
        confidence: Of the intervals.
        replicates: Of each bootstrap.
        seed: Of each bootstrap.
        cluster: Patient of each case, when they repeat.
        by_finding: Whether each finding is there as well, within each subgroup.

    Raises:
        ValueError: As for `evaluate`, or a grouping of another length.
    """
    import numpy as np

    made = _reading(candidates, references, vocabulary)
    patient = count_bootstrap.cluster_codes(cluster, len(made.candidate))
    found: list[Estimate] = []
    for grouping in groupings:
        if len(grouping.codes) != len(made.candidate):
            raise ValueError(f"grouping '{grouping.attribute}' is of another length than the cases")
        for code, name in enumerate(grouping.names):
            rows = np.flatnonzero(grouping.codes == code)
            found += evaluate(
                Reading(
                    candidate=rows_of(made.candidate, rows),
                    reference=rows_of(made.reference, rows),
                    vocabulary=made.vocabulary,
                ),
                confidence=confidence,
                replicates=replicates,
                seed=seed,
                cluster=None if patient is None else patient[rows],
                subgroup=name,
                by_finding=by_finding,
            )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    subgroup: str
    confidence: float
    resampling: count_bootstrap.Resampling
    clustered: bool
    by_finding: bool


def _reading(
    candidates: Sequence[str | None] | Reading,
    references: Sequence[Reference],
    vocabulary: ClinicalFindings | None,
) -> Reading:
    if isinstance(candidates, Reading):
        return candidates
    if vocabulary is None:
        raise ValueError("name the vocabulary that the reports are read by")
    return reading(candidates, references, vocabulary)


def _tallied(made: Reading, rows: np.ndarray) -> Tallies:
    return count(rows_of(made.candidate, rows), rows_of(made.reference, rows), made.vocabulary)


def _estimates(tallies: Tallies, patient: np.ndarray | None, plan: _Plan) -> list[Estimate]:
    """All endpoints from the cases' counts."""
    import numpy as np

    table = tallies.vectors.sum(axis=0, keepdims=True).astype(float)
    summary = np.array(tallies.summary, dtype=bool)
    values = rates.values(table, summary)[0]
    spans = _spans(tallies, patient, summary, plan)
    each = rates.by_finding(table)[0]
    own = each[~summary].sum(axis=0)
    units = rates.by_finding(_by_patient(tallies.vectors, patient))
    whole_units = units[:, ~summary].sum(axis=1)
    at = iter(zip(values, spans, strict=True))
    found = [_ratio(name, own, whole_units, *next(at), plan) for name in RATIOS]
    found.append(_reports(table[0], own, next(at)[1], plan))
    found += [_macro(name, own, int(table[0, -1]), *next(at), plan) for name in MACRO]
    if plan.by_finding:
        whole = plan.subgroup == "overall"
        for place, name in enumerate(tallies.ids):
            inside = f"finding={name}" if whole else f"{plan.subgroup} & finding={name}"
            one = dataclasses.replace(plan, subgroup=inside)
            mine = (each[place], units[:, place])
            some = [_ratio(endpoint, *mine, *next(at), one) for endpoint in RATIOS]
            found += [e for e in some if e.endpoint != SIDES or tallies.lateral[place]]
    return found


def _spans(
    tallies: Tallies, patient: np.ndarray | None, summary: np.ndarray, plan: _Plan
) -> list[Span | None]:
    """The interval of each value; None where there are no cases."""
    vectors = tallies.vectors
    size = len(ENDPOINTS) + len(RATIOS) * len(tallies.ids)
    if not len(vectors):
        return [None] * size
    vectors = _by_patient(vectors, patient)
    units = count_bootstrap.vector_units(vectors.astype(float))  # floats multiply faster
    spans: list[Span | None] = []
    spans += count_bootstrap.spans(
        units,
        lambda tables: rates.values(tables, summary),
        plan.resampling,
        plan.confidence,
        clustered=plan.clustered,
    )
    return spans


def _by_patient(vectors: np.ndarray, patient: np.ndarray | None) -> np.ndarray:
    """Vectors of cases, summed by patient where they repeat."""
    import numpy as np

    if patient is None or not len(vectors):
        return vectors
    _, codes = np.unique(patient, return_inverse=True)
    summed = np.zeros((codes.max() + 1, vectors.shape[1]), dtype=vectors.dtype)
    np.add.at(summed, codes.reshape(-1), vectors)
    return summed


def _ratio(
    name: str, cells: np.ndarray, units: np.ndarray, value: float, span: Span | None, plan: _Plan
) -> Estimate:
    """One rate; `units` holds the same counts by case or patient."""
    ratio = RATIOS[name]
    n = int(rates.weighed(cells, rates.PAIRS.get(name, ratio.under)))
    made = _estimate(name, value, span, n, cells, plan)
    if made.value is None or name in rates.PAIRS:
        return made
    made = dataclasses.replace(made, events=int(rates.weighed(cells, ratio.over)))
    return bounded(made, int((rates.weighed(units, ratio.under) > 0).sum()))


def _macro(
    name: str, cells: np.ndarray, cases: int, value: float, span: Span | None, plan: _Plan
) -> Estimate:
    return _estimate(name, value, span, cases, cells, plan)


def _reports(table: np.ndarray, cells: np.ndarray, span: Span | None, plan: _Plan) -> Estimate:
    events, cases = int(table[-2]), int(table[-1])
    if plan.clustered and cases:
        made = _estimate(REPORTS, events / cases, span, cases, cells, plan)
        return dataclasses.replace(made, events=events)
    positives = int(rates.weighed(cells, TRUE))
    made = proportion(REPORTS, events, cases, positives=positives, confidence=plan.confidence)
    return dataclasses.replace(made, subgroup=plan.subgroup)


def _estimate(
    name: str, value: float, span: Span | None, n: int, cells: np.ndarray, plan: _Plan
) -> Estimate:
    """With its interval, or why there is no value (NaN)."""
    method = span.method if span else count_bootstrap.method_name(plan.clustered or None)
    positives = int(rates.weighed(cells, TRUE))
    if span is None or value != value:  # noqa: PLR0124 - NaN
        return absent(
            name,
            RATIOS[MACRO.get(name, name)].none if span else "no cases in the denominator",
            n=n,
            positives=positives,
            method=method,
            confidence=plan.confidence,
            subgroup=plan.subgroup,
        )
    return Estimate(
        endpoint=name,
        value=float(value),
        low=span.low,
        high=span.high,
        n=n,
        positives=positives,
        method=method,
        confidence=plan.confidence,
        subgroup=plan.subgroup,
        reason=span.reason,
    )
