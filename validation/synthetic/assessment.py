"""Synthetic data assessed in one call: fidelity, privacy, utility, subgroups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.count_bootstrap import REPLICATES, SEED, Resampling
from validation.estimate import Estimate, Result, Test, Warned
from validation.synthetic.dependence import dependence
from validation.synthetic.discriminator import ENDPOINT, discriminate
from validation.synthetic.files import prepared
from validation.synthetic.marginals import marginals, similarity_of
from validation.synthetic.privacy import privacy
from validation.synthetic.representation import representation
from validation.synthetic.roles import Roles
from validation.synthetic.survival import survival
from validation.synthetic.utility import utility

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from validation.synthetic.files import Files


def assess(
    synthetic: pd.DataFrame,
    real: pd.DataFrame,
    holdout: pd.DataFrame | None = None,
    *,
    roles: Roles | None = None,
    seed: int = SEED,
    replicates: int = REPLICATES,
    confidence: float = 0.95,
    progress: Callable[[str], None] = lambda _: None,
) -> Result:
    """Hold synthetic rows against the real rows that they were made from.

    Args:
        synthetic: One row a person; text or numbers, blank where missing.
        real: The rows that the generator learned from, same columns.
        holdout: Real rows that it never saw; without them closeness and utility are not evaluable,
            and no score has the value of a fresh real sample beside it.
        roles: What the columns are for; all columns compared when None.
        seed: Of folds, models and resampling; the order of the rows plays no part.
        replicates: Of the bootstrap of distances.
        confidence: Of the intervals.
        progress: Told what is being computed.

    Raises:
        DataError: Files that do not fit together; all faults at once.
    """
    files = prepared(synthetic, real, holdout, roles or Roles())
    progress("fidelity")
    found = fidelity(files, seed=seed, confidence=confidence)
    progress("privacy")
    resampling = Resampling(times=replicates, seed=seed)
    leaks, alarms = privacy(files, resampling=resampling, confidence=confidence)
    estimates, tests = [*found.estimates, *leaks], list(found.tests)
    warnings = [*files.warnings, *found.warnings, *alarms]
    if files.roles.label:
        progress("utility")
        useful, compared, noticed = utility(files, seed=seed, confidence=confidence)
        estimates += useful
        tests += compared
        warnings += noticed
    return Result(estimates=tuple(estimates), tests=tuple(tests), warnings=tuple(warnings))


def fidelity(files: Files, *, seed: int, confidence: float) -> Result:
    """Columns, pairs, survival curves, discriminators and subgroups.

    Args:
        files: As `prepared` returns them.
        seed: Of folds and models.
        confidence: Of the intervals.
    """
    real, synthetic, holdout, roles = files.real, files.synthetic, files.holdout, files.roles
    estimates = marginals(real, synthetic)
    if holdout is not None:
        estimates.insert(1, similarity_of(real, holdout, "marginal-similarity-of-holdout"))
    estimates += dependence(real, synthetic, holdout)
    told = discriminate(real, synthetic, seed=seed, confidence=confidence)
    estimates += told
    tests: list[Test] = []
    warnings = _below_chance(told)
    if roles.time and roles.event:
        curves, tests, noticed = survival(
            real, synthetic, roles.time, roles.event, confidence=confidence
        )
        estimates += curves
        warnings += noticed
    groups, lost = representation(files, confidence=confidence)
    return Result(estimates=(*estimates, *groups), tests=tuple(tests), warnings=(*warnings, *lost))


def _below_chance(found: list[Estimate]) -> list[Warned]:
    """Discriminators that are wrong more often than chance: a sign of copies, not of fidelity."""
    low = [e for e in found if e.endpoint == ENDPOINT and e.high is not None and e.high < 0.5]  # noqa: PLR2004 - chance
    if not low:
        return []
    names = ", ".join(e.subgroup for e in low)
    message = (
        f"{ENDPOINT} is below 0.5 ({names}): synthetic rows have twins among the real ones, which "
        "mislead a classifier. It is no sign of fidelity."
    )
    return [Warned(code="discriminator-below-chance", message=message, count=low[0].n)]
