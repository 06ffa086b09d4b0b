"""The same endpoints by subgroup, and the gaps between subgroups.

The only door to Fairlearn: its `MetricFrame` is the source of the point values, the intervals come
from `endpoints`, and the two must agree. *Missing* is a subgroup of its own; none is ever dropped.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation import endpoints as ruler
from validation.cases import Cases
from validation.choices import DEFAULT
from validation.fairness.groups import Grouping, grouping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike

    from validation.choices import Choices
    from validation.endpoints import Estimate

AGREEMENT = 1e-9
RATIOS = (
    "observed-expected",
    "positive-likelihood-ratio",
    "negative-likelihood-ratio",
    "diagnostic-odds-ratio",
    "number-needed-to-diagnose",
    "number-needed-to-predict",
)
BLOCK = 1000  # cells that are one row to Fairlearn


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupResult:
    """Estimates of each subgroup, and gaps between each two of an attribute."""

    estimates: tuple[Estimate, ...]
    gaps: tuple[Estimate, ...]


def evaluate_by(
    label: ArrayLike,
    score: ArrayLike,
    count: ArrayLike | None,
    groups: Mapping[str, Sequence[Any]],
    *,
    endpoints: Sequence[str],
    thresholds: Sequence[float],
    confidence: float = 0.95,
) -> SubgroupResult:
    """Evaluate endpoints in every subgroup of every attribute.

    Args:
        label: 1 or 0, one a row.
        score: Probability, one a row.
        count: People a row.
        groups: Attribute to its value in each row; None and NaN are the subgroup ``missing``.
        endpoints: Names of endpoints.
        thresholds: Operating points.
        confidence: Of the intervals.
    """
    return evaluate_in(
        Cases.of(label, score, count, probability=True),
        [grouping(attribute, values) for attribute, values in groups.items()],
        endpoints=endpoints,
        thresholds=thresholds,
        confidence=confidence,
    )


def evaluate_in(
    cases: Cases,
    parts: Sequence[Grouping],
    *,
    endpoints: Sequence[str],
    thresholds: Sequence[float],
    confidence: float = 0.95,
    cluster: np.ndarray | None = None,
    choices: Choices = DEFAULT,
) -> SubgroupResult:
    """Evaluate endpoints in every subgroup of every grouping, and the gaps between them.

    Args:
        cases: Labels, scores and counts.
        parts: Attributes, cut or crossed.
        endpoints: Names of endpoints.
        thresholds: Operating points.
        confidence: Of the intervals.
        cluster: The patient of each row, when patients have several cases.
        choices: Methods of the intervals.
    """
    estimates: list[Estimate] = []
    gaps: list[Estimate] = []
    for part in parts:
        mine = evaluate_groups(
            cases,
            part,
            endpoints=endpoints,
            thresholds=thresholds,
            confidence=confidence,
            cluster=cluster,
            choices=choices,
        )
        estimates += [estimate for found in mine.values() for estimate in found]
        gaps += _gaps(list(mine.values()))
    return SubgroupResult(estimates=tuple(estimates), gaps=tuple(gaps))


def evaluate_groups(
    cases: Cases,
    parts: Grouping,
    *,
    endpoints: Sequence[str],
    thresholds: Sequence[float],
    confidence: float = 0.95,
    cluster: np.ndarray | None = None,
    choices: Choices = DEFAULT,
) -> dict[str, tuple[Estimate, ...]]:
    """Evaluate endpoints in every subgroup of one grouping, held against Fairlearn's values.

    Args:
        cases: Labels, scores and counts.
        parts: The subgroups of the rows.
        endpoints: Names of endpoints.
        thresholds: Operating points.
        confidence: Of the intervals.
        cluster: The patient of each row, when patients have several cases.
        choices: Methods of the intervals.

    Returns:
        Subgroup, such as ``sex=female``, to its estimates.

    Raises:
        ValueError: A subgroup of another number of rows, or what `endpoints.evaluate` refuses.
    """
    cells = _cells(cases, parts, cluster)
    mine = {
        name: ruler.evaluate(
            rows["label"],
            rows["score"],
            rows["count"],
            endpoints=endpoints,
            thresholds=thresholds,
            confidence=confidence,
            subgroup=name,
            cluster=None if cluster is None else rows["patient"].to_numpy(),
            choices=choices,
        )
        for name, (_, rows) in zip(parts.names, cells.groupby("group", sort=True), strict=True)
    }
    _require_agreement(cells, list(mine.values()), endpoints, thresholds)
    return mine


def _cells(cases: Cases, parts: Grouping, cluster: np.ndarray | None) -> pd.DataFrame:
    """Distinct (group, label, score) cells, of each patient where given, with their people."""
    import pandas as pd

    if len(parts.codes) != len(cases.label):
        raise ValueError(f"{len(parts.codes)} subgroup values for {len(cases.label)} labels")
    frame = pd.DataFrame(
        {"group": parts.codes, "label": cases.label, "score": cases.score, "count": cases.count}
    )
    keys = ["group", "label", "score"]
    if cluster is not None:
        frame["patient"] = cluster
        keys.append("patient")
    return frame.groupby(keys, sort=True)["count"].sum().reset_index()


def _require_agreement(
    cells: pd.DataFrame,
    mine: Sequence[tuple[Estimate, ...]],
    endpoints: Sequence[str],
    thresholds: Sequence[float],
) -> None:
    """Fairlearn's point values are ours, to rounding.

    Fairlearn handles its rows one by one, so each row that it gets is a block of `BLOCK` cells of
    one subgroup; which blocks make up a subgroup is for Fairlearn to say.
    """
    import numpy as np
    import pandas as pd
    from fairlearn.metrics import MetricFrame

    group = cells["group"].to_numpy()
    starts = np.concatenate(
        [np.arange(*span, BLOCK) for span in _spans(group)] or [np.zeros(0, dtype=int)]
    )
    blocks = pd.DataFrame({"block": np.arange(len(starts)), "group": group[starts]})
    metrics = {
        f"{name} {threshold}": _metric(cells, [*starts, len(cells)], name, threshold)
        for name in endpoints
        for threshold in (thresholds if ruler.needs_threshold(name) else [None])
    }
    frame = MetricFrame(
        metrics=metrics,
        y_true=blocks["block"],
        y_pred=blocks["block"],
        sensitive_features=blocks["group"],
    )
    for code, found in zip(frame.by_group.index, mine, strict=True):
        for estimate in found:
            theirs = float(frame.by_group.loc[code, f"{estimate.endpoint} {estimate.threshold}"])
            same = (
                math.isnan(theirs)
                if estimate.value is None
                else math.isclose(theirs, estimate.value, rel_tol=AGREEMENT, abs_tol=AGREEMENT)
            )
            if not same:
                raise RuntimeError(f"{estimate}: Fairlearn's value is {theirs}")


def _spans(group: np.ndarray) -> list[tuple[int, int]]:
    """First and last + 1 row of each subgroup; cells are sorted by subgroup."""
    import numpy as np

    edges = np.flatnonzero(np.diff(group, prepend=-1, append=-1)).tolist()
    return list(itertools.pairwise(edges))


def _metric(
    cells: pd.DataFrame, edges: Sequence[int], name: str, threshold: float | None
) -> Callable[..., float]:
    def metric(y_true: np.ndarray, _: np.ndarray) -> float:
        import numpy as np

        blocks = [np.arange(edges[block], edges[block + 1]) for block in np.atleast_1d(y_true)]
        rows = cells.iloc[np.concatenate(blocks)]
        (found,) = ruler.evaluate(
            rows["label"],
            rows["score"],
            rows["count"],
            endpoints=[name],
            thresholds=[] if threshold is None else [threshold],
            choices=ruler.Choices(replicates=0),
        )
        return math.nan if found.value is None else found.value

    return metric


def _gaps(groups: list[tuple[Estimate, ...]]) -> list[Estimate]:
    """Each two groups' difference, the larger first; ratios have none."""
    found: list[Estimate] = []
    for one, other in itertools.combinations(groups, 2):
        for a, b in zip(one, other, strict=True):
            if a.endpoint in RATIOS or a.value is None or b.value is None:
                continue
            high, low = (a, b) if a.value >= b.value else (b, a)
            found.append(ruler.difference(high, low))
    return found
