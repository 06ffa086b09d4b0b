"""Nobody is named: what may identify a person stays in the image file."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydicom
from PIL import Image
from pydicom.data import get_testdata_file

from validation import imaging

if TYPE_CHECKING:
    import pytest

    from validation.imaging.description import Described

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


def test_no_identifier_of_the_ct_leaves_its_file() -> None:
    """Every string of the patient, study and equipment identification, and every UID."""
    data = pydicom.dcmread(CT)
    secret: set[str] = set()
    for element in data.iterall():
        group = element.tag.group
        personal = element.VR in ("UI", "PN", "DA", "TM") or group in (0x0010, 0x0020)
        if personal or element.keyword in ("InstitutionName", "StationName", "AccessionNumber"):
            values = element.value if element.VM > 1 and element.VR != "SQ" else [element.value]
            secret |= {str(value) for value in values if element.VR != "SQ"}
    secret |= {"CompressedSamples", "1CT1", "ABCD1234", "1234ABCD", "JFK", "19970430"}
    long = {value for value in secret if len(value) > 3 and not value.replace(".", "").isdigit()}
    long |= {value for value in secret if value.count(".") > 3 or len(value) == 8}
    assert {"CompressedSamples^CT1", "1CT1", "JFK IMAGING CENTER", "20040119"} <= long
    record = _one(CT, site_key=b"key")
    told = repr((record.columns, record.identifiers, record.withheld))
    assert [value for value in long if value in told] == []
    assert "PatientName" in record.identifiers
    assert "InstitutionName" in record.identifiers
    assert "AccessionNumber" not in record.identifiers  # it is blank in this file


def test_an_identifier_in_an_allowed_tag_is_withheld(tmp_path: Path) -> None:
    """A name typed into the model's field does not get out; the file's name is told by a flag."""
    data = pydicom.dcmread(CT)
    data.PatientName, data.PatientID = "Ångström^Änne=山田^太郎", "ID 771234"
    data.SoftwareVersions = ["5.1", "built for 山田"]
    data.ManufacturerModelName = "bed of ÄNNE, room 3"
    data.BodyPartExamined = "ID 771234"
    data.Manufacturer = "JFK IMAGING CENTER"
    data.SpecificCharacterSet = "ISO_IR 192"
    path = tmp_path / "scan-ID 771234.dcm"
    data.save_as(path)
    record = _one(path)
    assert set(record.withheld) == {
        "image-model",
        "image-body-part",
        "image-manufacturer",
        "image-software",
    }
    assert record.columns["image-model"] is None
    assert record.columns["image-scanner"] is None
    assert record.named
    assert not _one(CT).named


def test_the_site_is_a_keyed_digest_of_the_institution() -> None:
    """Equal for one key, other for another, blank without."""
    sites = [_one(CT, site_key=key).columns["image-site"] for key in (b"a", b"a", b"b", b"")]
    assert sites[0] == sites[1] != sites[2]
    assert sites[3] is None
    assert len(str(sites[0])) == 12
    assert _one(MR, site_key=b"a").columns["image-site"] != sites[0]


def test_pydicom_says_nothing_of_a_file_in_passing(capfd: pytest.CaptureFixture[str]) -> None:
    """Its warnings quote values: none comes through."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        imaging.describe([_shipped("badVR.dcm"), _shipped("MR_truncated.dcm"), CT])
    assert [str(each.message) for each in heard] == []
    assert capfd.readouterr() == ("", "")


def test_a_camera_tells_its_make_and_nothing_of_its_owner(tmp_path: Path) -> None:
    """EXIF: make, model, orientation; artist, place and dates by name only."""
    exif = Image.Exif()
    exif[271], exif[272], exif[274] = "Topcon", "NW400 ", 6
    exif[315], exif[306] = "Dr. Jane Roe", "2021:03:04 05:06:07"
    exif.get_ifd(0x8769)[42032] = "Roe Eye Clinic"
    exif.get_ifd(34853)[1] = "N"
    path = tmp_path / "eye.jpg"
    Image.new("RGB", (30, 20), (10, 200, 30)).save(path, exif=exif)
    record = _one(path)
    found = record.columns
    assert found["image-scanner"] == "Topcon NW400"
    assert (found["image-orientation"], found["image-rows"], found["image-columns"]) == (6, 20, 30)
    assert {"Artist", "DateTime", "CameraOwnerName", "GPSInfo"} <= set(record.identifiers)
    assert "Roe" not in repr(record)
    assert "2021" not in repr(record.columns | {"image-digest": ""})


def test_a_year_is_all_that_is_told_of_a_date() -> None:
    """The CT's study date is 2004-01-19."""
    day = dt.date(2004, 1, 19)
    values = [
        str(v) for k, v in _one(CT).columns.items() if k not in ("image-digest", "image-hash")
    ]
    assert "2004" in values
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day:%d.%m.%Y}"):
        assert not any(text in value for value in values)
