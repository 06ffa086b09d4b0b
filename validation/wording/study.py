"""All that is said of the wording of a set of reports: overlap, diversity, people, and warnings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validation.count_bootstrap import REPLICATES, SEED, cluster_codes
from validation.estimate import Estimate, Result, Warned
from validation.wording import diversity, human
from validation.wording.measures import in_groups
from validation.wording.score import Score
from validation.wording.scoring import RULES, scored, silent
from validation.wording.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    from validation.fairness.groups import Grouping
    from validation.wording.human import Sheet
    from validation.wording.reports import Reports
    from validation.wording.score import Lack
    from validation.wording.scoring import Progress

RAW = 0.1  # share of words with a capital or a mark, above which a text is no tokens yet
MARKS = ".,;:!?()[]\"'"
LOOKED = 200  # texts that are looked at for that
APART = 0.005  # of ROUGE-L from ROUGE-Lsum: less is not worth a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is computed, and how.

    Attributes:
        metrics: Families or endpoints of `settings`; none is allowed.
        diverse: Whether diversity is estimated; a collapsed generator is warned of in any case.
        settings: Tokens and models.
        confidence: Of the intervals.
        replicates: Of each bootstrap.
        seed: Of each bootstrap.
    """

    metrics: tuple[str, ...] = DEFAULT
    diverse: bool = True
    settings: Settings = field(default_factory=Settings)
    confidence: float = 0.95
    replicates: int = REPLICATES
    seed: int = SEED


def study(
    reports: Reports,
    plan: Plan | None = None,
    *,
    groupings: Sequence[Grouping] = (),
    sheets: Sequence[Sheet] = (),
    cluster: ArrayLike | None = None,
    progress: Progress = silent,
) -> Result:
    """Every endpoint of wording, with warnings.

    Args:
        reports: The cases.
        plan: What is computed.
        groupings: Subgroups by case.
        sheets: People's ratings of these cases, one a criterion.
        cluster: The patient of each case.
        progress: Told the step's words, how many are done, and of how many.

    Raises:
        ValueError: Unknown metrics or tokenisation, or clusters that do not fit.
    """
    how = plan or Plan()
    owner = cluster_codes(cluster, len(reports))
    found = scored(reports, how.metrics, how.settings, progress)
    progress("intervals", 0, 0)
    estimates = in_groups(
        found,
        len(reports),
        groupings,
        confidence=how.confidence,
        replicates=how.replicates,
        seed=how.seed,
        cluster=owner,
    )
    rated = _rated(sheets, found, how, owner)
    warnings = explained(reports, found, estimates, how.settings.tokenise)
    if how.diverse:
        different = diversity.evaluate(reports, groupings, tokenise=how.settings.tokenise)
        estimates += different.estimates
    warnings = [*diversity.collapsed(reports, groupings), *warnings]
    return Result(
        estimates=(*estimates, *rated.estimates), tests=rated.tests, warnings=tuple(warnings)
    )


def _rated(
    sheets: Sequence[Sheet], found: Sequence[Score | Lack], how: Plan, owner: np.ndarray | None
) -> Result:
    return human.evaluate(
        sheets,
        found,
        confidence=how.confidence,
        replicates=how.replicates,
        seed=how.seed,
        cluster=owner,
    )


def explained(
    reports: Reports,
    found: Sequence[Score | Lack],
    estimates: Sequence[Estimate],
    tokenise: str,
) -> list[Warned]:
    """What a reader must know to compare the values with others'.

    Args:
        reports: The cases.
        found: The metrics.
        estimates: Of them; the first of an endpoint is of all cases.
        tokenise: How texts were cut.
    """
    notes: dict[str, list[str]] = {}
    for one in found:
        if isinstance(one, Score) and one.note:
            notes.setdefault(one.note, []).append(one.endpoint)
    warned = [
        Warned(code="model", message=f"{', '.join(names)}: {note}. Compare under this model only.")
        for note, names in notes.items()
    ]
    names = {one.endpoint for one in found if isinstance(one, Score)}
    return [*_untokenised(reports, names, tokenise), *_lsum(reports, estimates), *warned]


def _untokenised(reports: Reports, names: set[str], tokenise: str) -> list[Warned]:
    """Texts that are cut as they stand, but are sentences and no tokens."""
    if tokenise != "none" or not names & set(RULES):
        return []
    texts = (*reports.candidates[:LOOKED], *reports.flat[:LOOKED])
    words = [word for text in texts for word in text.split()]
    raw = [w for w in words if w != w.lower() or (len(w) > 1 and w.strip(MARKS) != w)]
    if len(raw) <= RAW * len(words):
        return []
    share = len(raw) / len(words)
    touched = ", ".join(sorted(names & set(RULES) - {"meteor"}))
    message = (
        f"{share:.0%} of the words have a capital or a mark of punctuation at an end (such as "
        f"'{raw[0]}'), and texts are cut at white space as they stand: {touched} count 'Effusion.' "
        "and 'effusion' as different. So does the reference code with such text; --tokenise lower, "
        "words or ptb cut it into tokens."
    )
    return [Warned(code="untokenised-text", message=message, count=len(raw))]


def _lsum(reports: Reports, estimates: Sequence[Estimate]) -> list[Warned]:
    """Two values that papers print under one name."""
    values: dict[str, float | None] = {}
    for one in estimates:
        values.setdefault(one.endpoint, one.value)
    plain, summary = values.get("rouge-l"), values.get("rouge-lsum")
    if plain is None or summary is None or abs(plain - summary) < APART:
        return []
    lines = sum("\n" in text.strip() for text in reports.candidates)
    message = (
        f"rouge-l ({plain:.4f}) takes a text as one sequence, rouge-lsum ({summary:.4f}) each line "
        f"for a sentence ({lines:,} candidates have several lines). Papers on notes and summaries "
        "often print rouge-lsum as 'ROUGE-L': compare like with like."
    )
    return [Warned(code="rouge-l-or-lsum", message=message, count=lines)]
