"""Privacy of the people behind the real rows: copies, closeness, membership inference.

Closeness means something only against real rows that the generator never saw: without a holdout
all but the copies is not evaluable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.estimate import Estimate, Warned, absent
from validation.synthetic import closeness, membership
from validation.synthetic.distance import neighbours, spaces
from validation.synthetic.scores import counted

if TYPE_CHECKING:
    import numpy as np

    from validation.count_bootstrap import Resampling
    from validation.synthetic.cells import Cells
    from validation.synthetic.files import Files

MOST = 10_000  # rows of a file whose neighbours are sought
NO_HOLDOUT = "no holdout: closeness to the training rows has nothing to be held against"


def privacy(
    files: Files, *, resampling: Resampling, confidence: float
) -> tuple[list[Estimate], list[Warned]]:
    """Everything on privacy, and its alarms."""
    found, warned = copies(files)
    n = len(files.synthetic)
    if files.holdout is None:
        names = closeness.ENDPOINTS.items()
        found += [absent(name, NO_HOLDOUT, n=n, positives=0, method=how) for name, how in names]
        found += [
            membership.none(name, NO_HOLDOUT, n, confidence)
            for name in (membership.ATTACK, membership.ADVANTAGE)
        ]
        return found, warned
    held = [files.synthetic, files.real, files.holdout]
    rows = [_sampled(cells, resampling.seed, place) for place, cells in enumerate(held)]
    warned += _told(held, rows)
    synthetic, train, other = spaces([files.real, files.holdout], rows)
    among = _equal(len(train), len(other), resampling.seed)
    mine, theirs = (
        neighbours(synthetic, space, chosen)
        for space, chosen in zip((train, other), among, strict=True)
    )
    shares = closeness.share(mine, theirs, confidence=confidence)
    attack = membership.advantage(
        mine.reverse, theirs.reverse, seed=resampling.seed, confidence=confidence
    )
    found += shares
    found += closeness.quantiles(mine, theirs, resampling=resampling, confidence=confidence)
    return found + attack, warned + _alarms(shares[-1], attack[0])


def copies(files: Files) -> tuple[list[Estimate], list[Warned]]:
    """Synthetic rows that equal a real row in every column, and holdout rows that do."""
    real = set(files.real.keys())
    keys, columns = files.synthetic.keys(), len(files.coding.columns)
    n, copied = len(keys), sum(key in real for key in keys)
    found = [
        counted("copied-records", copied, n, unit="rows"),
        counted("copied-share", copied, n),
    ]
    warned, beside = [], ""
    if files.holdout is not None:
        held = set(files.holdout.keys())
        by_chance = sum(key in held for key in keys)
        found.append(counted("copied-records-of-holdout", by_chance, n, unit="rows"))
        beside = f"; {by_chance:,} equal a holdout row, as by chance"
        warned += _overlap(files.holdout, real)
    if copied:
        message = (
            f"{copied:,} of {n:,} synthetic rows equal a real row in all {columns} columns"
            f"{beside}. Unless few columns make people alike, a real person's record was copied."
        )
        warned.append(Warned(code="copied-records", message=message, count=copied))
    return found, warned


def _overlap(holdout: Cells, real: set[bytes]) -> list[Warned]:
    both = sum(key in real for key in holdout.keys())  # noqa: SIM118 - no mapping
    if not both:
        return []
    message = (
        f"{both:,} of {len(holdout):,} holdout rows equal a real row in every column: a holdout "
        "that was trained on hides leaks, and flatters utility. Remove people who are in both."
    )
    return [Warned(code="holdout-overlap", message=message, count=both)]


def _sampled(cells: Cells, seed: int, place: int) -> Cells:
    """At most `MOST` rows, drawn with the seed."""
    import numpy as np

    if len(cells) <= MOST:
        return cells
    drawn = np.random.default_rng([seed, place]).choice(len(cells), MOST, replace=False)
    return cells.take(np.sort(drawn))


def _told(held: list[Cells], rows: list[Cells]) -> list[Warned]:
    lost = {len(all_): len(some) for all_, some in zip(held, rows, strict=True)}
    if not any(size > kept for size, kept in lost.items()):
        return []
    message = (
        f"Closest records were sought among {MOST:,} rows of each file that has more, drawn with "
        "the seed; copies among all rows."
    )
    return [Warned(code="sampled-rows", message=message, count=max(lost))]


def _equal(train: int, held: int, seed: int) -> list[np.ndarray | None]:
    """As many rows of each, drawn from the larger with the seed; None where all are taken."""
    import numpy as np

    size, draw = min(train, held), np.random.default_rng(seed)
    return [
        None if rows == size else np.sort(draw.choice(rows, size, replace=False))
        for rows in (train, held)
    ]


def _alarms(share: Estimate, attack: Estimate) -> list[Warned]:
    found = []
    for estimate, code, what in (
        (share, "closer-to-training", "synthetic rows are closer to training than holdout rows"),
        (attack, "membership-inference", "closeness to synthetic rows tells who was in training"),
    ):  # fmt: skip
        if estimate.low is not None and estimate.low > closeness.HALF:
            message = (
                f"{what}: {estimate.endpoint} {estimate.value:.3f} ({estimate.low:.3f} to "
                f"{estimate.high:.3f}), 0.5 without a leak"
            )
            found.append(Warned(code=code, message=message, count=estimate.n))
    return found
