"""People's ratings of generated reports: whether they agree, and which metric agrees with them.

Of each criterion: agreement of the raters (intraclass correlation, Krippendorff's interval alpha),
and of each metric the correlation of its value of a case with the case's mean rating: Spearman,
Kendall's tau-b, Pearson (``spearman-rouge-l``, ``kendall-tau-b-rouge-l``, ``pearson-rouge-l``). A
policy may so name the metric that it trusts, and why. Intervals resample cases, or patients. No
metric can follow people more closely than they follow one another: read it beside the agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from validation.count_bootstrap import REPLICATES, SEED, method_name, percentile
from validation.estimate import Estimate, Result, absent
from validation.rating.icc import icc
from validation.rating.krippendorff import krippendorff_alpha
from validation.rating.ratings import Ratings
from validation.resampling import CHUNK, draw
from validation.wording.correlation import COEFFICIENTS, MOST
from validation.wording.score import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.wording.score import Lack

_SOURCES = {
    "spearman": "Spearman C. Am J Psychol 1904; 15: 72-101",
    "kendall-tau-b": "Kendall MG. Biometrika 1945; 33: 239-251",
    "pearson": "Pearson K. Proc R Soc Lond 1895; 58: 240-242",
}
REFERENCES = {
    f"{name}-{interval}": f"{source}; metric against the mean rating; cases resampled."
    for name, source in _SOURCES.items()
    for interval in (method_name(None), method_name(0))
}
FEWEST = 3  # cases that a correlation needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The ratings of one criterion.

    Attributes:
        criterion: Its name.
        ratings: Cases by raters.
        mean: The mean rating of each case of the reports, NaN where nobody rated it.
    """

    criterion: str
    ratings: Ratings
    mean: np.ndarray

    @classmethod
    def of(
        cls,
        criterion: str,
        case: Sequence[str],
        rater: Sequence[str],
        rating: Sequence[float | None],
        cases: Sequence[str],
    ) -> Self:
        """From one row a rating.

        Args:
            criterion: Its name.
            case: What was rated.
            rater: By whom.
            rating: Numbers; None or NaN when missing.
            cases: The ids of the reports, in their order; ratings of others count for agreement.

        Raises:
            ValueError: As `Ratings.of`.
        """
        import numpy as np

        values = np.array([np.nan if one is None else float(one) for one in rating])
        known = ~np.isnan(values)
        place = {name: at for at, name in enumerate(cases)}
        at = np.array([place.get(str(name), -1) for name in case])
        used = known & (at >= 0)
        total = np.bincount(at[used], weights=values[used], minlength=len(cases))
        number = np.bincount(at[used], minlength=len(cases))
        mean = np.divide(total, number, out=np.full(len(cases), np.nan), where=number > 0)
        made = Ratings.of(
            case, rater, [v if k else None for v, k in zip(values, known, strict=True)]
        )
        return cls(criterion=criterion, ratings=made, mean=mean)


def evaluate(
    sheets: Sequence[Sheet],
    found: Sequence[Score | Lack],
    *,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = SEED,
    cluster: np.ndarray | None = None,
) -> Result:
    """Agreement of raters, and each metric's correlation with their mean.

    Args:
        sheets: One a criterion.
        found: Metrics of the same cases, by `scoring.scored`.
        confidence: Of the intervals.
        replicates: Of the bootstraps.
        seed: Of the bootstraps.
        cluster: Codes of the patients of the cases.
    """
    import dataclasses

    estimates: list[Estimate] = []
    tests = []
    for sheet in sheets:
        name = f"rating={sheet.criterion}"
        forms, zero = icc(sheet.ratings, confidence=confidence)
        alpha = krippendorff_alpha(
            sheet.ratings, level="interval", confidence=confidence, replicates=replicates, seed=seed
        )
        tests += [dataclasses.replace(test, between=name) for test in zero]
        made = [*forms, alpha]
        made += _correlations(sheet.mean, found, confidence, (replicates, seed), cluster)
        estimates += [dataclasses.replace(one, subgroup=name) for one in made]
    return Result(estimates=tuple(estimates), tests=tuple(tests))


def _correlations(
    mean: np.ndarray,
    found: Sequence[Score | Lack],
    confidence: float,
    draws: tuple[int, int],
    cluster: np.ndarray | None,
) -> list[Estimate]:
    import numpy as np

    rated = np.flatnonzero(~np.isnan(mean))
    owner = None if cluster is None else cluster[rated]
    weights = _weights(len(rated), owner, *draws) if len(rated) >= FEWEST else None
    made = []
    for one in found:
        for name in COEFFICIENTS:
            values = one.cases[rated] if isinstance(one, Score) else None
            reason = "" if isinstance(one, Score) else one.reason
            if not reason and weights is None:
                reason = f"{len(rated)} cases are rated; {FEWEST} are needed"
            plain = absent(
                f"{name}-{one.endpoint}",
                reason,
                n=len(rated),
                positives=0,
                method=f"{name}-{method_name(cluster)}",
                confidence=confidence,
                unit="correlation",
            )
            if values is not None and weights is not None:
                plain = _correlation(plain, name, values, mean[rated], weights)
            made.append(plain)
    return made


def _correlation(
    plain: Estimate, name: str, values: np.ndarray, mean: np.ndarray, weights: list[np.ndarray]
) -> Estimate:
    import dataclasses

    import numpy as np

    compute = COEFFICIENTS[name]
    large = name == "kendall-tau-b" and len(values) > MOST
    value = (
        _tau(values, mean) if large else float(compute(np.ones((1, len(mean))), values, mean)[0])
    )
    if not np.isfinite(value):
        return dataclasses.replace(plain, reason="the metric or the mean rating does not vary")
    if large:
        reason = f"no interval: more than {MOST:,} rated cases"
        return dataclasses.replace(plain, value=value, reason=reason)
    drawn = np.concatenate([compute(weight, values, mean) for weight in weights])
    span = percentile(drawn, plain.confidence)
    return dataclasses.replace(plain, value=value, low=span.low, high=span.high, reason=span.reason)


def _tau(values: np.ndarray, mean: np.ndarray) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(values, mean).statistic)


def _weights(cases: int, owner: np.ndarray | None, replicates: int, seed: int) -> list[np.ndarray]:
    """How often each case is drawn, in batches of shape (batch, cases)."""
    import numpy as np

    codes = np.arange(cases) if owner is None else np.unique(owner, return_inverse=True)[1].ravel()
    units = int(codes.max()) + 1
    generator = np.random.default_rng(seed)
    most = max(1, CHUNK // cases)
    ones = np.ones(units, dtype=int)
    starts = range(0, replicates, most)
    sizes = [min(most, replicates - start) for start in starts]
    return [draw(ones, size, generator)[:, codes] for size in sizes]
