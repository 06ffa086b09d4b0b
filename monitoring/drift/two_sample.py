"""Two-sample tests from the counts, with the true number of cases.

Each p value is that of the test on the raw rows, as far as counts hold it: Evidently's own would be
that of some 10,000 rebuilt rows, which is another question (does a sample of that size differ?) and
grows with neither the window nor the reference set.

* ``ks``: Kolmogorov-Smirnov over the edges (Hodges, Ark Mat 1958; 3: 469-486). Counts hold the
  distribution functions at the edges only: the statistic is exact where the column is `discrete`,
  else the largest gap at an edge, a lower bound; the upper bound takes in the worst arrangement of
  values inside a bin, at most the share of the largest bin more. p is that of the asymptotic
  two-sided distribution, as scipy's ``ks_2samp(method="asymp")`` has it.
* ``chisquare``: Pearson's goodness of fit of the window to the reference's shares taken as known,
  as Evidently has it. It calls too often where the reference is not much larger than the window.
* ``chisquare-homogeneity``: Pearson's test that both come from one population, without Yates'
  correction (Pearson, Biometrika 1911; 8: 250-254), as NannyML has it but for 2 x 2 tables.
* ``z``: the pooled test of two proportions, of columns with two values; its square is
  ``chisquare-homogeneity``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.drift.cells import bins, categories

if TYPE_CHECKING:
    import numpy as np

    from evidence.records import Body

TWO = 2  # values of a column that `z` compares


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSample:
    """A test of two summaries of a column.

    Attributes:
        statistic: D, chi-square or z.
        p: Two-sided p value.
        highest: The largest D that the counts allow; the statistic itself where it is exact.
        least_p: The p value of it.
        df: Degrees of freedom of chi-square.
    """

    statistic: float
    p: float
    highest: float
    least_p: float
    df: int | None = None


def test(reference: Body, current: Body, method: str) -> TwoSample | str:
    """Compare two summaries of a column.

    Args:
        reference: The frozen summary.
        current: The window's, over the same edges.
        method: ``ks``, ``chisquare``, ``chisquare-homogeneity`` or ``z``.

    Returns:
        The test, or why it cannot be made.

    Raises:
        KeyError: No such test.
    """
    if method == "ks":
        return kolmogorov_smirnov(reference, current)
    counts = categories(reference, current)[1]
    made = {"chisquare": _goodness_of_fit, "chisquare-homogeneity": _homogeneity, "z": _z}[method]
    if method != "z" and counts.shape[1] < TWO:
        return _certain(0.0, 0)
    return made(counts)


def kolmogorov_smirnov(reference: Body, current: Body) -> TwoSample:
    """The Kolmogorov-Smirnov test of a number column."""
    import numpy as np

    both = np.stack([bins(reference), bins(current)])
    size = both.sum(axis=1)
    f, g = np.cumsum(both, axis=1) / size[:, None]
    lowest = highest = float(abs(f - g).max())
    if not reference.get("discrete"):
        f0, g0 = np.append(0.0, f[:-1]), np.append(0.0, g[:-1])
        highest = float(max((f - g0).max(), (g - f0).max()))
    return TwoSample(
        statistic=lowest,
        p=_ks_p(lowest, size),
        highest=highest,
        least_p=_ks_p(highest, size),
    )


def near(
    found: TwoSample, reference: Body, current: Body, method: str, share: float
) -> tuple[float, float]:
    """Move the statistic by a share of itself, both ways: its p values, where counts bracket it."""
    import numpy as np

    if method != "ks" or reference.get("discrete"):
        return found.p, found.p
    size = np.array([bins(reference).sum(), bins(current).sum()])
    more, less = min(1.0, found.statistic * (1 + share)), found.statistic * (1 - share)
    return _ks_p(more, size), _ks_p(less, size)


def _ks_p(statistic: float, size: np.ndarray) -> float:
    from scipy.stats import kstwo

    effective = float(size.prod() / size.sum())
    return float(min(1.0, kstwo.sf(statistic, max(1, round(effective)))))


def _goodness_of_fit(counts: np.ndarray) -> TwoSample:
    from scipy.stats import chi2

    expected = counts[0] * counts[1].sum() / counts[0].sum()
    df = counts.shape[1] - 1
    if (expected == 0).any():  # a value that the reference set does not have
        return TwoSample(statistic=float("inf"), p=0.0, highest=float("inf"), least_p=0.0, df=df)
    found = float(((counts[1] - expected) ** 2 / expected).sum())
    p = float(chi2.sf(found, df))
    return TwoSample(statistic=found, p=p, highest=found, least_p=p, df=df)


def _homogeneity(counts: np.ndarray) -> TwoSample:
    from scipy.stats import chi2_contingency

    found = chi2_contingency(counts, correction=False)
    value, p = float(found.statistic), float(found.pvalue)
    return TwoSample(statistic=value, p=p, highest=value, least_p=p, df=int(found.dof))


def _z(counts: np.ndarray) -> TwoSample | str:
    import numpy as np
    from scipy.stats import norm

    values = counts.shape[1]
    if values > TWO:
        return f"z compares columns of two values, and there are {values}"
    if values < TWO:
        return _certain(0.0, None)
    size, first = counts.sum(axis=1), counts[:, 0]
    share = first / size
    pooled = first.sum() / size.sum()
    z = float((share[0] - share[1]) / np.sqrt(pooled * (1 - pooled) * (1 / size).sum()))
    p = float(2 * norm.sf(abs(z)))
    return TwoSample(statistic=z, p=p, highest=z, least_p=p)


def _certain(statistic: float, df: int | None) -> TwoSample:
    """Both sides hold one and the same value."""
    return TwoSample(statistic=statistic, p=1.0, highest=statistic, least_p=1.0, df=df)
