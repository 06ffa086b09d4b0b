"""Drift of the columns together: can a classifier tell the window's rows from frozen ones?

Each column may look as it did while their relations changed (a unit at one site, a new protocol,
a pairing broken by a join). A classifier is trained on one half of both sides' rows and judged on
the other by its ROC AUC, 0.5 when nothing tells them apart (Lopez-Paz and Oquab, ICLR 2017), with
the interval of DeLong et al. (Biometrics 1988; 44: 837-845). Halves, not folds: folds share their
training rows, and an interval over them is too narrow (`validation.synthetic.discriminator`). Only
the lower bound counts, so that small windows do not cry wolf.

Which columns tell: by how much the AUC of the unseen half falls when a column's values are shuffled
between its rows (Breiman, Mach Learn 2001; 45: 5-32). Columns that say the same hide each other.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation.binary.discrimination import auroc
from validation.estimate import Estimate, absent
from validation.synthetic.cells import Cells, Coding
from validation.synthetic.features import Features, probabilities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.drift import JointRule

CHANCE = 0.5  # the AUC of a classifier that cannot tell
ENDPOINT = "joint-drift-auroc"
HALVES = "delong-half-split"
MOST_LEVELS = 50  # of a category that the classifier sees; rarer ones are one
RARER = "(rarer)"
TELLING = 10  # columns that are named
_MIXED = 0x9E3779B97F4A7C15  # so that copies of a row do not stand together


def judged(
    reference: pd.DataFrame, current: pd.DataFrame, kinds: Mapping[str, str], rule: JointRule
) -> Body:
    """Judge two samples of rows.

    Args:
        reference: Frozen rows.
        current: The window's.
        kinds: Column to ``number`` or ``category``; the others are not looked at.
        rule: Limit, model, rows, seed.

    Returns:
        ``status``, ``estimate``, ``threshold``, ``model``, rows of each side, and ``telling``: the
        columns by the AUC lost without them, where the interval lies above 0.5.
    """
    sides = [sampled(side[[*kinds]], rule.sample) for side in (reference, current)]
    sizes = [len(side) for side in sides]
    if min(sizes) < rule.minimum_rows or not kinds:
        reason = f"{min(sizes):,} rows on one side, {rule.minimum_rows} required"
        n = sizes[1]
        found = absent(ENDPOINT, reason, n=n, positives=n, method=HALVES, unit="auc")
        telling: list[Body] = []
    else:
        found, telling = _classified(sides, kinds, rule)
        telling = telling if (found.low or 0.0) > CHANCE else []
    moved = found.low is not None and found.low > rule.threshold
    status = "drift" if moved else "stable"
    return {
        "status": status if found.value is not None else "not evaluable",
        "estimate": found.to_dict(),
        "threshold": rule.threshold,
        "model": rule.model,
        "n_reference": sizes[0],
        "n_window": sizes[1],
        "telling": telling,
    }


def sampled(rows: pd.DataFrame, most: int, count: Sequence[int] | None = None) -> pd.DataFrame:
    """At most so many rows, in an order that depends on nothing but the rows themselves.

    Args:
        rows: One a case, or a group of equal cases.
        most: How many.
        count: Cases that each row stands for; a row is then taken as often as its share.
    """
    import numpy as np
    import pandas as pd

    number = np.ones(len(rows), dtype=int) if count is None else np.asarray(count, dtype=int)
    whole = rows.loc[rows.index.repeat(number)].reset_index(drop=True)
    texts = whole.astype(str)
    marks = pd.util.hash_pandas_object(texts, index=False).to_numpy()
    nth = texts.groupby(marks).cumcount().to_numpy().astype(np.uint64)
    mixed = pd.util.hash_array(marks + nth * np.uint64(_MIXED))
    order = np.argsort(mixed, kind="stable")[:most]
    return whole.iloc[order].reset_index(drop=True)


def _classified(
    sides: Sequence[pd.DataFrame], kinds: Mapping[str, str], rule: JointRule
) -> tuple[Estimate, list[Body]]:
    import numpy as np
    from sklearn.model_selection import train_test_split

    both = _cells(sides, kinds)
    label = np.repeat([0, 1], [len(side) for side in sides])
    rows = np.arange(len(label))
    train, test = train_test_split(rows, test_size=0.5, stratify=label, random_state=rule.seed)
    features = Features.fit(both.take(train))
    draw = np.random.default_rng(rule.seed)
    unseen = [both.take(test), *(_shuffled(both.take(test), c, draw) for c in both.coding.columns)]
    seen = features.matrix(both.take(train)), label[train]
    stack = np.vstack([features.matrix(one) for one in unseen])
    scores = probabilities(rule.model, seen, stack, seed=rule.seed)[:, 1].reshape(len(unseen), -1)
    found = auroc(label[test], scores[0], confidence=rule.confidence)
    whole = found.value or CHANCE
    lost = {
        name: whole - (auroc(label[test], score).value or CHANCE)
        for name, score in zip(both.coding.columns, scores[1:], strict=True)
    }
    first = sorted(lost, key=lambda name: -lost[name])[:TELLING]
    telling = [{"column": name, "auroc_lost": lost[name]} for name in first if lost[name] > 0]
    method = HALVES if found.method == "delong" else found.method
    return dataclasses.replace(found, endpoint=ENDPOINT, method=method), telling


def _shuffled(rows: Cells, column: str, draw: np.random.Generator) -> Cells:
    """The same rows with one column's values shuffled between them."""
    import numpy as np

    order = draw.permutation(len(rows))
    values, codes = np.array(rows.values), np.array(rows.codes)
    if column in rows.coding.numbers:
        place = rows.coding.numbers.index(column)
        values[:, place] = values[order, place]
    else:
        place = rows.coding.categories.index(column)
        codes[:, place] = codes[order, place]
    return Cells(coding=rows.coding, values=values, codes=codes)


def _cells(sides: Sequence[pd.DataFrame], kinds: Mapping[str, str]) -> Cells:
    """Rows of both sides, coded alike; neither which side nor the order is in them."""
    import numpy as np
    import pandas as pd

    both = pd.concat(sides, ignore_index=True)
    numbers = tuple(name for name, kind in kinds.items() if kind == "number")
    categories = tuple(name for name in kinds if name not in numbers)
    texts = {name: _some(both[name]) for name in categories}
    levels = tuple(tuple(sorted(texts[name].dropna().unique())) for name in categories)
    values, codes = np.zeros((len(both), len(numbers))), np.zeros((len(both), len(levels)), int)
    for place, name in enumerate(numbers):
        values[:, place] = np.asarray(both[name], dtype=float)
    for place, name in enumerate(categories):
        codes[:, place] = pd.Categorical(texts[name], categories=list(levels[place])).codes
    coding = Coding(numbers=numbers, categories=categories, levels=levels)
    return Cells(coding=coding, values=values, codes=codes)


def _some(values: pd.Series[str]) -> pd.Series[str]:
    """Texts of a category, all but its most frequent levels as one."""
    text = values.astype(object).where(values.isna(), values.astype(str))
    often = text.value_counts()
    if len(often) <= MOST_LEVELS:
        return text
    kept = set(sorted(often.index, key=lambda level: (-often[level], level))[:MOST_LEVELS])
    return text.where(text.isna() | text.isin(kept), RARER)
