"""How different generated texts are from one another, and whether a generator has collapsed.

Two outputs are one text when they are equal but for case and white space; empty outputs are one
text. Of n cases, with p the share of each distinct text:

``distinct-outputs``: how many distinct texts; ``distinct-share``: over n. ``mode-share``: the share
of the text written most often. ``shannon-entropy``: -sum p log2 p, in bits (Shannon 1948);
``shannon-entropy-normalised``: over log2 n, 1 when no two texts are equal.
``gini-coefficient``: of how often each distinct text was written (0: all equally often, which it is
too when one text is written for all). ``gini-coefficient-padded``: the same over n texts, of which
those that were not written count 0: from 0, no two equal, to 1 - 1/n, one text for all.
``distinct-1``, ``distinct-2``: distinct n-grams over all n-grams (Li 2016). Those ending in
``-references`` are of the references (of the first of each case). None has an interval: drawing
cases again repeats texts, which is the very thing that is measured.

A generator is warned of as collapsed, with ten cases or more, when its effective number of texts (2
to the entropy) is at most a tenth (`COLLAPSED`) of the references'; or, with a hundred cases or
more, when its distinct texts are at most a twentieth (`FEW`) of the cases and its effective number
at most half (`HALF`) of the references'. The rule is relative to the references because normal
studies share a wording too; it looks at no overlap metric, and does not see texts that differ in a
word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.estimate import Estimate, Warned, absent
from validation.wording import java
from validation.wording.definitions import on_tokens
from validation.wording.grams import Coded
from validation.wording.tokens import tokenised

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from validation.fairness.groups import Grouping
    from validation.wording.reports import Reports

REFERENCES = {
    "distinct-texts": "Texts equal but for case and white space are one; counted.",
    "shannon-entropy": "Shannon CE. Bell Syst Tech J 1948; 27: 379-423; in bits.",
    "gini-coefficient": "Gini C. Variabilita e mutabilita, 1912; of how often texts are written.",
}
COLLAPSED = 0.1  # effective number of texts, candidates' over references'
FEWEST = 10  # cases that the rule needs
FEW, HALF, MANY = 0.05, 0.5, 100  # distinct texts over cases, effective numbers, cases
OF_TEXTS = {
    "distinct-outputs": ("distinct-texts", "texts"),
    "distinct-share": ("distinct-texts", "proportion"),
    "mode-share": ("distinct-texts", "proportion"),
    "shannon-entropy": ("shannon-entropy", "bits"),
    "shannon-entropy-normalised": ("shannon-entropy", "score"),
    "gini-coefficient": ("gini-coefficient", "score"),
    "gini-coefficient-padded": ("gini-coefficient", "score"),
}
OF_GRAMS = ("distinct-1", "distinct-2")
BESIDE = "-references"
ENDPOINTS = (
    *OF_TEXTS,
    *OF_GRAMS,
    *(f"{name}{BESIDE}" for name in (*OF_TEXTS, *OF_GRAMS)),
)
NO_INTERVAL = "no interval: drawing cases again repeats texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """What `evaluate` gives.

    Attributes:
        estimates: Of candidates, then of references, by subgroup.
        warnings: Of collapsed generators.
    """

    estimates: tuple[Estimate, ...]
    warnings: tuple[Warned, ...]


def evaluate(
    reports: Reports, groupings: Sequence[Grouping] = (), *, tokenise: str = "none"
) -> Diversity:
    """Diversity of candidates and references, of all cases and of each subgroup.

    Args:
        reports: The cases.
        groupings: Subgroups by case.
        tokenise: Tokens of ``distinct-1`` and ``distinct-2``.

    Raises:
        ValueError: Unknown tokenisation.
    """
    sides = {"": reports.candidates, BESIDE: tuple(some[0] for some in reports.references)}
    texts = {mark: coded_texts(side) for mark, side in sides.items()}
    grams = {mark: _grams(side, tokenise) for mark, side in sides.items()}
    found: list[Estimate] = []
    for name, rows in _parts(reports, groupings):
        for mark in sides:
            found += _of_texts(texts[mark][rows], mark, name)
            found += _of_grams(grams[mark], rows, mark, name, tokenise)
    return Diversity(estimates=tuple(found), warnings=collapsed(reports, groupings))


def collapsed(reports: Reports, groupings: Sequence[Grouping] = ()) -> tuple[Warned, ...]:
    """A warning for all cases and for each subgroup whose generator has collapsed; see above.

    Args:
        reports: The cases.
        groupings: Subgroups by case.
    """
    own = coded_texts(reports.candidates)
    other = coded_texts([some[0] for some in reports.references])
    return tuple(
        warned
        for name, rows in _parts(reports, groupings)
        for warned in _collapse(own[rows], other[rows], name)
    )


def _parts(reports: Reports, groupings: Sequence[Grouping]) -> list[tuple[str, np.ndarray]]:
    """Names and rows of all cases, then of each subgroup."""
    import numpy as np

    parts = [("overall", np.arange(len(reports)))]
    for grouping in groupings:
        codes = enumerate(grouping.names)
        parts += [(name, np.flatnonzero(grouping.codes == code)) for code, name in codes]
    return parts


def coded_texts(texts: Sequence[str]) -> np.ndarray:
    """A number for each text; those equal but for case and white space have one."""
    import numpy as np

    seen: dict[str, int] = {}
    return np.array([seen.setdefault(" ".join(t.casefold().split()), len(seen)) for t in texts])


def frequencies(codes: np.ndarray) -> np.ndarray:
    """How often each distinct text stands, ascending."""
    import numpy as np

    return np.sort(np.unique(codes, return_counts=True)[1])


def entropy(counts: np.ndarray) -> float:
    """Shannon's, in bits."""
    import numpy as np

    share = counts / counts.sum()
    return max(0.0, float(-(share * np.log2(share)).sum()))


