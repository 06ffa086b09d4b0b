"""The commands before the market: `tplc lock`, `tplc freeze`, `tplc validate`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.settings import Door
    from evidence.records import Body, Record, ReferenceFreeze
    from evidence.store import Store


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
    from policies import text_set as roles_of
    from validation import independence, table
    from validation.generative import text_set

    if spec is None:
        raise UsageError("Say which column is which in the data with --spec dataset.yaml.")
    roles = roles_of.load(spec).model_copy(update={"period": None})
    raw = table.read(data, roles.columns())
    if isinstance(roles, roles_of.TextSetSpec):
        frame, _ = text_set.cohort(text_set.typed(raw, roles, str(data)), roles)
        return text_set.training(frame, roles, store)
    typed = table.typed(raw, roles, str(data))
    return independence.training(table.cohort(typed, roles), roles, store)


def freeze(
    data: Annotated[Path, typer.Argument(help="CSV, CSV.gz or Parquet.")],
    *,
    name: Annotated[str, typer.Option(help="What the reference set is called.")],
    spec: Annotated[Path, typer.Option(help="The roles of the columns.")],
    as_json: AsJson = False,
) -> None:
    """Freeze a reference set: check its expectations, digest its cases."""
    from policies import text_set as roles_of
    from policies.dataset import DataQualityPolicy
    from validation import freeze as freezes
    from validation import lock as locks
    from validation.generative import text_set

    door = settings.enter()
    space = door.workspace
    quality = space.policy("data_quality").value
    if not isinstance(quality, DataQualityPolicy):
        raise TypeError("data_quality.yaml holds another policy")
    roles = roles_of.load(spec)
    known = [value for _, value in locks.locks(space.trail)]
    text = spec.read_text(encoding="utf-8")
    with answer.progress("freeze") as step:
        step("reading and checking", 0, 0)
        if isinstance(roles, roles_of.TextSetSpec):
            frozen = text_set.freeze_texts(data, name, roles, text, quality, known, space.store)
        else:
            frozen = freezes.freeze(data, name, roles, text, quality, known, space.store)
    record = freezes.record(space.trail, frozen, at=door.at, actor=door.actor)
    of = f", {frozen.positives:,} positive" if frozen.task == "classification" else ""
    answer.say(
        f"Frozen '{name}': {frozen.cases:,} cases{of} ({frozen.digest}) as {record.ref}.",
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


def validate(
    *,
    model: Annotated[str, typer.Option(help="NAME/VERSION of a locked model.")],
    reference: Annotated[str, typer.Option(help="Name of a frozen reference set.")],
    against: Annotated[str, typer.Option(help="NAME/VERSION to compare with.")] = "",
    predictions: Annotated[
        Path | None, typer.Option(help="File with what an external model gave.")
    ] = None,
    score: Annotated[str, typer.Option(help="Column of the score in that file.")] = "",
    response: Annotated[str, typer.Option(help="Column of what the model wrote.")] = "",
    condition: Annotated[
        str, typer.Option(help="Column of the input condition, such as image+text or text only.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Run the protocol: a locked model on a frozen set, judged by registered criteria."""
    from evidence.errors import DataError
    from evidence.records import KINDS, Verdict
    from validation import freeze as freezes

    door = settings.enter()
    frozen = freezes.find(door.workspace.trail, reference)
    if predictions and not predictions.is_file():
        raise DataError(str(predictions), ["there is no such file"])
    _require_options(frozen, predictions, score, response, condition, against)
    with answer.progress("validate") as step:
        if frozen.task == "classification":
            record = _scored(door, model, frozen, against, predictions, score, step)
        else:
            record = _written(door, model, frozen, predictions, response, condition, step)
    run: Any = KINDS[record.schema].read(record.body)
    comparisons = run.comparisons if frozen.task == "classification" else []
    _say_validation(run, run.criteria + comparisons, record.ref, as_json=as_json)
    shown = ("model", "reference", "verdict", "reason", "estimates", "gaps", "look")
    answer.give(
        {"record": record.seq, "criteria": run.criteria + comparisons}
        | {name: getattr(run, name) for name in shown},
        as_json=as_json,
    )
    raise typer.Exit(answer.OF_VERDICT[Verdict(run.verdict)])


def _require_options(
    frozen: ReferenceFreeze,
    predictions: Path | None,
    score: str,
    response: str,
    condition: str,
    against: str,
) -> None:
    """The options that fit the frozen set's task, all faults at once."""
    from evidence.errors import UsageError

    faults = []
    if frozen.task == "classification":
        faults += (
            ["Name the score's column with --score COLUMN."] if predictions and not score else []
        )
        if response or condition:
            faults.append(
                f"Reference set {frozen.name} has no texts: --response and --condition "
                "are for answers and reports."
            )
    else:
        if predictions is None or not response:
            faults.append(
                f"Reference set {frozen.name} is one of {frozen.task}: bring what the model wrote "
                "with --predictions FILE --response COLUMN."
            )
        if score or against:
            faults.append("--score and --against are for models that give a score.")
    if faults:
        raise UsageError(" ".join(faults))


def _scored(
    door: Door,
    model: str,
    frozen: ReferenceFreeze,
    against: str,
    predictions: Path | None,
    score: str,
    step: Callable[[str, int, int], None],
) -> Record:
    from validation import lock as locks
    from validation import protocol

    space = door.workspace
    asked = protocol.Protocol(
        lock=locks.find(space.trail, model),
        frozen=frozen,
        policies=[space.policies[n] for n in ("validation", "fairness") if n in space.policies],
        against=locks.find(space.trail, against) if against else None,
        predictions=protocol.Predictions(path=predictions, score=score) if predictions else None,
    )
    return protocol.execute(
        asked,
        space.trail,
        space.store,
        locks.Registry(space.registry_uri),
        at=door.at,
        actor=door.actor,
        progress=lambda words: step(words, 0, 0),
    )


def _written(
    door: Door,
    model: str,
    frozen: ReferenceFreeze,
    predictions: Path | None,
    response: str,
    condition: str,
    step: Callable[[str, int, int], None],
) -> Record:
    from validation import lock as locks
    from validation.generative import run
    from validation.generative.outputs import OutputsFile

    space = door.workspace
    if predictions is None:
        raise RuntimeError("outputs were not asked for")
    names = ("generative", "clinical_findings")
    asked = run.GenerativeProtocol(
        lock=locks.find(space.trail, model),
        frozen=frozen,
        policies=[space.policies[name] for name in names if name in space.policies],
        outputs=OutputsFile(path=predictions, response=response, condition=condition),
    )
    return run.execute(
        asked,
        space.trail,
        space.store,
        at=door.at,
        actor=door.actor,
        progress=lambda words: step(words, 0, 0),
    )


def _say_validation(run: Any, criteria: list[Body], ref: str, *, as_json: bool) -> None:
    if as_json:
        return
    rows = [(c["id"], c["statement"], c["verdict"], c["reason"]) for c in criteria]
    title = f"{run.model} on {run.reference}: {run.verdict} ({run.reason})"
    answer.table(title, ("Criterion", "Statement", "Verdict", "Reason"), rows)
    answer.say(f"Look {run.look} at this reference set; {ref}.", as_json=False)
