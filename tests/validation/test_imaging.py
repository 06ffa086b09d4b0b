"""Images described: real DICOM, PNG and JPEG files; what is broken is told; nobody is named."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageFile
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from scipy import ndimage

from validation import imaging
from validation.imaging import intensity
from validation.imaging.description import COLUMNS, Described, frame
from validation.imaging.pixels import Pixels

DATA = Path(__file__).parents[1] / "data" / "medical_images"
CT, MR = DATA / "CT_small.dcm", DATA / "MR_small.dcm"
RETINA, ANEURYSMS, IHC = DATA / "retina.jpg", DATA / "microaneurysms.png", DATA / "ihc.png"


def _shipped(name: str) -> Path:
    """One of pydicom's own test files, from inside the package."""
    found = get_testdata_file(name, download=False)
    assert isinstance(found, str), name
    return Path(found)


def _one(path: Path, **how: Any) -> Described:
    return imaging.describe([path], **how)[0]


def _number(record: Described, name: str) -> float:
    value = record.columns[name]
    assert isinstance(value, (int, float)), name
    return value


def test_a_ct_gives_its_metadata_and_hounsfield_units() -> None:
    """Values as the header prints them; statistics over stored * 1 - 1024."""
    record = _one(CT)
    found = record.columns
    expected = {
        "image-status": "read",
        "image-format": "DICOM",
        "image-rows": 128,
        "image-columns": 128,
        "image-bits": 16,
        "image-frames": 1,
        "image-photometric": "MONOCHROME2",
        "image-modality": "CT",
        "image-scanner": "GE MEDICAL SYSTEMS RHAPSODE",
        "image-slice-thickness": 5,
        "image-spacing-row": 0.661468,
        "image-kvp": 120,
        "image-exposure": 170,
        "image-study-year": 2004,
        "image-body-part": None,
    }
    assert {name: found[name] for name in expected} == expected
    stored = np.frombuffer(pydicom.dcmread(CT).PixelData, dtype="<i2").astype(float) - 1024
    assert _number(record, "image-mean") == pytest.approx(stored.mean(), abs=1e-9)
    assert _number(record, "image-sd") == pytest.approx(stored.std(), abs=1e-9)
    assert _number(record, "image-p99") == pytest.approx(np.percentile(stored, 99), abs=1e-9)
    assert _number(record, "image-padding") == 0


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("MR_small_RLE.dcm", "read", ""),
        ("MR_small_bigendian.dcm", "read", ""),
        ("MR_small_jp2klossless.dcm", "read", ""),
        ("MR_small_jpeg_ls_lossless.dcm", "not-read", "no decoder for JPEG-LS Lossless"),
        ("JPGExtended.dcm", "not-read", "does not support this form of JPEG Extended"),
        ("MR_truncated.dcm", "fault", "truncated"),
        ("badVR.dcm", "fault", "corrupted"),
        ("rtplan.dcm", "fault", "a DICOM object without pixels (RTPLAN)"),
        ("README.txt", "fault", "not an image"),
        ("no_meta.dcm", "fault", "not an image"),
    ],
)
def test_what_cannot_be_read_keeps_its_row_and_its_reason(
    name: str, status: str, reason: str
) -> None:
    """Odd files that pydicom ships."""
    record = _one(_shipped(name))
    assert record.status == status
    assert reason in record.reason
    assert set(record.columns) == set(COLUMNS)
    assert (record.columns["image-mean"] is None) == (status != "read")
    assert str(record.columns["image-digest"]).startswith("sha256:")
    if name.startswith("MR_small"):
        assert record.columns["image-model"] == "MRT50H1"  # metadata stay without pixels


def test_one_picture_in_five_encodings_has_one_set_of_statistics() -> None:
    """Lossless transfer syntaxes of the same MR: mean, spread and hash agree."""
    names = ("MR_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm")
    records = imaging.describe([_shipped(n) for n in (*names, "MR_small_jp2klossless.dcm")])
    for name in (*intensity.STATISTICS, "image-hash"):
        assert len({record.columns[name] for record in records}) == 1, name
    assert len({record.columns["image-digest"] for record in records}) == 5


