"""The one door to spaCy and negspaCy: a sentence's mentions, each with status and side.

Phrases are found by spaCy's matchers on a blank English pipeline (no model is loaded or fetched);
of phrases within each other the longest counts. Status is by NegEx (Chapman WW and others. J Biomed
Inform 2001; 34: 301-310) as negspaCy implements it, three times with term sets of our own:
negation, uncertainty, and elsewhere (family, history).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from policies.clinical_findings import GAP
from validation.clinical_findings import cues, sides
from validation.clinical_findings.status import ASSERTED, NEGATED, UNCERTAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from policies.clinical_findings import ClinicalFindings

BETWEEN = 3  # words that a gap may hold
_KEY = "tplc"  # of the mentions among a document's spans
_SYNONYM, _NORMAL, _NOT_THIS = "synonym", "normal", "not-this"
_GAP = {"LOWER": {"REGEX": r"^(?!(?:no|not|without|nor|never)$)[a-z][a-z-]*$"}, "OP": "?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One mention in a sentence.

    Attributes:
        finding: Its place in the vocabulary.
        status: One of `validation.clinical_findings.status`, not `ABSENT`.
        side: Bits of `sides`; `sides.NONE` for findings without a side.
    """

    finding: int
    status: int
    side: int


class Reader:
    """Reads sentences by a vocabulary."""

    def __init__(self, vocabulary: ClinicalFindings) -> None:
        import spacy

        self._nlp = spacy.blank("en")
        # Sentences are cut already; spaCy's own cut would part "? pneumonia".
        self._nlp.add_pipe("sentencizer", config={"punct_chars": ["\n"]})
        self._lateral = [finding.lateral for finding in vocabulary.findings]
        self._kinds: dict[int, tuple[int, str]] = {}  # a label's number: finding, kind of phrase
        self._matchers = _matchers(self._nlp, vocabulary, self._kinds)
        self._negated, self._open, self._elsewhere = _marks(self._nlp, vocabulary)

    def read(self, sentences: Iterable[str]) -> Iterator[tuple[Mention, ...]]:
        """The mentions of each sentence, in its order.

        Args:
            sentences: In lower case.
        """
        for doc in self._nlp.pipe(sentences, batch_size=1000):
            yield self._one(doc)

    def _one(self, doc: Doc) -> tuple[Mention, ...]:
        spans = [s for matcher in self._matchers for s in matcher(doc, as_spans=True)]
        if not spans:
            return ()
        doc.spans[_KEY] = self._outer(spans)
        for mark in (self._negated, self._open, self._elsewhere):
            mark(doc)
        tokens = [token.text for token in doc]
        words = sides.stated(tokens)
        found = []
        for span in doc.spans[_KEY]:
            finding, kind = self._kinds[span.label]
            if kind == _NOT_THIS or span._.tplc_elsewhere:
                continue
            at = sides.NONE
            if self._lateral[finding]:
                at = sides.nearest(tokens, words, span.start, span.end)
            found.append(Mention(finding=finding, status=_status(span, kind), side=at))
        return tuple(found)

    def _outer(self, spans: list[Span]) -> list[Span]:
        """Phrases that lie in no longer one, in the sentence's order.

        Normal phrases of two findings may: "heart size and mediastinal contours are normal".
        """
        if len(spans) == 1:
            return spans
        kept: list[Span] = []
        for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
            finding, kind = self._kinds[span.label]
            for other in kept:
                theirs, such = self._kinds[other.label]
                inside = other.start <= span.start and span.end <= other.end
                if inside and (finding == theirs or not kind == such == _NORMAL):
                    break
            else:
                kept.append(span)
        return sorted(kept, key=lambda s: s.start)


def _status(span: Span, kind: str) -> int:
    """A denial by its own words stays one; negation comes before uncertainty."""
    if kind == _NORMAL:
        return UNCERTAIN if span._.tplc_uncertain and not span._.tplc_negated else NEGATED
    if span._.tplc_negated:
        return NEGATED
    return UNCERTAIN if span._.tplc_uncertain else ASSERTED


def _matchers(
    nlp: Language, vocabulary: ClinicalFindings, kinds: dict[int, tuple[int, str]]
) -> list[Callable[..., Any]]:
    """One matcher of plain phrases and one of patterns; fills `kinds`."""
    from spacy.matcher import Matcher, PhraseMatcher

    phrases, patterns = PhraseMatcher(nlp.vocab, attr="LOWER"), Matcher(nlp.vocab)
    for place, finding in enumerate(vocabulary.findings):
        for kind, texts in (
            (_SYNONYM, finding.synonyms),
            (_NORMAL, finding.normal_phrases),
            (_NOT_THIS, finding.not_this),
        ):
            label = f"{finding.id}:{kind}"
            kinds[nlp.vocab.strings.add(label)] = (place, kind)
            for text in texts:
                if "*" in text or GAP in text.split():
                    patterns.add(label, [_pattern(nlp, text)])
                else:
                    phrases.add(label, [nlp.make_doc(text)])
    return [matcher for matcher in (phrases, patterns) if len(matcher)]


def _pattern(nlp: Language, text: str) -> list[dict[str, Any]]:
    """A phrase with ``*`` or ``...`` as spaCy's matcher reads it."""
    tokens: list[dict[str, Any]] = []
    for word in text.split():
        if word == GAP:
            tokens += [_GAP] * BETWEEN
            continue
        parts = [token.text for token in nlp.make_doc(word.removesuffix("*"))]
        tokens += [{"LOWER": part} for part in parts]
        if word.endswith("*"):
            tokens[-1] = {"LOWER": {"REGEX": f"^{re.escape(parts[-1])}"}}
    return tokens


def _marks(nlp: Language, vocabulary: ClinicalFindings) -> list[Callable[[Doc], Doc]]:
    """Negation, uncertainty, elsewhere: each sets an extension of the mentions."""
    more = vocabulary.cues
    about = cues.FAMILY
    if vocabulary.history == "left-out":
        about = cues.joined(cues.FAMILY, cues.HISTORY)
    sets = {
        "tplc_negated": cues.NEGATION.with_more(more.negation),
        "tplc_uncertain": cues.UNCERTAINTY.with_more(more.uncertainty),
        "tplc_elsewhere": about.with_more(more.elsewhere),
    }
    return [_mark(nlp, name, made) for name, made in sets.items()]


def _mark(nlp: Language, name: str, made: cues.CueSet) -> Callable[[Doc], Doc]:
    """negspaCy's NegEx with a term set, of whose matches the longest count.

    negspaCy drops only cues that begin in a pseudo-cue or right after one; "no" within "is no
    longer", and "possible" after "consistent with", would be read wrongly.
    """
    from negspacy.negation import Negex

    terms = {
        "pseudo_negations": list(made.not_cues),
        "preceding_negations": list(made.before),
        "following_negations": list(made.after),
        "termination": list(made.ends),
    }
    negex = Negex(nlp, name, neg_termset=terms, extension_name=name, span_keys=[_KEY])
    every = negex.matcher
    negex.matcher = partial(_longest, every, nlp.vocab.strings["pseudo"])
    return negex


def _longest(matcher: Any, pseudo: int, doc: Doc) -> list[tuple[int, int, int]]:
    """Matches that lie in no longer one, without the pseudo-cues that they were held against."""
    found = matcher(doc)
    if len(found) == 1:
        return [match for match in found if match[0] != pseudo]
    return [
        (kind, start, end)
        for kind, start, end in found
        if kind != pseudo
        and not any(a <= start and end <= b and b - a > end - start for _, a, b in found)
    ]
