"""MIMIC-CXR style tables of radiology reports.

Format: Johnson AEW et al., Sci Data 2019; 6: 317, and the tables that its tools make
(``mimic_cxr_sectioned.csv``, ``cxr-study-list.csv``): study_id (or study), subject_id, dicom_id,
findings and impression, or the whole report as text, whose sections are told by their headings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.errors import DataError
from validation.text_sets import report_sections, sources
from validation.text_sets.draft import Draft, clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

KNOWN = {  # role to the columns that MIMIC-CXR's own tables use, in order
    "case": ("study_id", "study"),
    "patient": ("subject_id",),
    "image": ("dicom_id",),
    "split": ("split",),
    "report_findings": ("findings",),
    "report_impression": ("impression",),
    "report": ("report", "text"),
    "view": ("ViewPosition",),
}


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read a table; columns of other names are told by option.

    Raises:
        DataError: The file cannot be read, or has neither sections nor a report.
    """
    draft = Draft(name=str(paths[0]))
    found = sources.read(paths[0], [], draft)
    columns = _columns({name for _, _, item in found for name in item}, how, draft.name)
    for number, split, item in found:
        row: dict[str, Any] = {role: item.get(column) for role, column in columns.items()}
        whole = row.pop("report", None)
        if whole and isinstance(whole, str):
            sections = report_sections.split(whole.replace("\r", "\n"))
            for section, text in sections.items():
                row[f"report_{section}"] = row.get(f"report_{section}") or text
        row["split"] = row.get("split") or split
        made = draft.add(number, row)
        made["reference_report"] = report_sections.reference(
            made.get("report_findings", ""), made.get("report_impression", ""), how.section
        )
        if not made["reference_report"] and isinstance(whole, str) and clean(whole):
            draft.fault(number, "the report has no heading FINDINGS: or IMPRESSION:")
    return draft


def _columns(there: set[str], how: Options, name: str) -> dict[str, str]:
    """Role to the one column that holds it.

    Raises:
        DataError: No study, no text, or a column that is asked for and missing.
    """
    found: dict[str, str] = {}
    for role, names in {**KNOWN, **how.columns}.items():
        column = next((column for column in names if column in there), None)
        if column:
            found[role] = column
    faults = [
        f"column '{column}' is missing (there are: {', '.join(sorted(there))})"
        for columns in how.columns.values()
        for column in columns
        if column not in there
    ]
    if "case" not in found:
        faults.append("which column is the study? Name it: --column case=COLUMN")
    if not {"report", "report_findings", "report_impression"} & set(found):
        faults.append("where is the report? --column report=COLUMN, or report_findings=COLUMN")
    if faults:
        raise DataError(name, faults)
    return found
