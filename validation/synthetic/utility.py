"""What a model learns from synthetic rows, against what it learns from the real ones.

Train on synthetic, test on real (Esteban, Hyland and Raetsch, arXiv:1706.02633, 2017): the same
model is trained on either file and both are tested on the same holdout. Two-valued labels: AUROC
with DeLong's interval, and DeLong's paired difference; more values: accuracy, Newcombe's paired
difference and McNemar's exact test. Features: see `validation.synthetic.features`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc, paired_auroc_difference
from validation.binary.proportion import proportion
from validation.designs.mcnemar import mcnemar_exact
from validation.designs.paired import as_test
from validation.designs.paired_difference import newcombe_paired
from validation.designs.pairs import Discordance
from validation.estimate import Estimate, Test, Warned, absent
from validation.synthetic.features import MODELS, Features, probabilities
from validation.synthetic.files import positive_level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from validation.synthetic.cells import Cells
    from validation.synthetic.files import Files

REFERENCES = {
    "train-synthetic-test-real": "Esteban C, Hyland SL, Raetsch G. arXiv:1706.02633, 2017.",
}
LEAST = 10  # labelled rows to learn from
NO_HOLDOUT = "no holdout: the models have nothing to be tested on"
ORIGINS = ("synthetic", "real")


def utility(
    files: Files, *, seed: int, confidence: float, models: Sequence[str] = MODELS
) -> tuple[list[Estimate], list[Test], list[Warned]]:
    """Each model trained on synthetic and on real rows, tested on the holdout.

    Args:
        files: With a label among the roles.
        seed: Of gradient boosting.
        confidence: Of the intervals.
        models: Which to train.
    """
    label = files.roles.label or ""
    levels = files.coding.levels[files.coding.categories.index(label)]
    positive = positive_level(levels, files.roles.positive)
    kind = "auroc" if positive is not None else "accuracy"
    if files.holdout is None:
        return _none(kind, NO_HOLDOUT, confidence, models), [], []
    rows, warned = _labelled([files.synthetic, files.real, files.holdout], label)
    target = _targets(rows, label, levels, positive)
    if reason := _reason(target):
        return _none(kind, reason, confidence, models), [], warned
    without = (label, files.roles.time, files.roles.event)
    if not set(files.coding.columns) - set(without):
        return _none(kind, "no column is left to learn from", confidence, models), [], warned
    estimates, tests = [], []
    compare = _areas if kind == "auroc" else _accuracies
    for name in models:
        learned = [
            _learned(name, one, truth, rows[2], without, seed)
            for one, truth in zip(rows[:2], target[:2], strict=True)
        ]
        found, test = compare(target[2], learned, confidence)
        each = f"model={name}"
        estimates += [dataclasses.replace(e, subgroup=each) for e in found]
        tests.append(dataclasses.replace(test, between=f"synthetic − real, {each}"))
    return estimates, tests, warned


def _labelled(files: list[Cells], label: str) -> tuple[list[Cells], list[Warned]]:
    rows = [cells.take(cells.code(label) >= 0) for cells in files]
    lost = sum(map(len, files)) - sum(map(len, rows))
    if not lost:
        return rows, []
    message = f"{lost:,} rows without '{label}' were left out of utility"
    return rows, [Warned(code="missing-values", message=message, columns=(label,), count=lost)]


def _targets(
    rows: Sequence[Cells], label: str, levels: tuple[str, ...], positive: str | None
) -> list[np.ndarray]:
    codes = [cells.code(label) for cells in rows]
    if positive is None:
        return codes
    return [(code == levels.index(positive)).astype(int) for code in codes]


def _reason(target: list[np.ndarray]) -> str:
    """Why models cannot be trained or tested; empty when they can."""
    import numpy as np

    for name, truth in zip((*ORIGINS, "holdout"), target, strict=True):
        if name != "holdout" and len(truth) < LEAST:
            return f"{len(truth)} labelled rows in the {name} file, {LEAST} required"
        if len(np.unique(truth)) < 2:  # noqa: PLR2004 - to tell apart
            return f"one value of the label only in the {name} file"
    return ""


def _learned(
    name: str,
    train: Cells,
    truth: np.ndarray,
    test: Cells,
    without: tuple[str | None, ...],
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The classes that were learned, and their probabilities for the test rows."""
    import numpy as np

    features = Features.fit(train, without)
    known = features.matrix(train), truth
    return np.unique(truth), probabilities(name, known, features.matrix(test), seed=seed)


_Learned = list["tuple[np.ndarray, np.ndarray]"]


def _areas(truth: np.ndarray, learned: _Learned, confidence: float) -> tuple[list[Estimate], Test]:
    scores = [found[:, 1] for _, found in learned]
    found = [
        dataclasses.replace(
            auroc(truth, score, confidence=confidence), endpoint=f"utility-auroc-{origin}"
        )
        for origin, score in zip(ORIGINS, scores, strict=True)
    ]
    difference = dataclasses.replace(
        paired_auroc_difference(truth, *scores, confidence=confidence),
        endpoint="utility-auroc-difference",
    )
    return [*found, difference], as_test(difference, "delong-paired")


def _accuracies(
    truth: np.ndarray, learned: _Learned, confidence: float
) -> tuple[list[Estimate], Test]:
    right = [classes[found.argmax(axis=1)] == truth for classes, found in learned]
    n, endpoint = len(truth), "utility-accuracy-difference"
    found = [
        proportion(
            f"utility-accuracy-{origin}", int(hit.sum()), n, positives=0, confidence=confidence
        )
        for origin, hit in zip(ORIGINS, right, strict=True)
    ]
    a, b = right
    table = Discordance(
        both=int((a & b).sum()),
        a_only=int((a & ~b).sum()),
        b_only=int((~a & b).sum()),
        neither=int((~a & ~b).sum()),
    )
    difference = newcombe_paired(table, endpoint, confidence=confidence)
    test = dataclasses.replace(
        mcnemar_exact(table, endpoint), low=difference.low, high=difference.high,
        method=difference.method, confidence=confidence,
    )  # fmt: skip
    return [*found, difference], test


def _none(kind: str, reason: str, confidence: float, models: Sequence[str]) -> list[Estimate]:
    methods = ("delong", "delong-paired") if kind == "auroc" else ("wilson", "newcombe-paired")
    unit = "auc" if kind == "auroc" else "proportion"

    def one(what: str, method: str) -> Callable[[str], Estimate]:
        return lambda model: absent(
            f"utility-{kind}-{what}", reason, n=0, positives=0, method=method, unit=unit,
            confidence=confidence, subgroup=f"model={model}",
        )  # fmt: skip

    makers = [one(origin, methods[0]) for origin in ORIGINS] + [one("difference", methods[1])]
    return [make(model) for model in models for make in makers]
