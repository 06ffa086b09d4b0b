"""Answer-letter bias: does the model prefer a letter, whatever the key?

``letter-total-variation`` is half the summed distance between the shares of letters answered and the
shares of letters that are right (0: alike, 1: apart). ``letter-recall-spread`` is the standard
deviation (over letters, divisor their number) of the accuracy within the answers whose key is that
letter (RStd; Zheng 2024). Unparsable answers have no letter: they are left out of the first and
wrong in the second. The tests are of the letters answered against the key's shares: Pearson's
goodness of fit takes the shares as given, Stuart and Maxwell's takes answer and key as pairs.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from validation import count_bootstrap as draws
from validation.estimate import Estimate, Test, absent

if TYPE_CHECKING:
    import numpy as np

    from validation.answering.answers import Answers
    from validation.choices import Choices

ENDPOINTS = ("letter-total-variation", "letter-recall-spread")
REFERENCES = {
    "letter-recall-spread": "Zheng C et al. Large language models are not robust multiple choice "
    "selectors. ICLR 2024 (RStd).",
    "chi-square-goodness-of-fit": "Pearson K. Phil Mag 1900; 50: 157-175.",
    "stuart-maxwell": "Stuart A. Biometrika 1955; 42: 412-416; Maxwell AE. Br J Psychiatry 1970; "
    "116: 651-655.",
}


def table(answers: Answers, at: np.ndarray) -> np.ndarray:
    """Answers by key (rows) and letter answered (columns, the last unparsable).

    Args:
        answers: Scored by ``option-letter``.
        at: Which answers.
    """
    import numpy as np

    size = len(answers.letters)
    flat = np.bincount(answers.letter_cells[at], minlength=size * (size + 1))
    return flat.reshape(size, size + 1)


def _total_variation(tables: np.ndarray) -> np.ndarray:
    import numpy as np

    said = tables[..., :-1].sum(axis=-2)
    key = tables.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = said / said.sum(axis=-1, keepdims=True) - key / key.sum(axis=-1, keepdims=True)
    return np.asarray(np.abs(apart).sum(axis=-1) / 2)


def _recall_spread(tables: np.ndarray) -> np.ndarray:
    import numpy as np

    hits = np.diagonal(tables[..., :-1], axis1=-2, axis2=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = hits / tables.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nanstd(recall, axis=-1))


_STATISTICS = {
    "letter-total-variation": _total_variation,
    "letter-recall-spread": _recall_spread,
}


def spread(
    name: str,
    answers: Answers,
    at: np.ndarray,
    owner: np.ndarray | None,
    confidence: float,
    choices: Choices,
) -> Estimate:
    """One of `ENDPOINTS` with bootstrap percentiles over key and letter.

    Both are distances: the bootstrap of a distance near zero lies above it, which the interval
    shows and does not correct.
    """
    import numpy as np

    size = len(answers.letters)
    blank = absent(
        name,
        "no answers with a letter",
        n=int(at.sum()),
        positives=0,
        method=draws.method_name(owner),
        confidence=confidence,
        unit="distance" if name == ENDPOINTS[0] else "standard deviation",
    )
    if answers.rule != "option-letter" or answers.closed is not None:
        return dataclasses.replace(blank, reason="needs the scoring option-letter throughout")
    whole = table(answers, at)
    if not whole[:, :-1].sum():
        return blank
    value = float(_STATISTICS[name](whole[None].astype(float))[0])
    inside = None if owner is None else np.unique(owner[at], return_inverse=True)[1]
    units = draws.cluster_units(
        answers.letter_cells[at], size * (size + 1), np.ones(int(at.sum())), inside
    )

    def statistic(flat: np.ndarray) -> np.ndarray:
        return _STATISTICS[name](flat.reshape(len(flat), size, size + 1))[:, None]

    if not choices.replicates:
        return dataclasses.replace(blank, value=value, reason="no replicates asked")
    drawn = draws.spans(
        units,
        statistic,
        draws.Resampling(times=choices.replicates, seed=choices.seed),
        confidence,
        clustered=owner is not None,
    )[0]
    return dataclasses.replace(
        blank, value=value, low=drawn.low, high=drawn.high, method=drawn.method, reason=drawn.reason
    )


def letter_tests(answers: Answers, at: np.ndarray, *, between: str = "") -> list[Test]:
    """Whether the letters answered are spread as the key's are.

    Args:
        answers: Scored by ``option-letter``.
        at: Which answers.
        between: The subgroup.
    """
    import numpy as np
    from scipy.stats import chi2
    from statsmodels.stats.contingency_tables import SquareTable

    whole = table(answers, at)
    square, n = whole[:, :-1].astype(float), int(whole[:, :-1].sum())
    key = whole.sum(axis=1)
    facts = {
        f"answered-{letter}": int(number)
        for letter, number in zip(answers.letters.upper(), square.sum(axis=0), strict=True)
    } | {f"key-{letter}": int(k) for letter, k in zip(answers.letters.upper(), key, strict=True)}
    held = key > 0
    given = {"endpoint": "letter-total-variation", "n": n, "between": between, "details": facts}
    reason = "" if n and held.sum() > 1 else "fewer than two letters in the key"
    if not reason and square.sum(axis=0)[~held].any():
        reason = "letters were answered that no key has"
    if reason:
        return [
            Test(test=name, statistic=None, p=None, reason=reason, **given)
            for name in ("chi-square-goodness-of-fit", "stuart-maxwell")
        ]
    expected = n * key[held] / key.sum()
    statistic = float(((square.sum(axis=0)[held] - expected) ** 2 / expected).sum())
    df = int(held.sum()) - 1
    fit = Test(
        test="chi-square-goodness-of-fit",
        statistic=statistic,
        df=df,
        p=float(chi2.sf(statistic, df)),
        **given,
    )
    inner = square[np.ix_(held, held)]
    used = (inner + inner.T - 2 * np.diag(np.diag(inner))).sum(axis=1) > 0
    if used.sum() < 2:  # noqa: PLR2004 - a table of two at least
        none = "no answer differs from its key"
        return [fit, Test(test="stuart-maxwell", statistic=None, p=None, reason=none, **given)]
    with np.errstate(all="ignore"):
        try:
            paired = SquareTable(inner[np.ix_(used, used)], shift_zeros=False).homogeneity()
        except np.linalg.LinAlgError:
            none = "its covariance has no inverse"
            return [fit, Test(test="stuart-maxwell", statistic=None, p=None, reason=none, **given)]
    return [
        fit,
        Test(
            test="stuart-maxwell",
            statistic=float(paired.statistic),
            df=int(paired.df),
            p=float(paired.pvalue),
            **given,
        ),
    ]
