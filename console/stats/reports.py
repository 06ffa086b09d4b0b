"""`tplc stats reports`: generated reports against their references, by their wording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console import answer
from console.stats import attributes, door, report_rows, rows
from console.stats.report_rows import Columns
from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from policies.clinical_findings import ClinicalFindings
    from validation.estimate import Result
    from validation.fairness.groups import Grouping
    from validation.wording import Reports, Settings

DIVERSITY = "diversity"  # a word of --metric beside those of `validation.wording`
SOURCE = "In the same file; of --references FILE if given."


def reports(
    file: door.DataFile,
    candidate: Annotated[str, typer.Option(help="Column of the generated text.")],
    reference: Annotated[list[str], typer.Option(help=f"Columns of the references. {SOURCE}")],
    *,
    references: Annotated[
        Path | None, typer.Option(help="Another file with the references, joined by --case.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Column that names the case.")] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="bleu, rouge, rouge-stemmed, meteor, cider, chrf, bertscore, embedding, "
            "diversity, or endpoints such as rouge-lsum.",
            show_default="all that need no model",
        ),
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Columns of subgroups.")] = None,
    cut: Annotated[
        list[str] | None, typer.Option(help="A number cut at edges, such as age=40,65.")
    ] = None,
    cluster: Annotated[str | None, typer.Option(help="Column of the patient.")] = None,
    tokenise: Annotated[
        Literal["none", "lower", "words", "13a", "ptb"],
        typer.Option(
            help="Tokens of bleu-1 to bleu-4, cider, meteor, rouge-l-coco: none (as it stands, cut "
            "at white space), lower (the same in lower case), words (letters and digits in lower "
            "case), 13a (mteval), ptb (as COCO captions; Java)."
        ),
    ] = "none",
    wordnet: Annotated[
        Path | None, typer.Option(help="Folder of WordNet, for meteor-nltk.")
    ] = None,
    bertscore_model: Annotated[
        Path | None, typer.Option(help="Folder of a transformer (extra 'semantic').")
    ] = None,
    bertscore_layer: Annotated[
        int | None, typer.Option(min=0, help="Its hidden layer.", show_default="the last")
    ] = None,
    bertscore_idf: Annotated[
        bool, typer.Option("--bertscore-idf", help="Weigh tokens by idf of the references.")
    ] = False,
    embedding_model: Annotated[
        Path | None, typer.Option(help="Folder of a Model2Vec model (extra 'semantic').")
    ] = None,
    findings: Annotated[
        str,
        typer.Option(help="Vocabulary of clinical findings: a file, or chest-radiograph."),
    ] = "",
    ratings: Annotated[
        Path | None, typer.Option(help="File of people's ratings, a row a case and rater.")
    ] = None,
    rater: Annotated[str | None, typer.Option(help="Column of who rated.")] = None,
    rating: Annotated[list[str] | None, typer.Option(help="Columns of the ratings.")] = None,
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: door.Confidence = 0.95,
    cite: door.Cite = False,
    as_json: answer.AsJson = False,
) -> None:
    """Overlap with references, clinical findings, diversity, and what people agree with."""
    from policies import clinical_findings
    from validation.wording import Settings
    from validation.wording.study import Plan, study

    if references and not case:
        raise UsageError("--references needs --case COLUMN, which both files have.")
    edges = attributes.edges(cut or [])
    names = list(dict.fromkeys([*(by or []), *edges]))
    settings = Settings(
        tokenise=tokenise,
        wordnet=wordnet,
        bertscore_model=bertscore_model,
        bertscore_layer=bertscore_layer,
        bertscore_idf=bertscore_idf,
        embedding_model=embedding_model,
    )
    wanted = _wanted(metric, settings)
    vocabulary = clinical_findings.load(findings) if findings else None
    columns = Columns(
        candidate=candidate,
        references=tuple(dict.fromkeys(reference)),
        case=case or "",
        others=tuple(filter(None, [*names, cluster])),
    )
    frame, made, warnings = report_rows.read(file, references, columns)
    parts, coded = attributes.groupings(frame, names, edges, file.name)
    who, repeated = report_rows.patients(frame, file.name, cluster, case or "")
    sheets, noticed = report_rows.ratings(ratings, frame, file.name, case, rater, rating)
    with answer.progress("reports") as step:
        result = study(
            made,
            Plan(
                metrics=tuple(name for name in wanted if name != DIVERSITY),
                diverse=DIVERSITY in wanted,
                settings=settings,
                confidence=confidence,
                replicates=replicates,
                seed=seed,
            ),
            groupings=parts,
            sheets=sheets,
            cluster=who,
            progress=step,
        )
        if vocabulary:
            step("clinical findings", 0, 0)
            result = _with_findings(
                result, made, vocabulary, parts, who, (confidence, replicates, seed)
            )
    door.show(
        rows.with_warnings(result, [*warnings, *coded, *repeated, *noticed]),
        title=f"{len(made):,} reports: {file.name}",
        as_json=as_json,
        cite=cite,
    )


def _with_findings(
    result: Result,
    made: Reports,
    vocabulary: ClinicalFindings,
    parts: Sequence[Grouping],
    who: ArrayLike | None,
    how: tuple[float, int, int],
) -> Result:
    """The same with what the reports assert of each finding."""
    from validation.clinical_findings.comparison import compare
    from validation.estimate import Result

    confidence, replicates, seed = how
    found = compare(
        made.candidates,
        made.references,
        vocabulary,
        groupings=parts,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
        cluster=who,
    )
    return Result(
        estimates=(*result.estimates, *found.estimates),
        tests=(*result.tests, *found.tests),
        warnings=(*result.warnings, *found.warnings),
    )


def _wanted(metric: Sequence[str] | None, settings: Settings) -> list[str]:
    """The metrics asked for; without any, all that can be had.

    Raises:
        UsageError: Unknown ones.
    """
    from validation.wording.settings import DEFAULT, resolved

    if not metric:
        models = {"bertscore": settings.bertscore_model, "embedding": settings.embedding_model}
        return [*DEFAULT, *(name for name, folder in models.items() if folder), DIVERSITY]
    try:
        resolved([name for name in metric if name != DIVERSITY])
    except ValueError as error:
        raise UsageError(f"--metric: {error}, or {DIVERSITY}") from error
    return list(metric)
