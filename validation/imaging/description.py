"""Images described: one record a file, whatever the file is.

A file that cannot be read is a record too, with its fault: nothing is dropped. Records come in the
order of the paths, and are the same with one process or several.
"""

from __future__ import annotations

import hashlib
import hmac
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from evidence import digest as digests
from evidence.errors import DataError
from validation.imaging.intensity import STATISTICS, summarise
from validation.imaging.pixels import FAULT, Pixels, Reading, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

FEW = 64  # images for which a second process is not worth its start
COLUMNS = (
    "image-status",
    "image-reason",
    "image-digest",
    "image-format",
    "image-rows",
    "image-columns",
    "image-bits",
    "image-frames",
    "image-photometric",
    "image-transfer-syntax",
    "image-modality",
    "image-manufacturer",
    "image-model",
    "image-scanner",
    "image-software",
    "image-site",
    "image-body-part",
    "image-view",
    "image-laterality",
    "image-orientation",
    "image-slice-thickness",
    "image-spacing-row",
    "image-spacing-column",
    "image-kvp",
    "image-exposure",
    "image-exposure-time",
    "image-tube-current",
    "image-field-strength",
    "image-study-year",
    "image-burned-in",
    "image-identity-removed",
    *STATISTICS,
    "image-hash",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One image.

    Attributes:
        path: Where it lies, as it was given.
        columns: A value for each of `COLUMNS`; None where it is not known.
        identifiers: Names of filled tags that may identify a person.
        withheld: Columns left blank, for their text held an identifier of the same file.
        named: Whether the file's name holds such an identifier.
    """

    path: Path
    columns: dict[str, Value]
    identifiers: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    named: bool = False

    @property
    def status(self) -> str:
        """``read``, ``not-read`` or ``fault``."""
        return str(self.columns["image-status"])

    @property
    def reason(self) -> str:
        """Why it was not read; empty when it was."""
        return str(self.columns["image-reason"] or "")


def describe(
    paths: Sequence[Path | str],
    *,
    site_key: bytes = b"",
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Described]:
    """Describe images: metadata and intensity statistics, one record a path, in their order.

    Args:
        paths: Files; one that is no image, or missing, gives a record with its fault.
        site_key: Where given, ``image-site`` is a keyed digest (HMAC-SHA-256, 12 hex digits) of the
            institution's name: the same key tells the same sites apart, without it nobody can try
            names.
        processes: How many work at it; more than one starts only for more than `FEW` images.
        progress: Told how many are done, of how many.

    Raises:
        DataError: A process died over a file.
    """
    asked = [Path(path) for path in paths]
    found: list[Described] = []
    for record in _records(asked, site_key, processes):
        found.append(record)
        if progress:
            progress(len(found), len(asked))
    return found


def frame(records: Sequence[Described]) -> pd.DataFrame:
    """Records as a table: ``image-file`` and `COLUMNS`, in one order whatever was found."""
    import pandas as pd

    rows = [{"image-file": str(record.path), **record.columns} for record in records]
    return pd.DataFrame(rows, columns=["image-file", *COLUMNS], dtype=object).convert_dtypes()


def _records(paths: list[Path], site_key: bytes, processes: int) -> Iterator[Described]:
    one = partial(_described, site_key=site_key)
    if processes < 2 or len(paths) <= FEW:  # noqa: PLR2004 - one works here
        yield from map(one, paths)
        return
    # not forked: a progress bar's thread may hold a lock
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        try:
            yield from pool.map(one, paths, chunksize=8)
        except BrokenProcessPool as error:
            fault = "a process died while reading one of the images (out of memory, or a decoder)"
            raise DataError("images", [fault]) from error


def _described(path: Path, *, site_key: bytes) -> Described:
    """One image, by what its first bytes say it is."""
    reading, digest = _read(path)
    columns: dict[str, Value] = dict.fromkeys(COLUMNS)
    columns |= reading.columns
    columns |= {
        "image-status": reading.status,
        "image-reason": reading.reason or None,
        "image-digest": digest or None,
        "image-scanner": _scanner(reading.columns),
    }
    if reading.pixels is not None:
        columns |= summarise(reading.pixels)
        columns["image-hash"] = _hash(reading.pixels) or None
    if site_key and reading.columns.get("image-format") == "DICOM":
        columns["image-site"] = _site(path, site_key)
    return Described(
        path=path,
        columns=columns,
        identifiers=reading.identifiers,
        withheld=reading.withheld,
        named=reading.named,
    )


def _read(path: Path) -> tuple[Reading, str]:
    """The reading and the digest of the bytes."""
    from validation.imaging import dicom, picture

    try:
        if not path.is_file():
            return Reading(status=FAULT, reason="missing: there is no such file"), ""
        digest = digests.of_file(path)
        if not path.stat().st_size:
            return Reading(status=FAULT, reason="empty: the file has no bytes"), digest
        if picture.is_picture(path):
            return picture.read(path), digest
        if dicom.is_dicom(path):
            return dicom.read(path), digest
    except OSError:
        return Reading(status=FAULT, reason="unreadable: the file cannot be opened"), ""
    return Reading(status=FAULT, reason="not an image: neither DICOM, PNG nor JPEG"), digest


def _scanner(columns: dict[str, Value]) -> str | None:
    """Manufacturer and model as one word for a subgroup."""
    parts = [
        str(columns[name]) for name in ("image-manufacturer", "image-model") if columns.get(name)
    ]
    return " ".join(parts) or None


def _hash(pixels: Pixels) -> str:
    """Of the middle frame, bright and dark the same way whichever way they are stored."""
    from validation.imaging import difference_hash

    grey = pixels.grey()
    middle = grey[len(grey) // 2]
    return difference_hash.of_image(-middle if pixels.inverted else middle)


def _site(path: Path, key: bytes) -> str | None:
    from validation.imaging import dicom

    name = dicom.institution(path)
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:12] if name else None
