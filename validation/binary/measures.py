"""The formulas of the 2x2 table: value, gradient in the four counts, and why there is none.

Cells stand in the order tp, fp, fn, tn. A value is vectorised over all axes before the last, so
that thousands of resampled tables are one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from validation.binary.two_by_two import Table

Scale = Literal["identity", "log", "fisher-z", "f-star"]
UNIT, BOTH, ABOVE = (0.0, 1.0), (-1.0, 1.0), (0.0, float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A function of the 2x2 table.

    Attributes:
        value: Of the cells along the last axis; NaN or infinite where undefined.
        gradient: In the four counts, of the measure on its scale; called where it is defined.
        undefined: Why a table has no value; empty when it has one.
        scale: On which the standard error is.
        method: The interval's name for separate people.
        within: The least and greatest possible value.
        unit: What it is counted in.
        shares: For a difference of two independent proportions: events and n of each.
    """

    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[Table], np.ndarray]
    undefined: Callable[[Table], str]
    scale: Scale
    method: str
    within: tuple[float, float]
    unit: str
    shares: Callable[[Table], tuple[int, int, int, int]] | None = None


def _cells(x: np.ndarray) -> tuple[np.ndarray, ...]:
    return x[..., 0], x[..., 1], x[..., 2], x[..., 3]


def _ratio(top: np.ndarray, bottom: np.ndarray | float) -> np.ndarray:
    """NaN or infinite over zero, without a warning: resampled tables may be empty."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(top / bottom)


def _difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(np.subtract(a, b))


def _array(*parts: float) -> np.ndarray:
    import numpy as np

    return np.array(parts, dtype=float)


def youden(x: np.ndarray) -> np.ndarray:
    """Sensitivity + specificity - 1 (Youden, Cancer 1950; 3: 32-35)."""
    tp, fp, fn, tn = _cells(x)
    return _difference(_ratio(tp, tp + fn), _ratio(fp, fp + tn))


def _youden_gradient(t: Table) -> np.ndarray:
    one, nil = t.positives**2, t.negatives**2
    return _array(t.fn / one, -t.tn / nil, -t.tp / one, t.fp / nil)


def balanced_accuracy(x: np.ndarray) -> np.ndarray:
    """The mean of sensitivity and specificity."""
    return _ratio(1 + youden(x), 2.0)


def predictive_summary(x: np.ndarray) -> np.ndarray:
    """PPV + NPV - 1 (Linn and Grunau, Epidemiol Perspect Innov 2006; 3: 11)."""
    tp, fp, fn, tn = _cells(x)
    return _difference(_ratio(tp, tp + fp), _ratio(fn, fn + tn))


def _predictive_gradient(t: Table) -> np.ndarray:
    one, nil = (t.tp + t.fp) ** 2, (t.fn + t.tn) ** 2
    return _array(t.fp / one, -t.tp / one, -t.tn / nil, t.fn / nil)


def f1(x: np.ndarray) -> np.ndarray:
    """2 tp / (2 tp + fp + fn), the harmonic mean of sensitivity and PPV."""
    tp, fp, fn, _ = _cells(x)
    return _ratio(2 * tp, 2 * tp + fp + fn)


def _f1_gradient(t: Table) -> np.ndarray:
    wrong, bottom = t.fp + t.fn, (2 * t.tp + t.fp + t.fn) ** 2
    return _array(2 * wrong / bottom, -2 * t.tp / bottom, -2 * t.tp / bottom, 0)


def kappa(x: np.ndarray) -> np.ndarray:
    """Cohen's kappa of the call with the reference standard."""
    tp, fp, fn, tn = _cells(x)
    bottom = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    return _ratio(2 * (tp * tn - fp * fn), bottom)


def _kappa_gradient(t: Table) -> np.ndarray:
    called, clear = t.tp + t.fp, t.fn + t.tn
    top = t.tp * t.tn - t.fp * t.fn
    bottom = called * t.negatives + t.positives * clear
    d_top = _array(t.tn, -t.fn, -t.fp, t.tp)
    d_bottom = _array(
        t.negatives + clear,
        t.negatives + called,
        clear + t.positives,
        called + t.positives,
    )
    return _ratio(2 * (d_top * bottom - top * d_bottom), bottom**2)


def mcc(x: np.ndarray) -> np.ndarray:
    """Matthews' correlation coefficient: phi, Pearson's correlation of two binaries."""
    import numpy as np

    tp, fp, fn, tn = _cells(x)
    # one root a margin: their product would overflow for tables of many millions
    bottom = (tp + fp) ** 0.5 * (fn + tn) ** 0.5 * (tp + fn) ** 0.5 * (fp + tn) ** 0.5
    value = _ratio(tp * tn - fp * fn, bottom)
    return np.asarray(np.clip(value, -1, 1))  # roots leave perfect agreement a hair above 1


