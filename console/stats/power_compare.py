"""`tplc stats power` for comparisons: two AUCs, two proportions, a subgroup gap, readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.answer import AsJson
from console.stats import door
from console.stats.door import Cite
from console.stats.power import (
    Alpha,
    Endpoint,
    Margin,
    Number,
    Positives,
    Power,
    Ratio,
    Sides,
    Variance,
    give,
    named,
)
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from validation.power.plan import Plan
    from validation.power.power_paired import Spread
    from validation.power.power_readers import Generalise


def paired_auroc(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A pilot.")] = None,
    *,
    auc_a: Annotated[float | None, typer.Option(help="AUC believed true of the new test.")] = None,
    auc_b: Annotated[float | None, typer.Option(help="Of the comparator.")] = None,
    correlation_positives: Annotated[
        float | None, typer.Option(help="Of the two scores among positives.")
    ] = None,
    correlation_negatives: Annotated[
        float | None, typer.Option(help="Of the two scores among negatives.")
    ] = None,
    auc_correlation: Annotated[
        float | None, typer.Option(help="Instead: of the two AUCs (Hanley and McNeil).")
    ] = None,
    label: Annotated[str | None, typer.Option(help="The pilot's reference standard.")] = None,
    score_a: Annotated[str | None, typer.Option(help="The pilot's score of A.")] = None,
    score_b: Annotated[str | None, typer.Option(help="The pilot's score of B.")] = None,
    power: Power = 0.8,
    alpha: Alpha = 0.05,
    sides: Sides = 2,
    ratio: Ratio = 1.0,
    variance: Variance = "obuchowski",
    margin: Margin = None,
    positives: Positives = None,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Two AUCs on the same cases, from assumptions or from a pilot FILE."""
    from validation.power import power_paired

    def plan() -> Plan:
        if file is not None:
            first, second, spread = _pilot(file, label, score_a, score_b)
            a, b = auc_a or first, auc_b or second
        elif auc_a is None or auc_b is None:
            raise UsageError("give --auc-a and --auc-b, or a pilot FILE")
        elif auc_correlation is not None:
            a, b = auc_a, auc_b
            spread = power_paired.correlated_spread(
                a, b, auc_correlation, ratio=ratio, variance=named(variance)
            )
        elif correlation_positives is None or correlation_negatives is None:
            raise UsageError(
                "give --correlation-positives and --correlation-negatives, or --auc-correlation"
            )
        else:
            a, b = auc_a, auc_b
            spread = power_paired.binormal_spread(
                power_paired.binormal(a), power_paired.binormal(b), ratio=ratio,
                correlation_positives=correlation_positives,
                correlation_negatives=correlation_negatives,
            )  # fmt: skip
        return power_paired.paired_auroc_plan(
            a, b, spread, power=power, alpha=alpha, sides=sides, margin=margin, positives=positives
        )

    give(plan, cite=cite, as_json=as_json)