def gini(counts: np.ndarray, size: int | None = None) -> float:
    """Gini's coefficient of counts, padded with zeros to a size."""
    import numpy as np

    n = len(counts) if size is None else size
    rank = np.arange(n - len(counts) + 1, n + 1)
    return float((2 * (rank * np.sort(counts)).sum()) / (n * counts.sum()) - (n + 1) / n)


def _of_texts(codes: np.ndarray, mark: str, subgroup: str) -> list[Estimate]:
    import numpy as np

    n, counts = len(codes), frequencies(codes)
    bits = entropy(counts)
    values = (
        float(len(counts)),
        len(counts) / n,
        int(counts[-1]) / n,
        bits,
        bits / np.log2(n) if n > 1 else None,
        gini(counts),
        gini(counts, n),
    )
    made = []
    for (name, (method, unit)), value in zip(OF_TEXTS.items(), values, strict=True):
        plain = absent(
            name + mark,
            NO_INTERVAL if value is not None else "one case has no entropy to compare",
            n=n,
            positives=0,
            method=method,
            subgroup=subgroup,
            unit=unit,
        )
        made.append(_with(plain, value))
    return made


def _with(plain: Estimate, value: float | None) -> Estimate:
    import dataclasses

    return dataclasses.replace(plain, value=None if value is None else float(value))


def _grams(texts: Sequence[str], tokenise: str) -> list[list[str]] | str:
    """Tokens, or why there are none."""
    try:
        return tokenised(texts, tokenise)
    except java.Lacking as lacking:
        return f"tokenisation '{tokenise}' {lacking}"


def _of_grams(
    tokens: list[list[str]] | str, rows: np.ndarray, mark: str, subgroup: str, tokenise: str
) -> list[Estimate]:
    """Distinct n-grams over all n-grams."""
    values: list[float | None] = [None] * len(OF_GRAMS)
    reason = tokens if isinstance(tokens, str) else NO_INTERVAL
    if not isinstance(tokens, str):
        coded = Coded.of([tokens[row] for row in rows.tolist()])
        for order, counts in enumerate(coded.counts(len(OF_GRAMS))):
            total = float(counts.sum())
            values[order] = counts.shape[1] / total if total else None
    made = []
    for name, value in zip(OF_GRAMS, values, strict=True):
        why = "there are no n-grams" if value is None and reason == NO_INTERVAL else reason
        plain = absent(
            name + mark,
            why,
            n=len(rows),
            positives=0,
            method=on_tokens("distinct-n", tokenise),
            subgroup=subgroup,
        )
        made.append(_with(plain, value))
    return made


def _collapse(own: np.ndarray, others: np.ndarray, subgroup: str) -> list[Warned]:
    """The warning of a collapsed generator; see the module's text for the rule."""
    counts, known = frequencies(own), frequencies(others)
    here, there = 2 ** entropy(counts), 2 ** entropy(known)
    ratio, share = here / there, len(counts) / len(own)
    few = len(own) >= MANY and share <= FEW and ratio <= HALF
    if len(own) < FEWEST or (ratio > COLLAPSED and not few):
        return []
    rule = (
        f"at most {COLLAPSED:g} of it"
        if ratio <= COLLAPSED
        else f"at most {HALF:g} of it, and the distinct texts are at most {FEW:.0%} of the cases"
    )
    message = (
        f"{subgroup}: {len(counts):,} distinct texts for {len(own):,} cases, the commonest for "
        f"{int(counts[-1]):,}; the references have {len(known):,}. The effective number of texts "
        f"(2 to the entropy) is {here:.3g} against {there:.3g} of the references, {rule}: the "
        "generator has collapsed to a few texts, whatever its overlap with the references."
    )
    return [Warned(code="collapsed-generator", message=message, count=len(counts))]
