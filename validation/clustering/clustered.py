"""Clustered data: patients with several cases (lesions, breasts, images).

Cases of one patient are alike, so that an interval that takes them for separate people is too
narrow. The value stays the same; only its error changes.

- Proportions: the ratio estimator, sum(events) / sum(cases), with variance m / (m - 1) x
  sum((events - p x cases)^2) / sum(cases)^2 over the m patients that have a case in the
  denominator (Rao JNK, Scott AJ. Biometrics 1992; 48: 577-585; Genders TSS et al. Radiology 2012;
  265: 910-916). It is the cluster-robust (sandwich) variance with the factor m / (m - 1).
  ``ratio-estimator`` is the normal interval of both papers; ``ratio-estimator-wilson`` is Wilson's
  with the effective sample size p (1 - p) / variance, at most the number of cases, which keeps its
  coverage near 0 and 1 (Saha KK, Miller D, Wang S. Int J Biostat 2016; 12(2)), reduced for few
  patients as in Korn EL, Graubard BI. Survey Methodology 1998; 24: 193-201.
- Other measures of the 2x2 table: Taylor linearisation, the same sum of squares over patients of
  gradient times table (Binder DA. Int Stat Rev 1983; 51: 279-292).
- AUROC: Obuchowski's extension of DeLong (Biometrics 1997; 53: 567-578).
- Any of them, and all else: drawing patients (`resampling`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import resampling
from validation.binary.confusion import wilson
from validation.choices import DEFAULT, Choices
from validation.estimate import Estimate, absent
from validation.intervals import normal, quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.cases import Cases

DRAWN = {  # the choices that draw patients, and the method's name in an estimate
    "bootstrap-patients": "bootstrap-percentile-clustered",
    "bootstrap-patients-expanded": "bootstrap-expanded-percentile-clustered",
}
BOOTSTRAP = DRAWN["bootstrap-patients"]
FEW = "too few patients, or no variance between them"
_RATIO = (
    "Rao JNK, Scott AJ. Biometrics 1992; 48: 577-585; Genders TSS et al. Radiology 2012; 265: "
    "910-916 (ratio estimator; factor m / (m - 1) over m patients)"
)
REFERENCES = {
    "ratio-estimator": f"{_RATIO}; normal interval.",
    "ratio-estimator-wilson": f"{_RATIO}; Wilson's interval with the effective sample size, as "
    "Saha KK, Miller D, Wang S. Int J Biostat 2016; 12(2), and the degrees of freedom of Korn EL, "
    "Graubard BI. Survey Methodology 1998; 24: 193-201.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How often patients repeat.

    Attributes:
        patients: How many there are.
        cases: Of all of them.
        repeated: Patients with more than one case.
        most: Cases of the patient who has the most.
    """

    patients: int
    cases: int
    repeated: int
    most: int

    @property
    def reason(self) -> str:
        """Why an interval that ignores them is refused; empty when none repeats."""
        if not self.repeated:
            return ""
        return (
            f"{self.repeated:,} of {self.patients:,} patients have more than one case "
            f"({self.cases:,} cases, up to {self.most:,} a patient): cases are not independent"
        )


def owners(cluster: ArrayLike | Sequence[object]) -> np.ndarray:
    """The patient of each row as 0 to patients - 1.

    Raises:
        ValueError: Rows without a patient, with their number.
    """
    import numpy as np

    given = np.asarray(cluster)
    if given.dtype.kind == "O":
        missing = np.array([value is None or value != value for value in given])  # noqa: PLR0124 - NaN
    else:
        missing = np.isnan(given) if given.dtype.kind == "f" else np.zeros(len(given), dtype=bool)
    if missing.any():
        raise ValueError(f"{int(missing.sum())} rows name no patient: clusters cannot be made")
    _, owner = np.unique(
        given.astype(str) if given.dtype.kind == "O" else given, return_inverse=True
    )
    return np.asarray(owner).reshape(-1)


def repeats(cluster: ArrayLike | Sequence[object], count: ArrayLike | None = None) -> Repeats:
    """Count the patients who have more than one case.

    Args:
        cluster: The patient of each row.
        count: Cases a row; one each when None.
    """
    import numpy as np

    owner = owners(cluster)
    cases = np.bincount(owner, weights=None if count is None else np.asarray(count, dtype=float))
    cases = cases[cases > 0]
    return Repeats(
        patients=len(cases),
        cases=int(cases.sum()),
        repeated=int((cases > 1).sum()),
        most=int(cases.max(initial=0)),
    )


