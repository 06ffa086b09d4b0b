"""What the readers of files hand on: an image's values, and what was said beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

READ, NOT_READ, FAULT = "read", "not-read", "fault"  # `Reading.status`
Value = str | int | float | None
LUMINANCE = (0.299, 0.587, 0.114)  # weights of red, green and blue (Recommendation ITU-R BT.601)
COLOURS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """The values of an image.

    Attributes:
        values: float64, shape (frames, rows, columns), or (frames, rows, columns, 3) for red, green
            and blue; after rescale slope and intercept.
        limits: The lowest and highest value that the file's bits can hold, after the same rescale.
        bits: How many bits hold a value.
        padding: True where a value only fills the frame, shape (frames, rows, columns).
        inverted: Whether higher values are darker (MONOCHROME1).
    """

    values: np.ndarray
    limits: tuple[float, float]
    bits: int
    padding: np.ndarray | None = None
    inverted: bool = False

    @property
    def colour(self) -> bool:
        """Whether there are red, green and blue."""
        return self.values.ndim > COLOURS

    def grey(self) -> np.ndarray:
        """One value a pixel, shape (frames, rows, columns): luminance where there is colour."""
        import numpy as np

        if not self.colour:
            return self.values
        grey: np.ndarray = self.values @ np.asarray(LUMINANCE)
        return grey


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file gave.

    Attributes:
        columns: Metadata by column name, such as ``image-modality``.
        pixels: None when they were not read.
        status: ``read``, ``not-read`` (metadata kept) or ``fault``.
        reason: Why the pixels were not read, in our own words (never a value of the file).
        identifiers: Names of tags that may identify a person and are filled; no values.
        withheld: Columns left blank, for their text held an identifier of the same file.
        named: Whether the file's name holds such an identifier.
    """

    columns: dict[str, Value] = field(default_factory=dict)
    pixels: Pixels | None = None
    status: str = READ
    reason: str = ""
    identifiers: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    named: bool = False
