"""`tplc monitor metrics`: the state of surveillance for Prometheus, once or as it is scraped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer, settings
from evidence.errors import AssuranceError, UsageError

if TYPE_CHECKING:
    from monitoring.metrics.families import Family
    from monitoring.metrics.state import State
    from policies.workspace import Workspace

FORMATS = ("prometheus", "openmetrics")


class Watched:
    """The state of a trail that is read again and again: each record once."""

    def __init__(self) -> None:
        from monitoring.metrics.state import State

        self.state: State = State()

    def families(self, space: Workspace) -> list[Family]:
        """Every metric as of now."""
        from monitoring.metrics import families
        from policies import minimum_cell, policy, reader
        from policies.change_control import ChangeControlPolicy
        from policies.plan import MonitoringPlan

        self._fold(space)
        registered = self.state.registered("monitoring")
        plan = None
        if registered is not None:
            plan = reader.parse(registered.text, MonitoringPlan, registered.source)
        board = policy.load(space.folder / "policies" / "change_control.yaml").value
        decisions = board.decisions if isinstance(board, ChangeControlPolicy) else []
        return families.all_of(
            self.state,
            plan,
            closing={decision.id for decision in decisions if decision.closes},
            minimum=minimum_cell.of_registrations(self.state.registrations),
            today=settings.day(settings.now()),
        )

    def faults(self, space: Workspace) -> list[str]:
        """Why nothing could be told; none when all is well."""
        try:
            self._fold(space)
        except AssuranceError:
            return ["the trail cannot be read"]
        return [] if self.state.registered("monitoring") else ["no surveillance plan is registered"]

    def _fold(self, space: Workspace) -> None:
        from monitoring.metrics.state import SCHEMAS

        for record in space.trail.records(*SCHEMAS, after=self.state.seq):
            self.state.fold(record)


def metrics(
    *,
    out: Annotated[
        str, typer.Option(metavar="FILE", help="File of node_exporter's textfile collector.")
    ] = "",
    form: Annotated[
        str, typer.Option("--format", help="prometheus or openmetrics.")
    ] = "prometheus",
) -> None:
    """Print the newest window, open triggers and due windows as metrics, or write them whole."""
    from monitoring.metrics import exposition, textfile

    if form not in FORMATS:
        raise UsageError(f"There is no format '{form}' (there are: {', '.join(FORMATS)}).")
    path = Path(out)
    if out and (path.suffix != ".prom" or not path.resolve().parent.is_dir()):
        raise UsageError(
            f"'{out}' cannot be collected: give --out a file that ends in .prom, in a folder that "
            "exists."
        )
    found = Watched().families(settings.enter().workspace)
    content = exposition.text(found, "openmetrics" if form == "openmetrics" else "prometheus")
    if not out:
        sys.stdout.write(content.decode())
        return
    textfile.write(path, content)
    answer.say(f"{path}: {sum(len(f.samples) for f in found)} series.", as_json=False)