def paired_proportion(
    *,
    a: Annotated[float, typer.Option("--a", help="Proportion of the new test.")],
    b: Annotated[float, typer.Option("--b", help="Of the comparator.")],
    discordant: Annotated[
        float | None, typer.Option(help="Share of cases where exactly one succeeds.")
    ] = None,
    power: Power = 0.8,
    alpha: Alpha = 0.05,
    sides: Sides = 2,
    margin: Margin = None,
    n: Number = None,
    endpoint: Endpoint = "sensitivity",
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Two proportions on the same cases (McNemar)."""
    from validation.power import power_gap

    def plan() -> Plan:
        return power_gap.paired_proportion_plan(
            a, b, discordant=discordant, power=power, alpha=alpha, sides=sides, margin=margin,
            n=n, endpoint=endpoint,
        )  # fmt: skip

    give(plan, cite=cite, as_json=as_json)


def gap(
    *,
    a: Annotated[float, typer.Option("--a", help="Value in the first group.")],
    b: Annotated[float, typer.Option("--b", help="Value in the second group.")],
    endpoint: Annotated[str, typer.Option(help="auroc, or a proportion's name.")] = "sensitivity",
    power: Power = 0.8,
    alpha: Alpha = 0.05,
    sides: Sides = 2,
    ratio: Annotated[
        float, typer.Option(help="Of group sizes b to a; for auroc, negatives a positive.")
    ] = 1.0,
    variance: Variance = "obuchowski",
    margin: Margin = None,
    n: Annotated[
        int | None,
        typer.Option("--n", min=1, help="Cases of a at hand (auroc: positives a group)."),
    ] = None,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """A gap between two subgroups, or two separate samples: proportions or AUCs."""
    from validation.power import power_auroc, power_gap

    def plan() -> Plan:
        if endpoint == "auroc":
            return power_auroc.unpaired_auroc_plan(
                a, b, power=power, alpha=alpha, sides=sides, ratio=ratio, margin=margin,
                variance=named(variance), positives=n,
            )  # fmt: skip
        return power_gap.gap_plan(
            a, b, power=power, alpha=alpha, sides=sides, ratio=ratio, margin=margin, n=n,
            endpoint=endpoint,
        )  # fmt: skip

    give(plan, cite=cite, as_json=as_json)


def mrmc(
    *,
    difference: Annotated[float, typer.Option(help="Of the mean AUCs, believed true.")],
    readers: Annotated[int, typer.Option(min=2, help="Readers of the study.")],
    var_tr: Annotated[float, typer.Option(help="Pilot: modality-by-reader variance.")],
    var_error: Annotated[float, typer.Option(help="Pilot: error variance.")],
    cov1: Annotated[float, typer.Option("--cov1", help="Same reader, other modality.")],
    cov2: Annotated[float, typer.Option("--cov2", help="Other reader, same modality.")],
    cov3: Annotated[float, typer.Option("--cov3", help="Other reader, other modality.")],
    pilot_cases: Annotated[int, typer.Option(min=2, help="Cases of the pilot.")],
    cases: Annotated[int | None, typer.Option(min=2, help="At hand: gives the power.")] = None,
    power: Power = 0.8,
    alpha: Alpha = 0.05,
    generalise: Annotated[
        str, typer.Option(help="readers-and-cases, readers or cases.")
    ] = "readers-and-cases",
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """A multi-reader multi-case study, from a pilot's Obuchowski-Rockette components."""
    from validation.power import power_readers

    def plan() -> Plan:
        pilot = power_readers.Components(
            modality_reader=var_tr, error=var_error, cov1=cov1, cov2=cov2, cov3=cov3,
            cases=pilot_cases,
        )  # fmt: skip
        return power_readers.reader_plan(
            difference, pilot, readers=readers, power=power, alpha=alpha, cases=cases,
            generalise=_form(generalise),
        )  # fmt: skip

    give(plan, cite=cite, as_json=as_json)


def register(app: typer.Typer) -> None:
    """Add these commands to `tplc stats power`."""
    app.command(name="paired-auroc")(paired_auroc)
    app.command(name="paired-proportion")(paired_proportion)
    app.command(name="gap")(gap)
    app.command(name="mrmc")(mrmc)


def _form(text: str) -> Generalise:
    forms: dict[str, Generalise] = {
        "readers-and-cases": "readers-and-cases",
        "readers": "readers",
        "cases": "cases",
    }
    if text not in forms:
        raise UsageError(f"--generalise is one of {', '.join(forms)}, not '{text}'")
    return forms[text]


def _pilot(
    file: Path, label: str | None, score_a: str | None, score_b: str | None
) -> tuple[float, float, Spread]:
    """AUCs and variances of a pilot file.

    Raises:
        UsageError: Its columns were not named.
        DataError: They cannot be used.
    """
    from validation.power.power_paired import pilot_spread

    if not (label and score_a and score_b):
        raise UsageError("a pilot needs --label, --score-a and --score-b")
    frame = door.load(file, [label, score_a, score_b])
    columns = [door.numbers(frame, name, str(file)) for name in (label, score_a, score_b)]
    try:
        return pilot_spread(*columns)
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
