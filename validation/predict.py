"""The locked model, run in a child process that imports none of our rooms.

Its bytes are digested against the lock before each use. Each distinct input is scored once: rows
that are alike get the same answer by construction, and aggregated data cost little.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import AssuranceError, DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

WORKER = Path(__file__).with_name("worker.py")
SCORE = "tplc_score"
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")


def scores(
    folder: Path, frames: Sequence[pd.DataFrame], features: Sequence[str], *, name: str
) -> list[pd.Series[float]]:
    """Score frames with the model in a folder whose digest was just checked.

    Args:
        folder: The model's folder.
        frames: Tables with the feature columns.
        features: The columns that the model reads, in its order.
        name: ``NAME/VERSION``, for messages.

    Returns:
        One score a row, aligned with each frame's index.

    Raises:
        AssuranceError: The model could not run, with its own last words.
        DataError: Scores are missing or no probabilities.
    """
    distinct = [frame[list(features)].drop_duplicates() for frame in frames]
    with tempfile.TemporaryDirectory(prefix="tplc-") as scratch:
        pairs = []
        for index, frame in enumerate(distinct):
            pairs += [f"{scratch}/{index}.in.parquet", f"{scratch}/{index}.out.parquet"]
            frame.reset_index(drop=True).to_parquet(pairs[-2])
        _run(folder, pairs, name)
        answers = [_read(path) for path in pairs[1::2]]
    joined = []
    for frame, inputs, answer in zip(frames, distinct, answers, strict=True):
        scored = inputs.assign(**{SCORE: answer})
        merged = frame[list(features)].merge(scored, how="left", on=list(features))
        joined.append(merged[SCORE].set_axis(frame.index))
        require_probabilities(joined[-1], f"model {name}")
    return joined


def _read(path: str) -> list[float]:
    import pandas as pd

    return [float(value) for value in pd.read_parquet(path)["score"]]


def _run(folder: Path, pairs: list[str], name: str) -> None:
    environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", str(WORKER), str(folder), *pairs]
    done = subprocess.run(  # noqa: S603 - our own script, no shell
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise AssuranceError(f"Model {name} could not run: {last}")


def require_probabilities(score: pd.Series[float], name: str) -> None:
    """Refuse scores that are missing or outside 0 to 1, with their count.

    Raises:
        DataError: How many, and what the smallest and largest are.
    """
    missing, outside = int(score.isna().sum()), int(((score < 0) | (score > 1)).sum())
    faults = [f"{missing:,} rows have no score"] if missing else []
    if outside:
        faults.append(
            f"{outside:,} rows have a score outside 0 to 1 (from {score.min():.4g} to "
            f"{score.max():.4g}); give probabilities, not logits or percentages"
        )
    if faults:
        raise DataError(name, faults)
