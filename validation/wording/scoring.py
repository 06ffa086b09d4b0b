"""All metrics that are asked for, of all cases, each text read once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validation.wording import (
    bertscore,
    bleu,
    cider,
    embedding,
    java,
    meteor,
    nltk_meteor,
    rouge,
    sacre,
)
from validation.wording.definitions import on_tokens
from validation.wording.grams import Coded, paired
from validation.wording.score import Lack, Score
from validation.wording.settings import BERTSCORE, EMBEDDING, Settings, resolved
from validation.wording.tokens import tokenised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validation.wording.reports import Reports

    Progress = Callable[[str, int, int], None]
    Found = list[Score | Lack]

RULES = {
    **dict.fromkeys(bleu.ENDPOINTS, "coco-bleu"),
    rouge.COCO: "coco-rouge-l",
    cider.ENDPOINT: "coco-cider-d",
    meteor.ENDPOINT: "meteor-1.5",
    nltk_meteor.ENDPOINT: "nltk-meteor",
}
PAUSE = 1.0  # seconds between words of progress


def silent(words: str, done: int, of: int) -> None:
    """No progress."""


@dataclass(slots=True)
class _Counter:
    """Turns single ticks into some words of progress."""

    progress: Progress
    words: str
    of: int
    done: int = 0
    said: float = field(default_factory=time.monotonic)

    def __call__(self, more: int) -> None:
        self.done += more
        if time.monotonic() - self.said > PAUSE:
            self.said = time.monotonic()
            self.progress(self.words, min(self.done, self.of), self.of)


def scored(
    reports: Reports,
    metrics: Sequence[str],
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Found:
    """Every metric of every case.

    Args:
        reports: The cases.
        metrics: Families or endpoints (`settings.FAMILIES`, `settings.ENDPOINTS`).
        settings: Tokens and models.
        progress: Told the step's words, how many are done, and of how many.

    Returns:
        A `Score`, or a `Lack` with its reason, of each endpoint, in the order of `ENDPOINTS`.

    Raises:
        ValueError: Unknown metrics or tokenisation.
    """
    names, how = resolved(metrics), settings or Settings()
    found: Found = []
    found += _on_tokens(reports, [name for name in names if name in RULES], how, progress)
    if sacred := [name for name in names if name in bleu.SACRE_ENDPOINTS]:
        progress("bleu-4-sacrebleu", 0, 0)
        coded = _coded(reports, "13a")
        sums = bleu.columns(reports, coded, list(paired(reports, coded)))
        found += bleu.scores(sums, sacred, bleu.SACRE)
    if rouges := [name for name in names if name in (*rouge.ENDPOINTS, *rouge.STEMMED)]:
        of = len(reports.flat) * sum(name.startswith("rouge-l") for name in rouges)
        found += rouge.scores(reports, rouges, _Counter(progress, "rouge", of))
    if "chrf" in names:
        found.append(sacre.chrf(reports, _Counter(progress, "chrf", len(reports))))
    if berts := [name for name in names if name in BERTSCORE]:
        tick = _Counter(progress, "bertscore", len(reports.flat))
        found += bertscore.scores(reports, berts, how, tick)
    if EMBEDDING in names:
        progress(EMBEDDING, 0, 0)
        found.append(embedding.score(reports, how.embedding_model))
    return sorted(found, key=lambda one: names.index(one.endpoint))


def _coded(reports: Reports, how: str) -> Coded:
    return Coded.of(tokenised([*reports.candidates, *reports.flat], how))


def _on_tokens(reports: Reports, names: Sequence[str], how: Settings, progress: Progress) -> Found:
    """The metrics whose tokens are chosen."""
    if not names:
        return []
    progress(f"tokens ({how.tokenise})", 0, 0)
    rules = {name: on_tokens(RULES[name], how.tokenise) for name in names}
    try:
        texts = tokenised([*reports.candidates, *reports.flat], how.tokenise)
    except java.Lacking as lacking:
        reason = f"tokenisation '{how.tokenise}' {lacking}"
        return [Lack(endpoint=n, definition=rule, reason=reason) for n, rule in rules.items()]
    found: Found = _counted(reports, Coded.of(texts), rules, progress)
    if rouge.COCO in rules:
        cut = texts if how.tokenise != "none" else rouge.cut_as_coco(reports)
        tick = _Counter(progress, rouge.COCO, len(reports.flat))
        found.append(rouge.coco(reports, Coded.of(cut), rules[rouge.COCO], tick))
    if meteor.ENDPOINT in rules:
        tick = _Counter(progress, meteor.ENDPOINT, len(reports))
        given = None if how.tokenise == "none" else texts
        found.append(meteor.score(reports, given, rules[meteor.ENDPOINT], tick))
    if nltk_meteor.ENDPOINT in rules:
        tick = _Counter(progress, nltk_meteor.ENDPOINT, len(reports))
        rule = rules[nltk_meteor.ENDPOINT]
        found.append(nltk_meteor.score(reports, texts, rule, how.wordnet, tick))
    return found


def _counted(reports: Reports, coded: Coded, rules: dict[str, str], progress: Progress) -> Found:
    """BLEU and CIDEr, from counts of n-grams."""
    bleus = [name for name in rules if name in bleu.ENDPOINTS]
    if not bleus and cider.ENDPOINT not in rules:
        return []
    progress("n-grams", 0, 0)
    pairs = list(paired(reports, coded))
    found: Found = []
    if bleus:
        found += bleu.scores(bleu.columns(reports, coded, pairs), bleus, rules[bleus[0]])
    if cider.ENDPOINT in rules:
        found.append(cider.score(reports, pairs, rules[cider.ENDPOINT]))
    return found
