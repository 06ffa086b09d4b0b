"""`tplc stats label-delay`: how late labels come, and what share there is at each age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console.answer import AsJson
from console.stats import door, label_delay_rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError

if TYPE_CHECKING:
    from monitoring.maturity.outcome import ByOutcome
    from validation.estimate import Test, Warned

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
AGES = {"days": (0, 7, 14, 30, 60, 90), "hours": (1, 4, 8, 12, 24, 48)}


def label_delay(
    file: DataFile,
    *,
    delay: Annotated[str, typer.Option(help="Column of the delay, case to label.")] = "",
    unit: Annotated[Literal["days", "hours"], typer.Option(help="Of delays and ages.")] = "days",
    day: Annotated[str, typer.Option(help="Column of the day of the case.")] = "",
    known: Annotated[str, typer.Option(help="Column of the day its label became known.")] = "",
    as_of: Annotated[str, typer.Option(help="Day of counting, as the days are written.")] = "",
    outcome: Annotated[str, typer.Option(help="Column of the label: do both come as late?")] = "",
    positive: Annotated[str, typer.Option(help="Its positive value, if not 1.")] = "",
    negative: Annotated[str, typer.Option(help="Its negative value; others are left out.")] = "",
    count: Annotated[str, typer.Option(help="Column of people a row.")] = "",
    age: Annotated[
        list[float] | None, typer.Option(help="Ages at which completeness is shown.")
    ] = None,
    design: Annotated[
        Literal["kaplan-meier", "reverse-kaplan-meier"],
        typer.Option(help="reverse where FILE holds labelled cases only."),
    ] = "kaplan-meier",
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Quantiles of the delay of labels, and the share of labels known at several ages."""
    from monitoring.maturity import delays
    from monitoring.maturity import outcome as outcomes
    from validation.estimate import Result

    roles = label_delay_rows.Roles(
        delay=delay,
        day=day,
        known=known,
        as_of=as_of,
        outcome=outcome,
        positive=positive,
        negative=negative,
        count=count,
        unit=unit,
    )
    read = label_delay_rows.read(file, roles)
    try:
        found = delays.fit(read.delay, read.age, read.count, design=design)
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    estimates = found.quantiles(SHARES, confidence, unit)
    estimates += [found.complete_at(at, confidence) for at in age or AGES[unit]]
    tests: list[Test] = []
    warnings: list[Warned] = list(read.warnings)
    if read.outcome is not None:
        both = outcomes.compare(read.delay, read.age, read.outcome, read.count)
        estimates += both.medians(confidence, unit)
        tests.append(both.test)
        warnings += _biased(both, outcome)
    door.show(
        Result(estimates=tuple(estimates), tests=tuple(tests), warnings=tuple(warnings)),
        title=f"Delay of labels in {unit}: {file.name}",
        as_json=as_json,
        cite=cite,
        references=delays.REFERENCES | outcomes.REFERENCES,
    )


def _biased(both: ByOutcome, column: str) -> list[Warned]:
    from validation.estimate import Warned

    if not both.depends:
        return []
    return [
        Warned(
            code="outcome-dependent-delay",
            message=both.statement,
            columns=(column,),
            count=both.test.n,
        )
    ]