def test_every_file_that_pydicom_ships_gives_a_row() -> None:
    """Whatever is in them: no exception, no NaN, the same columns."""
    folder = _shipped("CT_small.dcm").parent
    paths = sorted(
        path for path in folder.iterdir() if path.is_file() and path.stat().st_size < 2e5
    )
    records = imaging.describe(paths)
    assert len(records) == len(paths) > 60
    numbers = [v for r in records for v in r.columns.values() if isinstance(v, float)]
    assert all(map(math.isfinite, numbers))
    table = frame(records)
    assert list(table.columns) == ["image-file", *COLUMNS]
    assert table["image-rows"].dtype == "Int64"  # whole numbers stay whole


def test_broken_files_of_every_kind_are_told_apart(tmp_path: Path) -> None:
    """Empty, cut, shuffled, renamed and missing ones."""
    jpeg, png, ct = RETINA.read_bytes(), ANEURYSMS.read_bytes(), CT.read_bytes()
    contents = {
        "empty.dcm": b"",
        "cut.jpg": jpeg[: len(jpeg) // 2],
        "cut.png": png[: len(png) // 2],
        "head.png": png[:20],
        "cut.dcm": ct[:-1000],
        "stub.dcm": ct[:200],
        "text.png": b"no picture at all",
        "renamed.png": ct,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    records = imaging.describe([tmp_path / name for name in (*contents, "gone.png")])
    told = {record.path.name: (record.status, record.reason.split(":")[0]) for record in records}
    assert told == {
        "empty.dcm": ("fault", "empty"),
        "cut.jpg": ("fault", "truncated"),
        "cut.png": ("fault", "truncated"),
        "head.png": ("fault", "corrupted"),
        "cut.dcm": ("fault", "truncated"),
        "stub.dcm": ("fault", "not an image"),
        "text.png": ("fault", "not an image"),
        "renamed.png": ("read", ""),
        "gone.png": ("fault", "missing"),
    }


def test_a_cut_picture_is_a_fault_also_where_another_library_lets_cut_files_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeasyPrint, which draws the documents, tells Pillow so for the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for name, whole in (("cut.jpg", RETINA.read_bytes()), ("cut.png", ANEURYSMS.read_bytes())):
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
        assert _one(tmp_path / name).status == "fault", name
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_entropy_is_that_of_pillow_and_sharpness_that_of_scipy() -> None:
    """Image.entropy on 8 bits; ndimage.laplace inside the frame."""
    with Image.open(ANEURYSMS) as image:
        grey = np.asarray(image, dtype=float)
        expected = image.entropy()
    record = _one(ANEURYSMS)
    assert _number(record, "image-entropy") == pytest.approx(expected, abs=1e-9)
    laplacian = ndimage.laplace(grey)[1:-1, 1:-1]
    assert _number(record, "image-sharpness") == pytest.approx(laplacian.var(), rel=1e-12)
    blurred = ndimage.gaussian_filter(grey, 2)[None]
    assert (intensity.sharpness(blurred) or 0) < 0.1 * _number(record, "image-sharpness")


def test_luminance_is_that_of_pillow_and_colourfulness_follows_its_definition() -> None:
    """Rec. 601; Hasler and Suesstrunk by hand on two colours; grey has none."""
    with Image.open(IHC) as image:
        expected = np.asarray(image.convert("L"), dtype=float).mean()
    assert _number(_one(IHC), "image-luminance") == pytest.approx(expected, abs=0.5)
    two = np.array([[[255.0, 0, 0], [0, 0, 255.0]]])  # rg: 255, 0; yb: 127.5, -255
    by_hand = math.hypot(127.5, 191.25) + 0.3 * math.hypot(127.5, -63.75)
    assert intensity.colourfulness(two) == pytest.approx(by_hand, abs=1e-9)
    assert intensity.colourfulness(np.full((4, 4, 3), 77.0)) == 0
    assert _one(ANEURYSMS).columns["image-colourfulness"] is None


def test_saturation_counts_both_ends_and_padding_is_left_out() -> None:
    """By hand: 12 bits, 16 pixels, four of them padding."""
    values = np.array([0, 0, 4095, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1, -1, -1, -1.0])
    grey = values.reshape(1, 4, 4)
    found = intensity.summarise(
        Pixels(values=grey, limits=(0.0, 4095.0), bits=12, padding=grey < 0)
    )
    assert found["image-saturated-low"] == pytest.approx(2 / 12)
    assert found["image-saturated-high"] == pytest.approx(1 / 12)
    assert found["image-padding"] == 0.25
    assert found["image-mean"] == pytest.approx(values[:12].mean())


def test_declared_padding_is_no_tissue(tmp_path: Path) -> None:
    """The CT with a frame of padding around it keeps the mean of its inside."""
    data = pydicom.dcmread(CT)
    stored = data.pixel_array.copy()
    inside = stored[8:-8, 8:-8].astype(float) - 1024
    stored[:8], stored[-8:], stored[:, :8], stored[:, -8:] = (-2000,) * 4
    data.PixelPaddingValue, data.PixelData = -2000, stored.tobytes()
    path = tmp_path / "padded.dcm"
    data.save_as(path)
    record = _one(path)
    assert _number(record, "image-padding") == pytest.approx(1 - (112 / 128) ** 2)
    assert _number(record, "image-mean") == pytest.approx(inside.mean(), abs=1e-9)


def test_a_flat_picture_has_no_contrast_and_no_crash(tmp_path: Path) -> None:
    """One value everywhere, a single pixel, transparency, sixteen bits, a palette."""
    Image.new("L", (40, 30), 0).save(tmp_path / "flat.png")
    Image.new("L", (1, 1), 9).save(tmp_path / "dot.png")
    Image.new("RGBA", (9, 9), (1, 2, 3, 0)).save(tmp_path / "clear.png")
    Image.fromarray(np.full((5, 5), 40000, np.uint16)).save(tmp_path / "deep.png")
    Image.new("P", (5, 5), 3).save(tmp_path / "palette.png")
    flat, dot, clear, deep, palette = imaging.describe(
        [tmp_path / f"{name}.png" for name in ("flat", "dot", "clear", "deep", "palette")]
    )
    assert flat.columns["image-hash"] is None
    assert (flat.columns["image-entropy"], flat.columns["image-sd"]) == (0, 0)
    assert flat.columns["image-saturated-low"] == 1
    assert dot.columns["image-sharpness"] is None
    assert clear.columns["image-colourfulness"] is not None
    assert (deep.columns["image-bits"], deep.columns["image-mean"]) == (16, 40000)
    assert palette.status == "read"


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    """In the same order."""
    rng = np.random.default_rng(3)
    for at in range(70):
        pixels = rng.integers(0, 255, (12, 12), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{at:02}.png")
    paths = sorted(tmp_path.iterdir())
    seen: list[tuple[int, int]] = []
    two = imaging.describe(paths, processes=2, progress=lambda done, of: seen.append((done, of)))
    assert two == imaging.describe(paths)
    assert seen[-1] == (70, 70)


def test_a_header_that_would_be_read_forever_is_a_fault(tmp_path: Path) -> None:
    """A JPEG 2000 box without length: pydicom 3.0 alone would not come back."""
    header = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
    for name, box in (("endless", b"\x00" * 4), ("short", b"\x00\x00\x00\x0c")):
        data = pydicom.dcmread(_shipped("MR_small_jp2klossless.dcm"))
        data.PixelData = encapsulate([header + box + b"ftyp" + b"\x00" * 40])
        path = tmp_path / f"{name}.dcm"
        data.save_as(path)
        assert _one(path).status == "fault"
    assert "has no length" in _one(tmp_path / "endless.dcm").reason


def test_damaged_bytes_never_stop_the_others(tmp_path: Path) -> None:
    """A hundred files with random bytes changed, cut out and put in: each has its row."""
    rng = np.random.default_rng(11)
    sources = [CT, MR, ANEURYSMS, _shipped("MR_small_RLE.dcm"), _shipped("SC_rgb_jpeg_dcmtk.dcm")]
    paths = []
    for at in range(100):
        content = bytearray(sources[at % len(sources)].read_bytes())
        for where in rng.integers(0, min(len(content), 3000), 6):
            content[where : where + int(rng.integers(0, 3))] = rng.bytes(int(rng.integers(0, 3)))
        path = tmp_path / f"{at}.dcm"
        path.write_bytes(bytes(content))
        paths.append(path)
    records = imaging.describe(paths)
    assert len(records) == 100
    assert {record.status for record in records} == {"read", "fault"}
    assert all(record.reason for record in records if record.status == "fault")
