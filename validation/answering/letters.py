"""Answer-letter bias: does the model prefer a letter, whatever the key?

``letter-total-variation`` is half the summed distance between the shares of letters answered and
the shares of letters that are right (0: alike, 1: apart). ``letter-recall-spread`` is the standard
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


def spreads(
    answers: Answers,
    at: np.ndarray,
    owner: np.ndarray | None,
    confidence: float,
    choices: Choices,
) -> dict[str, Estimate]:
    """All of `ENDPOINTS` with bootstrap percentiles over key and letter, on the same draws.

    Both are distances: the bootstrap of a distance near zero lies above it, which the interval
    shows and does not correct.
    """
    import numpy as np

    blanks = {
        name: absent(
            name,
            "no answers with a letter",
            n=int(at.sum()),
            positives=0,
            method=draws.method_name(owner),
            confidence=confidence,
            unit=unit,
        )
        for name, unit in zip(ENDPOINTS, ("distance", "standard deviation"), strict=True)
    }
    if answers.rule != "option-letter" or answers.closed is not None:
        return _because(blanks, "needs the scoring option-letter throughout")
    size, whole = len(answers.letters), table(answers, at)
    if not whole[:, :-1].sum():
        return blanks
    known = {
        name: dataclasses.replace(
            blank, value=float(_STATISTICS[name](whole[None].astype(float))[0])
        )
        for name, blank in blanks.items()
    }
    if not choices.replicates:
        return _because(known, "no replicates asked")
    inside = None if owner is None else np.unique(owner[at], return_inverse=True)[1]
    ones = np.ones(int(at.sum()))
    units = draws.cluster_units(answers.letter_cells[at], size * (size + 1), ones, inside)

    def statistics(flat: np.ndarray) -> np.ndarray:
        tables = flat.reshape(len(flat), size, size + 1)
        return np.column_stack([_STATISTICS[name](tables) for name in ENDPOINTS])

    resampling = draws.Resampling(times=choices.replicates, seed=choices.seed)
    drawn = draws.spans(units, statistics, resampling, confidence, clustered=owner is not None)
    return {
        name: dataclasses.replace(
            known[name], low=span.low, high=span.high, method=span.method, reason=span.reason
        )
        for name, span in zip(ENDPOINTS, drawn, strict=True)
    }


def _because(estimates: dict[str, Estimate], reason: str) -> dict[str, Estimate]:
    return {name: dataclasses.replace(e, reason=reason) for name, e in estimates.items()}


def letter_tests(answers: Answers, at: np.ndarray, *, between: str = "") -> list[Test]:
    """Whether the letters answered are spread as the key's are.

    Args:
        answers: Scored by ``option-letter``.
        at: Which answers.
        between: The subgroup.
    """
    import numpy as np
    from scipy.stats import chi2

    whole = table(answers, at)
    square, n = whole[:, :-1].astype(float), int(whole[:, :-1].sum())
    key = whole.sum(axis=1)
    facts = {
        f"answered-{letter}": int(number)
        for letter, number in zip(answers.letters.upper(), square.sum(axis=0), strict=True)
    } | {f"key-{letter}": int(k) for letter, k in zip(answers.letters.upper(), key, strict=True)}
    held = key > 0
    reason = "" if n and held.sum() > 1 else "fewer than two letters in the key"
    if not reason and square.sum(axis=0)[~held].any():
        reason = "letters were answered that no key has"

    def test(name: str, found: tuple[float, int] | str) -> Test:
        known = None if isinstance(found, str) else found
        return Test(
            test=name,
            endpoint="letter-total-variation",
            statistic=known[0] if known else None,
            df=known[1] if known else None,
            p=float(chi2.sf(*known)) if known else None,
            reason="" if known else str(found),
            n=n,
            between=between,
            details=facts,
        )

    return [
        test("chi-square-goodness-of-fit", reason or _fit(square.sum(axis=0)[held], key[held])),
        test("stuart-maxwell", reason or _paired(square[np.ix_(held, held)])),
    ]


def _fit(said: np.ndarray, key: np.ndarray) -> tuple[float, int]:
    """Pearson's statistic and degrees of freedom; the key's shares are taken as given."""
    expected = said.sum() * key / key.sum()
    return float(((said - expected) ** 2 / expected).sum()), len(key) - 1


def _paired(square: np.ndarray) -> tuple[float, int] | str:
    """Stuart and Maxwell's statistic and degrees of freedom, or why there are none."""
    import numpy as np
    from statsmodels.stats.contingency_tables import SquareTable

    moved = square + square.T - 2 * np.diag(np.diag(square))
    used = moved.sum(axis=1) > 0
    if not used.any():
        return "no answer differs from its key"
    with np.errstate(all="ignore"):
        try:
            found = SquareTable(square[np.ix_(used, used)], shift_zeros=False).homogeneity()
        except np.linalg.LinAlgError:
            return "its covariance has no inverse"
    if not np.isfinite(found.statistic):
        return "its covariance has no inverse"
    return float(found.statistic), int(found.df)
