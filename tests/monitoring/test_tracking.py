"""Windows on the locked model's MLflow run, in a real store on SQLite."""

from __future__ import annotations

import dataclasses
import os
import time
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient

from evidence.records import ModelLock
from monitoring import tracking
from tests.monitoring.metrics.test_metrics import _drift, _estimate, _run
from validation.lock import Registry

AT = "2025-03-02T01:00:00+00:00"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A store with one registered version; its URI and its run."""
    folder = tmp_path_factory.mktemp("mlflow")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    client = Registry(uri).client()
    experiment = client.create_experiment("e", artifact_location=str(folder / "artifacts"))
    run = client.create_run(experiment).info.run_id
    client.create_registered_model("covid")
    client.create_model_version("covid", source=str(folder), run_id=run)
    client.create_model_version("covid", source=str(folder))
    return uri, run


def _lock(version: str = "1", **keys: Any) -> ModelLock:
    body: dict[str, Any] = {
        "external": False,
        "digest": "sha256:m",
        "manifest": {},
        "uri": "",
    } | keys
    return ModelLock(name="covid", version=version, **body)


def _history(uri: str, run: str, name: str) -> list[tuple[int, float]]:
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    return [(m.step, m.value) for m in client.get_metric_history(run, name)]


def test_a_window_is_logged_once_on_the_models_run(store: tuple[str, str]) -> None:
    """Value and bounds, drift of each column, cases; the step is the day of the window's end."""
    uri, run = store
    window = _run(
        2,
        drift=[_drift("age", 0.25), _drift("blood (mmol/l)", 0.1), _drift("none", None)],
        estimates=[
            _estimate("auroc", 0.8),
            _estimate("sensitivity", 0.7, threshold=0.5),
            _estimate("auroc", 0.6, subgroup="sex=x"),
            _estimate("prevalence", 0.01, positives=3),
        ],
    )
    logged = tracking.log(window, _lock(), Registry(uri), at=AT, minimum=10)
    assert (logged.metrics, logged.words) == (9, "")
    step = 20147  # days from 1970-01-01 to 2025-02-28
    found = mlflow.MlflowClient(tracking_uri=uri).get_run(run).data.metrics
    assert {k: round(v, 6) for k, v in found.items()} == {
        "tplc.n": 400,
        "tplc.auroc": 0.8,
        "tplc.auroc.low": 0.7,
        "tplc.auroc.high": 0.9,
        "tplc.sensitivity.at-0.5": 0.7,
        "tplc.sensitivity.at-0.5.low": 0.6,
        "tplc.sensitivity.at-0.5.high": 0.8,
        "tplc.drift.age": 0.25,
        "tplc.drift.blood _mmol/l_": 0.1,
    }
    assert _history(uri, run, "tplc.auroc") == [(step, 0.8)]
    again = tracking.log(window, _lock(), Registry(uri), at=AT, minimum=10)
    assert (again.metrics, again.words) == (0, "This window was logged before.")
    assert _history(uri, run, "tplc.auroc") == [(step, 0.8)]


def test_a_window_that_is_recorded_again_and_the_next_one_are_logged(
    store: tuple[str, str],
) -> None:
    """Labels came: the same step with a later time; the next window: its own step."""
    uri, run = store
    for month, value, at in ((3, 0.5, AT), (3, 0.4, "2025-05-01T00:00:00+00:00"), (4, 0.6, AT)):
        window = _run(month, estimates=[_estimate("brier", value)])
        assert tracking.log(window, _lock(), Registry(uri), at=at, minimum=10).metrics
    assert sorted(_history(uri, run, "tplc.brier")) == [(20175, 0.4), (20175, 0.5), (20206, 0.6)]
    # What MLflow shows is the latest window.
    assert MlflowClient(tracking_uri=uri).get_run(run).data.metrics["tplc.brier"] == 0.6


def test_what_was_left_half_logged_is_completed_and_stands_once(
    store: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two batches: the mark was not there yet, so that all is logged again."""
    uri, run = store
    window = _run(5, estimates=[_estimate("npv", 0.9)], drift=[_drift("x", 0.1)])
    monkeypatch.setattr(tracking, "MOST", 2)
    batch, calls = MlflowClient.log_batch, []

    def once(self: MlflowClient, *words: Any, **keys: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        batch(self, *words, **keys)

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_batch", once)
        with pytest.raises(KeyboardInterrupt):
            tracking.log(window, _lock(), Registry(uri), at=AT, minimum=10)
    assert tracking.log(window, _lock(), Registry(uri), at=AT, minimum=10).metrics == 5
    assert _history(uri, run, "tplc.npv") == [(20236, 0.9)]
    assert _history(uri, run, "tplc.drift.x") == [(20236, 0.1)]


def test_a_model_without_a_run_is_left_out_in_words(store: tuple[str, str]) -> None:
    """External, or registered from files."""
    uri, _ = store
    external = tracking.log(_run(2), _lock(external=True), Registry(uri), at=AT, minimum=10)
    assert "is external" in external.words
    bare = tracking.log(_run(2), _lock("2"), Registry(uri), at=AT, minimum=10)
    assert bare.words == "Model version covid/2 was registered without a run."


def test_law_6_a_window_of_few_people_is_not_logged(store: tuple[str, str]) -> None:
    """Its count would be a small cell."""
    uri, _ = store
    few = dataclasses.replace(_run(6), cases=4)
    assert "fewer than 10" in tracking.log(few, _lock(), Registry(uri), at=AT, minimum=10).words


def test_a_store_that_is_away_costs_seconds_and_no_night() -> None:
    """No exception, no secret of the address, and the client is as patient as before."""
    uri = "http://user:pa55@127.0.0.1:9"
    before = dict(os.environ)
    begun = time.monotonic()
    logged = tracking.log(_run(2), _lock(), Registry(uri), at=AT, minimum=10)
    assert time.monotonic() - begun < 20
    assert logged.metrics == 0
    assert logged.words.startswith("MLflow took no metrics (")
    assert "pa55" not in logged.words
    assert {k: v for k, v in os.environ.items() if k in tracking.PATIENCE} == {
        k: v for k, v in before.items() if k in tracking.PATIENCE
    }
