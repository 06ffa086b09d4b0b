"""Twenty columns of two periods: some stable, some moved, some near Evidently's thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Draw = Callable[[np.random.Generator, int, float], np.ndarray]

SEED = 20240101
GROUP = 122_880  # rows, as DuckDB writes them: each thread reads one
SHARES = np.array([0.4, 0.3, 0.2, 0.1])


def normal(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """A laboratory value; moved by so many standard deviations."""
    return 70 + 12 * (draw.normal(size=n) + by)


def wider(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """The same, spread more."""
    return 70 + 12 * draw.normal(size=n) * (1 + by)


def skewed(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """A log-normal one, as markers of inflammation are."""
    return np.exp(1 + 0.6 * (draw.normal(size=n) + by))


def gamma(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """Times, such as a length of stay."""
    return draw.gamma(2 + by, 3, size=n)


def score(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """A model's score, 0 to 1."""
    return draw.beta(1.2 + by, 4, size=n)


def years(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """Whole years of age."""
    return np.clip(np.round(60 + 15 * (draw.normal(size=n) + by)), 18, 100)


def dose(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """Zero for half of the cases."""
    return np.where(draw.random(n) < 0.5 - by, 0.0, draw.gamma(2, 5, size=n))


def level(draw: np.random.Generator, n: int, by: float) -> np.ndarray:
    """A category of four."""
    share = SHARES + by * np.array([-1, 0, 0, 1])
    return draw.choice(list("ABCD"), size=n, p=share)


# The last number is how far the second period has moved.
COLUMNS: dict[str, tuple[Draw, float]] = {
    "normal_stable": (normal, 0.0),
    "normal_mild": (normal, 0.05),
    "normal_near_wasserstein": (normal, 0.1005),
    "normal_near_psi": (normal, 0.448),
    "normal_moved": (normal, 0.7),
    "wider_stable": (wider, 0.01),
    "wider_moved": (wider, 0.6),
    "skewed_stable": (skewed, 0.0),
    "skewed_moved": (skewed, 0.7),
    "gamma_stable": (gamma, 0.0),
    "gamma_moved": (gamma, 0.9),
    "score_stable": (score, 0.01),
    "score_moved": (score, 0.8),
    "years_moved": (years, 0.5),
    "years_stable": (years, 0.02),
    "dose_moved": (dose, 0.3),
    "level_stable": (level, 0.0),
    "level_mild": (level, 0.02),
    "level_near_distance": (level, 0.0685),
    "level_moved": (level, 0.25),
}


def frames(rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both periods, of so many rows each."""
    draw = np.random.default_rng(SEED)
    then = {name: make(draw, rows, 0.0) for name, (make, _) in COLUMNS.items()}
    now = {name: make(draw, rows, by) for name, (make, by) in COLUMNS.items()}
    return pd.DataFrame(then), pd.DataFrame(now)


def written(folder: Path, rows: int) -> tuple[Path, Path]:
    """Both periods as Parquet files."""
    paths = folder / "reference.parquet", folder / "current.parquet"
    for path, frame in zip(paths, frames(rows), strict=True):
        frame.to_parquet(path, row_group_size=GROUP)
    frame.head(1000).to_parquet(folder / "few.parquet")  # to import on, before the clock runs
    return paths
