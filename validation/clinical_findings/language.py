"""The one door to spaCy and negspaCy: a sentence's mentions, each with status and side.

Phrases are found by spaCy's matchers on a blank English pipeline (no model is loaded or fetched);
of phrases within each other the longest counts. Status is by NegEx (Chapman WW and others. J Biomed
Inform 2001; 34: 301-310) as negspaCy implements it, three times with term sets of our own:
negation, uncertainty, and elsewhere (family, history, what may come).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from validation.clinical_findings import cues, sides
from validation.clinical_findings.doubt_cues import HISTORY, OTHERS, UNCERTAINTY
from validation.clinical_findings.negation_cues import NEGATION
from validation.clinical_findings.phrases import NORMAL, NOT_THIS, Phrases
from validation.clinical_findings.status import ASSERTED, NEGATED, UNCERTAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from policies.clinical_findings import ClinicalFindings

_Match = tuple[int, int, int]  # a cue's kind, first token and end
_KEY = "tplc"  # of the mentions among a document's spans


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
        self._nlp = _english()
        self._lateral = [finding.lateral for finding in vocabulary.findings]
        self._phrases = Phrases(self._nlp, vocabulary)
        self._marks = _marks(self._nlp, vocabulary)

    def read(self, sentences: Sequence[str]) -> Iterator[tuple[Mention, ...]]:
        """The mentions of each sentence, in its order.

        Args:
            sentences: In lower case.
        """
        find = self._phrases.finder(sentences)
        for sentence in sentences:
            doc = self._nlp.make_doc(sentence)
            spans = find(doc, sentence)
            yield self._mentions(doc, spans) if spans else ()

    def _mentions(self, doc: Doc, spans: list[Span]) -> tuple[Mention, ...]:
        kinds = self._phrases.kinds
        doc.spans[_KEY] = self._outer(spans)
        for mark in self._marks:
            mark(doc)
        tokens: list[str] = []
        words: list[tuple[int, int, int]] = []
        found = []
        for span in doc.spans[_KEY]:
            finding, kind = kinds[span.label]
            if kind == NOT_THIS or span._.tplc_elsewhere:
                continue
            at = sides.NONE
            if self._lateral[finding]:
                if not tokens:
                    tokens = [token.text for token in doc]
                    words = sides.stated(tokens)
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
            finding, kind = self._phrases.kinds[span.label]
            for other in kept:
                theirs, such = self._phrases.kinds[other.label]
                inside = other.start <= span.start and span.end <= other.end
                if inside and (finding == theirs or not kind == such == NORMAL):
                    break
            else:
                kept.append(span)
        return sorted(kept, key=lambda s: s.start)


@cache
def _english() -> Language:
    """A tokenizer and nothing else; made once, which takes longer than a hundred reports."""
    import spacy

    return spacy.blank("en")


def _status(span: Span, kind: str) -> int:
    """A denial by its own words stays one; negation comes before uncertainty."""
    if kind == NORMAL:
        return UNCERTAIN if span._.tplc_uncertain and not span._.tplc_negated else NEGATED
    if span._.tplc_negated:
        return NEGATED
    return UNCERTAIN if span._.tplc_uncertain else ASSERTED


def _marks(nlp: Language, vocabulary: ClinicalFindings) -> list[Callable[[Doc], None]]:
    """Negation, uncertainty, elsewhere: each sets an extension of the mentions."""
    more = vocabulary.cues
    about = OTHERS
    if vocabulary.history == "left-out":
        about = cues.joined(OTHERS, HISTORY)
    sets = {
        "tplc_negated": NEGATION.with_more(more.negation),
        "tplc_uncertain": UNCERTAINTY.with_more(more.uncertainty),
        "tplc_elsewhere": about.with_more(more.elsewhere),
    }
    return [_mark(nlp, name, made) for name, made in sets.items()]


def _mark(nlp: Language, name: str, made: cues.CueSet) -> Callable[[Doc], None]:
    """NegEx as negspaCy has it, with a term set of ours."""
    terms = {
        "pseudo_negations": list(made.not_cues),
        "preceding_negations": list(made.before),
        "following_negations": list(made.after),
        "termination": list(made.ends),
    }
    negex = _negex()(nlp, name, neg_termset=terms, extension_name=name, span_keys=[_KEY])
    ends = nlp.vocab.strings["Termination"]

    def mark(doc: Doc) -> None:
        if any(kind != ends for kind, _, _ in negex.matcher(doc)):  # most sentences hold no cue
            negex(doc)

    return mark


@cache
def _negex() -> Any:
    """The component of negspaCy with the longest of overlapping cues, in documents of one sentence.

    negspaCy drops only cues that begin in a pseudo-cue or right after one; "no" within "is no
    longer", and "possible" after "consistent with", would be read wrongly. Sentences are cut
    already; spaCy's own cut would part "? pneumonia".
    """
    from negspacy.negation import Negex

    class LongestCue(Negex):
        def process_negations(self, doc: Doc) -> tuple[list[_Match], list[_Match], list[_Match]]:
            found = self.matcher(doc)
            strings = self.nlp.vocab.strings
            outer = [match for match in found if not any(_within(match, m) for m in found)]
            preceding, following, ends = (
                [match for match in outer if match[0] == strings[name]]
                for name in ("Preceding", "Following", "Termination")
            )
            return preceding, following, ends

        def termination_boundaries(
            self, doc: Doc, terminating: list[_Match]
        ) -> list[tuple[int, int]]:
            starts = {start for _, start, _ in terminating if start}
            return list(itertools.pairwise([0, *sorted(starts), len(doc)]))

    return LongestCue


def _within(match: _Match, other: _Match) -> bool:
    """Whether a match lies in a longer one."""
    _, start, end = match
    _, first, last = other
    return first <= start and end <= last and last - first > end - start
