"""A model reading alone against the mean of human readers on the same cases.

The differences *model − reader* are analysed as one modality's figures of merit in Obuchowski and
Rockette's model: the model is fixed, readers and cases are as the setting says. Hillis, Stat Med
2014; 33: 330-360 (one modality); Chakraborty, Observer Performance Methods for Diagnostic Imaging,
CRC Press 2017, chapter 22 (one-treatment analysis, 1T-RRRC).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.estimate import Estimate, Result, Test, absent
from validation.fairness.groups import in_order
from validation.intervals import normal
from validation.reading import covariances, reader_study
from validation.reading.components import spread
from validation.reading.reader_setting import Setting

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from validation.reading.covariances import Merits
    from validation.reading.reader_study import Study

TEST = "obuchowski-rockette-standalone"
REFERENCES = {
    TEST: "Hillis SL. Stat Med 2014; 33: 330-360; Chakraborty DP. Observer Performance Methods for "
    "Diagnostic Imaging. CRC Press 2017, chapter 22."
}
ALONE = "\x00standalone"  # a reader's name that no file holds


def against_readers(
    truth: ArrayLike,
    rating: ArrayLike,
    reader: ArrayLike,
    case: ArrayLike,
    modality: ArrayLike,
    *,
    standalone: str,
    setting: Setting | None = None,
    threshold: float | None = None,
) -> Result:
    """Compare the model alone with the readers' mean in each other modality.

    Args:
        truth: 1 or 0.
        rating: Higher means more likely positive.
        reader: Who read.
        case: Which case.
        modality: In which modality.
        standalone: The modality whose readings are the model's; it has one reader.
        setting: How to analyse; random readers and cases with jackknife covariances when None.
        threshold: A rating at or above it is called positive.

    Returns:
        The model's figure of merit, and a test of model − mean reader for each other modality.

    Raises:
        ValueError: No such modality, several readers in it, no other modality, fixed cases, or
            data as `reader_study.arrange` refuses them.
    """
    import numpy as np

    how = setting or Setting()
    where = np.asarray(modality).astype(str)
    alone = where == standalone
    others = in_order(where[~alone].tolist())
    names = np.where(alone, ALONE, np.asarray(reader).astype(str))
    _require(alone, np.asarray(reader).astype(str), others, standalone, how)
    y, z, c = np.asarray(truth), np.asarray(rating), np.asarray(case)
    results = []
    for other in others:
        rows = alone | (where == other)
        one = np.full(int(rows.sum()), "one")
        study = reader_study.arrange(y[rows], z[rows], names[rows], c[rows], one)
        results.append(_compare(study, how, other, standalone, threshold))
    return Result(
        estimates=results[0].estimates, tests=tuple(test for r in results for test in r.tests)
    )


def _require(alone: Any, reader: Any, others: list[str], standalone: str, how: Setting) -> None:
    if not alone.any() or not others:
        raise ValueError(f"'{standalone}' must be one modality among several")
    if (number := len(set(reader[alone].tolist()))) != 1:
        raise ValueError(f"'{standalone}' was read by {number} readers: a model alone is one")
    if how.cases == "fixed":
        raise ValueError("the model alone has no variance when cases are fixed: let cases vary")


def _compare(
    study: Study, how: Setting, other: str, standalone: str, threshold: float | None
) -> Result:
    import numpy as np

    study = covariances.for_metric(study, how.metric, threshold)
    found = covariances.merits(study, how.metric, how.covariance)
    model = study.readers.index(ALONE)
    between = f"{how.attribute}={standalone} (alone) − {how.attribute}={other} (mean reader)"
    if found.reason:
        said = found.reason.replace(ALONE, standalone)
        estimates = (_model(study, found, how, standalone, model, said),)
        return Result(estimates=estimates, tests=(_without(study, how, between, said),))
    people = np.arange(len(study.readers)) != model
    to_model = np.eye(len(people))[people]
    to_model[:, model] = -1  # reader − model
    values, matrix = to_model @ found.values, to_model @ found.covariance @ to_model.T
    if how.readers == "random" and len(values) < 2:  # noqa: PLR2004 - a variance needs two
        raise ValueError("one reader has no variance between readers: analyse readers as fixed")
    error, df = spread(values, matrix, readers=how.readers, cases=how.cases)
    test = _test(study, how, between, -float(values.mean()), error, df)
    return Result(
        estimates=(_model(study, found, how, standalone, model, ""),),
        tests=(test,),
    )


def _without(study: Study, how: Setting, between: str, reason: str) -> Test:
    return Test(
        test=TEST,
        endpoint=f"{how.metric}-difference",
        between=between,
        statistic=None,
        p=None,
        method=how.covariance,
        confidence=how.confidence,
        n=study.cases,
        unit=how.unit,
        reason=reason,
    )


def _test(study: Study, how: Setting, between: str, value: float, error: float, df: float) -> Test:
    import dataclasses

    from scipy.stats import t

    plain = _without(study, how, between, "" if error else "the difference has no variance")
    if not error:
        return dataclasses.replace(plain, estimate=value)
    half = float(t.ppf(0.5 + how.confidence / 2, df)) * error
    return dataclasses.replace(
        plain,
        statistic=value / error,
        df=df if df < float("inf") else None,
        p=float(2 * t.sf(abs(value) / error, df)),
        estimate=value,
        low=value - half,
        high=value + half,
        details={"error": error, "readers": how.readers, "cases": how.cases},
    )


def _model(
    study: Study, found: Merits, how: Setting, standalone: str, model: int, reason: str
) -> Estimate:
    subgroup = f"{how.attribute}={standalone} (alone)"
    common: dict[str, Any] = {
        "n": study.cases,
        "positives": study.positives,
        "method": how.covariance,
        "confidence": how.confidence,
        "subgroup": subgroup,
        "unit": how.unit,
    }
    if reason:
        return absent(how.metric, reason, **common)
    value, error = float(found.values[model]), float(found.covariance[model, model]) ** 0.5
    low, high = normal(value, error, how.confidence, within=(0.0, 1.0))
    return Estimate(endpoint=how.metric, value=value, low=low, high=high, error=error, **common)
