"""DICOM files (pydicom's one door): metadata by an allow-list, pixels where a decoder is there.

Warnings and messages of pydicom quote values of the file, so none of them is let through: reasons
are our own words.
"""

from __future__ import annotations

import logging
import math
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from validation.imaging import dicom_pixels, identity
from validation.imaging.pixels import FAULT, NOT_READ, READ, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from validation.imaging.pixels import Pixels, Value

PREAMBLE, MARK = 128, b"DICM"
SUFFIXES = (".dcm", ".dicom", ".ima")  # read even without the mark
EARLIEST, LATEST = 1895, 2200  # years of a study
SHARED = "SharedFunctionalGroupsSequence"
INSIDE = {  # where enhanced objects keep what others have at the top
    "SliceThickness": "PixelMeasuresSequence",
    "PixelSpacing": "PixelMeasuresSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
}


def is_dicom(path: Path) -> bool:
    """Whether the file bears DICOM's mark, or a suffix of such files."""
    with path.open("rb") as stream:
        return stream.read(PREAMBLE + len(MARK))[PREAMBLE:] == MARK or (
            path.suffix.lower() in SUFFIXES
        )


def read(path: Path) -> Reading:
    """Metadata and pixels of one DICOM file; never raises for what is in it.

    Returns:
        ``read``, ``not-read`` with the reason (no decoder for its transfer syntax), or ``fault``
        (truncated, corrupted, no image).
    """
    with _quiet():
        try:
            data = _load(path)
            if data is None:
                return Reading(status=FAULT, reason="not an image: neither DICOM, PNG nor JPEG")
            columns, withheld, identifiers, named = _metadata(data, path)
        except ImportError:
            raise
        except Exception:  # noqa: BLE001 - pydicom raises whatever broken bytes lead to
            return Reading(status=FAULT, reason="corrupted: the header cannot be read")
        pixels, status, reason = _pixels(data)
    return Reading(
        columns=columns,
        pixels=pixels,
        status=status,
        reason=reason,
        identifiers=identifiers,
        withheld=withheld,
        named=named,
    )


def _pixels(data: Any) -> tuple[Pixels | None, str, str]:
    """The pixels, or None with the status and its reason."""
    try:
        return dicom_pixels.read(data), READ, ""
    except dicom_pixels.UnreadError as error:
        return None, NOT_READ, str(error)
    except dicom_pixels.BrokenError as error:
        return None, FAULT, str(error)
    except MemoryError:
        return None, NOT_READ, "too large for the memory that is left"
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - as above
        return None, FAULT, "corrupted: the pixels' description is broken"


def institution(path: Path) -> str:
    """The institution's name, for a keyed digest only; empty when there is none."""
    import pydicom

    with _quiet():
        try:
            data = pydicom.dcmread(path, force=True, stop_before_pixels=True)
            return identity.tidy(data.get(identity.PLACE, "")).lower()
        except Exception:  # noqa: BLE001 - told by `read`
            return ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pydicom's warnings and log lines, which quote values, to ourselves."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _load(path: Path) -> Any:
    """The data set; None when the bytes only pass for one."""
    import pydicom

    data = pydicom.dcmread(path, force=True)
    has_mark = bool(getattr(data, "preamble", None))
    return data if has_mark or "SOPClassUID" in data or "Rows" in data else None


def _metadata(
    data: Any, path: Path
) -> tuple[dict[str, Value], tuple[str, ...], tuple[str, ...], bool]:
    """Columns, those withheld, names of identifying tags, and whether the file's name tells one."""
    columns: dict[str, Value] = {"image-format": "DICOM"}
    for keyword, name in identity.TEXTS.items():
        columns[name] = identity.tidy(_get(data, keyword)) or None
    for keyword, name in identity.NUMBERS.items():
        columns[name] = _number(_get(data, keyword))
    columns["image-frames"] = _number(_get(data, "NumberOfFrames")) or 1
    columns["image-laterality"] = (
        identity.tidy(_get(data, "ImageLaterality") or _get(data, "Laterality")) or None
    )
    columns |= _spacing(data)
    columns["image-study-year"] = _year(identity.tidy(_get(data, "StudyDate")))
    columns["image-transfer-syntax"] = _syntax(data)
    persons = identity.words(
        [_get(data, keyword) for keyword in identity.NAMES],
        [_get(data, keyword) for keyword in identity.WHOLE],
    )
    place = identity.tidy(_get(data, identity.PLACE)).lower()
    withheld = tuple(identity.withhold(columns, persons, place))
    columns |= dict.fromkeys(withheld)
    filled = tuple(name for name in identity.IDENTIFYING if _get(data, name) not in ("", None))
    tags = list(data.keys())  # keys are tags; iterating over the data set would parse each value
    private = ("private tags",) if any(tag.is_private for tag in tags) else ()
    where = f"{path.parent.name}/{path.name}"
    return columns, withheld, (*filled, *private), identity.holds(where, persons)


def _get(data: Any, keyword: str) -> Any:
    """A value, also from the shared groups of enhanced objects; empty when absent or unreadable."""
    try:
        value = data.get(keyword)
        if value in (None, "") and keyword in INSIDE and data.get(SHARED):
            value = data[SHARED][0][INSIDE[keyword]][0].get(keyword)
        if keyword.endswith("Sequence"):
            return "filled" if value else ""
    except Exception:  # noqa: BLE001 - a value that does not parse is as good as none
        return ""
    return "" if value is None else value


def _number(value: Any) -> float | int | None:
    """A finite number, whole where it is whole; None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _spacing(data: Any) -> dict[str, Value]:
    """Millimetres between rows and between columns; at the detector where that is all there is."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing"):
        value = _get(data, keyword)
        if value != "" and not isinstance(value, str) and len(value) == 2:  # noqa: PLR2004 - a pair
            return {
                "image-spacing-row": _number(value[0]),
                "image-spacing-column": _number(value[1]),
            }
    return {"image-spacing-row": None, "image-spacing-column": None}


def _year(text: str) -> int | None:
    year = text[:4]
    return int(year) if year.isdigit() and EARLIEST <= int(year) <= LATEST else None


def _syntax(data: Any) -> str | None:
    """The transfer syntax by its public name (others by the word ``private``)."""
    uid = dicom_pixels.transfer_syntax(data)
    if not uid:
        return None
    return "private" if uid.is_private or uid.name == uid else str(uid.name)
