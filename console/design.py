"""`tplc monitor design`: what the plan promises, before it is registered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from monitoring.design.known import Known

HEADS = (
    "Chart",
    "Of",
    "Counts a year",
    "Rate",
    "Limit",
    "In-control ARL",
    "False alarms a year",
    "at the bound",
    "Change",
    "Seen after, median (90 %)",
    "Events until then",
)


def design(
    *,
    cases_a_year: Annotated[
        float | None,
        typer.Option(min=1, help="Expected volume; that of the reference set when left out."),
    ] = None,
    prevalence: Annotated[
        float | None,
        typer.Option(min=1e-6, max=0.999, help="Expected; the frozen one when left out."),
    ] = None,
    loss: Annotated[
        float, typer.Option(min=0.001, max=0.9, help="Loss of an endpoint, absolute.")
    ] = 0.05,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the delay against the loss.")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Register the plan and record its design.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """False alarms a year of the plan, and how long a loss stays unseen.

    Nothing is recorded, so that limits can be tried before the plan is registered. With --record
    the documents show it.
    """
    from monitoring.design import promised

    if record:
        body = _recorded(cases_a_year, prevalence, loss)
    else:
        known = _known(cases_a_year, prevalence)
        with answer.progress("design") as step:
            step(f"{len(known.plan.charts)} charts and the rules of each window", 0, 0)
            body = promised.made(known, loss).to_dict()
    if figure is not None:
        _draw(body, figure)
    _say(body, as_json=as_json)
    answer.give(body, as_json=as_json)


def _recorded(cases_a_year: float | None, prevalence: float | None, loss: float) -> dict[str, Any]:
    from evidence.errors import UsageError
    from evidence.records import SurveillanceDesign
    from monitoring import surveillance
    from monitoring.design import promised

    if cases_a_year is not None or prevalence is not None:
        raise UsageError(
            "--record takes the volume from the plan, as surveillance does: write "
            "expected_cases_a_year and expected_prevalence there."
        )
    door = settings.enter()
    space = door.workspace
    watch = surveillance.prepare(space.trail, space.policies, at=door.at, actor=door.actor)
    with answer.progress("design") as step:
        step(f"{len(watch.plan.charts)} charts and the rules of each window", 0, 0)
        found = promised.record(watch, space.trail, loss=loss, at=door.at, actor=door.actor)
    sys.stderr.write(f"The design is {found.ref}.\n")
    return SurveillanceDesign.read(found.body).design


def _known(cases_a_year: float | None, prevalence: float | None) -> Known:
    """The plan as it stands in the workspace, with what is frozen."""
    from evidence.errors import UsageError
    from monitoring.baseline import newest_run
    from monitoring.design import known
    from policies.plan import MonitoringPlan
    from validation import freeze

    space = settings.enter().workspace
    file = space.policies.get("monitoring")
    if file is None or not isinstance(file.value, MonitoringPlan):
        raise UsageError("There is no policies/monitoring.yaml in this workspace.")
    frozen = freeze.find(space.trail, file.value.reference)
    return known.of(
        file.value,
        frozen,
        newest_run(space.trail, file.value, frozen),
        cases_a_year=cases_a_year,
        prevalence=prevalence,
    )


def _draw(body: dict[str, Any], path: Path) -> None:
    from evidence.errors import UsageError
    from reports import design_figures

    drawn = design_figures.delays(body)
    if drawn is None:
        raise UsageError(
            "--figure draws the delay of a loss: no chart of the plan watches an endpoint for the "
            "worse (see charts in policies/monitoring.yaml)."
        )
    path.write_text(drawn["svg"], encoding="utf-8")


def _say(body: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        return
    title = f"Design of {body['model']} at {body['cases_a_year']:,.0f} cases a year"
    if body["charts"]:
        answer.table(title, HEADS, [_chart(row) for row in body["charts"]])
    heads = ("Rule of each window", "Raises", "In a row", "Chance", "False alarms a year", "How")
    answer.table("Rules", heads, [_rule(row) for row in body["rules"]])
    answer.say(
        f"All together {body['false_alarms_a_year']:.3g} false alarms a year: charts "
        f"{body['of_charts']:.3g}, rules {body['of_rules']:.3g}; {body['at_bound']:.3g} if every "
        "in-control rate were at the bound of its interval.",
        as_json=False,
    )
    for text in body["not_computed"]:
        answer.say(f"Not computed: {text}", as_json=False)
    for text in body["assumptions"]:
        answer.say(text, as_json=False)


def _chart(row: dict[str, Any]) -> tuple[str, ...]:
    def number(value: float | None, form: str = ".3g") -> str:
        return "" if value is None else f"{value:{form}}"

    delay = row["delay"]
    change, seen, events = row["reason"], "", ""
    if delay:
        change = delay["shift"]
        seen = f"{_days(delay['days_median'])} ({_days(delay['days_late'])})"
        events = f"{delay['events']:,.0f}, {abs(delay['extra']):,.0f} by the change"
        if not delay["within"]:
            seen += "; not surely within 5 years"
    return (
        f"{row['chart']} ({row['direction']})",
        row["stream"],
        f"{row['counted_a_year']:,.0f} {row['counted']}",
        number(row["rate"], ".4g"),
        number(row["limit"]),
        f"{number(row['in_control_arl'], ',.0f')} {row['unit']}" if row["limit"] else "",
        number(row["false_alarms_a_year"]),
        number(row["false_alarms_at_bound"]),
        change,
        seen,
        events,
    )


def _days(days: float | None) -> str:
    return "never" if days is None else f"{days:,.0f} days"


def _rule(row: dict[str, Any]) -> tuple[str, ...]:
    known = row["chance"] is not None
    return (
        row["rule"],
        row["trigger"] or "nothing",
        str(row["windows_in_a_row"]),
        f"{row['chance']:.2g}" if known else "",
        f"{row['false_alarms_a_year']:.2g}" if known else "",
        row["method"] if known else row["reason"],
    )
