"""The child process that runs a locked model; a script, never imported by the suite.

``python -P worker.py MODEL_FOLDER INPUT.parquet OUTPUT.parquet [INPUT OUTPUT ...]``

It imports none of our rooms: a model may bring packages of the same names, and must run its own.
The score is the model's last output column, the probability of a positive reference standard.
"""

from __future__ import annotations

import sys


def main(folder: str, *pairs: str) -> None:
    """Load the model once, and score each input file."""
    import mlflow
    import numpy as np
    import pandas as pd

    model = mlflow.pyfunc.load_model(folder)
    for source, target in zip(pairs[::2], pairs[1::2], strict=True):
        answers = np.asarray(model.predict(pd.read_parquet(source)), dtype=float)
        score = answers.reshape(len(answers), -1)[:, -1]
        pd.DataFrame({"score": score}).to_parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
