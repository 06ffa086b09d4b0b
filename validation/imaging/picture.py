"""PNG and JPEG files (Pillow's one door): the camera, the orientation, the pixels."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from validation.imaging import identity
from validation.imaging.pixels import FAULT, NOT_READ, Pixels, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np

    from validation.imaging.pixels import Value

FORMATS = ("PNG", "JPEG")
MARKS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
MAKE, MODEL, ORIENTATION, INNER = 271, 272, 274, 0x8769  # tags of EXIF 2.3
IDENTIFYING = {  # what may identify somebody, by tag; names are told, values never
    34853: "GPSInfo",
    315: "Artist",
    270: "ImageDescription",
    306: "DateTime",
    33432: "Copyright",
    36867: "DateTimeOriginal",
    37510: "UserComment",
    40092: "XPComment",
    40093: "XPAuthor",
    42016: "ImageUniqueID",
    42032: "CameraOwnerName",
    42033: "BodySerialNumber",
}


def is_picture(path: Path) -> bool:
    """Whether the first bytes are those of a PNG or JPEG file."""
    with path.open("rb") as stream:
        start = stream.read(8)
    return any(start.startswith(mark) for mark in MARKS)


def read(path: Path) -> Reading:
    """Metadata and pixels of one picture; never raises for what is in it.

    Returns:
        ``read``, ``not-read`` (too large), or ``fault`` (truncated, corrupted).
    """
    from PIL import Image

    # Asking a PNG for its EXIF decodes it, so that all of it is read as a whole file.
    with warnings.catch_warnings(), _whole_files_only():
        warnings.simplefilter("ignore")  # they quote the file
        try:
            image = Image.open(path, formats=FORMATS)
        except Image.DecompressionBombError:
            return Reading(status=NOT_READ, reason="more pixels than are decoded at once")
        except Exception:  # noqa: BLE001 - Pillow raises whatever broken bytes lead to
            return Reading(status=FAULT, reason="corrupted: the header cannot be read")
        with image:
            columns, identifiers = _metadata(image)
            try:
                pixels = _pixels(image)
            except Exception as error:  # noqa: BLE001 - as above
                kind = "truncated" if "truncated" in str(error) else "corrupted"
                return Reading(
                    columns=columns,
                    status=FAULT,
                    reason=f"{kind}: the pixels cannot be decoded",
                    identifiers=identifiers,
                )
    return Reading(columns=columns, pixels=pixels, identifiers=identifiers)


@contextmanager
def _whole_files_only() -> Iterator[None]:
    """Refuse cut files, whatever else in the process (as WeasyPrint does) told Pillow to allow."""
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _metadata(image: Any) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Columns, and the names of entries that may identify somebody."""
    exif = _exif(image)
    kind = "PNG" if image.format == "PNG" else "JPEG"
    columns: dict[str, Value] = {
        "image-format": kind,
        "image-rows": image.height,
        "image-columns": image.width,
        "image-bits": _depth(image.mode),
        "image-frames": 1,
        "image-photometric": image.mode,
        "image-manufacturer": identity.tidy(exif.get(MAKE) or "") or None,
        "image-model": identity.tidy(exif.get(MODEL) or "") or None,
        "image-orientation": _whole(exif.get(ORIENTATION)),
    }
    names = [name for tag, name in IDENTIFYING.items() if exif.get(tag)]
    if image.info.get("comment"):
        names.append("JPEG comment")
    if kind == "PNG" and any(isinstance(value, str) for value in image.info.values()):
        names.append("PNG text")
    return columns, tuple(names)


def _exif(image: Any) -> dict[int, Any]:
    """Entries of both directories by tag; none when they are broken."""
    try:
        outer = image.getexif()
        return {**dict(outer), **dict(outer.get_ifd(INNER))}
    except Exception:  # noqa: BLE001 - a broken directory is as good as none
        return {}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _depth(mode: str) -> int:
    return 1 if mode == "1" else 32 if mode in ("I", "F") else 16 if mode.startswith("I;16") else 8


def _pixels(image: Any) -> Pixels:
    """Grey or red, green and blue, upright; transparency is left aside."""
    import numpy as np
    from PIL import ImageOps

    bits = _depth(image.mode)
    ImageOps.exif_transpose(image, in_place=True)
    if bits > 8 or image.mode == "L":  # noqa: PLR2004 - bits of a byte
        values, top = np.asarray(image, dtype=np.float64), 255.0 if image.mode == "L" else 65535.0
    elif image.mode in ("1", "LA"):
        values, top = np.asarray(image.convert("L"), dtype=np.float64), 255.0
    else:
        values, top = _rgb(image), 255.0
    return Pixels(values=values[None, ...], limits=(0.0, top), bits=min(bits, 16))


def _rgb(image: Any) -> np.ndarray:
    import numpy as np

    mode = "RGBA" if image.mode == "P" and "transparency" in image.info else "RGB"
    return np.asarray(image.convert(mode), dtype=np.float64)[..., :3]
