"""`tplc stats paired`: two tests, or two scores, on the same cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.answer import AsJson
from console.stats import door, labels, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Test, Warned


def paired(
    file: DataFile,
    *,
    label: Annotated[str, typer.Option(help="Reference standard, 1 or 0.")],
    test_a: Annotated[str | None, typer.Option(help="Calls of test A, 1 or 0.")] = None,
    test_b: Annotated[str | None, typer.Option(help="Calls of test B.")] = None,
    score_a: Annotated[str | None, typer.Option(help="Score of A; higher is positive.")] = None,
    score_b: Annotated[str | None, typer.Option(help="Score of B.")] = None,
    positive: Annotated[
        str | None, typer.Option(help="The label that counts as positive; all others negative.")
    ] = None,
    cluster: Annotated[str | None, typer.Option(help="Patient, if one has several.")] = None,
    case: Annotated[str | None, typer.Option(help="Case id; duplicates are refused.")] = None,
    count: Annotated[str | None, typer.Option(help="Cases that each row stands for.")] = None,
    margin: Annotated[
        float | None, typer.Option(min=0, max=1, help="Adds non-inferiority of A within this.")
    ] = None,
    confidence: Confidence = 0.95,
    bootstrap: Annotated[
        int, typer.Option(min=0, help="Adds bootstrap intervals by patient: replicates.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 20240101,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Compare two tests or scores on the same cases: differences are A minus B, ratios A over B."""
    from validation.designs import paired as designs

    scores = _kind(test_a, test_b, score_a, score_b)
    if margin is not None and margin >= 1:
        raise UsageError("--margin lies from 0 to below 1, such as 0.05")
    a, b = (score_a, score_b) if scores else (test_a, test_b)
    if a is None or b is None:  # narrowed for the reader; _kind has refused it
        raise UsageError("give both columns")
    at = Columns(
        label=label, a=a, b=b, positive=positive, cluster=cluster, case=case, count=count,
        tests=not scores,
    )  # fmt: skip
    frame, warnings = _rows(file, at)
    compare = designs.paired_scores if scores else designs.paired_tests
    try:
        found = compare(
            frame["label"],
            frame["a"],
            frame["b"],
            frame["count"] if count else None,
            cluster=frame["cluster"] if cluster else None,
            margin=margin,
            confidence=confidence,
            names=(a, b),
            replicates=bootstrap,
            seed=seed,
        )
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    result = replace(found, warnings=(*warnings, *found.warnings))
    door.show(result, title=f"{a} and {b} on the same cases", as_json=as_json, cite=cite)
    for test in result.tests:
        if test.alternative == "non-inferiority":
            answer.say(_verdict(test), as_json=as_json)


def _verdict(test: Test) -> str:
    """The non-inferiority verdict in words."""
    facts = test.details
    bound = "no bound" if facts["bound"] is None else f"lower bound {facts['bound']:.4g}"
    return (
        f"Non-inferiority, {test.endpoint} above -{facts['margin']:g}: {facts['verdict']} "
        f"({bound}, {test.method}; one-sided alpha {facts['alpha']:.3g})."
    )


def _kind(test_a: str | None, test_b: str | None, score_a: str | None, score_b: str | None) -> bool:
    """Whether scores are compared.

    Raises:
        UsageError: Not one whole pair of columns.
    """
    tests, scores = (test_a, test_b), (score_a, score_b)
    if any(tests) == any(scores) or not (all(tests) or all(scores)):
        raise UsageError("give --test-a and --test-b, or --score-a and --score-b")
    return all(scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that the options name.

    Attributes:
        label: Reference standard.
        a: Calls or score of A.
        b: Of B.
        positive: The label that counts as positive; labels are 0 and 1 when None.
        cluster: Patient.
        case: Case id.
        count: Cases a row.
        tests: Whether A and B are calls.
    """

    label: str
    a: str
    b: str
    positive: str | None
    cluster: str | None
    case: str | None
    count: str | None
    tests: bool


def _rows(file: Path, at: Columns) -> tuple[pd.DataFrame, list[Warned]]:
    """The used columns under our own names, complete rows only; what was left out is warned of."""
    import pandas as pd

    raw = door.load(file, [at.label, at.a, at.b, at.cluster, at.case, at.count])
    if at.case is not None:
        rows.distinct(raw, at.case, str(file))
    kept, warnings = rows.complete(raw, [at.label, at.a, at.b, at.cluster, at.count], str(file))
    frame = pd.DataFrame(index=kept.index)
    frame["label"], noticed = rows.labelled(kept, at.label, at.positive, str(file))
    warnings += noticed
    for name, column in (("a", at.a), ("b", at.b)):
        frame[name] = _calls(kept, column, at, str(file))
        warnings += door.coded_missing(frame[name], column)
    if at.count:
        frame["count"] = rows.counts(kept, at.count, str(file))
    if at.cluster:
        frame["cluster"] = kept[at.cluster]
    return frame, warnings


def _calls(frame: pd.DataFrame, column: str, at: Columns, name: str) -> pd.Series[float]:
    """A test or score as numbers; a test may speak the words of the label (malignant, benign)."""
    import pandas as pd

    words = set(pd.unique(frame[at.label]))
    if at.tests and at.positive and set(pd.unique(frame[column])) <= words:
        return (labels.read(frame[column], column, name, positive=at.positive)[0]).astype(float)
    return door.numbers(frame, column, name)
