"""Images: acquisition metadata and intensity summaries as columns of the case table.

`describe` reads DICOM (through `dicom`), PNG and JPEG (through `picture`) and gives one record an
image; `case_table` joins them to the cases, so that scanner, site and quality become subgroups and
drift columns. No identifier of a person leaves a file (`identity`).
"""

from validation.imaging.description import describe

__all__ = ["describe"]
