"""The phrases of a vocabulary found in sentences, by spaCy's matchers.

Words that end in ``*`` are spelled out as the words that the sentences hold, so that all but the
phrases with a gap go through the phrase matcher, whose speed does not depend on their number.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from policies.clinical_findings import GAP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from policies.clinical_findings import ClinicalFindings

BETWEEN = 3  # words that a gap may hold
SYNONYM, NORMAL, NOT_THIS = "synonym", "normal", "not-this"
_GAP = {"LOWER": {"REGEX": r"^(?!(?:no|not|without|nor|never)$)[a-z][a-z-]*$"}, "OP": "?"}
_WORD = re.compile(r"\w+")


class Phrases:
    """The phrases of a vocabulary.

    Attributes:
        kinds: The number of a span's label to the finding's place and the kind of phrase.
    """

    def __init__(self, nlp: Language, vocabulary: ClinicalFindings) -> None:
        self._nlp = nlp
        self.kinds: dict[int, tuple[int, str]] = {}
        self._texts: list[tuple[str, str]] = []  # label, phrase
        for place, finding in enumerate(vocabulary.findings):
            for kind, texts in (
                (SYNONYM, finding.synonyms),
                (NORMAL, finding.normal_phrases),
                (NOT_THIS, finding.not_this),
            ):
                label = f"{finding.id}:{kind}"
                self.kinds[nlp.vocab.strings.add(label)] = (place, kind)
                self._texts += [(label, text) for text in texts]

    def finder(self, sentences: Sequence[str]) -> Callable[[Doc, str], list[Span]]:
        """What finds the phrases in the document of one of these sentences, given both."""
        from spacy.matcher import PhraseMatcher

        known = sorted({word for text in sentences for word in _WORD.findall(text)})
        plain = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        for label, text in self._texts:
            if GAP not in text.split():
                plain.add(label, [self._nlp.make_doc(t) for t in _spelled(text, known)])
        gaps, first = self._gaps()

        def find(doc: Doc, sentence: str) -> list[Span]:
            spans: list[Span] = plain(doc, as_spans=True)
            if first is not None and first.search(sentence):
                spans += gaps(doc, as_spans=True)
            return spans

        return find

    def _gaps(self) -> tuple[Any, re.Pattern[str] | None]:
        """The matcher of phrases with a gap, and the words that they begin with."""
        from spacy.matcher import Matcher

        gaps, first = Matcher(self._nlp.vocab), set()
        for label, text in self._texts:
            if GAP in text.split():
                gaps.add(label, [self._pattern(text)])
                first.add(re.escape(text.split()[0].removesuffix("*")))
        return gaps, re.compile("|".join(sorted(first))) if first else None

    def _pattern(self, text: str) -> list[dict[str, Any]]:
        """A phrase with a gap as spaCy's matcher reads it."""
        tokens: list[dict[str, Any]] = []
        for word in text.split():
            if word == GAP:
                tokens += [_GAP] * BETWEEN
                continue
            parts = [token.text for token in self._nlp.make_doc(word.removesuffix("*"))]
            tokens += [{"LOWER": part} for part in parts]
            if word.endswith("*"):
                tokens[-1] = {"LOWER": {"REGEX": f"^{re.escape(parts[-1])}"}}
        return tokens


def _spelled(text: str, known: Sequence[str]) -> list[str]:
    """A phrase with each ``*`` spelled out as the words that are known."""
    choices = []
    for word in text.split():
        head, _, stem = word.removesuffix("*").rpartition("-")
        before = f"{head}-" if head else ""
        choices.append(
            [before + other for other in known if other.startswith(stem)]
            if word.endswith("*")
            else [word]
        )
    return [" ".join(words) for words in itertools.product(*choices)]
