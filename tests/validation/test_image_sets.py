"""Images held against each other: doubles, near doubles, those that stand apart."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image

from validation import imaging
from validation.imaging import difference_hash, duplicates, image_quality
from validation.imaging.description import Described

DATA = Path(__file__).parents[1] / "data" / "medical_images"
CT, MR = DATA / "CT_small.dcm", DATA / "MR_small.dcm"
RETINA, ANEURYSMS, IHC = DATA / "retina.jpg", DATA / "microaneurysms.png", DATA / "ihc.png"


def _one(path: Path, **how: Any) -> Described:
    return imaging.describe([path], **how)[0]


def test_the_hash_is_pillows_area_average_and_outlives_another_size() -> None:
    """Shrinking against Image.BOX; resized and stored again it stays near, another is far."""
    with Image.open(RETINA) as image:
        grey = image.convert("F")
        even = grey.crop((0, 0, 9 * 156, 8 * 176))  # Pillow's box parts no pixel
        expected = np.asarray(even.resize((9, 8), Image.Resampling.BOX))
        small = np.asarray(grey.resize((300, 280)), dtype=float)
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=30)
        with Image.open(stream) as again:
            worse = np.asarray(again.convert("F"), dtype=float)
        whole = np.asarray(grey, dtype=float)
    assert difference_hash.shrunk(np.asarray(even, dtype=float)) == pytest.approx(
        expected, abs=1e-3
    )
    assert difference_hash.shrunk(np.full((3, 5), 7.0)) == pytest.approx(7.0)  # parts of pixels
    first, resized, stored = map(difference_hash.of_image, (whole, small, worse))
    other = str(_one(CT).columns["image-hash"])
    found = difference_hash.near([first], [resized, stored, other, ""], 6)
    assert [pair[:2] for pair in found] == [(0, 0), (0, 1)]
    assert difference_hash.near(["0f0f0f0f0f0f0f0f"], ["0f0f0f0f0f0f0f0e"], 4) == [(0, 0, 1)]
    assert difference_hash.near(["ffffffffffffffff"], ["", "0000000000000001"], 62) == []


def test_a_picture_stored_inverted_has_the_hash_of_the_upright_one(tmp_path: Path) -> None:
    """MONOCHROME1 holds the same picture the other way round."""
    data = pydicom.dcmread(MR)
    data.PhotometricInterpretation = "MONOCHROME1"
    data.PixelData = (4000 - data.pixel_array).astype(np.int16).tobytes()
    path = tmp_path / "inverted.dcm"
    data.save_as(path)
    assert _one(path).columns["image-hash"] == _one(MR).columns["image-hash"]


def test_one_image_under_two_cases_and_in_the_training_set_is_found(tmp_path: Path) -> None:
    """Equal bytes within; equal bytes and a copy at another quality between."""
    again = tmp_path / "copy.png"
    again.write_bytes(IHC.read_bytes())
    with Image.open(IHC) as image:
        image.resize((300, 300)).save(tmp_path / "smaller.jpg", quality=60)
    mine = imaging.describe([IHC, again, CT, ANEURYSMS])
    assert duplicates.within(mine, ["a", "b", "c", "d"]) == [("a", "b")]
    assert duplicates.within(mine, ["a", "a", "c", "d"]) == []
    theirs = imaging.describe([tmp_path / "smaller.jpg", MR, CT])
    pairs = duplicates.between(mine, theirs)
    assert {(Path(p.file).name, Path(p.other).name, p.identical) for p in pairs} == {
        ("CT_small.dcm", "CT_small.dcm", True),
        ("ihc.png", "smaller.jpg", False),
        ("copy.png", "smaller.jpg", False),
    }
    rates = {e.endpoint: e.events for e in duplicates.rates(pairs, len(mine))}
    assert rates == {"image-duplicate-rate": 1, "image-near-duplicate-rate": 2}


def test_a_dark_image_among_its_like_is_an_outlier() -> None:
    """Iglewicz and Hoaglin by hand: median 99.5, MAD 2.5, value 20."""
    base = _one(ANEURYSMS)

    def like(mean: float, at: int) -> Described:
        columns = base.columns | {"image-mean": mean}
        return Described(path=Path(f"{at}.png"), columns=columns)

    levels = [96.0, 97, 98, 99, 100, 101, 102, 103, 104, 20]
    found = image_quality.outliers([like(mean, at) for at, mean in enumerate(levels)])
    assert [(o.file, o.statistic) for o in found] == [("9.png", "image-mean")]
    assert found[0].z == pytest.approx(0.6745 * (20 - 99.5) / 2.5)
    assert image_quality.outliers([like(mean, 0) for mean in levels[-5:]]) == []  # too few
