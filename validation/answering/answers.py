"""Answers beside their keys, with the rule that scores them: checked once, scored once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from validation.answering import scoring
from validation.answering.options import option_letters
from validation.answering.scoring import RULES, Scored

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Answers:
    """One entry an answer.

    Attributes:
        response: What was answered, as text; None or NaN where nothing was.
        key: The correct answer: an option letter, yes or no, or a text (several accepted answers
            in one text for the rules of `scoring.SEVERAL`).
        rule: One of `scoring.RULES`.
        letters: The options, such as ``ABCD``, for ``option-letter``.
        choices: The options' own words of each answer, in the order of the letters.
        reading: ``text`` or ``letter`` (`options.read_options`), for ``option-letter``.
        normalisation: One of `normalisation.NORMALISATIONS`, for texts.
        separator: Between accepted answers; several signs are alternatives.
        closed: Whether each question is closed; open ones are then compared as texts. None when
            the questions' kinds are not told apart.
        certainty: The model's confidence in each answer, higher is surer.
    """

    response: Collection[Any]
    key: Collection[Any]
    rule: str = "exact-match"
    letters: str = ""
    choices: Sequence[Sequence[str]] | None = None
    reading: str = "text"
    normalisation: str = "vqa"
    separator: str = ""
    closed: np.ndarray | None = None
    certainty: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"unknown scoring '{self.rule}' (there are: {', '.join(RULES)})")
        for name in ("key", "choices", "closed", "certainty"):
            given = getattr(self, name)
            if given is not None and len(given) != len(self.response):
                raise ValueError(
                    f"lengths differ: {len(self.response)} responses, {len(given)} of {name}"
                )
        if blank := sum(not text for text in self._keys):
            raise ValueError(f"{blank:,} keys are blank")

    def __len__(self) -> int:
        return len(self.response)

    @cached_property
    def texts(self) -> list[str]:
        """Responses as text, ``""`` where missing."""
        return [_text(given) for given in self.response]

    @cached_property
    def _keys(self) -> list[str]:
        return [_text(given).strip() for given in self.key]

    @cached_property
    def scored(self) -> Scored:
        """Every answer against its key, by the rule.

        Raises:
            ValueError: Keys or letters that do not fit the rule.
        """
        if self.closed is None or self.rule not in scoring.READ:
            return self._score(self.texts, self._keys, self.choices, self.rule)
        return self._mixed(self.closed.astype(bool))

    @cached_property
    def letter_cells(self) -> np.ndarray:
        """Place of each answer in a table of key by letter answered, unparsable last."""
        import numpy as np

        letters = self.letters.upper()
        place = {letter: index for index, letter in enumerate(letters)} | {"": len(letters)}
        keys = np.array([place.get(key, 0) for key in self.scored.key], dtype=int)
        said = [place.get(answer, len(letters)) for answer in self.scored.answer]
        return np.asarray(keys * (len(letters) + 1) + np.array(said, dtype=int))

    def text_scored(self, rule: str) -> Scored:
        """The same answers as texts by another rule, such as ``token-f1``."""
        return scoring.by_text(self.texts, self._keys, rule, self.normalisation, self.separator)

    def _score(
        self,
        texts: Sequence[str],
        keys: Sequence[str],
        choices: Sequence[Sequence[str]] | None,
        rule: str,
    ) -> Scored:
        if rule == "option-letter":
            letters = option_letters(self.letters)
            return scoring.by_options(texts, keys, letters, choices, self.reading)
        if rule == "yes-no":
            return scoring.by_yes_no(texts, keys, self.normalisation)
        return scoring.by_text(texts, keys, rule, self.normalisation, self.separator)

    def _mixed(self, closed: np.ndarray) -> Scored:
        """Closed questions by the rule, open ones by ``exact-match``."""
        import numpy as np

        fields = {}
        parts = []
        for chosen, rule in ((closed, self.rule), (~closed, "exact-match")):
            at = np.flatnonzero(chosen).tolist()
            choices = None if self.choices is None else [self.choices[i] for i in at]
            texts, keys = [self.texts[i] for i in at], [self._keys[i] for i in at]
            parts.append((at, self._score(texts, keys, choices, rule)))
        for name in ("value", "parsable", "answer", "way", "key"):
            whole = np.empty(len(self), dtype=getattr(parts[0][1], name).dtype)
            for at, part in parts:
                whole[at] = getattr(part, name)
            fields[name] = whole
        return Scored(**fields)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN
