"""Generated reports against their references as the calculator shows it, with what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation import count_bootstrap
from validation.clinical_findings.endpoints import evaluate, evaluate_in
from validation.clinical_findings.pairs import reading
from validation.clinical_findings.status import ASSERTED, UNCERTAIN
from validation.estimate import Result, Warned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from policies.clinical_findings import ClinicalFindings
    from validation.clinical_findings.pairs import Reading, Reference
    from validation.fairness.groups import Grouping

SHOWN = 5  # names in a message


def compare(
    candidates: Sequence[str | None],
    references: Sequence[Reference],
    vocabulary: ClinicalFindings,
    *,
    groupings: Sequence[Grouping] = (),
    confidence: float = 0.95,
    replicates: int = count_bootstrap.REPLICATES,
    seed: int = count_bootstrap.SEED,
    cluster: ArrayLike | None = None,
) -> Result:
    """All endpoints overall, by finding and by subgroup, and warnings; no text of any report.

    Args:
        candidates: The generated report of each case.
        references: The reference of each case, or its several references.
        vocabulary: What is looked for.
        groupings: Attributes of the cases.
        confidence: Of the intervals.
        replicates: Of each bootstrap.
        seed: Of each bootstrap.
        cluster: Patient of each case, when they repeat.

    Raises:
        ValueError: Lengths that differ, or patients missing.
    """
    made = reading(candidates, references, vocabulary)
    overall = evaluate(
        made, confidence=confidence, replicates=replicates, seed=seed, cluster=cluster
    )
    within = evaluate_in(
        made,
        groupings=groupings,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
        cluster=cluster,
    )
    return Result(estimates=(*overall, *within), warnings=tuple(warnings(made)))


def warnings(made: Reading) -> list[Warned]:
    """What a person should look at before believing the figures."""
    return [*_of_vocabulary(made.vocabulary), *_of_texts(made), *_of_findings(made)]


def _of_vocabulary(vocabulary: ClinicalFindings) -> list[Warned]:
    if vocabulary.reviewed_by:
        return []
    message = (
        f"the phrases of '{vocabulary.title}' (version {vocabulary.version}) were reviewed by no "
        "clinician: have them reviewed, and name the reviewer in reviewed_by"
    )
    return [Warned(code="vocabulary-unreviewed", message=message)]


def _of_texts(made: Reading) -> list[Warned]:
    found = []
    if missing := int(made.reference.blank.sum()):
        message = f"{missing:,} cases have no reference text that is read, and were left out"
        found.append(Warned(code="missing-references", message=message, count=missing))
    if blank := int((made.candidate.blank & ~made.reference.blank).sum()):
        message = f"{blank:,} candidate texts are blank, or in sections that are left out: "
        message += "each counts as a report without findings"
        found.append(Warned(code="blank-candidates", message=message, count=blank))
    return found


def _of_findings(made: Reading) -> list[Warned]:
    kept = ~made.reference.blank
    a, b = made.candidate.status[kept], made.reference.status[kept]
    found = []
    pairs = int(((a == UNCERTAIN) | (b == UNCERTAIN)).sum())
    how = {
        "u-ignore": "are in neither precision, recall, hallucination nor omission",
        "u-ones": "count as asserted in the text that leaves them open",
        "u-zeros": "count as not asserted in the text that leaves them open",
    }[made.vocabulary.uncertain]
    if pairs:
        message = f"{pairs:,} findings are uncertain in candidate or reference; they {how}"
        message += f" ({made.vocabulary.uncertain})"
        found.append(Warned(code="uncertain-findings", message=message, count=pairs))
    own = [f.when_none_but is None for f in made.vocabulary.findings]
    never = [
        finding.id
        for place, finding in enumerate(made.vocabulary.findings)
        if own[place] and not (b[:, place] == ASSERTED).any()
    ]
    if never:
        shown = ", ".join(never[:SHOWN]) + (", ..." if len(never) > SHOWN else "")
        message = (
            f"{len(never)} of {sum(own)} findings are asserted in no reference ({shown}): their "
            "recall is not evaluable, and the macro means leave it out"
        )
        found.append(Warned(code="findings-not-asserted", message=message, count=len(never)))
    return found
