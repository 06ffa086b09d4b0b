"""`tplc`: the operator's command line.

Each command enters the workspace once (`settings.enter`), calls one room, and leaves by the exit
codes of `answer`. The commands of a noun stand in its file: `premarket` (lock, freeze, validate),
`watch` (monitor), `changes` and `sign` (change), `users` (user), `trail`, `papers` (report),
`check` (verify), `serve`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console import (
    answer,
    changes,
    check,
    convert,
    papers,
    premarket,
    serve,
    settings,
    start,
    trail,
    users,
    watch,
)
from console.answer import AsJson
from console.stats import app as stats

HELP = "Validate a locked medical AI model, watch it in use, and document both from evidence."
EPILOG = "Exit codes: 0 pass, 1 failed or trigger, 2 usage, 3 not evaluable, 4 refused."
app = typer.Typer(
    help=HELP, epilog=EPILOG, no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
policy_app = typer.Typer(help="Policies: register a new version, list.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")
app.add_typer(watch.app, name="monitor")
app.add_typer(changes.app, name="change")
app.add_typer(users.app, name="user")
app.add_typer(trail.app, name="trail")
app.add_typer(papers.app, name="report")
app.add_typer(stats.app, name="stats")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new workspace.")],
    *,
    task: Annotated[
        str, typer.Option(help="What the model gives: classification, answers or reports.")
    ] = "classification",
    as_json: AsJson = False,
) -> None:
    """Make a workspace: device.yaml, dataset.yaml, risks.yaml, policies/, narratives/."""
    written = start.make(folder, task)
    answer.say(f"Workspace {folder}: {len(written)} files written.", as_json=as_json)
    answer.say("Next: fill device.yaml and dataset.yaml, then tplc lock.", as_json=as_json)
    answer.give({"workspace": str(folder), "written": [str(p) for p in written]}, as_json=as_json)


app.command(name="lock")(premarket.lock)
app.command(name="freeze")(premarket.freeze)
app.command(name="validate")(premarket.validate)


@policy_app.command("register")
def policy_register(
    file: Annotated[Path, typer.Argument(help="The policy's file.")], *, as_json: AsJson = False
) -> None:
    """Register a new version of a policy; runs after it are judged by it."""
    from policies import policy, registration

    door = settings.enter()
    value = policy.load(file)
    record = registration.register(door.workspace.trail, value, at=door.at, actor=door.actor)
    answer.say(f"{value.name} version {value.value.version}: {record.ref}.", as_json=as_json)
    if value.name == "access":
        users.say_waiting(door, as_json=as_json)
    answer.give(
        {"policy": value.name, "version": value.value.version, "record": record.seq},
        as_json=as_json,
    )


@policy_app.command("list")
def policy_list(*, as_json: AsJson = False) -> None:
    """List what is registered."""
    from evidence.digest import short
    from evidence.records import PolicyRegistration

    door = settings.enter()
    known = door.workspace.trail.all(PolicyRegistration)
    rows = [(v.name, v.version, short(v.digest), r.at, r.actor, r.seq) for r, v in known]
    if not as_json:
        head = ("Policy", "Version", "Digest", "Registered", "By", "Record")
        answer.table("Registered policies", head, rows)
    names = ("policy", "version", "digest", "at", "by", "record")
    answer.give({"policies": [dict(zip(names, row, strict=True)) for row in rows]}, as_json=as_json)


app.command(name="convert")(convert.convert)
app.command(name="verify")(check.verify)
app.command(name="serve")(serve.serve)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the demo.")] = Path(
        "tplc-demo"
    ),
    *,
    story: Annotated[
        str, typer.Option(help="covid: a risk score in use; vqa: answers about images.")
    ] = "covid",
    as_json: AsJson = False,
) -> None:
    """Take real models through their life, on real clinical data."""
    from demo import stage
    from evidence.errors import UsageError

    if story not in stage.STORIES:
        there = ", ".join(stage.STORIES)
        raise UsageError(f"There is no story '{story}' (there are: {there}).")
    chosen = stage.story(story)
    chosen.prepare(folder)
    at = settings.now()
    with answer.progress("demo") as step:
        scene = stage.Stage(
            workspace=settings.at_folder(folder),
            actor=settings.actor(),
            at=at,
            today=settings.day(at),
            progress=step,
        )
        told = chosen.tell(scene)
    if not as_json:
        _say_demo(told)
    answer.give(told, as_json=as_json)


def _say_demo(told: dict[str, Any]) -> None:
    rows = [(v["model"], v["reference"], v["verdict"]) for v in told["validations"]]
    answer.table("Validations", ("Model", "Reference set", "Verdict"), rows)
    if told["windows"]:
        rows = [(t["id"], t["severity"], t["statement"]) for t in told["triggers"]]
        answer.table("What surveillance found", ("Trigger", "Severity", "What happened"), rows)
    for path in told["documents"]:
        answer.say(f"  {path}", as_json=False)
    answer.say(
        f"\n{told['seconds']} s. This shows software, not a device. Look around with:\n"
        f"  cd {told['workspace']} && tplc change list && tplc verify",
        as_json=False,
    )


def main() -> None:
    """Run a command; every way out is an exit code and, if it failed, a message."""
    as_json = "--json" in sys.argv
    try:
        code = app(standalone_mode=False)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. What was recorded before stands; run the command again.\n")
        code = answer.REFUSED
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        # Typer carries its own copy of Click: its faults of usage are told by what they can do.
        show = getattr(error, "show", None)
        if show is not None:
            show()
            code = answer.USAGE
            answer.give(
                {"error": _words(error), "kind": type(error).__name__, "exit": code},
                as_json=as_json,
            )
        else:
            code = answer.refuse(error, as_json=as_json)
    sys.exit(code if isinstance(code, int) else answer.OK)


def _words(error: Exception) -> str:
    """What Typer's copy of Click has to say."""
    told = getattr(error, "format_message", None)
    return str(told() if told else error)
