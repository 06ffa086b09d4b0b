"""`tplc`: the operator's command line.

Each command enters the workspace once (`settings.enter`), calls one room, and leaves by the exit
codes of `answer`. The commands of a noun stand in its file: `watch` (monitor), `changes` (change),
`papers` (report), `check` (verify).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, changes, check, convert, papers, settings, start, watch
from console.answer import AsJson
from console.stats import app as stats

if TYPE_CHECKING:
    from evidence.records import Body
    from evidence.store import Store

HELP = "Validate a locked medical AI model, watch it in use, and document both from evidence."
EPILOG = "Exit codes: 0 pass, 1 failed or trigger, 2 usage, 3 not evaluable, 4 refused."
app = typer.Typer(
    help=HELP, epilog=EPILOG, no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
policy_app = typer.Typer(help="Policies: register a new version, list.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")
app.add_typer(watch.app, name="monitor")
app.add_typer(changes.app, name="change")
app.add_typer(papers.app, name="report")
app.add_typer(stats.app, name="stats")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new workspace.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make a workspace: device.yaml, dataset.yaml, risks.yaml, policies/, narratives/."""
    written = start.make(folder)
    answer.say(f"Workspace {folder}: {len(written)} files written.", as_json=as_json)
    answer.say("Next: fill device.yaml and dataset.yaml, then tplc lock.", as_json=as_json)
    answer.give({"workspace": str(folder), "written": [str(p) for p in written]}, as_json=as_json)


@app.command()
def lock(
    uri: Annotated[
        str, typer.Argument(metavar="[models:/NAME/VERSION]", help="A version in MLflow.")
    ] = "",
    *,
    external: Annotated[str, typer.Option(help="Name of a model that runs elsewhere.")] = "",
    version: Annotated[str, typer.Option(help="Version of the external model.")] = "",
    manifest: Annotated[Path | None, typer.Option(help="File that says what it is.")] = None,
    training: Annotated[
        Path | None, typer.Option(help="Its training data: their patients and period are noted.")
    ] = None,
    tuning: Annotated[
        Path | None, typer.Option(help="Data its settings were chosen on; noted beside training.")
    ] = None,
    spec: Annotated[Path | None, typer.Option(help="The roles of the training columns.")] = None,
    as_json: AsJson = False,
) -> None:
    """Lock a model version: digest its files, so that any change shows."""
    from evidence.errors import UsageError
    from validation import lock as locks

    door = settings.enter()
    if bool(uri) == bool(external):
        raise UsageError("Name a version in MLflow, models:/NAME/VERSION, or --external NAME.")
    if external and (not version or manifest is None):
        raise UsageError("An external model needs --version V and --manifest FILE.")
    if manifest and external:
        value = locks.external(external, version, manifest)
        door.workspace.store.put_file(manifest)
    else:
        value = locks.from_mlflow(locks.Registry(door.workspace.registry_uri), uri)
    if training:
        facts, marks = _developed(training, spec, door.workspace.store)
        value = replace(value, training=value.training | facts, files=value.files | marks)
    if tuning:
        facts, marks = _developed(tuning, spec, door.workspace.store)
        marks = {f"tuning {word}": digest for word, digest in marks.items()}
        seen = value.training | {"tuning": facts}
        value = replace(value, training=seen, files=value.files | marks)
    record = locks.record(door.workspace.trail, value, at=door.at, actor=door.actor)
    files = f"{len(value.manifest)} files, {value.digest}"
    answer.say(f"Locked {value.model} ({files}) as {record.ref}.", as_json=as_json)
    answer.give(
        {"model": value.model, "digest": value.digest, "record": record.seq}, as_json=as_json
    )


def _developed(data: Path, spec: Path | None, store: Store) -> tuple[Body, dict[str, str]]:
    """What is noted of training or tuning data, and the files behind it."""
    from evidence.errors import UsageError
    from policies import reader
    from policies.dataset import DatasetSpec
    from validation import independence, table

    if spec is None:
        raise UsageError("Say which column is which in the data with --spec dataset.yaml.")
    roles = reader.read(spec, DatasetSpec).model_copy(update={"period": None})
    typed = table.typed(table.read(data, roles.columns()), roles, str(data))
    return independence.training(table.cohort(typed, roles), roles, store)


