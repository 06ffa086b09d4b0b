"""McNemar's tests of two paired proportions, each under its own name.

McNemar, Psychometrika 1947; 12: 153-157. Edwards, Psychometrika 1948; 13: 185-187 (continuity
correction). Fagerland, Lydersen and Laake, BMC Med Res Methodol 2013; 13: 91 (mid-p; they advise
mid-p or the uncorrected asymptotic test, and against the corrected one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Test

if TYPE_CHECKING:
    from validation.designs.pairs import Discordance

REFERENCES = {
    "mcnemar-exact": "McNemar Q. Psychometrika 1947; 12: 153-157; binomial on discordant pairs.",
    "mcnemar-midp": "Fagerland MW, Lydersen S, Laake P. BMC Med Res Methodol 2013; 13: 91.",
    "mcnemar-asymptotic": "McNemar Q. Psychometrika 1947; 12: 153-157.",
    "mcnemar-asymptotic-continuity": "Edwards AL. Psychometrika 1948; 13: 185-187.",
}
NONE_DISCORDANT = "no discordant pairs: both tests succeed on the same cases"


def mcnemar_exact(table: Discordance, endpoint: str = "accuracy-difference") -> Test:
    """Exact conditional test: two-sided binomial on the discordant pairs (p = 1 without any)."""
    from scipy.stats import binom

    few, m = min(table.a_only, table.b_only), table.discordant
    p = min(1.0, 2 * float(binom.cdf(few, m, 0.5))) if m else 1.0
    return _test("mcnemar-exact", endpoint, table, p=p)


def mcnemar_midp(table: Discordance, endpoint: str = "accuracy-difference") -> Test:
    """Mid-p test of Fagerland, Lydersen and Laake 2013.

    The exact p less the probability of the observed table; half of that when the discordant pairs
    are equal in number.
    """
    from scipy.stats import binom

    few, m = min(table.a_only, table.b_only), table.discordant
    if not m:
        return _test("mcnemar-midp", endpoint, table, p=None)
    at = float(binom.pmf(few, m, 0.5))
    equal = table.a_only == table.b_only
    p = 1 - at / 2 if equal else 2 * float(binom.cdf(few, m, 0.5)) - at
    return _test("mcnemar-midp", endpoint, table, p=p)


def mcnemar_asymptotic(
    table: Discordance, endpoint: str = "accuracy-difference", *, continuity: bool = False
) -> Test:
    """Chi-squared test with one degree of freedom.

    Args:
        table: Successes of both tests.
        endpoint: What is compared.
        continuity: Edwards' correction, (|b - c| - 1)^2 / (b + c), as R's `mcnemar.test` does.
    """
    from scipy.stats import chi2

    name = "mcnemar-asymptotic" + ("-continuity" if continuity else "")
    m = table.discordant
    if not m:
        return _test(name, endpoint, table, p=None, df=1)
    gap = abs(table.a_only - table.b_only)
    statistic = (max(0, gap - 1) if continuity else gap) ** 2 / m
    p = float(chi2.sf(statistic, 1))
    return _test(name, endpoint, table, p=p, statistic=statistic, df=1)


def mcnemar_tests(table: Discordance, endpoint: str) -> tuple[Test, ...]:
    """All four."""
    return (
        mcnemar_exact(table, endpoint),
        mcnemar_midp(table, endpoint),
        mcnemar_asymptotic(table, endpoint),
        mcnemar_asymptotic(table, endpoint, continuity=True),
    )


def _test(
    name: str,
    endpoint: str,
    table: Discordance,
    *,
    p: float | None,
    statistic: float | None = None,
    df: float | None = None,
) -> Test:
    reason = "" if table.n else "no cases in the denominator"
    if table.n and p is None:
        reason = NONE_DISCORDANT
    return Test(
        test=name,
        endpoint=endpoint,
        statistic=statistic,
        df=df,
        p=p if table.n else None,
        estimate=table.difference,
        n=table.n,
        reason=reason,
        details={
            "both": table.both,
            "a-only": table.a_only,
            "b-only": table.b_only,
            "neither": table.neither,
        },
    )
