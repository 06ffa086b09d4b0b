"""Built-in cue phrases: what around a mention denies it, leaves it open, or is elsewhere.

Four lists a set, as NegEx has them (Chapman and others 2001): cues before a mention, cues after it,
phrases that look like a cue and are none, and phrases that end a cue's reach. Of phrases that lie
within each other the longest counts: "no" is no cue within "no change". The lists are for radiology
reports and clinical notes in English, and much shorter than what language can do; what they misread
is listed in docs/clinical_findings.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.clinical_findings import Cues

_SIZES = (
    "small",
    "mild",
    "mildly",
    "moderate",
    "large",
    "trace",
    "minimal",
    "stable",
    "unchanged",
    "persistent",
    "increased",
    "increasing",
    "worsening",
    "improving",
    "new",
    "subtle",
    "slight",
    "patchy",
    "old",
    "healed",
    "healing",
    "chronic",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CueSet:
    """Phrases by their place; see the module."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    not_cues: tuple[str, ...]
    ends: tuple[str, ...]

    def with_more(self, more: Cues) -> CueSet:
        """These and a vocabulary's own."""
        return CueSet(
            before=(*self.before, *more.before),
            after=(*self.after, *more.after),
            not_cues=(*self.not_cues, *more.not_cues),
            ends=(*self.ends, *more.ends),
        )


# A new statement begins: what was said before it does not reach into it.
ENDS = (
    "but",
    "however",
    "although",
    "though",
    "except",
    "except for",
    "apart from",
    "aside from",
    "other than",
    "nevertheless",
    "yet",
    "which",
    "while",
    "whereas",
    "with",
    "there is",
    "there are",
    "there has been",
    "is stable",
    "are stable",
    "is unchanged",
    "are unchanged",
    "is present",
    "are present",
    "is seen",
    "are seen",
    "is noted",
    "are noted",
    "is again seen",
    "are again seen",
    "is redemonstrated",
    *(f"{have} {grown}" for have in ("has", "have") for grown in ("increased", "decreased")),
    *(f"{have} {grown}" for have in ("has", "have") for grown in ("worsened", "improved", "grown")),
    "persists",
    "persist",
    "remains",
    "remain",
    "and there",
    "and the",
    "and a",
    "and an",
    ", the",
    ", a",
    ", an",
    *(f"and {size}" for size in _SIZES),
    *(f", {size}" for size in _SIZES),
)


def joined(*sets: CueSet) -> CueSet:
    """The phrases of several sets."""
    return CueSet(
        before=tuple(dict.fromkeys(p for s in sets for p in s.before)),
        after=tuple(dict.fromkeys(p for s in sets for p in s.after)),
        not_cues=tuple(dict.fromkeys(p for s in sets for p in s.not_cues)),
        ends=tuple(dict.fromkeys(p for s in sets for p in s.ends)),
    )
