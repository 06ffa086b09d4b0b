"""Intensity summaries of an image: level, spread, saturation, entropy, sharpness, colour.

All are taken over the pixels of all frames that are no padding; of a colour image over its
luminance. What cannot be computed (no pixel left, fewer than 3 x 3 pixels) is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from validation.imaging.pixels import Pixels

REFERENCES = {
    "shannon-entropy": "Shannon CE. Bell Syst Tech J 1948; 27: 379-423 (bits, 256 levels).",
    "laplacian-variance": "Pech-Pacheco JL et al. ICPR 2000; 3: 314-317 (4 neighbours, inside).",
    "colourfulness-hasler": "Hasler D, Suesstrunk S. Proc SPIE 2003; 5007: 87-95 (M3).",
}
LEVELS = 256
EIGHT = 8  # bits of the common picture
PERCENTILES = {"image-p1": 1, "image-p50": 50, "image-p99": 99}
STATISTICS = (
    "image-mean",
    "image-sd",
    *PERCENTILES,
    "image-saturated-low",
    "image-saturated-high",
    "image-entropy",
    "image-sharpness",
    "image-luminance",
    "image-colourfulness",
    "image-padding",
)


def summarise(pixels: Pixels) -> dict[str, float | None]:
    """The statistics of one image, by column name.

    Returns:
        `STATISTICS`: mean, SD (population) and percentiles (linear interpolation) in the file's
        units after rescale; shares of pixels at the lowest and highest value that its bits can
        hold; entropy in bits; sharpness as variance of the Laplacian (squared units, of each
        frame's inside, mean over frames); luminance and colourfulness of colour images on the
        scale 0 to 255; the share of padding.
    """
    import numpy as np

    found: dict[str, float | None] = dict.fromkeys(STATISTICS)
    grey = pixels.grey()
    kept = grey[~pixels.padding] if pixels.padding is not None else grey.ravel()
    found["image-padding"] = 1 - kept.size / grey.size if grey.size else None
    if not kept.size or not np.isfinite(kept).all():
        return found
    found["image-mean"], found["image-sd"] = float(kept.mean()), float(kept.std())
    for name, value in zip(
        PERCENTILES, np.percentile(kept, list(PERCENTILES.values())), strict=True
    ):
        found[name] = float(value)
    low, high = pixels.limits
    slack = 1e-6 * (high - low)
    found["image-saturated-low"] = float((kept <= low + slack).mean())
    found["image-saturated-high"] = float((kept >= high - slack).mean())
    found["image-entropy"] = entropy(kept, pixels.limits if pixels.bits <= EIGHT else None)
    found["image-sharpness"] = sharpness(_filled(grey, pixels.padding, float(kept.min())))
    if pixels.colour:
        scaled = pixels.values * (255 / high) if high else pixels.values
        found["image-luminance"] = float(kept.mean() * (255 / high)) if high else None
        found["image-colourfulness"] = colourfulness(scaled)
    return found


def entropy(values: np.ndarray, limits: tuple[float, float] | None = None) -> float:
    """Shannon entropy in bits of the histogram of `LEVELS` equal levels.

    Args:
        values: Finite numbers.
        limits: First and last level (0 and 255 of a picture of 8 bits, one level a value); the
            lowest and highest value when None.
    """
    import numpy as np

    low, high = limits or (float(values.min()), float(values.max()))
    if high <= low:
        return 0.0
    level = np.clip(np.rint((values - low) * (LEVELS - 1) / (high - low)), 0, LEVELS - 1)
    share = np.bincount(level.astype(np.int64).ravel(), minlength=LEVELS) / values.size
    share = share[share > 0]
    return max(0.0, float(-(share * np.log2(share)).sum()))


def sharpness(frames: np.ndarray) -> float | None:
    """Variance of the Laplacian (4 neighbours) inside each frame, mean over frames.

    Args:
        frames: Shape (frames, rows, columns); None comes back below 3 rows or columns.
    """
    if min(frames.shape[1:]) < 3:  # noqa: PLR2004 - a pixel and its two neighbours
        return None
    inside = frames[:, 1:-1, 1:-1]
    around = frames[:, :-2, 1:-1] + frames[:, 2:, 1:-1] + frames[:, 1:-1, :-2] + frames[:, 1:-1, 2:]
    return float((around - 4 * inside).var(axis=(1, 2)).mean())


def colourfulness(values: np.ndarray) -> float:
    """Hasler and Suesstrunk's M3 of red, green and blue from 0 to 255, shape (..., 3)."""
    import numpy as np

    red, green, blue = (values[..., at] for at in range(3))
    opponent = np.stack([red - green, (red + green) / 2 - blue])
    axes = tuple(range(1, opponent.ndim))
    spread = np.sqrt((opponent.std(axis=axes) ** 2).sum())
    return float(spread + 0.3 * np.sqrt((opponent.mean(axis=axes) ** 2).sum()))


def _filled(grey: np.ndarray, padding: np.ndarray | None, value: float) -> np.ndarray:
    """Padding set to one value, so that no edge of it counts as deep as the padding lies."""
    import numpy as np

    return grey if padding is None else np.where(padding, value, grey)
