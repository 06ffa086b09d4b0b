"""The image of each case: its bytes digested with the set, its acquisition as columns of the case.

A case whose image is not there, or an image that cannot be read at all, is a fault of the set.
One that is there but whose pixels cannot be decoded keeps its metadata and is warned of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import DataError
from validation.imaging import case_table, describe, duplicates, image_quality

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from evidence.records import Body
    from policies.text_set import TextSetSpec
    from validation.estimate import Warned
    from validation.imaging.description import Described

LEFT_OUT = ("image-hash", "image-reason", "image-status")  # they say nothing of a case


def joined(frame: pd.DataFrame, spec: TextSetSpec, data: Path) -> tuple[pd.DataFrame, list[Body]]:
    """The cases with the columns of their images, and what was noticed.

    Args:
        frame: Typed cases.
        spec: With the role of the image; without its folder nothing is read.
        data: The data's file; the folder is beside it.

    Raises:
        DataError: Images that are not there or cannot be read, with their count.
    """
    role = spec.image
    if role is None or not role.folder:
        return frame, []
    plan = case_table.plan(frame, role.column, [data.parent / role.folder], str(data))
    records = describe(plan.paths, processes=2)
    _refuse(data, role.column, plan.rows, records)
    wide = case_table.join(frame, plan.rows, records)
    kept = wide.drop(columns=[name for name in LEFT_OUT if name in wide])
    for name in kept.columns.difference(frame.columns):
        number = kept[name].dtype.kind in "iuf" or str(kept[name].dtype) in ("Int64", "Float64")
        kept[name] = kept[name].astype("float64" if number else "object")
    return kept, [_body(w) for w in _noticed(wide, spec, plan.rows, records)]


def _refuse(data: Path, column: str, rows: tuple[int, ...], records: list[Described]) -> None:
    without = sum(row < 0 for row in rows)
    faults = (
        [f"column '{column}': {without:,} cases name no image that is there"] if without else []
    )
    bad = [record for record in records if record.status == "fault"]
    if bad:
        faults.append(
            f"{len(bad):,} images cannot be read (such as {bad[0].path.name}: {bad[0].reason})"
        )
    if faults:
        raise DataError(f"{data} cannot be frozen", faults)


def _noticed(
    wide: pd.DataFrame, spec: TextSetSpec, rows: tuple[int, ...], records: list[Described]
) -> list[Warned]:
    from validation.estimate import Warned

    found = list(image_quality.warned(records, image_quality.outliers(records)))
    unit = spec.item or spec.case  # versions of one question may share their image
    shared = duplicates.within([records[row] for row in rows], list(wide[unit]))
    if shared:
        message = f"{len(shared):,} images stand under more than one {unit} (equal bytes)"
        found.append(Warned(code="duplicate-images", message=message, count=len(shared)))
    return found


def _body(warned: Warned) -> Body:
    return {
        "code": warned.code,
        "column": ", ".join(warned.columns),
        "count": warned.count,
        "message": warned.message,
    }