@app.command()
def freeze(
    data: Annotated[Path, typer.Argument(help="CSV, CSV.gz or Parquet.")],
    *,
    name: Annotated[str, typer.Option(help="What the reference set is called.")],
    spec: Annotated[Path, typer.Option(help="The roles of the columns.")],
    as_json: AsJson = False,
) -> None:
    """Freeze a reference set: check its expectations, digest its cases."""
    from policies import reader
    from policies.dataset import DataQualityPolicy, DatasetSpec
    from validation import freeze as freezes
    from validation import lock as locks

    door = settings.enter()
    space = door.workspace
    quality = space.policy("data_quality").value
    if not isinstance(quality, DataQualityPolicy):
        raise TypeError("data_quality.yaml holds another policy")
    roles = reader.read(spec, DatasetSpec)
    known = [value for _, value in locks.locks(space.trail)]
    text = spec.read_text(encoding="utf-8")
    with answer.progress("freeze") as step:
        step("reading and checking", 0, 0)
        frozen = freezes.freeze(data, name, roles, text, quality, known, space.store)
    record = freezes.record(space.trail, frozen, at=door.at, actor=door.actor)
    answer.say(
        f"Frozen '{name}': {frozen.cases:,} cases, {frozen.positives:,} positive "
        f"({frozen.digest}) as {record.ref}.",
        as_json=as_json,
    )
    for step_ in frozen.accounting:
        if step_["kind"] == "excluded":
            answer.say(f"  excluded: {step_['step']}: {step_['cases']:,}", as_json=as_json)
    for warning in frozen.warnings:
        answer.say(f"  warning: {warning['message']}", as_json=as_json)
    answer.give(_frozen(frozen, record.seq), as_json=as_json)


def _frozen(frozen: Any, seq: int) -> dict[str, Any]:
    names = ("name", "digest", "cases", "positives", "period", "accounting", "warnings")
    return {name: getattr(frozen, name) for name in names} | {"record": seq}


@app.command()
def validate(
    *,
    model: Annotated[str, typer.Option(help="NAME/VERSION of a locked model.")],
    reference: Annotated[str, typer.Option(help="Name of a frozen reference set.")],
    against: Annotated[str, typer.Option(help="NAME/VERSION to compare with.")] = "",
    predictions: Annotated[
        Path | None, typer.Option(help="File with an external model's predictions.")
    ] = None,
    score: Annotated[str, typer.Option(help="Column of the score in that file.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run the protocol: a locked model on a frozen set, judged by registered criteria."""
    from evidence.errors import DataError, UsageError
    from evidence.records import ValidationRun, Verdict
    from validation import freeze as freezes
    from validation import lock as locks
    from validation import protocol

    door = settings.enter()
    space = door.workspace
    if predictions and not score:
        raise UsageError("Name the score's column with --score COLUMN.")
    if predictions and not predictions.is_file():
        raise DataError(str(predictions), ["there is no such file"])
    asked = protocol.Protocol(
        lock=locks.find(space.trail, model),
        frozen=freezes.find(space.trail, reference),
        policies=[space.policies[n] for n in ("validation", "fairness") if n in space.policies],
        against=locks.find(space.trail, against) if against else None,
        predictions=protocol.Predictions(path=predictions, score=score) if predictions else None,
    )
    registry = locks.Registry(space.registry_uri)
    with answer.progress("validate") as step:
        record = protocol.execute(
            asked,
            space.trail,
            space.store,
            registry,
            at=door.at,
            actor=door.actor,
            progress=lambda words: step(words, 0, 0),
        )
    run = ValidationRun.read(record.body)
    _say_validation(run, record.ref, as_json=as_json)
    answer.give(
        {
            "record": record.seq,
            "model": run.model,
            "reference": run.reference,
            "verdict": run.verdict,
            "reason": run.reason,
            "criteria": run.criteria + run.comparisons,
            "estimates": run.estimates,
            "gaps": run.gaps,
            "look": run.look,
        },
        as_json=as_json,
    )
    raise typer.Exit(answer.OF_VERDICT[Verdict(run.verdict)])


def _say_validation(run: Any, ref: str, *, as_json: bool) -> None:
    if as_json:
        return
    rows = [
        (c["id"], c["statement"], c["verdict"], c["reason"]) for c in run.criteria + run.comparisons
    ]
    title = f"{run.model} on {run.reference}: {run.verdict} ({run.reason})"
    answer.table(title, ("Criterion", "Statement", "Verdict", "Reason"), rows)
    answer.say(f"Look {run.look} at this reference set; {ref}.", as_json=False)


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


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the demo.")] = Path(
        "tplc-demo"
    ),
    *,
    as_json: AsJson = False,
) -> None:
    """Take a real model through its whole life, on real clinical data."""
    from demo import story

    story.prepare(folder)
    at = settings.now()
    with answer.progress("demo") as step:
        stage = story.Stage(
            workspace=settings.at_folder(folder),
            actor=settings.actor(),
            at=at,
            today=settings.day(at),
            progress=step,
        )
        told = story.tell(stage)
    if not as_json:
        _say_demo(told)
    answer.give(told, as_json=as_json)


def _say_demo(told: dict[str, Any]) -> None:
    rows = [(v["model"], v["reference"], v["verdict"]) for v in told["validations"]]
    answer.table("Validations", ("Model", "Reference set", "Verdict"), rows)
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
