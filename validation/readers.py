"""Multi-reader multi-case studies: modalities compared over readers and cases.

Obuchowski and Rockette, Commun Stat Simul Comput 1995; 24: 285-308, with the denominator degrees
of freedom of Hillis, Stat Med 2007; 26: 596-619, and the unified framework of Hillis, Stat Med
2014; 33: 330-360, as in the R package MRMCaov: Cov2 − Cov3 (and Cov2 for one modality) is taken as
zero when negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validation.estimate import Estimate, Result, Warned, absent
from validation.reading import covariances, reader_study
from validation.reading.components import components, spread
from validation.reading.contrasts import contrasts
from validation.reading.reader_setting import METHOD, Setting

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from validation.reading.components import Components
    from validation.reading.covariances import Merits
    from validation.reading.reader_study import Study

_OR = "Obuchowski NA, Rockette HE. Commun Stat Simul Comput 1995; 24: 285-308; "
_HILLIS = "Hillis SL. Stat Med 2007; 26: 596-619, and Stat Med 2014; 33: 330-360."
REFERENCES = {
    METHOD: _OR + _HILLIS,
    "obuchowski-rockette-f": _OR + _HILLIS,
    "obuchowski-rockette-chi-square": _OR + _HILLIS,
    "obuchowski-rockette-reader": _OR + _HILLIS,
}


def compare_modalities(
    truth: ArrayLike,
    rating: ArrayLike,
    reader: ArrayLike,
    case: ArrayLike,
    modality: ArrayLike,
    *,
    setting: Setting | None = None,
    threshold: float | None = None,
) -> Result:
    """Analyse a reader study, one reading a row.

    Gives the mean of each modality, each reader's figure of merit, the variance components, the
    difference of each two modalities (first minus second, in the order of their names), the overall
    test, and, unless cases are fixed, each reader's differences.

    Args:
        truth: 1 or 0.
        rating: Higher means more likely positive; for sensitivity and specificity 1 or 0, or
            any scale with a `threshold`.
        reader: Who read.
        case: Which case.
        modality: In which modality.
        setting: How to analyse; random readers and cases with jackknife covariances when None.
        threshold: A rating at or above it is called positive.

    Raises:
        ValueError: Data or words that do not fit; see `reader_study.arrange` and `Setting`.
    """
    how = setting or Setting()
    whole = reader_study.arrange(truth, rating, reader, case, modality)
    how.require(whole)
    study = covariances.for_metric(whole, how.metric, threshold)
    found = covariances.merits(study, how.metric, how.covariance)
    warnings = _design_warnings(study)
    if found.reason:
        names = [f"{how.attribute}={name}" for name in study.modalities]
        return Result(
            estimates=tuple(_absent(study, how, name, found.reason) for name in names),
            warnings=tuple(warnings),
        )
    made = components(study, found)
    return Result(
        estimates=(
            *(_mean(study, found, how, i) for i in range(len(study.modalities))),
            *(_cell(study, found, how, i) for i in range(len(study.reader))),
            *([] if how.cases == "fixed" else _named(study, made, how)),
        ),
        tests=contrasts(study, found, made, how),
        warnings=(*warnings, *_component_warnings(made, how)),
    )


def _design_warnings(study: Study) -> list[Warned]:
    if study.design == reader_study.PARTIAL:
        message = (
            f"{study.unread:,} readings are missing ({study.gaps()}): the design is partially "
            "paired; covariances are averaged over the pairs of cells as they are"
        )
        return [Warned(code="unbalanced-readings", message=message, count=study.unread)]
    if study.design == reader_study.FACTORIAL:
        return []
    said = f"the design was found to be {study.design}, and is analysed as such"
    return [Warned(code="nested-design", message=said, count=study.cases)]


def _component_warnings(made: Components, how: Setting) -> list[Warned]:
    if how.cases == "fixed" or made.modalities == 1 or made.cov2 >= made.cov3:
        return []
    message = f"Cov2 − Cov3 is {made.cov2 - made.cov3:.3g}, negative: taken as zero (Hillis 2014)"
    return [Warned(code="negative-covariance", message=message, count=1)]


def _absent(study: Study, how: Setting, subgroup: str, reason: str) -> Estimate:
    return absent(
        how.metric,
        reason,
        n=study.cases,
        positives=study.positives,
        method=METHOD,
        confidence=how.confidence,
        subgroup=subgroup,
        unit=how.unit,
    )


def _mean(study: Study, found: Merits, how: Setting, modality: int) -> Estimate:
    import numpy as np
    from scipy.stats import t

    cells = np.flatnonzero(study.modality == modality)
    values, matrix = found.values[cells], found.covariance[np.ix_(cells, cells)]
    if study.design == reader_study.CASES_IN_READERS:
        matrix = np.diag(np.diag(matrix))
    error, df = spread(values, matrix, readers=how.readers, cases=how.cases)
    mean, half = float(values.mean()), t.ppf(0.5 + how.confidence / 2, df) * error
    n, positives = _read(study, cells)
    return Estimate(
        endpoint=how.metric,
        value=mean,
        low=max(0.0, float(mean - half)),
        high=min(1.0, float(mean + half)),
        n=n,
        positives=positives,
        method=METHOD,
        confidence=how.confidence,
        subgroup=f"{how.attribute}={study.modalities[modality]}",
        unit=how.unit,
        error=error,
    )


def _read(study: Study, cells: Any) -> tuple[int, int]:
    """Cases that any of the cells read, and the positives among them."""
    import numpy as np

    seen = (~np.isnan(study.rating[cells])).any(axis=0)
    return int(seen.sum()), int(study.truth[seen].sum())


def _cell(study: Study, found: Merits, how: Setting, cell: int) -> Estimate:
    from validation.intervals import normal

    value = float(found.values[cell])
    fixed = how.cases == "fixed"
    error = None if fixed else float(found.covariance[cell, cell]) ** 0.5
    low, high = normal(value, error, how.confidence, within=(0.0, 1.0))
    n, positives = _read(study, [cell])
    return Estimate(
        endpoint=how.metric,
        value=value,
        low=low,
        high=high,
        n=n,
        positives=positives,
        method=how.covariance,
        confidence=how.confidence,
        subgroup=f"{how.attribute}={study.modalities[study.modality[cell]]} & "
        f"{how.reader_attribute}={study.readers[study.reader[cell]]}",
        unit=how.unit,
        error=error,
        reason="cases are fixed: one reader has no variance" if fixed else "",
    )


def _named(study: Study, made: Components, how: Setting) -> list[Estimate]:
    return [
        Estimate(
            endpoint=name,
            value=value,
            low=None,
            high=None,
            n=study.cases,
            positives=study.positives,
            method=METHOD,
            confidence=how.confidence,
            unit=f"{how.unit} squared",
            reason="no interval",
        )
        for name, value in made.named().items()
    ]
