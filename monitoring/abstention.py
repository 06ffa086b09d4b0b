"""Cases that the model gave no answer to, and cases that came without part of their input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.binary.proportion import proportion
from validation.choices import DEFAULT
from validation.clustering import clustered
from validation.table import COUNT, IS_REJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

    from validation.choices import Choices
    from validation.estimate import Estimate
    from validation.table import Cohort

ABSTAINED, MISSING = "abstention-rate", "missing-modality-rate"


def abstention(
    score: np.ndarray,
    count: np.ndarray,
    *,
    rejected: np.ndarray | None = None,
    patients: np.ndarray | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """The share of cases without a score, or whose input quality control rejected.

    Args:
        score: One a row; NaN where the model gave none.
        count: People a row.
        rejected: Whether the input was rejected; nowhere when None.
        patients: The patient of each row, where patients repeat; else None.
        confidence: Of the interval.
        choices: Methods of the interval.
    """
    import numpy as np

    silent = np.isnan(np.asarray(score, dtype=float))
    if rejected is not None:
        silent |= rejected
    return _share(ABSTAINED, silent, count, patients, confidence, choices)


def of_cohort(
    cohort: Cohort,
    score: np.ndarray,
    *,
    patient: str | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> Estimate:
    """The same of a window's cohort, whose rejected inputs were set apart when it was made.

    Args:
        cohort: The window's cases.
        score: One for each row that is analysed.
        patient: Column of the patient, where patients repeat.
        confidence: Of the interval.
        choices: Methods of the interval.
    """
    import numpy as np

    apart = cohort.incomplete
    out = apart[apart[IS_REJECTED].astype(bool)] if len(apart) else apart
    counts = np.concatenate([cohort.frame[COUNT].to_numpy(), out[COUNT].to_numpy()])
    owner = None
    if patient is not None:
        both = [frame[patient].astype(str).to_numpy() for frame in (cohort.frame, out)]
        owner = clustered.owners(np.concatenate(both))
    return abstention(
        np.concatenate([np.asarray(score, dtype=float), np.zeros(len(out))]),
        counts.astype(int),
        rejected=np.repeat([False, True], [len(cohort.frame), len(out)]),
        patients=owner,
        confidence=confidence,
        choices=choices,
    )


def missing_modalities(
    frame: pd.DataFrame,
    modalities: Mapping[str, Sequence[str]],
    *,
    patients: np.ndarray | None = None,
    confidence: float = 0.95,
    choices: Choices = DEFAULT,
) -> list[Estimate]:
    """The share of cases that lack a modality: all of its columns are blank.

    Args:
        frame: The window's cases, with their `COUNT`.
        modalities: Name, such as ``image``, to its columns.
        patients: The patient of each row, where patients repeat; else None.
        confidence: Of the intervals.
        choices: Methods of the intervals.

    Returns:
        One a modality, in the subgroup ``modality=image``.
    """
    import dataclasses

    count = frame[COUNT].to_numpy()
    return [
        dataclasses.replace(
            _share(
                MISSING,
                frame[list(columns)].isna().all(axis=1).to_numpy(),
                count,
                patients,
                confidence,
                choices,
            ),
            subgroup=f"modality={name}",
        )
        for name, columns in modalities.items()
    ]


def _share(
    endpoint: str,
    hit: np.ndarray,
    count: np.ndarray,
    patients: np.ndarray | None,
    confidence: float,
    choices: Choices,
) -> Estimate:
    import numpy as np

    hits, total = int(count[hit].sum()), int(count.sum())
    if patients is None or not total:
        return proportion(
            endpoint,
            hits,
            total,
            positives=hits,
            confidence=confidence,
            method=choices.proportion,
        )
    return clustered.proportion(
        endpoint,
        np.bincount(patients, weights=count * hit),
        np.bincount(patients, weights=count),
        positives=hits,
        confidence=confidence,
        choices=choices,
    )
