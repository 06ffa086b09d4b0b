"""Multi-class models, and raters."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.designs.single import SMALL
from benchmarks.designs.study import COSTLY, FEW, Study
from validation.categories import class_table
from validation.categories.classes import ClassCases
from validation.categories.multiclass import multiclass
from validation.categories.multiclass_auroc import averages
from validation.rating.agreement import fleiss_kappa, gwet_ac, percent_agreement
from validation.rating.icc import icc
from validation.rating.kappa import cohen_kappa, kappas
from validation.rating.krippendorff import krippendorff_alpha
from validation.rating.ratings import Ratings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.estimate import Estimate

CLASSES = ("a", "b", "c")
MEANS = np.array([[1.6, 0.0, 0.0], [0.3, 1.4, 0.0], [0.2, 0.4, 1.8]])  # logits by true class
SHARE = np.array([0.55, 0.3, 0.15])
WANTED = (
    "accuracy", "balanced-accuracy", "f1-macro", "f1-weighted", "ppv-macro", "cohen-kappa",
    "cohen-kappa-quadratic", "auroc-macro", "auroc-hand-till",
)  # fmt: skip
KAPPAS = ("cohen-kappa", "cohen-kappa-quadratic")
LARGE = 3_000_000


def studies() -> Iterator[Study]:
    """Averages over classes, kappas, agreement, ICC."""
    truth = _truth()
    for n in (60, 150, 1000):
        yield Study(
            part="Multi-class",
            design=f"n = {n:,}, three classes of 55, 30 and 15 %",
            truth=truth,
            draw=partial(_multiclass, n=n),
            times=COSTLY,
            instead={f"{name}, large sample": SMALL for name in KAPPAS},
        )
    for table in (
        np.array([[0.4, 0.08], [0.07, 0.45]]),
        np.array([[0.82, 0.05], [0.04, 0.09]]),
        np.array([[0.35, 0.06, 0.02], [0.05, 0.25, 0.05], [0.01, 0.05, 0.16]]),
    ):
        names = {"cohen-kappa": "none"} | (
            {"cohen-kappa-quadratic": "quadratic"} if len(table) > 2 else {}  # noqa: PLR2004
        )
        values = {name: float(kappas(table[None], weights)[0]) for name, weights in names.items()}
        shown = f"{len(table)} categories, kappa {values['cohen-kappa']:.2f}"
        for n in (30, 100):
            yield Study(
                part="Two raters",
                design=f"n = {n}, {shown}",
                truth=values | {f"{name}, large sample": v for name, v in values.items()},
                draw=partial(_cohen, n=n, table=table, names=names),
                times=COSTLY,
                instead={f"{name}, large sample": SMALL for name in names},
            )
    for share, right in (((0.4, 0.35, 0.25), 0.85), ((0.85, 0.1, 0.05), 0.9)):
        for n in (30, 100):
            yield Study(
                part="Four raters",
                design=f"n = {n}, categories of {', '.join(f'{100 * s:.0f}' for s in share)} %",
                truth=_agreement(np.array(share), right),
                draw=partial(_raters, n=n, share=np.array(share), right=right),
                times=2000,
                instead={
                    "fleiss-kappa, large sample": SMALL,
                    "gwet-ac1, large sample": SMALL,
                    "krippendorff-alpha, bootstrap": "the jackknife, the default",
                },
            )
    for n in (30, 100):
        yield Study(
            part="Four raters, a scale",
            design=f"n = {n}, variances 1 (units), 0.1 (raters), 0.5 (rest)",
            truth={"icc-2-1": 1 / 1.6, "icc-3-1": 1 / 1.5, "icc-1-1": 1 / 1.5},
            draw=partial(_scale, n=n),
            times=COSTLY,
        )


def _scores(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    truth = rng.choice(3, n, p=SHARE)
    truth[:6] = [0, 1, 2, 0, 1, 2]  # each class is there
    logit = np.exp(MEANS[truth] + rng.normal(size=(n, 3)))
    return truth, logit / logit.sum(axis=1, keepdims=True)


def _truth() -> dict[str, float]:
    """From a very large sample."""
    truth, scores = _scores(np.random.default_rng(1), LARGE)
    cell = truth * 3 + scores.argmax(axis=1)
    table = np.bincount(cell, minlength=9).reshape(1, 3, 3)
    found = {name: float(v[0]) for name, v in class_table.overall(table).items()}
    some = ClassCases.of(truth[:1_000_000], scores[:1_000_000], (0, 1, 2))
    found |= {e.endpoint: float(e.value or 0) for e in averages(some, 0.95)}
    made = {name: found[name] for name in WANTED}
    return made | {f"{name}, large sample": found[name] for name in KAPPAS}


def _multiclass(rng: np.random.Generator, *, n: int) -> dict[str, Estimate]:
    truth, scores = _scores(rng, n)
    named = np.array(CLASSES)[truth]
    found = multiclass(named, scores, CLASSES, replicates=FEW, kappa="small-sample")
    table = np.zeros((3, 3))
    np.add.at(table, (truth, scores.argmax(axis=1)), 1)
    return {name: found.find(name) for name in WANTED} | {
        f"{name}, large sample": cohen_kappa(table, weights=weights)[0]
        for name, weights in zip(KAPPAS, ("none", "quadratic"), strict=True)
    }


def _cohen(
    rng: np.random.Generator, *, n: int, table: np.ndarray, names: dict[str, str]
) -> dict[str, Estimate]:
    seen = rng.multinomial(n, table.ravel() / table.sum()).reshape(table.shape)
    found = {}
    for name, weights in names.items():
        found[name] = _small(seen.tobytes(), len(seen), weights)
        found[f"{name}, large sample"] = cohen_kappa(seen, weights=weights)[0]
    return found


@cache
def _small(cells: bytes, size: int, weights: str) -> Estimate:
    """The small-sample interval; small tables come up again and again."""
    table = np.frombuffer(cells, dtype=np.int64).reshape(size, size)
    return cohen_kappa(table, weights=weights, small_sample=True)[0]


def _agreement(share: np.ndarray, right: float) -> dict[str, float]:
    """Raters who see the true category with `right`, else one of the others."""
    k = len(share)
    call = np.full((k, k), (1 - right) / (k - 1)) + np.eye(k) * (right - (1 - right) / (k - 1))
    agreed = float((share @ call**2).sum())
    marginal = share @ call
    fleiss = float((marginal**2).sum())
    gwet = float((marginal * (1 - marginal)).sum()) / (k - 1)
    kappa = (agreed - fleiss) / (1 - fleiss)
    return {
        "percent-agreement": agreed,
        "fleiss-kappa": kappa,
        "fleiss-kappa, large sample": kappa,
        "krippendorff-alpha": kappa,
        "krippendorff-alpha, bootstrap": kappa,
        "gwet-ac1": (agreed - gwet) / (1 - gwet),
        "gwet-ac1, large sample": (agreed - gwet) / (1 - gwet),
    }


def _raters(
    rng: np.random.Generator, *, n: int, share: np.ndarray, right: float
) -> dict[str, Estimate]:
    k = len(share)
    true = rng.choice(k, n, p=share)[:, None]
    moved = (true + rng.integers(1, k, (n, 4))) % k
    codes = np.where(rng.random((n, 4)) < right, true, moved)
    made = Ratings(
        raters=("1", "2", "3", "4"),
        levels=tuple(map(str, range(k))),
        values=np.arange(k, dtype=float),
        ordered=True,
        codes=codes,
    )
    return {
        "percent-agreement": percent_agreement(made, small_sample=True),
        "fleiss-kappa": fleiss_kappa(made, small_sample=True)[0],
        "fleiss-kappa, large sample": fleiss_kappa(made)[0],
        "krippendorff-alpha": krippendorff_alpha(made),
        "krippendorff-alpha, bootstrap": krippendorff_alpha(
            made, interval="bootstrap", replicates=FEW
        ),
        "gwet-ac1": gwet_ac(made, small_sample=True),
        "gwet-ac1, large sample": gwet_ac(made),
    }


def _scale(rng: np.random.Generator, *, n: int) -> dict[str, Estimate]:
    """Forms 2 and 3 from crossed raters, form 1 from raters of each unit's own."""
    unit, rest = rng.normal(size=(n, 1)), 0.5**0.5 * rng.normal(size=(n, 4))
    crossed = unit + 0.1**0.5 * rng.normal(size=(1, 4)) + rest
    two, one = (icc(_numbers(y))[0] for y in (crossed, unit + rest))
    by_name = {e.endpoint: e for e in two}
    return {
        "icc-2-1": by_name["icc-2-1"],
        "icc-3-1": by_name["icc-3-1"],
        "icc-1-1": next(e for e in one if e.endpoint == "icc-1-1"),
    }


def _numbers(y: np.ndarray) -> Ratings:
    values, codes = np.unique(y, return_inverse=True)
    return Ratings(
        raters=("1", "2", "3", "4"),
        levels=tuple(map(str, range(len(values)))),
        values=values,
        ordered=True,
        codes=codes.reshape(y.shape),
    )
