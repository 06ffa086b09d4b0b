"""Images that stand apart from their like, and the ranges of each scanner and format.

Iglewicz and Hoaglin's modified z (0.6745 times the distance from the median, over the median
absolute deviation) above 3.5, within images of the same format, modality and colour.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation.estimate import Estimate, Warned
from validation.imaging.intensity import STATISTICS
from validation.imaging.pixels import FAULT, NOT_READ, READ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evidence.records import Body
    from validation.imaging.description import Described

REFERENCES = {
    "modified-z": "Iglewicz B, Hoaglin DC. How to Detect and Handle Outliers. ASQC 1993 (3.5).",
}
LIMIT, FEWEST = 3.5, 10  # of the modified z; images that a group needs
WATCHED = ("image-mean", "image-sd", "image-entropy", "image-sharpness")
ACQUISITION = (
    "image-rows",
    "image-columns",
    "image-bits",
    "image-frames",
    "image-slice-thickness",
    "image-spacing-row",
    "image-spacing-column",
    "image-kvp",
    "image-exposure",
    "image-field-strength",
    "image-study-year",
)
GROUPS = ("image-format", "image-modality", "image-scanner", "image-site")
UNKNOWN = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """A value that stands apart.

    Attributes:
        file: The image.
        statistic: Which of `WATCHED`.
        value: Its value.
        median: Of its like.
        z: The modified z score.
    """

    file: str
    statistic: str
    value: float
    median: float
    z: float


def outliers(records: Sequence[Described]) -> list[Outlier]:
    """Images whose level, spread, entropy or sharpness (its logarithm) stands apart."""
    like: dict[tuple[str, ...], list[Described]] = defaultdict(list)
    for record in records:
        if record.status == READ:
            colour = record.columns["image-colourfulness"] is not None
            like[
                _text(record, "image-format"), _text(record, "image-modality"), str(colour)
            ].append(record)
    return [
        found
        for group in like.values()
        if len(group) >= FEWEST
        for statistic in WATCHED
        for found in _apart(group, statistic)
    ]


def _apart(group: Sequence[Described], statistic: str) -> Iterator[Outlier]:
    import numpy as np

    known = [(r, v) for r in group if isinstance(v := r.columns[statistic], (int, float))]
    if len(known) < FEWEST:
        return
    raw = np.array([value for _, value in known], dtype=float)
    shown = np.log10(raw + 1e-12) if statistic == "image-sharpness" else raw
    middle = float(np.median(shown))
    deviation = float(np.median(abs(shown - middle)))
    if deviation <= 1e-12 * max(1.0, abs(middle)):
        return
    for (record, value), score in zip(known, 0.6745 * (shown - middle) / deviation, strict=True):
        if abs(score) > LIMIT:
            yield Outlier(
                file=str(record.path),
                statistic=statistic,
                value=float(value),
                median=float(np.median(raw)),
                z=float(score),
            )


def rates(records: Sequence[Described], found: Sequence[Outlier]) -> list[Estimate]:
    """Shares of images read, not read and at fault; of outliers among those read; by format.

    Returns:
        ``image-read-rate``, ``image-not-read-rate``, ``image-fault-rate`` and
        ``image-quality-outlier-rate``, over all, by format and by scanner.
    """
    apart = {outlier.file for outlier in found}
    parts: list[tuple[str, Sequence[Described]]] = [("overall", records)]
    for column in ("image-format", "image-scanner"):
        names = sorted({_text(record, column) for record in records})
        for name in names:
            mine = [record for record in records if _text(record, column) == name]
            parts.append((f"{column}={name}", mine))
    return [estimate for name, mine in parts for estimate in _rates(name, mine, apart)]


def _rates(name: str, mine: Sequence[Described], apart: set[str]) -> Iterator[Estimate]:
    import dataclasses

    from validation.binary.proportion import proportion

    read = [record for record in mine if record.status == READ]
    counts: tuple[tuple[str, Sequence[Described], Callable[[Described], bool]], ...] = (
        ("image-read-rate", mine, lambda r: r.status == READ),
        ("image-not-read-rate", mine, lambda r: r.status == NOT_READ),
        ("image-fault-rate", mine, lambda r: r.status == FAULT),
        ("image-quality-outlier-rate", read, lambda r: str(r.path) in apart),
    )
    for endpoint, of, holds in counts:
        made = proportion(endpoint, sum(map(holds, of)), len(of), positives=len(mine))
        yield dataclasses.replace(made, subgroup=name)


def groups(records: Sequence[Described]) -> list[Body]:
    """Each format, modality, scanner and site: how many images, and the range of each number."""
    found: list[Body] = []
    for column in GROUPS:
        names = Counter(_text(record, column) for record in records)
        if set(names) == {UNKNOWN}:
            continue
        for name, number in sorted(names.items()):
            mine = [record for record in records if _text(record, column) == name]
            found.append({"by": column, "name": name, "images": number, "ranges": ranges(mine)})
    return found


def ranges(records: Sequence[Described]) -> Body:
    """Lowest, median and highest of each number that is known, and for how many images."""
    import numpy as np

    made: Body = {}
    for column in (*ACQUISITION, *STATISTICS):
        values = [v for r in records if isinstance(v := r.columns[column], (int, float))]
        if values and all(map(math.isfinite, values)):
            low, middle, high = np.percentile(values, [0, 50, 100]).tolist()
            made[column] = {"n": len(values), "low": low, "median": middle, "high": high}
    return made


def warned(records: Sequence[Described], found: Sequence[Outlier]) -> list[Warned]:
    """Faults by reason, images not read by reason, outliers, identifiers, burned-in text."""
    made = [
        Warned(
            code=code,
            message=f"{number:,} images: {reason}",
            columns=("image-status",),
            count=number,
        )
        for status, code in ((FAULT, "image-fault"), (NOT_READ, "pixels-not-read"))
        for reason, number in sorted(
            Counter(r.reason for r in records if r.status == status).items()
        )
    ]
    made += _identity(records)
    burned = sum(str(r.columns["image-burned-in"]).upper() == "YES" for r in records)
    if burned:
        message = (
            f"{burned:,} images say that text is burned into their pixels (it may name people)"
        )
        made.append(
            Warned(
                code="burned-in-annotation",
                message=message,
                columns=("image-burned-in",),
                count=burned,
            )
        )
    if apart := {outlier.file for outlier in found}:
        message = f"{len(apart):,} images stand apart from their like (modified z above {LIMIT})"
        names = tuple(dict.fromkeys(outlier.statistic for outlier in found))
        made.append(
            Warned(code="quality-outliers", message=message, columns=names, count=len(apart))
        )
    return made


def _identity(records: Sequence[Described]) -> Iterator[Warned]:
    """Names of filled tags with counts, columns withheld, file names that tell."""
    filled = Counter(name for record in records for name in record.identifiers)
    if filled:
        number = sum(bool(record.identifiers) for record in records)
        each = ", ".join(f"{name} in {count:,}" for name, count in filled.items())
        message = f"{number:,} files hold what may identify people or places: {each}"
        yield Warned(
            code="identifiers-present", message=message, columns=tuple(filled), count=number
        )
    withheld = Counter(name for record in records for name in record.withheld)
    if withheld:
        number = sum(bool(record.withheld) for record in records)
        message = (
            f"{number:,} files hold a person's or place's identifier in a tag of the device or "
            f"examination; those columns were left blank ({', '.join(withheld)})"
        )
        yield Warned(
            code="identifiers-withheld", message=message, columns=tuple(withheld), count=number
        )
    if named := sum(record.named for record in records):
        message = f"{named:,} files have a patient's identifier in their name or folder"
        yield Warned(code="identifiers-in-file-name", message=message, count=named)


def _text(record: Described, column: str) -> str:
    return str(record.columns[column] or UNKNOWN)
