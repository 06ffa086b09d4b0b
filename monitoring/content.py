"""Whether the content of texts or embeddings moved: a classifier tells production from frozen ones.

Evidently's domain classifier (TF-IDF of words, its fixed seed) is trained on half of both sides and
judged on the other half by its ROC AUC: 0.5 when nothing tells them apart. Its lower bound, with
the variance of Hanley and McNeil (Radiology 1982; 143: 29) at half the texts of each side, must lie
beyond the limit, so that small windows do not cry wolf. Texts go in, one number comes out:
Evidently's page, which may show words of the texts, is never made.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from monitoring import drift
from validation.power.power_auroc import auroc_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from evidence.records import Body
    from policies.text_plan import Embedding, TextPlan

FEWEST = 50  # texts of a side: fewer give a classifier nothing to learn
TEXTS = "text-content"
EMBEDDING = "embedding-"  # begins the name of a method
# Scripts written without spaces (kana, Han, Thai): overlapping pairs of signs stand for words.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2,}")


def is_content(method: str) -> bool:
    """Whether a drift body is of content, not of a counted distribution."""
    return method == TEXTS or method.startswith(EMBEDDING)


def texts(
    name: str, then: Sequence[str], now: Sequence[str], plan: TextPlan, confidence: float
) -> Body:
    """Content drift of texts.

    Args:
        name: What they are called.
        then: Of the reference set; empty ones are left aside.
        now: Of the window.
        plan: Limit, and how many texts are compared.
        confidence: Two-sided, of the lower bound.
    """
    sides = [_some([_words(t) for t in side if t.strip()], plan.sample) for side in (then, now)]
    sizes = [len(side) for side in sides]
    value, reason = None, _too_few(sizes)
    if not reason:
        try:
            value = drift.text_content(sides[0], sides[1], plan.content_threshold)
        except ValueError as error:  # no word is left to tell texts by, as where all are one letter
            reason = f"no classifier can be trained: {error}"
    return _body(name, TEXTS, plan.content_threshold, value, reason, sizes, confidence)


def embedding(
    name: str,
    then: pd.DataFrame,
    now: pd.DataFrame,
    rule: Embedding,
    most: int,
    confidence: float,
) -> Body:
    """Drift of an embedding.

    Args:
        name: What it is called.
        then: One row a frozen case, a column a component; rows with a gap are left aside.
        now: Of the window.
        rule: Method and limit.
        most: Rows of a side that are compared.
        confidence: Two-sided, of the lower bound where the method is ``model``.

    Raises:
        DataError: A component that is no number.
    """
    sides = [_rows(side, most) for side in (then, now)]
    sizes = [len(side) for side in sides]
    value, reason = None, _too_few(sizes)
    if not reason:
        value = drift.embedding(sides[0], sides[1], rule.method, rule.limit)
    method = EMBEDDING + rule.method
    return _body(f"{name} embedding", method, rule.limit, value, reason, sizes, confidence)


def _too_few(sizes: Sequence[int]) -> str:
    sides = ("the reference set", "the window")
    few = [f"{which} has {n:,}" for which, n in zip(sides, sizes, strict=True) if n < FEWEST]
    return f"{' and '.join(few)}, {FEWEST} are needed" if few else ""


def _body(
    name: str,
    method: str,
    limit: float,
    value: float | None,
    reason: str,
    sizes: Sequence[int],
    confidence: float,
) -> Body:
    area = method in (TEXTS, f"{EMBEDDING}model")
    low = lower_bound(value, sizes, confidence) if area and value is not None else None
    judged = low if area else value
    moved = judged is not None and judged > limit
    return {
        "column": name,
        "method": method,
        "threshold": limit,
        "value": value,
        "low": low,
        "exact": None,
        "status": "not evaluable" if value is None else ("drift" if moved else "stable"),
        "reason": reason,
        "missing_reference": None,
        "missing_window": None,
        "n_reference": sizes[0],
        "n_window": sizes[1],
    }


def lower_bound(auc: float, sizes: Sequence[int], confidence: float) -> float:
    """Lower bound of the classifier's AUC on the half of the texts that it was not trained on."""
    from statistics import NormalDist

    half = [max(1.0, size / 2) for size in sizes]
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    variance = auroc_variance(auc, half[1], half[0], "hanley-mcneil")
    return float(max(0.0, auc - z * max(variance, 0.0) ** 0.5))


def _words(text: str) -> str:
    return _UNSPACED.sub(lambda run: f" {_pairs(run[0])} ", text)


def _pairs(signs: str) -> str:
    return " ".join(signs[at : at + 2] for at in range(len(signs) - 1))


def _some(given: Sequence[str], most: int) -> list[str]:
    """At most so many texts, in an order that depends on nothing but the texts themselves."""
    times: dict[str, int] = {}
    marked = []
    for text in given:
        times[text] = times.get(text, 0) + 1
        marked.append((hashlib.sha256(f"{times[text]}:{text}".encode()).digest(), text))
    return [text for _, text in sorted(marked)[:most]]


def _rows(given: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many whole rows as numbers, in an order that depends on their values only."""
    import pandas as pd

    from evidence.errors import DataError

    numbers = given.apply(pd.to_numeric, errors="coerce").astype(float)
    strange = int((numbers.isna() & given.notna()).to_numpy().sum())
    if strange:
        first = str(given.columns[0])
        raise DataError(f"embedding of '{first}' ...", [f"{strange:,} values are no numbers"])
    whole = numbers.dropna()
    keys = [",".join(map(repr, row)) for row in whole.to_numpy().tolist()]
    marks = pd.Series([hashlib.sha256(k.encode()).hexdigest() for k in keys], index=whole.index)
    order = marks.sort_values(kind="stable").index[:most]
    ordered: pd.DataFrame = whole.loc[order].reset_index(drop=True)
    return ordered
