"""Wording endpoints with intervals: all cases, and subgroups.

Intervals are percentiles of a bootstrap of cases, or of patients with all of their cases. What each
case adds to a metric's sums is computed once; a replicate adds up the sums of the cases drawn. So
corpus BLEU and METEOR are resampled by their sufficient statistics; CIDEr's idf is held fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.count_bootstrap import REPLICATES, SEED, cluster_codes, method_name, percentile
from validation.estimate import Estimate, absent
from validation.resampling import CHUNK, draw
from validation.wording.score import Lack, Score
from validation.wording.scoring import scored, silent
from validation.wording.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.fairness.groups import Grouping
    from validation.wording.reports import Reports
    from validation.wording.scoring import Progress


def evaluate(
    reports: Reports,
    *,
    metrics: Sequence[str] = DEFAULT,
    settings: Settings | None = None,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = SEED,
    subgroup: str = "overall",
    cluster: ArrayLike | None = None,
    progress: Progress = silent,
) -> list[Estimate]:
    """Each metric of all cases.

    Args:
        reports: Candidates and references.
        metrics: Families or endpoints; see `settings.FAMILIES` and `settings.ENDPOINTS`.
        settings: Tokens and models.
        confidence: Of the intervals.
        replicates: Of the bootstrap.
        seed: Of the bootstrap.
        subgroup: What these cases are called.
        cluster: The patient of each case, when patients have several.
        progress: Told the step's words, how many are done, and of how many.

    Raises:
        ValueError: Unknown metrics or tokenisation, or clusters of another length or missing.
    """
    found = scored(reports, metrics, settings, progress)
    return estimates(
        found,
        len(reports),
        confidence=confidence,
        replicates=replicates,
        seed=seed,
        subgroup=subgroup,
        cluster=cluster_codes(cluster, len(reports)),
    )


def evaluate_in(
    reports: Reports,
    groupings: Sequence[Grouping],
    *,
    metrics: Sequence[str] = DEFAULT,
    settings: Settings | None = None,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = SEED,
    cluster: ArrayLike | None = None,
    progress: Progress = silent,
) -> list[Estimate]:
    """Each metric of all cases, then of each subgroup of each grouping; texts are scored once.

    Args:
        reports: Candidates and references.
        groupings: Subgroups by case.
        metrics: As `evaluate`.
        settings: As `evaluate`.
        confidence: As `evaluate`.
        replicates: As `evaluate`.
        seed: As `evaluate`.
        cluster: As `evaluate`.
        progress: As `evaluate`.

    Raises:
        ValueError: As `evaluate`.
    """
    found = scored(reports, metrics, settings, progress)
    return in_groups(
        found,
        len(reports),
        groupings,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
        cluster=cluster_codes(cluster, len(reports)),
    )


def in_groups(
    found: Sequence[Score | Lack],
    cases: int,
    groupings: Sequence[Grouping],
    *,
    confidence: float,
    replicates: int,
    seed: int,
    cluster: np.ndarray | None,
) -> list[Estimate]:
    """Estimates of all cases and of each subgroup, from scores.

    Args:
        found: By `scoring.scored`.
        cases: How many.
        groupings: Subgroups by case.
        confidence: Of the intervals.
        replicates: Of the bootstrap.
        seed: Of the bootstrap.
        cluster: Codes of the patients.
    """
    import numpy as np

    parts = [("overall", np.arange(cases))]
    for grouping in groupings:
        parts += [
            (name, np.flatnonzero(grouping.codes == code))
            for code, name in enumerate(grouping.names)
        ]
    return [
        estimate
        for name, rows in parts
        for estimate in estimates(
            found,
            cases,
            rows=rows,
            confidence=confidence,
            replicates=replicates,
            seed=seed,
            subgroup=name,
            cluster=cluster,
        )
    ]


def estimates(
    found: Sequence[Score | Lack],
    cases: int,
    *,
    rows: np.ndarray | None = None,
    confidence: float,
    replicates: int,
    seed: int,
    subgroup: str = "overall",
    cluster: np.ndarray | None = None,
) -> list[Estimate]:
    """Estimates of some cases, from scores.

    Args:
        found: By `scoring.scored`.
        cases: How many there are.
        rows: Which of them; all when None.
        confidence: Of the intervals.
        replicates: Of the bootstrap.
        seed: Of the bootstrap.
        subgroup: What these cases are called.
        cluster: Codes of the patients of all cases.
    """
    import numpy as np

    chosen = np.arange(cases) if rows is None else rows
    known = [one for one in found if isinstance(one, Score)]
    tables = {id(one.columns): one.columns[chosen] for one in known}
    owner = None if cluster is None else cluster[chosen]
    drawn = _replicates(tables, owner, replicates, seed) if len(chosen) else {}
    made = []
    for one in found:
        method = f"{one.definition}-{method_name(cluster)}"
        if isinstance(one, Lack) or not len(chosen):
            reason = one.reason if isinstance(one, Lack) else "no cases"
            blank = absent(one.endpoint, reason, n=len(chosen), positives=0, method=method)
        else:
            sums = tables[id(one.columns)].sum(axis=0)[None]
            blank = _estimate(one, sums, drawn[id(one.columns)], len(chosen), method, confidence)
        made.append(_named(blank, subgroup, confidence))
    return made


def _named(estimate: Estimate, subgroup: str, confidence: float) -> Estimate:
    import dataclasses

    unit = "score" if estimate.value is None else estimate.unit
    return dataclasses.replace(estimate, subgroup=subgroup, confidence=confidence, unit=unit)


def _estimate(
    score: Score, sums: np.ndarray, drawn: np.ndarray, n: int, method: str, confidence: float
) -> Estimate:
    value = float(score.whole(sums)[0])
    span = percentile(score.whole(drawn), confidence)
    return Estimate(
        endpoint=score.endpoint,
        value=value,
        low=span.low,
        high=span.high,
        n=n,
        positives=0,
        method=method,
        unit=score.unit,
        reason=span.reason,
    )


def _replicates(
    tables: dict[int, np.ndarray], owner: np.ndarray | None, times: int, seed: int
) -> dict[int, np.ndarray]:
    """Sums of resampled cases (or patients), each table on the same draws."""
    import numpy as np

    if not tables:
        return {}
    columns = np.column_stack(list(tables.values()))
    if owner is not None:
        codes = np.unique(owner, return_inverse=True)[1].ravel()
        columns = np.stack([np.bincount(codes, weights=column) for column in columns.T], axis=1)
    generator = np.random.default_rng(seed)
    ones = np.ones(len(columns), dtype=int)
    most = max(1, CHUNK // len(columns))
    sizes = [min(most, times - start) for start in range(0, times, most)]
    sums = np.concatenate([draw(ones, size, generator) @ columns for size in sizes])
    ends = np.cumsum([table.shape[1] for table in tables.values()])
    return dict(zip(tables, np.split(sums, ends[:-1], axis=1), strict=True))
