"""The pixels of a DICOM data set: decoded, rescaled, with padding told apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from validation.imaging.pixels import Pixels

if TYPE_CHECKING:
    import numpy as np

MOST = 150_000_000  # values of one image that are decoded at once
ELEMENTS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
JP2, CODESTREAM = b"\x00\x00\x00\x0cjP  ", b"jp2c"
SHARED, TRANSFORM = "SharedFunctionalGroupsSequence", "PixelValueTransformationSequence"


class UnreadError(Exception):
    """The pixels are there but cannot be decoded here."""


class BrokenError(Exception):
    """The file is truncated, corrupted, or holds no image."""


def read(data: Any) -> Pixels:
    """Decode the pixels.

    Args:
        data: A pydicom data set.

    Raises:
        UnreadError: No decoder for the transfer syntax, or too large an image.
        BrokenError: No pixels, fewer bytes than rows and columns need, or bytes that no decoder
            takes.
    """
    import numpy as np

    if not any(name in data for name in ELEMENTS):
        kind = data.get("Modality") or "no modality"
        kind = kind if str(kind).isalnum() else "another kind"
        raise BrokenError(f"not an image: a DICOM object without pixels ({kind})")
    stored = _decode(data)
    bits, limits = _bits(data, stored)
    if data.get("PhotometricInterpretation") == "PALETTE COLOR":
        stored, bits, limits = _coloured(data, stored)
    frames = _framed(stored, colour=stored.shape[-1:] == (3,) and _samples(data, stored))
    padding = _padding(data, frames)
    slope, intercept = _rescale(data)
    values = frames.astype(np.float64) * slope + intercept
    ends = sorted((limits[0] * slope + intercept, limits[1] * slope + intercept))
    return Pixels(
        values=values,
        limits=(ends[0], ends[1]),
        bits=bits,
        padding=padding,
        inverted=data.get("PhotometricInterpretation") == "MONOCHROME1",
    )


def transfer_syntax(data: Any) -> Any:
    """The UID of how the pixels are stored; None when it is not given, or is not one UID."""
    uid = getattr(data, "file_meta", {}).get("TransferSyntaxUID")
    return uid if isinstance(uid, str) and uid and hasattr(uid, "is_private") else None


def _decode(data: Any) -> np.ndarray:
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.pixels.utils import pixel_array

    uid = transfer_syntax(data)
    if not uid:
        raise UnreadError("the transfer syntax is not given")
    _fits(data)
    try:
        decoder = get_decoder(uid)
    except NotImplementedError as error:
        raise UnreadError("no decoder for its transfer syntax is installed") from error
    if uid.is_encapsulated and not decoder.is_available:
        raise UnreadError(f"no decoder for {uid.name} is installed")
    if _endless(data):
        raise BrokenError("corrupted: a box of its JPEG 2000 header has no length")
    try:
        return pixel_array(data)
    except Exception as error:
        message = str(error)
        if "does not support" in message or "exceeds limit" in message:
            raise UnreadError(f"the decoder does not support this form of {uid.name}") from error
        if "less than expected" in message:
            raise BrokenError("truncated: fewer pixels than rows and columns need") from error
        raise BrokenError("corrupted: the pixels cannot be decoded") from error


def _endless(data: Any) -> bool:
    """Whether a JP2 header has a box of length 0 before its codestream.

    pydicom 3.0 steps over the boxes by their lengths, and would step on the spot forever.
    """
    content = bytes(data.get("PixelData") or b"")
    for start in re.finditer(re.escape(JP2), content):
        at = start.start() + len(JP2) + 4  # the first box is always 12 bytes long
        while at < len(content) and content[at + 4 : at + 8] != CODESTREAM:
            step = int.from_bytes(content[at : at + 4], "big")
            if not step:
                return True
            at += step
    return False


def _fits(data: Any) -> None:
    """Refuse an image that would not fit in memory before it is tried."""
    try:
        size = int(data.Rows) * int(data.Columns) * int(data.get("SamplesPerPixel") or 1)
        size *= int(data.get("NumberOfFrames") or 1)
    except Exception as error:
        raise BrokenError("corrupted: rows, columns or frames are no numbers") from error
    if size > MOST:
        raise UnreadError(f"{size:,} values are more than {MOST:,}, which are decoded at once")
    if size < 1:
        raise BrokenError("corrupted: no rows or no columns")


def _bits(data: Any, stored: np.ndarray) -> tuple[int, tuple[float, float]]:
    """Bits that hold a value, and the ends that they can reach; of floats the values' own."""
    if stored.dtype.kind == "f" or "PixelData" not in data:
        return stored.dtype.itemsize * 8, (float(stored.min()), float(stored.max()))
    bits = int(data.get("BitsStored") or stored.dtype.itemsize * 8)
    if data.get("PixelRepresentation"):
        return bits, (-float(2 ** (bits - 1)), float(2 ** (bits - 1) - 1))
    return bits, (0.0, float(2**bits - 1))


def _coloured(data: Any, stored: np.ndarray) -> tuple[np.ndarray, int, tuple[float, float]]:
    """The palette's colours of each index."""
    from pydicom.pixels.processing import apply_color_lut

    try:
        values = apply_color_lut(stored, data)
    except Exception as error:
        raise BrokenError("corrupted: its palette cannot be applied") from error
    bits = values.dtype.itemsize * 8
    return values[..., :3], bits, (0.0, float(2**bits - 1))


def _samples(data: Any, stored: np.ndarray) -> bool:
    """Whether the last axis holds colours (a grey image may be 3 pixels wide)."""
    palette = data.get("PhotometricInterpretation") == "PALETTE COLOR"
    return palette or (int(data.get("SamplesPerPixel") or 1) > 1 and stored.ndim > 2)  # noqa: PLR2004 - a plane


def _framed(stored: np.ndarray, *, colour: bool) -> np.ndarray:
    """The frames' axis in front, also where there is one frame."""
    plane = 3 if colour else 2
    return stored[None, ...] if stored.ndim == plane else stored


def _padding(data: Any, frames: np.ndarray) -> np.ndarray | None:
    """Where the stored value is padding; None for colour and where none is declared."""
    first = data.get("PixelPaddingValue")
    if first is None or frames.ndim > 3:  # noqa: PLR2004 - frames, rows, columns
        return None
    last = data.get("PixelPaddingRangeLimit")
    low, high = sorted((int(first), int(last if last is not None else first)))
    mask: np.ndarray = (frames >= low) & (frames <= high)
    return mask if mask.any() else None


def _rescale(data: Any) -> tuple[float, float]:
    """Slope and intercept, from the top or from the groups that all frames share; else 1 and 0."""
    if data.get("RescaleSlope") is None and data.get(SHARED):
        group = data[SHARED][0]
        data = group[TRANSFORM][0] if TRANSFORM in group else data
    try:
        slope, intercept = data.get("RescaleSlope"), data.get("RescaleIntercept")
        numbers = float(1 if slope is None else slope), float(intercept or 0)
    except (TypeError, ValueError) as error:
        raise BrokenError("corrupted: rescale slope or intercept is no number") from error
    return numbers