def _mcc_gradient(t: Table) -> np.ndarray:
    """Of Fisher's z: the gradient of MCC over 1 - MCC^2."""
    value = float(mcc(t.cells()))
    called, clear = t.tp + t.fp, t.fn + t.tn
    bottom = (called * clear * t.positives * t.negatives) ** 0.5
    d_top = _array(t.tn, -t.fn, -t.fp, t.tp)
    margins = _array(
        1 / called + 1 / t.positives,
        1 / called + 1 / t.negatives,
        1 / clear + 1 / t.positives,
        1 / clear + 1 / t.negatives,
    )
    return _ratio(d_top / bottom - value * margins / 2, 1 - value**2)


def likelihood_ratio_positive(x: np.ndarray) -> np.ndarray:
    """Sensitivity / (1 - specificity)."""
    tp, fp, fn, tn = _cells(x)
    return _ratio(_ratio(tp, tp + fn), _ratio(fp, fp + tn))


def _positive_gradient(t: Table) -> np.ndarray:
    one, nil = 1 / t.positives, 1 / t.negatives
    return _array(1 / t.tp - one, nil - 1 / t.fp, -one, nil)


def likelihood_ratio_negative(x: np.ndarray) -> np.ndarray:
    """(1 - sensitivity) / specificity."""
    tp, fp, fn, tn = _cells(x)
    return _ratio(_ratio(fn, tp + fn), _ratio(tn, fp + tn))


def _negative_gradient(t: Table) -> np.ndarray:
    one, nil = 1 / t.positives, 1 / t.negatives
    return _array(-one, nil, 1 / t.fn - one, nil - 1 / t.tn)


def odds_ratio(x: np.ndarray) -> np.ndarray:
    """Tp x tn / (fp x fn)."""
    tp, fp, fn, tn = _cells(x)
    return _ratio(tp * tn, fp * fn)


def _odds_gradient(t: Table) -> np.ndarray:
    return _array(1 / t.tp, -1 / t.fp, -1 / t.fn, 1 / t.tn)


def _zero(*names: str) -> Callable[[Table], str]:
    """Undefined with one class only, or where the denominator's cell is empty."""
    words = {"fp": "no false positives", "fn": "no false negatives", "tn": "no true negatives"}

    def reason(t: Table) -> str:
        empty = [words[name] for name in names if getattr(t, name) == 0]
        return t.one_class or (f"{' and '.join(empty)}: the ratio has no value" if empty else "")

    return reason


def _true_and_false(t: Table) -> tuple[int, int, int, int]:
    return t.tp, t.positives, t.fp, t.negatives


MEASURES = {
    "balanced-accuracy": Measure(
        value=balanced_accuracy,
        gradient=lambda t: _youden_gradient(t) / 2,
        undefined=lambda t: t.one_class,
        scale="identity",
        method="newcombe",
        within=UNIT,
        unit="proportion",
        shares=_true_and_false,
    ),
    "youden": Measure(
        value=youden,
        gradient=_youden_gradient,
        undefined=lambda t: t.one_class,
        scale="identity",
        method="newcombe",
        within=BOTH,
        unit="index",
        shares=_true_and_false,
    ),
    "predictive-summary-index": Measure(
        value=predictive_summary,
        gradient=_predictive_gradient,
        undefined=lambda t: t.one_call,
        scale="identity",
        method="newcombe",
        within=BOTH,
        unit="index",
        shares=lambda t: (t.tp, t.tp + t.fp, t.fn, t.fn + t.tn),
    ),
    "f1": Measure(
        value=f1,
        gradient=_f1_gradient,
        undefined=lambda t: t.no_union,
        scale="f-star",
        method="wilson-f-star",
        within=UNIT,
        unit="score",
    ),
    "kappa": Measure(
        value=kappa,
        gradient=_kappa_gradient,
        undefined=lambda t: t.no_chance,
        scale="identity",
        method="fleiss-cohen-everitt",
        within=BOTH,
        unit="coefficient",
    ),
    "mcc": Measure(
        value=mcc,
        gradient=_mcc_gradient,
        undefined=lambda t: t.one_call,
        scale="fisher-z",
        method="delta-fisher-z",
        within=BOTH,
        unit="coefficient",
    ),
    "positive-likelihood-ratio": Measure(
        value=likelihood_ratio_positive,
        gradient=_positive_gradient,
        undefined=_zero("fp"),
        scale="log",
        method="simel-log",
        within=ABOVE,
        unit="ratio",
    ),
    "negative-likelihood-ratio": Measure(
        value=likelihood_ratio_negative,
        gradient=_negative_gradient,
        undefined=_zero("tn"),
        scale="log",
        method="simel-log",
        within=ABOVE,
        unit="ratio",
    ),
    "diagnostic-odds-ratio": Measure(
        value=odds_ratio,
        gradient=_odds_gradient,
        undefined=_zero("fp", "fn"),
        scale="log",
        method="woolf-log",
        within=ABOVE,
        unit="ratio",
    ),
}
RECIPROCALS = {  # people needed for one correct answer more: one over an index
    "number-needed-to-diagnose": "youden",
    "number-needed-to-predict": "predictive-summary-index",
}
