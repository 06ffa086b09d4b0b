"""`tplc stats answers`: answers to questions, read, scored, and compared between versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.stats import answer_rows, door, rows
from evidence.errors import DataError

if TYPE_CHECKING:
    from console.stats.answer_rows import Read
    from validation.choices import Choices
    from validation.estimate import Result


def answers(
    file: door.DataFile,
    response: Annotated[
        str,
        typer.Option(help="Column of the answers: free text, or letters already taken from it."),
    ],
    correct: Annotated[str, typer.Option(help="Column of the key.")],
    *,
    options: Annotated[
        str | None, typer.Option(help="The option letters, such as ABCD: multiple choice.")
    ] = None,
    yes_no: Annotated[bool, typer.Option("--yes-no", help="The key is yes or no.")] = False,
    accepted_separator: Annotated[
        str | None, typer.Option(help="Between several accepted answers in the key, such as '#'.")
    ] = None,
    scoring: Annotated[
        str | None,
        typer.Option(
            help="option-letter, yes-no, exact-match, accepted-answer, vqa-med, token-recall or "
            "token-f1.",
            show_default="by the options above, else exact-match",
        ),
    ] = None,
    normalise: Annotated[
        str,
        typer.Option(help="Of texts before they are compared: none, plain, squad, vqa, vqa-med."),
    ] = "vqa",
    reading: Annotated[
        str,
        typer.Option(
            help="Of letters. text: read from any text. letter: a letter by itself or unparsable. "
            "auto: letter where nearly all cells are single characters, else text."
        ),
    ] = "auto",
    choice_columns: Annotated[
        list[str] | None, typer.Option(help="Columns of the options' own words, in their order.")
    ] = None,
    raw: Annotated[
        str | None,
        typer.Option(help="Column of the raw text that the letters were taken from: compared."),
    ] = None,
    answer_type: Annotated[
        str | None, typer.Option(help="Column of the question's kind: closed or open.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Columns of the attributes; blanks are a subgroup.")
    ] = None,
    cross: Annotated[
        list[str] | None, typer.Option(help="Columns that are crossed all together.")
    ] = None,
    intersections: Annotated[bool, typer.Option(help="Cross each two attributes as well.")] = False,
    item: Annotated[
        list[str] | None, typer.Option(help="Columns that name a question, for --consistency.")
    ] = None,
    consistency: Annotated[
        str | None,
        typer.Option(
            "--consistency", "--repeat", help="Column of its language, wording or repeat."
        ),
    ] = None,
    confidence_score: Annotated[
        str | None, typer.Option(help="Column of the model's confidence, higher is surer.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Column of the image or patient with several questions.")
    ] = None,
    endpoint: Annotated[list[str] | None, typer.Option(help="Endpoints to give.")] = None,
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: door.Confidence = 0.95,
    as_json: answer.AsJson = False,
    cite: door.Cite = False,
) -> None:
    """Score answers to questions: accuracy, unparsable answers, tokens, consistency, bias."""
    from validation.choices import Choices

    asked = answer_rows.Asked(
        response=response,
        correct=correct,
        options=options,
        yes_no=yes_no,
        separator=accepted_separator,
        scoring=scoring,
        normalise=normalise,
        reading=reading,
        choice_columns=tuple(choice_columns or ()),
        raw=raw,
        answer_type=answer_type,
        by=tuple(by or ()),
        cross=tuple(cross or ()),
        intersections=intersections,
        item=tuple(item or ()),
        consistency=consistency,
        certainty=confidence_score,
        cluster=cluster,
    )
    made = Choices(replicates=replicates, seed=seed)
    try:
        read = answer_rows.read(file, asked)
        result = _result(read, tuple(endpoint or ()), confidence, made)
    except ValueError as error:
        raise DataError(file.name, [str(error)]) from error
    title = f"{len(read.answers):,} answers, scored by {read.answers.rule}"
    door.show(rows.with_warnings(result, read.warnings), title=title, as_json=as_json, cite=cite)


def _result(read: Read, endpoints: tuple[str, ...], confidence: float, choices: Choices) -> Result:
    """Every estimate and test that was asked for."""
    import numpy as np

    from validation import answering
    from validation.answering import letters, selective
    from validation.estimate import Result
    from validation.fairness.groups import Grouping

    made = read.answers
    everyone = Grouping(attribute="", names=("overall",), codes=np.zeros(len(made), dtype=int))
    estimates = answering.evaluate_in(
        made,
        [everyone, *read.groupings],
        endpoints=endpoints,
        confidence=confidence,
        cluster=read.cluster,
        choices=choices,
    )
    tests = []
    if made.rule == "option-letter" and made.closed is None and not endpoints:
        tests += letters.letter_tests(made, np.ones(len(made), dtype=bool))
    if made.certainty is not None and not endpoints:
        estimates += selective.selective_accuracy(
            made.scored.value, np.asarray(made.certainty), confidence=confidence
        )
    if read.versions is not None:
        compared, tested = answering.consistency(
            read.versions,
            groupings=read.steady,
            confidence=confidence,
            cluster=read.cluster,
            choices=choices,
        )
        estimates, tests = [*estimates, *compared], [*tests, *tested]
    return Result(estimates=tuple(estimates), tests=tuple(tests))
