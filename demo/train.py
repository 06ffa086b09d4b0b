"""Train, log and register the demo's models: gradient boosting on eight answers.

The second version does without the age question, which the first lost in production.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from policies.dataset import DatasetSpec, Period
from validation import table
from validation.lock import TRAINING, Registry
from validation.table import COUNT, LABEL

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from sklearn.pipeline import Pipeline

    from validation.table import Cohort

NAME = "covid-symptoms"
PERIOD = Period(start=dt.date(2020, 3, 22), end=dt.date(2020, 3, 31))
SEED = 20200322


def training_data(path: Path, spec: DatasetSpec) -> Cohort:
    """The training cohort: the published one, 22 to 31 March 2020."""
    spec = spec.model_copy(update={"period": PERIOD})
    return table.cohort(table.typed(table.read(path, spec.columns()), spec, str(path)), spec)


def fit(cohort: Cohort, spec: DatasetSpec, without: tuple[str, ...] = ()) -> Pipeline:
    """Fit the pipeline; missing values go through as missing.

    Args:
        cohort: Training cases.
        spec: Names and types of the features.
        without: Features to leave out.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    used = [f for f in spec.features if f.name not in without]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer(
        [
            ("answers", "passthrough", [f.name for f in used if f.type == "number"]),
            ("choices", encoder, [f.name for f in used if f.type == "category"]),
        ]
    )
    trees = HistGradientBoostingClassifier(
        max_iter=80, max_depth=4, learning_rate=0.1, min_samples_leaf=200, random_state=SEED
    )
    model = Pipeline([("columns", columns), ("trees", trees)])
    frame = cohort.frame
    model.fit(inputs(frame, spec), frame[LABEL], trees__sample_weight=frame[COUNT])
    return model


def inputs(frame: pd.DataFrame, spec: DatasetSpec) -> pd.DataFrame:
    """The feature columns as the locked model will see them."""
    return frame[[f.name for f in spec.features]]


def register(
    registry: Registry,
    cohort: Cohort,
    spec: DatasetSpec,
    artifacts: Path,
    *,
    without: tuple[str, ...],
) -> str:
    """Train a version, log it with its run, register it.

    Returns:
        ``models:/NAME/VERSION``.
    """
    client = registry.client()
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types.schema import ColSpec, Schema, TensorSpec

    found = client.get_experiment_by_name(NAME)
    experiment = (
        found.experiment_id
        if found
        else client.create_experiment(NAME, artifact_location=artifacts.resolve().as_uri())
    )
    model = fit(cohort, spec, without)
    kinds = {"number": "double", "category": "string"}
    columns: list[ColSpec | TensorSpec] = [
        ColSpec(type=kinds[f.type], name=f.name, required=f.name not in without)
        for f in spec.features
    ]
    outputs = Schema([ColSpec(type="double", name="probability")])
    with mlflow.start_run(experiment_id=experiment):
        mlflow.log_params(_parameters(model, without))
        mlflow.log_metric("training_auroc", _auroc(model, cohort, spec))
        mlflow.set_tags(_tags(cohort))
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=ModelSignature(inputs=Schema(columns), outputs=outputs),
            pyfunc_predict_fn="predict_proba",
            serialization_format="cloudpickle",
            pip_requirements=_requirements(),
            registered_model_name=NAME,
        )
    return f"models:/{NAME}/{info.registered_model_version}"


def _parameters(model: Pipeline, without: tuple[str, ...]) -> dict[str, object]:
    trees = model.named_steps["trees"]
    names = ("learning_rate", "max_depth", "max_iter", "min_samples_leaf", "random_state")
    found = {name: getattr(trees, name) for name in names}
    return found | {"features_left_out": ", ".join(without) or "none"}


def _auroc(model: Pipeline, cohort: Cohort, spec: DatasetSpec) -> float:
    from validation.endpoints import auroc

    frame = cohort.frame
    score = model.predict_proba(inputs(frame, spec))[:, 1]
    found = auroc(frame[LABEL].to_numpy(), score, frame[COUNT].to_numpy())
    return float(found.value or 0)


def _tags(cohort: Cohort) -> dict[str, str]:
    facts = {
        "start": PERIOD.start,
        "end": PERIOD.end,
        "cases": cohort.cases,
        "positives": cohort.positives,
        "dataset": "registry snapshot of 4 May 2020",
    }
    return {TRAINING + key: str(value) for key, value in facts.items()}


def _requirements() -> list[str]:
    from importlib.metadata import version

    names = ("cloudpickle", "mlflow", "numpy", "pandas", "scikit-learn")
    return [f"{name}=={version(name)}" for name in names]
