"""Model locks: an MLflow model version, or an external one, whose bytes are named.

The only door to MLflow (its other side, in the child process, is `worker`). A lock is a manifest of
SHA-256 digests over the model's files; `folder` digests them again before every use, since MLflow
itself does not notice when a registered version is overwritten in its store.
"""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from evidence import digest as digests
from evidence.digest import Manifest
from evidence.errors import DataError, DigestMismatchError, NotFoundError, UsageError
from evidence.records import ModelLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

    from evidence.records import Body, Record
    from evidence.trail import AuditTrail

TRAINING = "tplc.training."


@dataclass(frozen=True, slots=True)
class Registry:
    """An MLflow tracking store and registry.

    Attributes:
        uri: MLflow tracking URI.
    """

    uri: str

    def client(self) -> MlflowClient:
        """A client of this store, with MLflow's telemetry off."""
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        import logging

        import mlflow

        logging.getLogger("mlflow").setLevel(logging.ERROR)
        logging.getLogger("alembic").setLevel(logging.ERROR)
        mlflow.set_tracking_uri(self.uri)
        return mlflow.MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)


def parse(uri: str) -> tuple[str, str]:
    """Name and version of ``models:/NAME/VERSION``.

    Raises:
        UsageError: The text is no such thing.
    """
    name, _, version = uri.removeprefix("models:/").rpartition("/")
    if not uri.startswith("models:/") or not name or not version.isdigit():
        raise UsageError(f"'{uri}' names no model version; write models:/NAME/VERSION")
    return name, version


def from_mlflow(registry: Registry, uri: str) -> ModelLock:
    """Digest a registered model version and mark it as locked in MLflow.

    Raises:
        NotFoundError: The registry has no such version.
    """
    name, version = parse(uri)
    client = registry.client()
    found = _version(client, name, version)
    folder = _folder(client, name, version)
    manifest = Manifest.of_folder(folder)
    run = client.get_run(found.run_id).data if found.run_id else None
    lock = ModelLock(
        name=name,
        version=version,
        external=False,
        digest=manifest.digest,
        manifest=dict(manifest.files),
        uri=uri,
        environment=_environment(folder),
        parameters=dict(sorted(run.params.items())) if run else {},
        metrics=dict(sorted(run.metrics.items())) if run else {},
        training=_training(run.tags) if run else {},
        **_mlmodel(folder),
    )
    client.set_model_version_tag(name, version, "locked", lock.digest)
    client.set_registered_model_alias(name, "locked", version)
    return lock


def _version(client: MlflowClient, name: str, version: str) -> ModelVersion:
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version(name, version)
    except MlflowException:
        there = [v.version for v in client.search_model_versions(f"name = '{name}'")]
        text = f"versions there: {', '.join(sorted(map(str, there)))}" if there else "no such model"
        raise NotFoundError(f"MLflow has no model version {name}/{version} ({text}).") from None


def _folder(client: MlflowClient, name: str, version: str) -> Path:
    """The version's files: in place when they are on this machine, else fetched."""
    place = urlparse(client.get_model_version_download_uri(name, version))
    if place.scheme in ("", "file"):
        return Path(unquote(place.path))
    import mlflow

    return Path(mlflow.artifacts.download_artifacts(f"models:/{name}/{version}"))


def _mlmodel(folder: Path) -> dict[str, Any]:
    from mlflow.models import Model

    model = Model.load(str(folder))
    flavours = [name for name in model.flavors if name != "python_function"]
    signature = model.signature.to_dict() if model.signature else {}
    return {"flavour": ", ".join(flavours) or "python_function", "signature": _plain(signature)}


def _plain(signature: dict[str, Any]) -> Body:
    # MLflow keeps the columns as JSON text; here they are values.
    import json

    return {key: json.loads(value) for key, value in signature.items() if value}


def _environment(folder: Path) -> list[str]:
    path = folder / "requirements.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.strip() for line in lines if line.strip()]


def _training(tags: dict[str, str]) -> Body:
    found: Body = {}
    for key, text in sorted(tags.items()):
        if key.startswith(TRAINING):
            value = ast.literal_eval(text) if text.isdigit() else text
            found[key.removeprefix(TRAINING)] = value
    return found


def external(name: str, version: str, manifest: Path, training: Body | None = None) -> ModelLock:
    """Lock a model that cannot run here, by a manifest that its maker gives.

    Args:
        name: The model's name.
        version: Its version.
        manifest: A file that names what the model is: any text, for example digests of its files.
        training: What is known of its training data.

    Raises:
        DataError: There is no such file, or it is empty.
    """
    if not manifest.is_file() or not manifest.stat().st_size:
        raise DataError(str(manifest), ["the manifest of an external model is missing or empty"])
    files = {manifest.name: digests.of_file(manifest)}
    return ModelLock(
        name=name,
        version=version,
        external=True,
        digest=Manifest(files=files).digest,
        manifest=files,
        uri="",
        flavour="external",
        training=training or {},
        files={"manifest": files[manifest.name]},
    )


def folder(registry: Registry, lock: ModelLock) -> Path:
    """The model's folder, digested again.

    Raises:
        DigestMismatchError: Naming each missing, extra and changed file.
        UsageError: The model is external.
    """
    if lock.external:
        raise UsageError(f"Model {lock.model} is external: give its predictions with --predictions")
    client = registry.client()
    _version(client, lock.name, lock.version)
    place = _folder(client, lock.name, lock.version)
    if not place.is_dir():
        raise DigestMismatchError(f"model {lock.model}", missing=[str(place)])
    locked = Manifest(files=lock.manifest)
    locked.require(Manifest.of_folder(place), f"model {lock.model} ({place})")
    return place


def locks(trail: AuditTrail) -> Iterator[tuple[int, ModelLock]]:
    """Every lock in the trail with its record's number."""
    for record, lock in trail.all(ModelLock):
        yield record.seq, lock


def find(trail: AuditTrail, model: str) -> ModelLock:
    """The lock of ``NAME/VERSION``.

    Raises:
        NotFoundError: It is not locked.
    """
    known = {lock.model: lock for _, lock in locks(trail)}
    if model not in known:
        there = ", ".join(sorted(known)) or "none"
        raise NotFoundError(
            f"Model '{model}' is not locked (locked: {there}). Lock it with: "
            f"tplc lock models:/{model}"
        )
    return known[model]


def record(trail: AuditTrail, value: ModelLock, *, at: str, actor: str) -> Record:
    """Write a lock into the trail; the same bytes are locked once, unless more is known of them.

    Raises:
        DigestMismatchError: The version is locked already, with other bytes.
    """
    for known, old in reversed(trail.all(ModelLock)):
        if old.model != value.model:
            continue
        if old.digest == value.digest:
            if value.training in ({}, old.training):
                return known
            break  # the same bytes, and more is known of what they were trained on
        name = f"model {value.model}, locked by record {known.seq},"
        Manifest(files=old.manifest).require(Manifest(files=value.manifest), name)
    return trail.append([value], at=at, actor=actor)[0]
