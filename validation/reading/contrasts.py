"""Tests between the modalities of a reader study: each two, all at once, and reader by reader.

Denominators and degrees of freedom: Hillis, Stat Med 2007; 26: 596-619, and 2014; 33: 330-360.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation.estimate import Test
from validation.reading import reader_study
from validation.reading.components import satterthwaite
from validation.reading.reader_setting import METHOD

if TYPE_CHECKING:
    from validation.reading.components import Components
    from validation.reading.covariances import Merits
    from validation.reading.reader_setting import Setting
    from validation.reading.reader_study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What the mean square of modalities is held against.

    Attributes:
        denominator: Of the F or chi-square statistic.
        df: Its degrees of freedom; infinite for fixed readers.
    """

    denominator: float
    df: float


def yardstick(made: Components, how: Setting) -> Yardstick:
    """The denominator of the overall test."""
    readers, modalities = sum(made.readers), made.modalities
    each = made.readers[0]
    if made.nested:
        square, df = made.ms_reader, readers - modalities
        weight = (readers - sum(n**2 for n in made.readers) / readers) / (modalities - 1)
        fixed = made.error - made.cov2 + weight * made.excess
    else:
        square, df = made.ms_interaction, (modalities - 1) * (each - 1)
        weight = float(each)
        fixed = made.error - made.cov1 + (each - 1) * made.excess
    if how.readers == "fixed":
        return Yardstick(denominator=fixed, df=float("inf"))
    if how.cases == "fixed":
        return Yardstick(denominator=square, df=df)
    more = weight * made.excess
    return Yardstick(denominator=square + more, df=satterthwaite(square, more, df))


def contrasts(study: Study, found: Merits, made: Components, how: Setting) -> tuple[Test, ...]:
    """Each two modalities, then the overall test, then each reader's differences."""
    if made.modalities == 1:
        return ()
    held = yardstick(made, how)
    couples = list(itertools.combinations(range(made.modalities), 2))
    pairs = [_pair(study, found, made, how, held, couple) for couple in couples]
    return (
        *_with_holm(pairs),
        _overall(study, made, how, held),
        *([] if made.nested or how.cases == "fixed" else _by_reader(study, found, how, couples)),
    )


def _names(study: Study, how: Setting, pair: tuple[int, int]) -> str:
    return " − ".join(f"{how.attribute}={study.modalities[i]}" for i in pair)


def _pair(
    study: Study,
    found: Merits,
    made: Components,
    how: Setting,
    held: Yardstick,
    pair: tuple[int, int],
) -> Test:
    first, second = (float(found.values[study.modality == i].mean()) for i in pair)
    variance = held.denominator * sum(1 / made.readers[i] for i in pair)
    return _difference(
        METHOD, study, how, first - second, variance, held.df, _names(study, how, pair)
    )


def _difference(
    test: str,
    study: Study,
    how: Setting,
    value: float,
    variance: float,
    df: float,
    between: str,
) -> Test:
    from scipy.stats import t

    common: dict[str, Any] = {
        "test": test,
        "endpoint": f"{how.metric}-difference",
        "between": between,
        "estimate": value,
        "method": METHOD if test == METHOD else how.covariance,
        "confidence": how.confidence,
        "n": study.cases,
        "unit": how.unit,
    }
    if variance <= 0:
        return Test(statistic=None, p=None, reason="the difference has no variance", **common)
    error = variance**0.5
    half = float(t.ppf(0.5 + how.confidence / 2, df)) * error
    return Test(
        statistic=value / error,
        df=df if df < float("inf") else None,
        p=float(2 * t.sf(abs(value) / error, df)),
        low=value - half,
        high=value + half,
        details={"error": error, "readers": how.readers, "cases": how.cases},
        **common,
    )


def _with_holm(tests: list[Test]) -> list[Test]:
    """Holm's p values beside the plain ones, where there are several pairs."""
    import dataclasses

    from statsmodels.stats.multitest import multipletests

    known = [test.p for test in tests if test.p is not None]
    if len(known) < 2:  # noqa: PLR2004 - one comparison needs no adjustment
        return tests
    adjusted = iter(multipletests(known, method="holm")[1].tolist())
    return [
        test
        if test.p is None
        else dataclasses.replace(
            test, details=test.details | {"p_holm": next(adjusted), "comparisons": len(known)}
        )
        for test in tests
    ]


def _overall(study: Study, made: Components, how: Setting, held: Yardstick) -> Test:
    """The F test, or the chi-square test when readers are fixed."""
    from scipy.stats import chi2, f

    fixed = how.readers == "fixed"
    df = made.modalities - 1
    common: dict[str, Any] = {
        "test": f"{METHOD}-chi-square" if fixed else f"{METHOD}-f",
        "endpoint": f"{how.metric}-difference",
        "between": f"all {how.attribute}",
        "method": how.covariance if how.cases == "random" else METHOD,
        "n": study.cases,
        "unit": how.unit,
        "confidence": how.confidence,
        "details": {
            "ms_modality": made.ms_modality,
            "ms_reader": made.ms_reader,
            "ms_interaction": made.ms_interaction,
            "denominator": held.denominator,
            "readers": how.readers,
            "cases": how.cases,
            "design": study.design,
            **({} if how.cases == "fixed" else made.named()),
        },
    }
    if held.denominator <= 0:
        return Test(statistic=None, p=None, reason="the differences have no variance", **common)
    ratio = made.ms_modality / held.denominator
    if fixed:
        p = float(chi2.sf(df * ratio, df))
        return Test(statistic=df * ratio, df=float(df), p=p, **common)
    p = float(chi2.sf(df * ratio, df) if held.df == float("inf") else f.sf(ratio, df, held.df))
    shown = held.df if held.df < float("inf") else None
    return Test(statistic=ratio, df=float(df) if shown is None else (df, shown), p=p, **common)


def _by_reader(
    study: Study, found: Merits, how: Setting, couples: list[tuple[int, int]]
) -> list[Test]:
    """Each reader's differences; variance 2 (error − Cov1) of that reader, normal distribution."""
    import numpy as np

    tests = []
    for reader, name in enumerate(study.readers):
        cells = np.flatnonzero(study.reader == reader)
        matrix = found.covariance[np.ix_(cells, cells)]
        off = ~np.eye(len(cells), dtype=bool)
        nested = study.design == reader_study.CASES_IN_MODALITIES
        cov1 = 0.0 if nested else float(matrix[off].mean())
        variance = 2 * (float(np.diag(matrix).mean()) - cov1)
        for pair in couples:
            value = float(found.values[cells[pair[0]]] - found.values[cells[pair[1]]])
            between = f"{_names(study, how, pair)} ({how.reader_attribute}={name})"
            args = (study, how, value, variance, float("inf"), between)
            tests.append(_difference(f"{METHOD}-reader", *args))
    return tests
