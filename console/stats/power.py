"""`tplc stats power`: how many cases a study needs, with the paragraph for its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from console.answer import AsJson
from console.stats.door import Cite
from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from validation.power import power_auroc as areas
    from validation.power.plan import Plan

app = typer.Typer(
    help="Sample size and power before the study, with the protocol's paragraph.",
    no_args_is_help=True,
)
Power = Annotated[float, typer.Option(help="Power wanted.")]
Alpha = Annotated[float, typer.Option(help="Significance level.")]
Sides = Annotated[int, typer.Option(min=1, max=2, help="1 or 2 sides.")]
Ratio = Annotated[float, typer.Option(help="Negatives for each positive.")]
Variance = Annotated[str, typer.Option(help="obuchowski or hanley-mcneil.")]
Margin = Annotated[float | None, typer.Option(help="Non-inferiority margin.")]
Positives = Annotated[int | None, typer.Option(min=1, help="At hand: gives the power instead.")]
Number = Annotated[int | None, typer.Option("--n", min=1, help="At hand: gives the power instead.")]
Endpoint = Annotated[str, typer.Option(help="Named in the paragraph.")]
Prevalence = Annotated[float | None, typer.Option(help="Adds how many cases must be collected.")]


@app.command()
def proportion(
    *,
    expected: Annotated[float, typer.Option(help="Proportion believed true.")],
    goal: Annotated[float | None, typer.Option(help="Performance goal.")] = None,
    half_width: Annotated[
        float | None, typer.Option(help="Instead of a goal: half width of the interval wanted.")
    ] = None,
    power: Power = 0.8,
    alpha: Alpha = 0.025,
    sides: Sides = 1,
    method: Annotated[str, typer.Option(help="binomial-exact or normal.")] = "binomial-exact",
    n: Number = None,
    prevalence: Prevalence = None,
    endpoint: Endpoint = "sensitivity",
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """A proportion against a performance goal, or with a given precision."""
    from validation.power import power_proportion

    if (goal is None) == (half_width is None):
        raise UsageError("give --goal or --half-width")

    def plan() -> Plan:
        if goal is None:
            return power_proportion.precision_plan(
                expected, half_width or 0.0, confidence=1 - 2 * alpha / sides,
                prevalence=prevalence, endpoint=endpoint,
            )  # fmt: skip
        if method == "normal":
            kind: power_proportion.Method = "normal"
        elif method == "binomial-exact":
            kind = "binomial-exact"
        else:
            raise UsageError(f"--method is binomial-exact or normal, not '{method}'")
        return power_proportion.proportion_plan(
            expected, goal, power=power, alpha=alpha, sides=sides, method=kind, n=n,
            prevalence=prevalence, endpoint=endpoint,
        )  # fmt: skip

    give(plan, cite=cite, as_json=as_json)


@app.command()
def auroc(
    *,
    expected: Annotated[float, typer.Option(help="AUC believed true.")],
    goal: Annotated[float, typer.Option(help="Performance goal.")] = 0.5,
    power: Power = 0.8,
    alpha: Alpha = 0.025,
    sides: Sides = 1,
    ratio: Ratio = 1.0,
    variance: Variance = "obuchowski",
    positives: Positives = None,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """An AUC against a performance goal."""
    from validation.power import power_auroc

    def plan() -> Plan:
        return power_auroc.auroc_plan(
            expected, goal, power=power, alpha=alpha, sides=sides, ratio=ratio,
            variance=named(variance), positives=positives,
        )  # fmt: skip

    give(plan, cite=cite, as_json=as_json)


def give(plan: Callable[[], Plan], *, cite: bool, as_json: bool) -> None:
    """Compute and show: JSON alone, or a table and the paragraph.

    Raises:
        UsageError: The numbers do not fit together.
    """
    import dataclasses

    from validation import estimate, methods

    try:
        made = plan()
    except ValueError as error:
        raise UsageError(str(error)) from error
    result = made.to_result()
    body = {**result.to_dict(), "plan": dataclasses.asdict(made)}
    if cite:
        body["references"] = methods.cite([made.method])
    answer.give(body, as_json=as_json)
    if as_json:
        return
    heads = ("Endpoint", "Subgroup", "Value", "Interval", "n", "Method")
    answer.table(made.design, heads, [estimate.row(e) for e in result.estimates])
    answer.say(made.justification, as_json=False)
    for name, reference in body.get("references", {}).items():
        answer.say(f"{name}: {reference}", as_json=False)


def named(variance: str) -> areas.Variance:
    """A variance by its name.

    Raises:
        UsageError: There is none of this name.
    """
    if variance == "obuchowski":
        return "obuchowski"
    if variance == "hanley-mcneil":
        return "hanley-mcneil"
    raise UsageError(f"--variance is obuchowski or hanley-mcneil, not '{variance}'")
