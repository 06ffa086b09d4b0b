"""What may leave an image file: an allow-list of tags, and a second gate behind it.

Law 6: no identifier of a person leaves a file. Only the tags of `TEXTS` and `NUMBERS` are read
into columns; names of filled tags that may identify somebody are told, their values never. The
second gate blanks a column whose text holds an identifier of the same file after all (a name typed
into the model's field), and tells when the file's own name does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from validation.imaging.pixels import Value

TEXTS = {  # DICOM keyword to column
    "Modality": "image-modality",
    "Manufacturer": "image-manufacturer",
    "ManufacturerModelName": "image-model",
    "SoftwareVersions": "image-software",
    "BodyPartExamined": "image-body-part",
    "ViewPosition": "image-view",
    "PhotometricInterpretation": "image-photometric",
    "BurnedInAnnotation": "image-burned-in",
    "PatientIdentityRemoved": "image-identity-removed",
}
NUMBERS = {
    "Rows": "image-rows",
    "Columns": "image-columns",
    "BitsStored": "image-bits",
    "SliceThickness": "image-slice-thickness",
    "KVP": "image-kvp",
    "Exposure": "image-exposure",
    "ExposureTime": "image-exposure-time",
    "XRayTubeCurrent": "image-tube-current",
    "MagneticFieldStrength": "image-field-strength",
}
# of DICOM PS3.15 table E.1-1 (basic profile): what is filled in practice
IDENTIFYING = (
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientBirthTime",
    "PatientBirthName",
    "PatientMotherBirthName",
    "OtherPatientIDs",
    "OtherPatientIDsSequence",
    "OtherPatientNames",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "PatientInsurancePlanCodeSequence",
    "MilitaryRank",
    "MedicalRecordLocator",
    "PatientComments",
    "AdditionalPatientHistory",
    "AccessionNumber",
    "StudyID",
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "StationName",
    "DeviceSerialNumber",
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
    "PhysiciansOfRecord",
    "RequestingPhysician",
    "OperatorsName",
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "ContentDate",
    "StudyDescription",
    "SeriesDescription",
    "ImageComments",
    "RequestAttributesSequence",
)
NAMES = ("PatientName", "PatientBirthName", "PatientMotherBirthName", "OtherPatientNames")
WHOLE = ("PatientID", "PatientBirthDate", "OtherPatientIDs", "AccessionNumber")
PLACE = (
    "InstitutionName"  # often also part of a manufacturer's name: only an equal text is withheld
)
SHORTEST = 4  # characters of an identifier that is looked for inside of other text


def tidy(text: object) -> str:
    """One line of text without control characters; several values parted by a slash."""
    if isinstance(text, Sequence) and not isinstance(text, str):
        text = "/".join(str(value) for value in text)
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", str(text)).split())


def words(names: Collection[object], others: Collection[object]) -> set[str]:
    """Identifiers as they are looked for, in lower case.

    Args:
        names: Of people: each part counts by itself.
        others: Numbers and dates: only whole.
    """
    found = {tidy(value).lower() for value in (*names, *others)}
    for name in names:
        found |= {part for part in re.split(r"[\^=,\s\\]+", tidy(name).lower()) if _long(part)}
    return found - {""}


def _long(word: str) -> bool:
    """Long enough to be looked for inside of other text: two signs of other scripts are a name."""
    return len(word) >= (SHORTEST if word.isascii() else 2)


def withhold(columns: Mapping[str, Value], identifiers: set[str], place: str) -> list[str]:
    """Names of the columns whose text is, or holds, an identifier.

    Args:
        columns: By name.
        identifiers: As `words` gives them; short ones must be the whole text.
        place: The institution, in lower case: only an equal text is withheld.
    """
    long = [word for word in identifiers if _long(word)]
    return [
        name
        for name, value in columns.items()
        if isinstance(value, str)
        and (value.lower() in {*identifiers, place} or any(word in value.lower() for word in long))
    ]


def holds(text: str, identifiers: set[str]) -> bool:
    """Whether a text, such as a path, holds an identifier."""
    return any(word in text.lower() for word in identifiers if _long(word))
