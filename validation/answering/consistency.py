"""Is the answer the same in another language, in other words, or when asked again?

A unit is one question put several times (to one model, under one condition). ``cohen-kappa`` of
two versions, ``fleiss-kappa`` of more, is of the answers (letters, or normalised texts); unparsable
is a category of its own. ``flip-rate`` is the share of units whose answers are not all the same,
``both-right`` (``all-right`` of more than two) the share that is right every time. Units that lack
a version are left out.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation import count_bootstrap as draws
from validation.answering.endpoints import share
from validation.choices import DEFAULT, Choices
from validation.fairness.groups import Grouping
from validation.rating.agreement import fleiss_kappa
from validation.rating.kappa import cohen_kappa, kappas
from validation.rating.ratings import Ratings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np

    from validation.answering.answers import Answers
    from validation.estimate import Estimate, Test

ENDPOINTS = ("cohen-kappa", "fleiss-kappa", "flip-rate", "both-right", "all-right")
TWO = 2
UNPARSABLE = "unparsable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Answers of units by versions, whole units only.

    Attributes:
        names: Of the versions, in order.
        categories: Names of the answers.
        codes: Category of each answer, shape (units, versions).
        right: Whether each is right, shape (units, versions).
        first: Row of each unit's first version, for its subgroup and cluster.
        incomplete: Units left out since a version is missing.
    """

    names: tuple[str, ...]
    categories: tuple[str, ...]
    codes: np.ndarray
    right: np.ndarray
    first: np.ndarray
    incomplete: int

    @classmethod
    def of(cls, answers: Answers, unit: Collection[Any], version: Collection[Any]) -> Versions:
        """Pair the answers.

        Args:
            answers: One entry an answer.
            unit: What is asked again, one an answer.
            version: The language, paraphrase or repeat.

        Raises:
            ValueError: A unit has a version twice, or there is one version only.
        """
        import numpy as np

        units, row = np.unique(
            np.asarray(list(unit), dtype=object).astype(str), return_inverse=True
        )
        names, column = np.unique(
            np.asarray(list(version), dtype=object).astype(str), return_inverse=True
        )
        if len(names) < TWO:
            raise ValueError(f"there is one version only ('{names[0]}'): nothing to compare")
        place = row * len(names) + column
        number = np.bincount(place, minlength=len(units) * len(names))
        if (twice := np.flatnonzero(number > 1)).size:
            which, what = divmod(int(twice[0]), len(names))
            raise ValueError(
                f"{twice.size:,} units have a version more than once (such as unit "
                f"'{units[which]}' in '{names[what]}'): name more columns that make a unit"
            )
        whole = (number.reshape(-1, len(names)) == 1).all(axis=1)
        at = np.full(len(units) * len(names), -1)
        at[place] = np.arange(len(place))
        rows = at.reshape(-1, len(names))[whole]
        said = categories(answers)
        levels, codes = np.unique(said.astype(str), return_inverse=True)
        return cls(
            names=tuple(map(str, names)),
            categories=tuple(map(str, levels)),
            codes=codes[rows],
            right=answers.scored.value[rows] >= 1,
            first=rows[:, 0],
            incomplete=int((~whole).sum()),
        )

    def within(self, at: np.ndarray) -> Versions:
        """The same of some units."""
        return dataclasses.replace(
            self, codes=self.codes[at], right=self.right[at], first=self.first[at]
        )


def categories(answers: Answers) -> np.ndarray:
    """What is compared: a column of letters as it is written, else what was read.

    A cell of a letter column that is no letter is a category by its own text, as in published
    tables; in free text all unparsable answers are one category.
    """
    import numpy as np

    if answers.reading == "letter" and answers.rule == "option-letter":
        return np.array([text.strip() or UNPARSABLE for text in answers.texts], dtype=object)
    scored = answers.scored
    return np.where(scored.parsable, scored.answer, UNPARSABLE)


def consistency(
    versions: Versions,
    *,
    groupings: Sequence[Grouping] = (),
    confidence: float = 0.95,
    cluster: np.ndarray | None = None,
    choices: Choices = DEFAULT,
) -> tuple[list[Estimate], list[Test]]:
    """Kappa, flip rate and the share right every time; overall and by subgroup.

    Args:
        versions: The paired answers.
        groupings: Of all answers; a unit belongs where its first version does.
        confidence: Of the intervals.
        cluster: Code of each answer's image or patient.
        choices: Methods of the intervals.
    """
    import numpy as np

    everyone = Grouping(
        attribute="",
        names=("overall",),
        codes=np.zeros(int(versions.first.max(initial=0)) + 1, dtype=int),
    )
    estimates, tests = [], []
    for grouping in (everyone, *groupings):
        codes = grouping.codes[versions.first]
        for code, name in enumerate(grouping.names):
            part = versions.within(codes == code)
            owner = None if cluster is None else cluster[part.first]
            made, tested = _one(part, owner, confidence, choices)
            estimates += [dataclasses.replace(each, subgroup=name) for each in made]
            tests += [
                dataclasses.replace(each, between="" if name == "overall" else name)
                for each in tested
            ]
    return estimates, tests


def _one(
    part: Versions, owner: np.ndarray | None, confidence: float, choices: Choices
) -> tuple[list[Estimate], list[Test]]:
    kappa, test = _kappa(part, owner, confidence, choices)
    flips = (part.codes != part.codes[:, :1]).any(axis=1).astype(float)
    right = part.right.all(axis=1).astype(float)
    name = "both-right" if len(part.names) == TWO else "all-right"
    return [
        kappa,
        share("flip-rate", flips, owner, confidence=confidence, choices=choices),
        share(name, right, owner, confidence=confidence, choices=choices),
    ], [test]


def _kappa(
    part: Versions, owner: np.ndarray | None, confidence: float, choices: Choices
) -> tuple[Estimate, Test]:
    import numpy as np

    used, codes = np.unique(part.codes, return_inverse=True)
    codes, k = codes.reshape(part.codes.shape), max(1, len(used))
    if len(part.names) > TWO:
        made = Ratings(
            raters=part.names, levels=tuple(map(str, used)), values=None, ordered=False, codes=codes
        )
        return fleiss_kappa(made, confidence=confidence)
    cell = codes[:, 0] * k + codes[:, 1]
    table = np.bincount(cell, minlength=k * k).reshape(k, k)
    found, test = cohen_kappa(table, confidence=confidence)
    if owner is None or found.value is None:
        return found, test
    inside = np.unique(owner, return_inverse=True)[1]
    units = draws.cluster_units(cell, k * k, np.ones(len(cell)), inside)
    span = draws.spans(
        units,
        lambda flat: kappas(flat.reshape(len(flat), k, k), "none")[:, None],
        draws.Resampling(times=max(1, choices.replicates), seed=choices.seed),
        confidence,
        clustered=True,
    )[0]
    drawn = dataclasses.replace(
        found, error=None, low=span.low, high=span.high, method=span.method, reason=span.reason
    )
    return drawn, test
