"""`tplc stats findings`: what generated reports assert, against what their references assert."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console import answer
from console.stats import attributes, door, rows
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Estimate


def findings(
    file: door.DataFile,
    *,
    candidate: Annotated[str, typer.Option(help="Column of the generated report.")],
    reference: Annotated[
        list[str], typer.Option(help="Columns of the reference reports; of several any counts.")
    ],
    vocabulary: Annotated[
        str, typer.Option(help="File of the findings and their phrases, or chest-radiograph.")
    ],
    uncertain: Annotated[
        Literal["u-ones", "u-zeros", "u-ignore"] | None,
        typer.Option(
            help='What "possible" counts as: asserted, negated, left out.',
            show_default="the vocabulary's",
        ),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Column of the patient, if they repeat.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Columns of attributes; blanks are a subgroup.")
    ] = None,
    cut: Annotated[
        list[str] | None, typer.Option(help="A number cut at edges, such as age=40,65.")
    ] = None,
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: door.Confidence = 0.95,
    cite: door.Cite = False,
    as_json: answer.AsJson = False,
) -> None:
    """Findings asserted, invented, omitted, denied or on the wrong side, with intervals."""
    from policies import clinical_findings
    from validation.clinical_findings.comparison import compare

    if candidate in reference or len(set(reference)) < len(reference):
        raise UsageError("--candidate and each --reference must be different columns")
    edges = attributes.edges(cut or [])
    names = list(dict.fromkeys([*(by or []), *edges]))
    words = clinical_findings.load(vocabulary)
    if uncertain:
        words = words.model_copy(update={"uncertain": uncertain})
    frame = door.load(file, [candidate, *reference, cluster, *names])
    if cluster:
        rows.require_filled(frame, [cluster], str(file))
    _require_text(frame, candidate, reference, str(file))
    parts, coded = attributes.groupings(frame, names, edges, str(file))
    found = compare(
        frame[candidate].to_list(),
        frame[reference].to_numpy().tolist(),
        words,
        groupings=parts,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
        cluster=frame[cluster].to_numpy() if cluster else None,
    )
    shown = found.estimates if as_json else _said(found.estimates)
    door.show(
        dataclasses.replace(found, estimates=shown, warnings=(*coded, *found.warnings)),
        title=f"{words.title}: {file.name}",
        as_json=as_json,
        cite=cite,
    )


def _said(estimates: tuple[Estimate, ...]) -> tuple[Estimate, ...]:
    """Without the rows of single findings that have no denominator: a table that can be read."""
    return tuple(e for e in estimates if e.n or not e.subgroup.startswith("finding="))


def _require_text(frame: pd.DataFrame, candidate: str, reference: list[str], name: str) -> None:
    """Refuse columns without any text.

    Raises:
        DataError: All cells of the candidate, or of all references, are blank.
    """
    faults = []
    if not _filled(frame, [candidate]):
        faults.append(f"column '{candidate}': every candidate text is blank")
    if not _filled(frame, reference):
        faults.append(f"column '{', '.join(reference)}': every reference text is blank")
    if faults:
        raise DataError(name, faults)


def _filled(frame: pd.DataFrame, columns: list[str]) -> bool:
    return any(bool(frame[at].fillna("").astype(str).str.strip().any()) for at in columns)