def tables(cases: Cases, owner: np.ndarray, threshold: float) -> np.ndarray:
    """Each patient's 2x2 table, in the order tp, fp, fn, tn; shape (patients, 4)."""
    import numpy as np

    cell = np.where(cases.score >= threshold, 0, 2) + (cases.label == 0)
    flat = np.bincount(owner * 4 + cell, weights=cases.count, minlength=(int(owner.max()) + 1) * 4)
    return flat.reshape(-1, 4)


def ratio(events: np.ndarray, cases: np.ndarray) -> tuple[float, float | None]:
    """The ratio estimator and its standard error; None with fewer than two patients.

    Args:
        events: Of each patient, shape (patients,).
        cases: Of each patient; patients without a case are left out.
    """
    held = cases > 0
    events, cases = events[held], cases[held]
    value, m = float(events.sum() / cases.sum()), len(cases)
    if m < 2:  # noqa: PLR2004 - a variance needs two
        return value, None
    spread = ((events - value * cases) ** 2).sum() * m / (m - 1)
    return value, float(spread**0.5 / cases.sum())


def ratio_interval(
    value: float, error: float | None, cases: np.ndarray, *, method: str, confidence: float
) -> tuple[float | None, float | None]:
    """The normal interval of the ratio estimator, or Wilson's with the effective sample size.

    The size is times (z / t)^2 with patients - 1 degrees of freedom (Korn and Graubard 1998), since
    few patients tell little of the variance. At 0 and 1 the variance is zero: Wilson's then takes
    the number of patients, as if all cases of a patient were one; the normal method has none.
    """
    if method == "ratio-estimator":
        return normal(value, error, confidence, within=(0.0, 1.0)) if error else (None, None)
    from scipy.stats import t

    patients, people = int((cases > 0).sum()), float(cases.sum())
    if error:
        size = min(people, value * (1 - value) / error**2)
    elif 0 < value < 1 or patients < 2:  # noqa: PLR2004 - a variance needs two
        return None, None
    else:
        size = float(patients)
    size *= (quantile(confidence) / t.ppf(0.5 + confidence / 2, patients - 1)) ** 2
    return wilson(value * size, size, confidence)


def proportion(
    endpoint: str,
    events: np.ndarray,
    cases: np.ndarray,
    *,
    positives: int,
    confidence: float = 0.95,
    threshold: float | None = None,
    choices: Choices = DEFAULT,
) -> Estimate:
    """A proportion of cases that are clustered in patients.

    Args:
        endpoint: Its name.
        events: Of each patient, shape (patients,).
        cases: Of each patient.
        positives: Cases with a positive reference standard, of all patients.
        confidence: Of the interval.
        threshold: The operating point.
        choices: Its `clustered` method, and the bootstrap's replicates and seed.
    """
    blank = absent(
        endpoint,
        "no cases in the denominator",
        n=int(cases.sum()),
        positives=positives,
        method=DRAWN.get(choices.clustered, choices.clustered),
        confidence=confidence,
        threshold=threshold,
    )
    if not blank.n:
        return blank
    value, error = ratio(events, cases)
    blank = dataclasses.replace(blank, value=value, error=error, events=int(events.sum()))
    if choices.clustered in DRAWN:
        return _drawn(blank, events, cases, choices)
    low, high = ratio_interval(value, error, cases, method=choices.clustered, confidence=confidence)
    return dataclasses.replace(blank, low=low, high=high, reason="" if low is not None else FEW)


def _drawn(blank: Estimate, events: np.ndarray, cases: np.ndarray, choices: Choices) -> Estimate:
    import numpy as np

    table = np.column_stack([events, cases])
    drawn = resampling.patients(
        table, {"": _share}, replicates=choices.replicates, seed=choices.seed
    )[""]
    return with_percentiles(blank, drawn, choices, int((cases > 0).sum()))


def with_percentiles(
    blank: Estimate, drawn: np.ndarray, choices: Choices, patients: int
) -> Estimate:
    """An estimate with the percentiles of replicates, expanded where that was chosen.

    Args:
        blank: The estimate without its interval.
        drawn: Replicates.
        choices: Which of the two.
        patients: That the estimate rests on.
    """
    few = patients if choices.clustered == "bootstrap-patients-expanded" else None
    found = resampling.percentile(drawn, blank.confidence, patients=few)
    return dataclasses.replace(blank, low=found.low, high=found.high, reason=found.reason)


def _share(cells: np.ndarray) -> np.ndarray:
    """First cell over second, NaN over zero."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(cells[..., 0] / cells[..., 1])
