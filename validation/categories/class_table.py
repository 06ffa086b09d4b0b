"""A confusion matrix and all that follows from it, for many resampled matrices at once.

Macro averages are means over classes, weighted averages weigh by the number of true cases. Macro F1
is the mean of the classes' F1 (Opitz and Burst, arXiv 1911.03347, 2019: "averaged F1"), not the F1
of mean precision and recall. F1 is 2 TP / (2 TP + FP + FN), so a class that is never called has F1
0, while its PPV cannot be computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.rating.kappa import WEIGHTS, endpoint_name, kappas

if TYPE_CHECKING:
    import numpy as np

PER_CLASS = ("sensitivity", "specificity", "ppv", "npv", "f1")
AVERAGED = ("sensitivity", "specificity", "ppv", "f1")


def per_class(tables: np.ndarray) -> dict[str, np.ndarray]:
    """One-versus-rest endpoints of each class.

    Args:
        tables: True class by called class, shape (tables, classes, classes).

    Returns:
        Endpoint to values of shape (tables, classes), NaN where a denominator is 0.
    """
    import numpy as np

    hit = np.diagonal(tables, axis1=1, axis2=2)
    miss, false = tables.sum(axis=2) - hit, tables.sum(axis=1) - hit
    clear = tables.sum(axis=(1, 2))[:, None] - hit - miss - false
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "sensitivity": hit / (hit + miss),
            "specificity": clear / (clear + false),
            "ppv": hit / (hit + false),
            "npv": clear / (clear + miss),
            "f1": 2 * hit / (2 * hit + miss + false),
        }


def overall(tables: np.ndarray) -> dict[str, np.ndarray]:
    """Accuracy, averages over classes, and kappas.

    Args:
        tables: Shape (tables, classes, classes).

    Returns:
        Endpoint to values of shape (tables,).
    """
    import numpy as np

    single = per_class(tables)
    share = tables.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = share / share.sum(axis=1, keepdims=True)
        found = {"accuracy": np.trace(tables, axis1=1, axis2=2) / tables.sum(axis=(1, 2))}
        for name in AVERAGED:
            found[f"{name}-macro"] = single[name].mean(axis=1)
            found[f"{name}-weighted"] = (single[name] * share).sum(axis=1)
        found["balanced-accuracy"] = found["sensitivity-macro"]
        for weights in WEIGHTS:
            found[endpoint_name(weights)] = kappas(tables, weights)
    return found


def fractions(table: np.ndarray, place: int) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of the proportions of one class.

    Args:
        table: True class by called class, shape (classes, classes).
        place: Index of the class.
    """
    hit = int(table[place, place])
    true, called = int(table[place].sum()), int(table[:, place].sum())
    rest = int(table.sum())
    clear = rest - true - called + hit
    return {
        "sensitivity": (hit, true),
        "specificity": (clear, rest - true),
        "ppv": (hit, called),
        "npv": (clear, rest - called),
    }
